/* Pieces of canonical JSON for the writers of this room. Pure. */
#ifndef CARAVAN_ENCODE_JSON_TEXT_H
#define CARAVAN_ENCODE_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buffer.h"
#include "base/slice.h"

/* As buffer_reserve, without a call while there is room. */
static inline char *json_room(struct buffer *out, size_t bytes) {
    return out->capacity - out->len >= bytes ? out->data + out->len : buffer_reserve(out, bytes);
}

/* Appends a string literal: punctuation and keys. */
#define JSON_PUT(out, literal)                                                                                         \
    do {                                                                                                               \
        memcpy(json_room((out), sizeof(literal) - 1), (literal), sizeof(literal) - 1);                                 \
        (out)->len += sizeof(literal) - 1;                                                                             \
    } while (0)

void json_put_count(struct buffer *out, uint64_t count);
void json_put_time(struct buffer *out, int64_t ms);
void json_put_bool(struct buffer *out, bool value);
/* `[...]` of strings. */
void json_put_strings(struct buffer *out, const struct slice *items, size_t count);

#endif
