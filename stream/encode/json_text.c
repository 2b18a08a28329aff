#include "encode/json_text.h"

#include "base/decimal.h"
#include "base/timestamp.h"
#include "encode/record_json.h"

void json_put_count(struct buffer *out, uint64_t count) {
    decimal_write(out, count, 0);
}

void json_put_time(struct buffer *out, int64_t ms) {
    char *to = buffer_reserve(out, TIMESTAMP_TEXT_BYTES + 2);
    to[0] = '"';
    timestamp_write(ms, to + 1);
    to[TIMESTAMP_TEXT_BYTES + 1] = '"';
    out->len += TIMESTAMP_TEXT_BYTES + 2;
}

void json_put_bool(struct buffer *out, bool value) {
    buffer_append_text(out, value ? "true" : "false");
}

void json_put_strings(struct buffer *out, const struct slice *items, size_t count) {
    buffer_append_byte(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            buffer_append_byte(out, ',');
        }
        encode_string(items[i], out);
    }
    buffer_append_byte(out, ']');
}

/* The letter of the two-character escape that RFC 8785 asks for, or 0. */
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
 * as well: the bytes of a marked word are looked at one by one. */
static uint64_t marked(uint64_t word) {
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t quote = word ^ ones * '"';
    uint64_t backslash = word ^ ones * '\\';
    uint64_t control = (word - ones * 0x20) & ~word;
    return (control | ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash)) & ones * 0x80;
}

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
        const char *hex = "0123456789abcdef";
        buffer_append(out, (char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6);
    }
}

/* Appends `text` between quotes as it stands. */
static void put_plain(struct slice text, struct buffer *out) {
    char *to = json_room(out, text.len + 2);
    *to = '"';
    memcpy(to + 1, text.data, text.len);
    to[text.len + 1] = '"';
    out->len += text.len + 2;
}

static void put_escaped(struct slice text, struct buffer *out) {
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

void encode_string(struct slice text, struct buffer *out) {
    if (plain_run(text.data, text.len) == text.len) {
        put_plain(text, out);
    } else {
        put_escaped(text, out);
    }
}
