/* Values are copied into the message's arena, since a segment's are gone with the next one. */
#include "convert/edifact_take.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/decimal.h"

enum { COUNT_DIGITS = 10, TEXT_PARTS = 5, TEXT_BYTES_MAX = 4096, SHOWN_BYTES = 40, AMOUNT_BYTES = 64 };

bool edifact_is(struct slice text, const char *word) {
    return slice_equal(text, slice_of(word));
}

struct slice edifact_keep(struct edifact_message *message, const struct edifact_segment *segment, size_t element,
                          size_t component) {
    struct slice text = edifact_part(segment, element, component);
    return text.data == NULL ? text : arena_copy(message->arena, text);
}

void edifact_keep_first(struct edifact_message *message, struct slice *to, struct slice text) {
    if (to->data == NULL && text.data != NULL) {
        *to = arena_copy(message->arena, text);
    }
}

struct slice edifact_joined(struct edifact_message *message, const struct edifact_segment *segment, size_t element,
                            struct slice behind) {
    size_t len = behind.len;
    /* Longer than any text of the contract: enough to be refused for it, and no more to copy again and again. */
    if (len > TEXT_BYTES_MAX) {
        return behind;
    }
    for (size_t i = 0; i < TEXT_PARTS; i++) {
        len += edifact_part(segment, element, i).len + 1;
    }
    char *text = arena_take(message->arena, len);
    size_t at = behind.len;
    memcpy(text, behind.data == NULL ? "" : behind.data, behind.len);
    for (size_t i = 0; i < TEXT_PARTS; i++) {
        struct slice part = edifact_part(segment, element, i);
        if (part.len > 0) {
            text[at] = ' ';
            at += at > 0;
            memcpy(text + at, part.data, part.len);
            at += part.len;
        }
    }
    return at == 0 ? (struct slice){NULL, 0} : (struct slice){text, at};
}

void edifact_fail(struct edifact_message *message, const struct edifact_segment *segment, struct slice value,
                  const char *what) {
    if (message->at->fault[0] == '\0') {
        snprintf(message->at->fault, EDIFACT_FAULT_BYTES, "segment %" PRIu64 " (%s), byte %" PRIu64 ": `%.*s` %s",
                 segment->number, segment->tag, segment->offset,
                 (int)(value.len < SHOWN_BYTES ? value.len : SHOWN_BYTES), value.data == NULL ? "" : value.data, what);
    }
}

bool edifact_amount(struct slice text, int digits, int places, struct edifact_amount *amount) {
    char copy[AMOUNT_BYTES];
    if (text.len == 0 || text.len >= sizeof copy) {
        return false;
    }
    memcpy(copy, text.data, text.len);
    char *comma = memchr(copy, ',', text.len);
    if (comma != NULL) {
        *comma = '.';
    }
    amount->told = decimal_parse((struct slice){copy, text.len}, digits, places, &amount->value);
    return amount->told;
}

void edifact_count(struct edifact_message *message, const struct edifact_segment *segment, struct slice text,
                   struct edifact_amount *amount) {
    if (text.data != NULL && !edifact_amount(text, COUNT_DIGITS, 0, amount)) {
        edifact_fail(message, segment, text, "is not a number of packages");
    }
}

struct slice edifact_container(struct edifact_message *message, struct slice text) {
    char *number = arena_take(message->arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len && text.data[i] != '/'; i++) {
        number[len] = text.data[i];
        len += text.data[i] != ' ' && text.data[i] != '-';
    }
    return (struct slice){len == 0 ? NULL : number, len};
}

void edifact_hs(struct edifact_message *message, struct slice code) {
    char *digits = arena_take(message->arena, code.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < code.len; i++) {
        digits[len] = code.data[i];
        len += code.data[i] != '.' && code.data[i] != ' ';
    }
    edifact_keep_first(message, &message->goods_at->hs, (struct slice){len == 0 ? NULL : digits, len});
}
