#include "encode/line_json.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/timestamp.h"

static char *base64(struct slice bytes) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *text = alloc_bytes((bytes.len + 2) / 3 * 4 + 1);
    char *to = text;
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t left = bytes.len - i;
        uint32_t group = (uint32_t)(unsigned char)bytes.data[i] << 16;
        group |= left > 1 ? (uint32_t)(unsigned char)bytes.data[i + 1] << 8 : 0;
        group |= left > 2 ? (uint32_t)(unsigned char)bytes.data[i + 2] : 0;
        *to++ = digits[group >> 18];
        *to++ = digits[group >> 12 & 63];
        *to++ = left > 1 ? digits[group >> 6 & 63] : '=';
        *to++ = left > 2 ? digits[group & 63] : '=';
    }
    *to = '\0';
    return text;
}

static json_t *text_of(struct slice text) {
    return json_stringn(text.data == NULL ? "" : text.data, text.len);
}

/* A path as text: bytes outside ASCII are shown as '?' where the whole is not UTF-8. */
static json_t *path_of(struct slice path) {
    json_t *text = text_of(path);
    if (text == NULL) {
        char *shown = alloc_copy(path.data, path.len);
        for (size_t i = 0; i < path.len; i++) {
            shown[i] = (unsigned char)shown[i] < 0x80 ? shown[i] : '?';
        }
        text = json_stringn(shown, path.len);
        free(shown);
    }
    return text;
}

static int append(const char *bytes, size_t len, void *out) {
    buffer_append(out, bytes, len);
    return 0;
}

static void write_line(json_t *object, struct buffer *out) {
    if (json_dump_callback(object, append, out, JSON_COMPACT) != 0) {
        abort(); /* only without memory: every text was checked when it was taken */
    }
    buffer_append_byte(out, '\n');
    json_decref(object);
}

void line_write_reject(const struct line_reject *reject, struct buffer *out) {
    json_t *object = json_object();
    json_object_set_new(object, "reason", text_of(reject->reason));
    json_object_set_new(object, "pointer", text_of(reject->pointer));
    json_object_set_new(object, "message", text_of(reject->message));
    json_object_set_new(object, "file", path_of(reject->file));
    json_object_set_new(object, "line", json_integer((json_int_t)reject->line));
    json_t *value = text_of(reject->value);
    if (value != NULL) {
        json_object_set_new(object, "value", value);
    } else {
        char *encoded = base64(reject->value);
        json_object_set_new(object, "value_base64", json_string(encoded));
        free(encoded);
    }
    write_line(object, out);
}

static int compare_names(const void *a, const void *b) {
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* Sorted, as every array of strings (spec section 1). */
static json_t *register_names(const struct fact *fact, const size_t *registers, size_t count) {
    struct buffer text = {0};
    struct slice *names = alloc_zeroed(count, sizeof *names);
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        size_t before = text.len;
        fact_register_name(fact, registers[i], &text);
        names[i].len = text.len - before;
    }
    const char *at = text.data; /* only now the buffer moves no more */
    for (size_t i = 0; i < count; i++) {
        names[i].data = at;
        at += names[i].len;
    }
    qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(array, text_of(names[i]));
    }
    free(names);
    buffer_release(&text);
    return array;
}

void line_write_fact(struct slice train_key, const struct fact *fact, const size_t *registers, size_t register_count,
                     struct slice file, uint64_t line, struct buffer *out) {
    char time[TIMESTAMP_TEXT_BYTES];
    char hash[HASH_HEX_BYTES];
    timestamp_write(fact_time_ms(fact), time);
    hash_write(fact_hash(fact), hash);
    json_t *object = json_object();
    json_object_set_new(object, "train", text_of(train_key));
    json_object_set_new(object, "registers", register_names(fact, registers, register_count));
    json_object_set_new(object, "time", json_stringn(time, sizeof time));
    json_object_set_new(object, "source", text_of(fact_source(fact)));
    json_object_set_new(object, "id", text_of(fact_id(fact)));
    json_object_set_new(object, "hash", json_stringn(hash, sizeof hash));
    json_object_set_new(object, "file", path_of(file));
    json_object_set_new(object, "line", json_integer((json_int_t)line));
    write_line(object, out);
}
