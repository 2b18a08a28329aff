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

static bool is_plain(unsigned char c) {
    return c >= 0x20 && c != '"' && c != '\\';
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

void encode_string(struct slice text, struct buffer *out) {
    buffer_append_byte(out, '"');
    size_t from = 0; /* of the plain run that is not written yet */
    for (size_t i = 0; i < text.len; i++) {
        if (!is_plain((unsigned char)text.data[i])) {
            buffer_append(out, text.data + from, i - from);
            put_escape(out, (unsigned char)text.data[i]);
            from = i + 1;
        }
    }
    buffer_append(out, text.data + from, text.len - from);
    buffer_append_byte(out, '"');
}
