#include "commands/tail_letter.h"

#include <jansson.h>
#include <string.h>

#include "base/buffer.h"
#include "kafka/source.h"

#define DEAD_LETTER_PREFIX "__caravan.errors."

enum { SCRATCH_KEEP_BYTES = 1024 * 1024, VALUE_SHOWN_BYTES = 200 };

static void put(FILE *to, const char *before, struct slice text) {
    fprintf(to, "%s%.*s", before, (int)text.len, text.data == NULL ? "" : text.data);
}

static struct slice header_of(const struct message_header *headers, size_t count, const char *name) {
    for (size_t i = count; i > 0; i--) {
        struct slice full = headers[i - 1].name;
        size_t prefix = sizeof DEAD_LETTER_PREFIX - 1;
        if (full.len == prefix + strlen(name) && memcmp(full.data, DEAD_LETTER_PREFIX, prefix) == 0 &&
            memcmp(full.data + prefix, name, strlen(name)) == 0) {
            return headers[i - 1].value;
        }
    }
    return (struct slice){NULL, 0};
}

void tail_letter_put_shown(FILE *to, struct slice bytes) {
    for (size_t i = 0; i < bytes.len && i < VALUE_SHOWN_BYTES; i++) {
        unsigned char c = (unsigned char)bytes.data[i];
        fputc(c >= 0x20 && c != 0x7F ? c : '.', to);
    }
    fputs(bytes.len > VALUE_SHOWN_BYTES ? "...\n" : "\n", to);
}

static void print_letter(FILE *to, const struct message *message, const struct message_header *headers, size_t count) {
    put(to, "", header_of(headers, count, "reason"));
    put(to, " at ", header_of(headers, count, "topic"));
    put(to, "[", header_of(headers, count, "partition"));
    put(to, "]@", header_of(headers, count, "offset"));
    put(to, "  ", header_of(headers, count, "pointer"));
    put(to, "\n  ", header_of(headers, count, "message"));
    fputs("\n  key   ", to);
    tail_letter_put_shown(to, message->key.data == NULL ? SLICE("(none)") : message->key);
    fputs("  value ", to);
    if (message->value.data != NULL) {
        tail_letter_put_shown(to, message->value);
        return;
    }
    struct slice bytes = header_of(headers, count, "bytes");
    if (bytes.data == NULL) {
        fputs("(null)\n", to);
    } else {
        fprintf(to, "(%.*s bytes, too large for this topic: they lie at the place above)\n", (int)bytes.len,
                bytes.data);
    }
}

/* UTF-8 as a string; other bytes as hexadecimal digits under NAME_hex; nothing for null. */
static void set_bytes(json_t *object, const char *name, struct slice bytes) {
    json_t *text = bytes.data == NULL ? json_null() : json_stringn(bytes.data, bytes.len);
    if (text != NULL) {
        json_object_set_new(object, name, text);
        return;
    }
    struct buffer hex = {0};
    struct buffer hex_name = {0};
    for (size_t i = 0; i < bytes.len; i++) {
        buffer_printf(&hex, "%02x", (unsigned char)bytes.data[i]);
    }
    buffer_printf(&hex_name, "%s_hex", name);
    json_object_setn_new(object, hex_name.data, hex_name.len, json_stringn(hex.data, hex.len));
    buffer_release(&hex);
    buffer_release(&hex_name);
}

static void print_letter_json(FILE *to, const struct message *message, const struct message_header *headers,
                              size_t count) {
    static const char *const names[] = {"reason",    "pointer", "message",   "topic",
                                        "partition", "offset",  "timestamp", "bytes"};
    json_t *object = json_object();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct slice value = header_of(headers, count, names[i]);
        if (value.data != NULL) {
            set_bytes(object, names[i], value);
        }
    }
    set_bytes(object, "key", message->key);
    set_bytes(object, "value", message->value);
    json_dumpf(object, to, JSON_COMPACT);
    fputc('\n', to);
    json_decref(object);
}

void tail_letter_print(FILE *to, bool json, struct arena *scratch, const struct message *message) {
    const struct message_header *headers = NULL;
    size_t count = kafka_message_headers(message, scratch, &headers);
    if (json) {
        print_letter_json(to, message, headers, count);
    } else {
        print_letter(to, message, headers, count);
    }
    arena_reset(scratch, SCRATCH_KEEP_BYTES);
}
