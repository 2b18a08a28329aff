/* Why a message is turned away (contract 8.2), and where in it (8.4). One list behind names, explanations and counters.
 */
#ifndef CARAVAN_EVENT_REJECT_H
#define CARAVAN_EVENT_REJECT_H

#include "base/slice.h"

/* X(enum suffix, name on the wire), in the order in which contract 8.3 checks. */
#define REJECT_MAP(X)                                                                                                  \
    X(TOO_LARGE, "TOO_LARGE")                                                                                          \
    X(NOT_JSON, "NOT_JSON")                                                                                            \
    X(BAD_ENVELOPE, "BAD_ENVELOPE")                                                                                    \
    X(UNKNOWN_TYPE, "UNKNOWN_TYPE")                                                                                    \
    X(MISSING_FIELD, "MISSING_FIELD")                                                                                  \
    X(BAD_FIELD, "BAD_FIELD")                                                                                          \
    X(DUPLICATE_MEMBER, "DUPLICATE_MEMBER")                                                                            \
    X(LIMIT_EXCEEDED, "LIMIT_EXCEEDED")                                                                                \
    X(KEY_MISMATCH, "KEY_MISMATCH")                                                                                    \
    X(TIME_IN_FUTURE, "TIME_IN_FUTURE")                                                                                \
    X(TOO_LATE, "TOO_LATE")

enum reject_reason {
#define REJECT_ENUM(suffix, name) REJECT_##suffix,
    REJECT_MAP(REJECT_ENUM)
#undef REJECT_ENUM
        REJECT_REASON_COUNT
};

enum {
    REJECT_POINTER_BYTES_MAX = 255,
    REJECT_MESSAGE_BYTES_MAX = 255,
    REJECT_FORMATTED_BYTES = 1024 /* for a sentence that is still to be cut */
};

/* Caller's storage; both texts end with NUL and are valid UTF-8. A sentence may quote the message, so it is made fit to
 * be shown (base/printable.h). */
struct reject {
    enum reject_reason reason;
    char pointer[REJECT_POINTER_BYTES_MAX + 1]; /* RFC 6901; "" for the message as a whole */
    char message[REJECT_MESSAGE_BYTES_MAX + 1]; /* one sentence for a person */
};

/* The name on the wire. Static. */
const char *reject_name(enum reject_reason reason);
/* The reverse; -1 when there is none. */
int reject_reason_of(struct slice name);
/* Fills `reject`; the texts are cut at their bounds at a character's boundary. */
void reject_set(struct reject *reject, enum reject_reason reason, const char *pointer, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
