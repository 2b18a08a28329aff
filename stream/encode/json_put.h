/* Writes JSON text front to back: the one writer behind every document of this program, in the form of RFC 8785 but for
 * numbers, which are exact plain decimals; the order of names is the caller's. Commas come by themselves: before a name
 * that is not the first of its object, and before an element that is not the first of its array. Pure. */
#ifndef CARAVAN_ENCODE_JSON_PUT_H
#define CARAVAN_ENCODE_JSON_PUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buffer.h"
#include "base/decimal.h"
#include "base/hash.h"
#include "base/slice.h"

/* As buffer_reserve, without a call while there is room. */
static inline char *json_room(struct buffer *out, size_t bytes) {
    return out->capacity - out->len >= bytes ? out->data + out->len : buffer_reserve(out, bytes);
}

/* Appends a string literal as it stands: brackets, and values that are always the same. */
#define JSON_PUT(out, literal)                                                                                         \
    do {                                                                                                               \
        memcpy(json_room((out), sizeof(literal) - 1), (literal), sizeof(literal) - 1);                                 \
        (out)->len += sizeof(literal) - 1;                                                                             \
    } while (0)

/* `text` is a comma, a name and a colon, and its NUL stands behind `len`: where the comma does not belong, that is read
 * instead of asking for a length that is not known before. */
static inline void json_put_member(struct buffer *out, const char *text, size_t len) {
    char *to = json_room(out, len);
    size_t first = to[-1] == '{';
    memcpy(to, text + first, len);
    out->len += len - first;
}

/* The name of a member with its colon, and the beginning of its value: "{", "[" or a value that is always the same.
 * Both are string literals; the name needs no escape. */
#define JSON_NAME(out, name, begin) json_put_member((out), ",\"" name "\":" begin, sizeof(",\"" name "\":" begin) - 1)
/* A member whose value is written by json_put_KIND. */
#define JSON_MEMBER(out, name, kind, ...)                                                                              \
    do {                                                                                                               \
        JSON_NAME(out, name, "");                                                                                      \
        json_put_##kind((out), __VA_ARGS__);                                                                           \
    } while (0)
/* A member whose value is a text; nothing where it is absent (data NULL). */
#define JSON_OPTIONAL(out, name, value)                                                                                \
    do {                                                                                                               \
        if ((value).data != NULL) {                                                                                    \
            JSON_MEMBER(out, name, text, value);                                                                       \
        }                                                                                                              \
    } while (0)
/* A name that is known only at run time. */
void json_put_name(struct buffer *out, struct slice name);

/* Before each element of an array. */
static inline void json_put_next(struct buffer *out) {
    if (out->data[out->len - 1] != '[') {
        JSON_PUT(out, ",");
    }
}

/* Values. Text is valid UTF-8. */
void json_put_text(struct buffer *out, struct slice text);
void json_put_word(struct buffer *out, const char *text);
void json_put_count(struct buffer *out, uint64_t count);
/* value / 10^places. */
void json_put_decimal(struct buffer *out, uint128 value, int places);
void json_put_signed(struct buffer *out, int64_t value, int places);
void json_put_time(struct buffer *out, int64_t ms);
void json_put_hash(struct buffer *out, struct hash128 hash);
void json_put_bool(struct buffer *out, bool value);
/* `[...]` of strings. */
void json_put_texts(struct buffer *out, const struct slice *items, size_t count);

#endif
