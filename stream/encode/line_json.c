/* Lines for people who look for one bad message or one fact. No digest is over them, so members stand in the order in
 * which they are read, what may be long last, and not sorted as in a record. */
#include "encode/line_json.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/utf8.h"
#include "encode/json_put.h"
#include "train/fact_registers.h"

/* RFC 4648 with the usual alphabet and padding, in one line: three bytes become four digits of 6 bits, and a last group
 * of one or two is filled up with '='. */
static void json_put_base64(struct buffer *out, struct slice bytes) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *to = buffer_reserve(out, (bytes.len + 2) / 3 * 4 + 2);
    char *at = to;
    *at++ = '"';
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        uint32_t group = (uint32_t)(unsigned char)bytes.data[i] << 16;
        group |= left > 1 ? (uint32_t)(unsigned char)bytes.data[i + 1] << 8 : 0;
        group |= left > 2 ? (uint32_t)(unsigned char)bytes.data[i + 2] : 0;
        *at++ = digits[group >> 18];
        *at++ = digits[group >> 12 & 63];
        *at++ = left > 1 ? digits[group >> 6 & 63] : '=';
        *at++ = left > 2 ? digits[group & 63] : '=';
    }
    *at++ = '"';
    out->len += (size_t)(at - to);
}

/* A path may be any bytes. It is shown to help a person find the line, so where the whole is not UTF-8, what is not
 * ASCII becomes '?'. */
static void json_put_path(struct buffer *out, struct slice path) {
    if (utf8_is_valid(path)) {
        json_put_text(out, path);
        return;
    }
    char *shown = alloc_copy(path.data, path.len);
    for (size_t i = 0; i < path.len; i++) {
        shown[i] = (unsigned char)shown[i] < 0x80 ? shown[i] : '?';
    }
    json_put_text(out, (struct slice){shown, path.len});
    free(shown);
}

void line_write_reject(const struct line_reject *reject, struct buffer *out) {
    JSON_PUT(out, "{");
    JSON_MEMBER(out, "reason", text, reject->reason);
    JSON_MEMBER(out, "pointer", text, reject->pointer);
    JSON_MEMBER(out, "message", text, reject->message);
    JSON_MEMBER(out, "file", path, reject->file);
    JSON_MEMBER(out, "line", count, reject->line);
    /* A message that was turned away must come back with every byte, and JSON carries UTF-8 only. */
    if (utf8_is_valid(reject->value)) {
        JSON_MEMBER(out, "value", text, reject->value);
    } else {
        JSON_MEMBER(out, "value_base64", base64, reject->value);
    }
    JSON_PUT(out, "}\n");
}

static int compare_names(const void *a, const void *b) {
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* Sorted, as every array of strings (contract 1.10). A fact has up to 500 registers (contract 2.13), and their names
 * are made here, one behind the other in one buffer. It may move while it grows, so lengths are noted first and
 * pointers only at the end. */
static void json_put_registers(struct buffer *out, const struct line_fact *line) {
    struct buffer text = {0};
    struct slice *names = alloc_zeroed(line->register_count, sizeof *names);
    for (size_t i = 0; i < line->register_count; i++) {
        size_t before = text.len;
        fact_register_name(line->fact, line->registers[i], &text);
        names[i].len = text.len - before;
    }
    const char *at = text.data; /* only now the buffer moves no more */
    for (size_t i = 0; i < line->register_count; i++) {
        names[i].data = at;
        at += names[i].len;
    }
    qsort(names, line->register_count, sizeof *names, compare_names);
    json_put_texts(out, names, line->register_count);
    free(names);
    buffer_release(&text);
}

/* Time, source, id and hash in the order in which contract 3.1 compares them: who asks why a fact won reads from left
 * to right. */
void line_write_fact(const struct line_fact *line, struct buffer *out) {
    JSON_PUT(out, "{");
    JSON_MEMBER(out, "train", text, line->train_key);
    JSON_MEMBER(out, "registers", registers, line);
    JSON_MEMBER(out, "time", time, fact_time_ms(line->fact));
    JSON_MEMBER(out, "source", text, fact_source(line->fact));
    JSON_MEMBER(out, "id", text, fact_id(line->fact));
    JSON_MEMBER(out, "hash", hash, fact_hash(line->fact));
    JSON_MEMBER(out, "file", path, line->file);
    JSON_MEMBER(out, "line", count, line->line);
    JSON_PUT(out, "}\n");
}
