/* A writer of our own: a library's needs the whole document in memory before it writes the first byte, has no numbers
 * of 128 bits (contract 1.4), and leaves open which of two escapes it takes. Whoever calls must keep the order of
 * names; commas follow from the byte that was written last. */
#include "encode/json_put.h"

/* ---- text */

/* The letter of the two-character escape that RFC 8785 asks for, or 0. It leaves no choice: one form for each
 * character, so that equal records are equal bytes. */
static char short_escape(unsigned char c) {
    switch (c) {
    case '"': return '"';
    case '\\': return '\\';
    case '\b': return 'b';
    case '\t': return 't';
    case '\n': return 'n';
    case '\f': return 'f';
    case '\r': return 'r';
    default: return 0;
    }
}

/* Sixteen bytes at once, by what the processor has for that. */
typedef unsigned char block __attribute__((vector_size(16)));
typedef uint64_t words __attribute__((vector_size(16)));

/* Marks the bytes that need an escape. 0x7F and every byte of a character of several bytes stand as they are: RFC 8785
 * escapes nothing that JSON lets pass. */
static words marked(block bytes) {
    return (words)((bytes < 0x20) | (bytes == '"') | (bytes == '\\'));
}

static bool is_clear(words marks) {
    return (marks[0] | marks[1]) == 0;
}

static words marked_four(uint32_t bytes) {
    uint64_t twice = (uint64_t)bytes << 32 | bytes;
    return marked((block)(words){twice, twice});
}

static words copy_block(char *to, const char *from) {
    block bytes;
    memcpy(&bytes, from, sizeof bytes);
    memcpy(to, &bytes, sizeof bytes);
    return marked(bytes);
}

/* From eight bytes on, in two halves that overlap. */
static bool copy_short(char *to, struct slice text) {
    uint64_t first, last;
    memcpy(&first, text.data, sizeof first);
    memcpy(&last, text.data + text.len - sizeof last, sizeof last);
    memcpy(to, &first, sizeof first);
    memcpy(to + text.len - sizeof last, &last, sizeof last);
    return is_clear(marked((block)(words){first, last}));
}

/* The same from four bytes on. */
static bool copy_shorter(char *to, struct slice text) {
    uint32_t first, last;
    memcpy(&first, text.data, sizeof first);
    memcpy(&last, text.data + text.len - sizeof last, sizeof last);
    memcpy(to, &first, sizeof first);
    memcpy(to + text.len - sizeof last, &last, sizeof last);
    uint64_t both = (uint64_t)first << 32 | last;
    return is_clear(marked((block)(words){both, both}));
}

/* From two bytes on. */
static bool copy_shortest(char *to, struct slice text) {
    uint16_t first, last;
    memcpy(&first, text.data, sizeof first);
    memcpy(&last, text.data + text.len - sizeof last, sizeof last);
    memcpy(to, &first, sizeof first);
    memcpy(to + text.len - sizeof last, &last, sizeof last);
    return is_clear(marked_four((uint32_t)first << 16 | last));
}

static bool is_plain(unsigned char c) {
    return c >= 0x20 && c != '"' && c != '\\';
}

/* Copies the text as it stands; false, whatever was copied, where a byte needs an escape. */
static bool copy_plain(char *to, struct slice text) {
    if (text.len >= sizeof(block)) {
        size_t last = text.len - sizeof(block);
        words marks = copy_block(to + last, text.data + last);
        for (size_t at = 0; at < last; at += sizeof(block)) {
            marks |= copy_block(to + at, text.data + at);
        }
        return is_clear(marks);
    }
    if (text.len >= sizeof(uint64_t)) {
        return copy_short(to, text);
    }
    if (text.len >= sizeof(uint32_t)) {
        return copy_shorter(to, text);
    }
    if (text.len >= sizeof(uint16_t)) {
        return copy_shortest(to, text);
    }
    if (text.len > 0) {
        *to = *text.data;
    }
    return text.len == 0 || is_plain((unsigned char)*to);
}

static char *put_escape(char *to, unsigned char c) {
    char letter = short_escape(c);
    *to++ = '\\';
    if (letter != 0) {
        *to++ = letter;
        return to;
    }
    /* Lower-case, as RFC 8785 has it; only bytes below 0x20 come here, so the first two digits are 0. */
    const char *hex = "0123456789abcdef";
    memcpy(to, (char[]){'u', '0', '0', hex[c >> 4], hex[c & 15]}, 5);
    return to + 5;
}

static char *copy_escaped(char *to, struct slice text) {
    for (size_t i = 0; i < text.len; i++) {
        if (is_plain((unsigned char)text.data[i])) {
            *to++ = text.data[i];
        } else {
            to = put_escape(to, (unsigned char)text.data[i]);
        }
    }
    return to;
}

/* Nearly no text needs an escape, so it is looked over while it is copied, and copied again where one does. */
char *json_text_at(char *to, struct slice text) {
    *to++ = '"';
    to = copy_plain(to, text) ? to + text.len : copy_escaped(to, text);
    *to = '"';
    return to + 1;
}

void json_put_text(struct buffer *out, struct slice text) {
    json_end(out, json_text_at(json_room(out, JSON_TEXT_BYTES(text.len) + JSON_QUOTES_BYTES), text));
}

/* A name from a list of ours: nothing in it needs an escape. */
char *json_word_at(char *to, const char *text) {
    size_t len = strlen(text);
    *to = '"';
    memcpy(to + 1, text, len);
    to[len + 1] = '"';
    return to + len + 2;
}

void json_put_word(struct buffer *out, const char *text) {
    json_end(out, json_word_at(json_room(out, strlen(text) + JSON_QUOTES_BYTES), text));
}

size_t json_texts_bytes(const struct slice *items, size_t count) {
    size_t bytes = sizeof "[]";
    for (size_t i = 0; i < count; i++) {
        bytes += sizeof "," + JSON_QUOTES_BYTES + JSON_TEXT_BYTES(items[i].len);
    }
    return bytes;
}

char *json_texts_at(char *to, const struct slice *items, size_t count) {
    *to++ = '[';
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            *to++ = ',';
        }
        to = json_text_at(to, items[i]);
    }
    *to = ']';
    return to + 1;
}

void json_put_texts(struct buffer *out, const struct slice *items, size_t count) {
    json_end(out, json_texts_at(json_room(out, json_texts_bytes(items, count)), items, count));
}

/* No value ends with '{' or '[' (a text ends with its quote), so the last byte alone tells whether something stands in
 * front. */
void json_put_name(struct buffer *out, struct slice name) {
    if (out->data[out->len - 1] != '{') {
        JSON_PUT(out, ",");
    }
    json_put_text(out, name);
    JSON_PUT(out, ":");
}

/* ---- the rest */

void json_put_count(struct buffer *out, uint64_t count) {
    json_put_decimal(out, count, 0);
}

void json_put_decimal(struct buffer *out, uint128 value, int places) {
    json_end(out, json_decimal_at(json_room(out, JSON_NUMBER_BYTES), value, places));
}

/* Degrees alone go below 0; everything else that is written is a count or an amount (contract 1.3). Negated as
 * unsigned: an int64_t has no room for the magnitude of INT64_MIN. */
char *json_signed_at(char *to, int64_t value, int places) {
    if (value >= 0) {
        return decimal_put(to, (uint64_t)value, places);
    }
    *to = '-';
    return decimal_put(to + 1, 0 - (uint64_t)value, places);
}

void json_put_signed(struct buffer *out, int64_t value, int places) {
    json_end(out, json_signed_at(json_room(out, JSON_NUMBER_BYTES), value, places));
}

char *json_time_at(char *to, int64_t ms) {
    *to = '"';
    timestamp_write(ms, to + 1);
    to[TIMESTAMP_TEXT_BYTES + 1] = '"';
    return to + JSON_TIME_BYTES;
}

void json_put_time(struct buffer *out, int64_t ms) {
    json_end(out, json_time_at(json_room(out, JSON_TIME_BYTES), ms));
}

void json_put_hash(struct buffer *out, struct hash128 hash) {
    char *to = buffer_reserve(out, HASH_HEX_BYTES + 2);
    to[0] = '"';
    hash_write(hash, to + 1);
    to[HASH_HEX_BYTES + 1] = '"';
    out->len += HASH_HEX_BYTES + 2;
}

void json_put_bool(struct buffer *out, bool value) {
    json_end(out, json_bool_at(json_room(out, sizeof "false"), value));
}
