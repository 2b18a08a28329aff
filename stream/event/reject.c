/* Sentences quote what came in, so they are made fit to be shown once, here, and not by each of the many places that
 * show them (contract 9.1). */
#include "event/reject.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/printable.h"

static const char *const NAMES[REJECT_REASON_COUNT] = {
#define REJECT_NAME(suffix, name) name,
    REJECT_MAP(REJECT_NAME)
#undef REJECT_NAME
};

const char *reject_name(enum reject_reason reason) {
    return NAMES[reason];
}

int reject_reason_of(struct slice name) {
    for (int i = 0; i < REJECT_REASON_COUNT; i++) {
        if (slice_equal(name, slice_of(NAMES[i]))) {
            return i;
        }
    }
    return -1;
}

/* Made in full first and cut afterwards, at a character's boundary (contract 8.4), which vsnprintf does not know. */
void reject_set(struct reject *reject, enum reject_reason reason, const char *pointer, const char *format, ...) {
    char message[REJECT_FORMATTED_BYTES];
    va_list args;
    reject->reason = reason;
    printable_cut(slice_of(pointer), reject->pointer, sizeof reject->pointer);
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    printable_cut(slice_of(message), reject->message, sizeof reject->message);
}
