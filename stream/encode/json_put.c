/* A writer of our own: a library's needs the whole document in memory before it writes the first byte, has no numbers
 * of 128 bits (contract 1.4), and leaves open which of two escapes it takes. Whoever calls must keep the order of
 * names; commas follow from the byte that was written last. */
#include "encode/json_put.h"

#include "base/timestamp.h"

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

/* Marks, in the highest bit of each of eight bytes, those that need an escape. A byte above one that does may be marked
 * as well: the bytes of a marked word are looked at one by one. How: subtracting from a byte that is below borrows,
 * which sets its highest bit; XOR first turns "equal to a quote" into "equal to 0". `& ~word` drops bytes from 0x80 on,
 * which had that bit before. The borrow also reaches the byte above, hence the false marks; there is never a mark too
 * few. */
static uint64_t marked(uint64_t word) {
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t quote = word ^ ones * '"';
    uint64_t backslash = word ^ ones * '\\';
    uint64_t control = (word - ones * 0x20) & ~word;
    return (control | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash)) & ones * 0x80;
}

/* 0x7F and every byte of a character of several bytes stand as they are: RFC 8785 escapes nothing that JSON lets
 * pass. */
static bool is_plain(unsigned char c) {
    return c >= 0x20 && c != '"' && c != '\\';
}

/* How many bytes from the start need no escape. */
static size_t plain_run(const char *text, size_t len) {
    size_t at = 0;
    for (uint64_t word; len - at >= sizeof word; at += sizeof word) {
        memcpy(&word, text + at, sizeof word);
        if (marked(word) != 0) {
            break;
        }
    }
    while (at < len && is_plain((unsigned char)text[at])) {
        at++;
    }
    return at;
}

static void put_escape(struct buffer *out, unsigned char c) {
    char letter = short_escape(c);
    if (letter != 0) {
        buffer_append(out, (char[]){'\\', letter}, 2);
    } else {
        /* Lower-case, as RFC 8785 has it; only bytes below 0x20 come here, so the first two digits are 0. */
        const char *hex = "0123456789abcdef";
        buffer_append(out, (char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6);
    }
}

/* Appends `text` between quotes as it stands. One reservation for text and quotes, since this is the way of nearly
 * every text of a record. */
static void put_plain(struct buffer *out, struct slice text) {
    char *to = json_room(out, text.len + 2);
    *to = '"';
    memcpy(to + 1, text.data, text.len);
    to[text.len + 1] = '"';
    out->len += text.len + 2;
}

static void put_escaped(struct buffer *out, struct slice text) {
    buffer_append_byte(out, '"');
    for (size_t at = 0; at < text.len; at++) {
        size_t run = plain_run(text.data + at, text.len - at);
        buffer_append(out, text.data + at, run);
        at += run;
        if (at < text.len) {
            put_escape(out, (unsigned char)text.data[at]);
        }
    }
    buffer_append_byte(out, '"');
}

/* Nearly no text needs an escape, so it is looked over eight bytes at a time and copied as a whole. */
void json_put_text(struct buffer *out, struct slice text) {
    if (plain_run(text.data, text.len) == text.len) {
        put_plain(out, text);
    } else {
        put_escaped(out, text);
    }
}

void json_put_word(struct buffer *out, const char *text) {
    json_put_text(out, slice_of(text));
}

void json_put_texts(struct buffer *out, const struct slice *items, size_t count) {
    JSON_PUT(out, "[");
    for (size_t i = 0; i < count; i++) {
        json_put_next(out);
        json_put_text(out, items[i]);
    }
    JSON_PUT(out, "]");
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
    decimal_write(out, count, 0);
}

void json_put_decimal(struct buffer *out, uint128 value, int places) {
    decimal_write(out, value, places);
}

/* Degrees alone go below 0; everything else that is written is a count or an amount (contract 1.3). */
void json_put_signed(struct buffer *out, int64_t value, int places) {
    decimal_write_signed(out, value, places);
}

void json_put_time(struct buffer *out, int64_t ms) {
    char *to = buffer_reserve(out, TIMESTAMP_TEXT_BYTES + 2);
    to[0] = '"';
    timestamp_write(ms, to + 1);
    to[TIMESTAMP_TEXT_BYTES + 1] = '"';
    out->len += TIMESTAMP_TEXT_BYTES + 2;
}

void json_put_hash(struct buffer *out, struct hash128 hash) {
    char *to = buffer_reserve(out, HASH_HEX_BYTES + 2);
    to[0] = '"';
    hash_write(hash, to + 1);
    to[HASH_HEX_BYTES + 1] = '"';
    out->len += HASH_HEX_BYTES + 2;
}

void json_put_bool(struct buffer *out, bool value) {
    buffer_append_text(out, value ? "true" : "false");
}
