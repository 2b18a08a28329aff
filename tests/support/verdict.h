/* What decoding says of a message, as text that a table can hold: "ok", or the reason and the pointer, such as
 * "BAD_FIELD /data/waybill/number" (a pointer to the whole message is empty: "NOT_JSON "). One decoder and arena a
 * process, as Criterion runs each case in a process of its own.
 *
 * Messages of a table are written shortly: ' stands for ", and <N text> for N times text, <N,text> for the same with
 * commas between; in a repeated text # is the number of the repetition from 0, ~ from 1, and @ a container number of
 * its own. */
#ifndef CARAVAN_TESTS_VERDICT_H
#define CARAVAN_TESTS_VERDICT_H

#include <stddef.h>

#include "base/buffer.h"
#include "event/decode.h"

enum { VERDICT_MESSAGE_BYTES_MAX = 1024 * 1024, VERDICT_BYTES_MAX = 320 };

/* Appends `text` written out in full. */
void verdict_write(const char *text, struct buffer *out);

/* Valid until the next call, as the event and the reject below. */
const char *verdict_of_bytes(struct slice message);
/* Of a message written shortly. */
const char *verdict_of(const char *text);
/* Of `base` with the one place where `find` stands replaced by `put`; "find: 2 places" when there is not one. */
const char *verdict_of_edit(const char *base, const char *find, const char *put);

/* The event behind the last "ok". */
const struct event *verdict_event(void);
/* Why the last one was not. */
const struct reject *verdict_reject(void);

/* One valid event of each type, every optional member there, written shortly. */
extern const char *const VERDICT_FULL[EVENT_TYPE_COUNT];

/* One change to a message, and what becomes of it. */
struct verdict_edit {
    const char *find, *put, *verdict;
};

/* Who uses it includes <criterion/criterion.h>. */
#define EXPECT_VERDICTS(base, edits)                                                                                   \
    for (size_t i_ = 0; i_ < sizeof(edits) / sizeof(edits)[0]; i_++) {                                                 \
        const struct verdict_edit *edit_ = &(edits)[i_];                                                               \
        const char *found_ = verdict_of_edit((base), edit_->find, edit_->put);                                         \
        cr_expect_str_eq(found_, edit_->verdict, "%s -> %.60s: %s, not %s", edit_->find, edit_->put, found_,           \
                         edit_->verdict);                                                                              \
    }

#endif
