/* Writes JSON text front to back: the one writer behind every document of this program, in the form of RFC 8785 but for
 * numbers, which are exact plain decimals; the order of names is the caller's. Commas come by themselves: before a name
 * that is not the first of its object, and before an element that is not the first of its array. Pure. */
#ifndef CARAVAN_ENCODE_JSON_PUT_H
#define CARAVAN_ENCODE_JSON_PUT_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buffer.h"
#include "base/decimal.h"
#include "base/hash.h"
#include "base/slice.h"
#include "base/timestamp.h"

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
static inline char *json_member_at(char *to, const char *text, size_t len) {
    size_t first = to[-1] == '{';
    memcpy(to, text + first, len);
    return to + len - first;
}

static inline void json_put_member(struct buffer *out, const char *text, size_t len) {
    out->len = (size_t)(json_member_at(json_room(out, len), text, len) - out->data);
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
/* One of a closed list: without anything that needs an escape. */
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

/* ---- the same where room was taken before, for all that an object may become: each writes from `to` on and gives the
 * end of it. Of a record these are most bytes. */

/* At most, of texts that are `len` bytes together: six for one that needs the longest escape. */
#define JSON_TEXT_BYTES(len) (6 * (len))
enum {
    JSON_QUOTES_BYTES = 2,                      /* around a text */
    JSON_NUMBER_BYTES = DECIMAL_TEXT_BYTES + 1, /* at most, with its sign */
    JSON_TIME_BYTES = TIMESTAMP_TEXT_BYTES + 2
};

/* A literal. */
#define JSON_AT(to, literal) ((to) = (char *)memcpy((to), (literal), sizeof(literal) - 1) + (sizeof(literal) - 1))
/* As JSON_NAME and JSON_MEMBER; a name takes a byte more than it is long, for the comma. */
#define JSON_NAME_AT(to, name, begin)                                                                                  \
    ((to) = json_member_at((to), ",\"" name "\":" begin, sizeof(",\"" name "\":" begin) - 1))
#define JSON_MEMBER_AT(to, name, kind, ...) (JSON_NAME_AT(to, name, ""), (to) = json_##kind##_at((to), __VA_ARGS__))
#define JSON_OPTIONAL_AT(to, name, value)                                                                              \
    do {                                                                                                               \
        if ((value).data != NULL) {                                                                                    \
            JSON_MEMBER_AT(to, name, text, value);                                                                     \
        }                                                                                                              \
    } while (0)

char *json_text_at(char *to, struct slice text);
/* `[...]` of strings takes at most json_texts_bytes. */
char *json_texts_at(char *to, const struct slice *items, size_t count);
size_t json_texts_bytes(const struct slice *items, size_t count);
char *json_word_at(char *to, const char *text);
char *json_time_at(char *to, int64_t ms);
char *json_signed_at(char *to, int64_t value, int places);

static inline char *json_decimal_at(char *to, uint128 value, int places) {
    return decimal_put(to, value, places);
}

static inline char *json_count_at(char *to, uint64_t count) {
    return decimal_put(to, count, 0);
}

static inline char *json_bool_at(char *to, bool value) {
    return value ? JSON_AT(to, "true") : JSON_AT(to, "false");
}

/* Ends what was begun with json_room. */
static inline void json_end(struct buffer *out, const char *to) {
    assert((size_t)(to - out->data) <= out->capacity);
    out->len = (size_t)(to - out->data);
}

#endif
