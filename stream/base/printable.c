/* What comes from outside, shown so that it cannot steer a terminal (contract 9.1). Text and JSON differ in what stands
 * for a character that is not shown, and agree in is_steering. */
#include "base/printable.h"

#include <stdarg.h>

#include "base/utf8.h"

#define MARK "\xef\xbf\xbd"

enum { MARK_CODE = 0xfffd, CHARACTER_BYTES_MAX = 4 };

/* ---- what is shown */

/* Controls (C0, DEL, C1), line and paragraph separators, and whatever turns or ends a direction of text. */
static bool is_steering(uint32_t code) {
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c || code == 0x200e || code == 0x200f ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x206f);
}

bool printable_next(struct slice *rest, struct printable *out) {
    if (rest->len == 0) {
        return false;
    }
    uint32_t code = MARK_CODE;
    /* A byte that begins no character is passed over alone: the next one may begin one. */
    size_t len = utf8_first(*rest, &code);
    bool is_shown = len != 0 && !is_steering(code);
    *out = is_shown ? (struct printable){code, {rest->data, len}} : (struct printable){MARK_CODE, SLICE(MARK)};
    len = len == 0 ? 1 : len;
    rest->data += len;
    rest->len -= len;
    return true;
}

void printable_append(struct buffer *out, struct slice text) {
    for (struct printable next; printable_next(&text, &next);) {
        buffer_append_slice(out, next.shown);
    }
}

void printable_cut(struct slice text, char *out, size_t capacity) {
    size_t len = 0;
    /* Ends before a character that does not fit as a whole, with room left for the NUL. */
    for (struct printable next; printable_next(&text, &next) && len + next.shown.len < capacity;) {
        memcpy(out + len, next.shown.data, next.shown.len);
        len += next.shown.len;
    }
    out[len] = '\0';
}

void printable_put(FILE *to, struct slice text) {
    for (struct printable next; printable_next(&text, &next);) {
        fwrite(next.shown.data, 1, next.shown.len, to);
    }
}

void printable_put_lines(FILE *to, struct slice text) {
    while (text.len > 0) {
        const char *end = memchr(text.data, '\n', text.len);
        size_t len = end == NULL ? text.len : (size_t)(end - text.data);
        printable_put(to, (struct slice){text.data, len});
        if (end != NULL) {
            fputc('\n', to);
            len++;
        }
        text.data += len;
        text.len -= len;
    }
}

void printable_say(FILE *to, const char *format, ...) {
    /* One write for the whole line, so that those of two threads do not mix. */
    struct buffer text = {0}, line = {0};
    va_list args;
    va_start(args, format);
    buffer_vprintf(&text, format, args);
    va_end(args);
    printable_append(&line, buffer_slice(&text));
    buffer_append_byte(&line, '\n');
    fwrite(line.data, 1, line.len, to);
    buffer_release(&text);
    buffer_release(&line);
}

/* ---- for machines */

/* Raw white space between the tokens of a JSON text. */
static bool is_json_space(char c) {
    return c == '\n' || c == '\r' || c == '\t';
}

void printable_put_json(FILE *to, struct slice json) {
    /* A character that is not shown can only stand in a string, where its escape says the same, and a raw line end only
     * between tokens: the value stays what it is. */
    while (json.len > 0) {
        uint32_t code = MARK_CODE;
        size_t len = utf8_first(json, &code);
        if (is_json_space(json.data[0])) {
            fputc(' ', to);
        } else if (len == 0 || is_steering(code)) {
            fprintf(to, "\\u%04x", (unsigned)(len == 0 ? MARK_CODE : code));
        } else {
            fwrite(json.data, 1, len, to);
        }
        len = len == 0 ? 1 : len;
        json.data += len;
        json.len -= len;
    }
    fputc('\n', to);
}
