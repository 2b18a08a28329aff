/* Pieces of canonical JSON for the writers of this room. Pure. */
#ifndef CARAVAN_ENCODE_JSON_TEXT_H
#define CARAVAN_ENCODE_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

/* Appends a string literal: punctuation and keys. */
#define JSON_PUT(out, literal) buffer_append((out), (literal), sizeof(literal) - 1)

void json_put_count(struct buffer *out, uint64_t count);
void json_put_time(struct buffer *out, int64_t ms);
void json_put_bool(struct buffer *out, bool value);
/* `[...]` of strings. */
void json_put_strings(struct buffer *out, const struct slice *items, size_t count);

#endif
