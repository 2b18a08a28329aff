/* Dead letters and input hold what anybody sent: bytes that may be no text, no JSON, or made to steer a terminal. For
 * people they go through base/printable.h and are cut; for machines they are whole, as JSON that jansson writes, with
 * hexadecimal digits where JSON has no form for them. */
#include "commands/tail_letter.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/printable.h"
#include "base/timestamp.h"
#include "event/binary.h"
#include "flow/letter.h"

/* About two lines of a terminal: enough to see what it is. The whole is a matter for --json. */
enum { VALUE_SHOWN_BYTES = 200 };

/* The cut falls between characters: they are taken whole, so a line may be a few bytes longer. */
void tail_letter_put_shown(FILE *to, struct slice bytes) {
    struct slice rest = bytes;
    for (struct printable next; bytes.len - rest.len < VALUE_SHOWN_BYTES && printable_next(&rest, &next);) {
        fwrite(next.shown.data, 1, next.shown.len, to);
    }
    fputs(rest.len > 0 ? "...\n" : "\n", to);
}

/* ---- for people */

static void put(FILE *to, const char *before, struct slice text) {
    fputs(before, to);
    printable_put(to, text);
}

/* Contract 8.6: what is too large for the dead letters' topic is told by its length. */
static void put_left_out(FILE *to, struct slice bytes) {
    put(to, "(", bytes);
    fputs(" bytes, too large for this topic: they lie at the place above)\n", to);
}

/* A key or a value, or how long it was. */
static void put_part(FILE *to, struct slice part, struct slice left_out_bytes, const char *absent) {
    if (part.data != NULL) {
        tail_letter_put_shown(to, part);
    } else if (left_out_bytes.data != NULL) {
        put_left_out(to, left_out_bytes);
    } else {
        fprintf(to, "%s\n", absent);
    }
}

/* In binary mode the value does not say which event it is (contract 2.20). */
static void put_attributes(FILE *to, const struct message_header *headers, size_t count) {
    static const int shown[] = {ENVELOPE_TYPE, ENVELOPE_ID, ENVELOPE_SOURCE, ENVELOPE_TIME};
    char text[VALUE_SHOWN_BYTES];
    struct binary binary;
    binary_init(&binary, (struct slice){NULL, 0});
    for (size_t i = 0; i < count; i++) {
        binary_note(&binary, headers[i].name, headers[i].value);
    }
    if (binary.headers[ENVELOPE_SPECVERSION] == 0) {
        return;
    }
    fputs("  event", to);
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        if (binary.attributes[shown[i]].data != NULL) {
            printable_cut(binary.attributes[shown[i]], text, sizeof text);
            fprintf(to, " %s=%s", binary_header_name(shown[i]), text);
        }
    }
    fputc('\n', to);
}

static void print_letter(FILE *to, const struct message *message, const struct message_header *headers, size_t count) {
    /* Somebody else's tool wrote to the topic, or a header stands behind ours: only the last ones are believed
     * (contract 8.5). */
    if (letter_own_count(headers, count) == count) {
        fprintf(to, "partition %" PRId32 ", offset %" PRId64 ": not a dead letter of caravan: it does not say why\n",
                message->partition, message->offset);
    } else {
        put(to, "", letter_value(headers, count, LETTER_REASON));
        put(to, " at ", letter_value(headers, count, LETTER_TOPIC));
        put(to, "[", letter_value(headers, count, LETTER_PARTITION));
        put(to, "]@", letter_value(headers, count, LETTER_OFFSET));
        put(to, "  ", letter_value(headers, count, LETTER_POINTER));
        put(to, "\n  ", letter_value(headers, count, LETTER_MESSAGE));
        fputc('\n', to);
    }
    fputs("  key   ", to);
    put_part(to, message->key, letter_value(headers, count, LETTER_KEY_BYTES), "(none)");
    put_attributes(to, headers, letter_own_count(headers, count));
    fputs("  value ", to);
    put_part(to, message->value, letter_value(headers, count, LETTER_BYTES), "(null)");
    struct slice header_bytes = letter_value(headers, count, LETTER_HEADER_BYTES);
    if (header_bytes.data != NULL) {
        fputs("  own headers ", to);
        put_left_out(to, header_bytes);
    }
}

/* ---- for machines */

/* UTF-8 as a string; other bytes as hexadecimal digits under NAME_hex; nothing for null. */
static void set_bytes(json_t *object, const char *name, struct slice bytes) {
    /* jansson makes no string of bytes that are not UTF-8: NULL is its answer, and how that is found out. */
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

static void print_and_free(FILE *to, json_t *object) {
    char *text = json_dumps(object, JSON_COMPACT);
    printable_put_json(to, slice_of(text));
    free(text);
    json_decref(object);
}

/* In their order; names may repeat. So it is a list of pairs, and not an object. */
static json_t *headers_json(const struct message_header *headers, size_t count) {
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *header = json_object();
        set_bytes(header, "name", headers[i].name);
        set_bytes(header, "value", headers[i].value);
        json_array_append_new(list, header);
    }
    return list;
}

/* Ours are texts on the wire; those that are numbers come out as such. */
static void set_header(json_t *object, enum letter_header header, struct slice value) {
    /* Members are named as our headers are, without the prefix that keeps them apart from the message's own. */
    const char *name = letter_header_name(header).data + sizeof LETTER_PREFIX - 1;
    bool is_text =
        header == LETTER_REASON || header == LETTER_POINTER || header == LETTER_MESSAGE || header == LETTER_TOPIC;
    char digits[24], *end = digits;
    if (!is_text && value.len > 0 && value.len < sizeof digits) {
        memcpy(digits, value.data, value.len);
        digits[value.len] = '\0';
        long long number = strtoll(digits, &end, 10);
        /* Only if all of it is digits; whatever else stands there is shown as it is. */
        if (end == digits + value.len) {
            json_object_set_new(object, name, json_integer(number));
            return;
        }
    }
    set_bytes(object, name, value);
}

static void print_letter_json(FILE *to, const struct message *message, const struct message_header *headers,
                              size_t count) {
    json_t *object = json_object();
    for (int i = 0; i < LETTER_HEADER_COUNT; i++) {
        struct slice value = letter_value(headers, count, (enum letter_header)i);
        if (value.data != NULL) {
            set_header(object, (enum letter_header)i, value);
        }
    }
    set_bytes(object, "key", message->key);
    set_bytes(object, "value", message->value);
    /* Only the message's own: ours stand as members above, where a script finds them by name. */
    json_object_set_new(object, "headers", headers_json(headers, letter_own_count(headers, count)));
    print_and_free(to, object);
}

void tail_input_print(FILE *to, bool json, const struct message *message, const struct message_header *headers,
                      size_t count) {
    char at[TIMESTAMP_TEXT_BYTES] = "-";
    if (json) {
        json_t *object = json_object();
        json_object_set_new(object, "partition", json_integer(message->partition));
        json_object_set_new(object, "offset", json_integer(message->offset));
        json_object_set_new(object, "timestamp", json_integer(message->timestamp_ms));
        set_bytes(object, "key", message->key);
        set_bytes(object, "value", message->value);
        json_object_set_new(object, "headers", headers_json(headers, count));
        print_and_free(to, object);
        return;
    }
    /* Kafka knows messages without a timestamp, from producers of old: -1. */
    bool is_stamped = message->timestamp_ms >= 0;
    if (is_stamped) {
        timestamp_write(message->timestamp_ms, at);
    }
    fprintf(to, "[%" PRId32 "]@%" PRId64 "  %.*s  ", message->partition, message->offset,
            is_stamped ? TIMESTAMP_TEXT_BYTES : 1, at);
    printable_put(to, message->key.data == NULL ? SLICE("(no key)") : message->key);
    fputc('\n', to);
    put_attributes(to, headers, count);
    fputs("  ", to);
    put_part(to, message->value, (struct slice){NULL, 0}, "(null)");
}

void tail_letter_print(FILE *to, bool json, const struct message *message, const struct message_header *headers,
                       size_t count) {
    if (json) {
        print_letter_json(to, message, headers, count);
    } else {
        print_letter(to, message, headers, count);
    }
}
