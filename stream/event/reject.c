#include "event/reject.h"

#include <stdarg.h>
#include <stdio.h>

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

/* Shortens a text that was cut at `max` bytes to whole characters. */
static void end_at_character(char *text, int wanted, size_t max) {
    if (wanted < 0 || (size_t)wanted <= max) {
        return;
    }
    size_t at = max;
    while (at > 0 && ((unsigned char)text[at - 1] & 0xC0) == 0x80) {
        at--;
    }
    if (at == 0) {
        return;
    }
    unsigned char lead = (unsigned char)text[at - 1];
    size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    text[at - 1 + length <= max ? max : at - 1] = '\0';
}

void reject_set(struct reject *reject, enum reject_reason reason, const char *pointer, const char *format, ...) {
    va_list args;
    reject->reason = reason;
    int wanted = snprintf(reject->pointer, sizeof reject->pointer, "%s", pointer);
    end_at_character(reject->pointer, wanted, REJECT_POINTER_BYTES_MAX);
    va_start(args, format);
    wanted = vsnprintf(reject->message, sizeof reject->message, format, args);
    va_end(args);
    end_at_character(reject->message, wanted, REJECT_MESSAGE_BYTES_MAX);
}
