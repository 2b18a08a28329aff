/* Any headers and any value as a message in binary mode (contract 2.20): decoding neither reads outside nor stops the
 * program, what it takes keeps every rule that the struct can show, and what the headers alone say holds for the whole.
 * The first byte is how many headers there are; each has a byte that picks its name, one for the length of its value
 * (all ones: null), and the value; what is left is the message's. Now and then the mutator starts from a real event. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event/decode.h"
#include "support/event_check.h"
#include "support/verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t size_max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed);

enum { MESSAGE_BYTES_MAX = 1 << 20, KEEP_BYTES_MAX = 1 << 20, HEADERS_COUNT_MAX = 16, NULL_LENGTH = 255 };

static const char *const NAMES[] = {"ce_specversion", "ce_id",      "ce_source", "ce_type",
                                    "ce_time",        "ce_subject", "CE_ID",     "content-type"};
enum { NAME_COUNT = sizeof NAMES / sizeof NAMES[0] };

static void require(bool holds, const char *what) {
    if (!holds) {
        fprintf(stderr, "does not hold: %s\n", what);
        abort();
    }
}

/* The next bytes, copied so that a sanitizer sees each step beyond them; false at the end. */
static bool take(const uint8_t **at, const uint8_t *end, size_t len, struct slice *out) {
    if ((size_t)(end - *at) < len) {
        return false;
    }
    char *copy = malloc(len == 0 ? 1 : len);
    memcpy(copy, *at, len);
    *out = (struct slice){copy, len};
    *at += len;
    return true;
}

static size_t read_headers(const uint8_t **at, const uint8_t *end, struct slice *values, uint8_t *names) {
    size_t count = 0, wanted = *at < end ? *(*at)++ % (HEADERS_COUNT_MAX + 1) : 0;
    while (count < wanted && end - *at >= 2) {
        uint8_t name = *(*at)++ % NAME_COUNT, len = *(*at)++;
        values[count] = (struct slice){NULL, 0};
        if (len != NULL_LENGTH && !take(at, end, len, &values[count])) {
            break;
        }
        names[count++] = name;
    }
    return count;
}

static void judge(const struct binary *binary) {
    static struct decoder *decoder;
    static struct arena arena;
    struct event event;
    struct reject reject;
    if (decoder == NULL) {
        decoder = decoder_new(MESSAGE_BYTES_MAX);
    }
    arena_reset(&arena, KEEP_BYTES_MAX);
    bool sound = decode_headers_alone(binary, &arena);
    if (decode_binary(decoder, binary, &arena, &event, &reject)) {
        const char *broken = event_check(&event);
        require(broken == NULL, broken);
        require(sound, "the headers alone pass");
        require(event.message_bytes == binary_bytes(binary), "message_bytes is the length of the text");
        return;
    }
    require(reject.reason >= REJECT_NOT_JSON && reject.reason <= REJECT_LIMIT_EXCEEDED, "a reason of these stages");
    require(reject.pointer[0] == '\0' ? reject.reason == REJECT_NOT_JSON : reject.pointer[0] == '/', "a JSON pointer");
    require(reject.message[0] != '\0', "a sentence");
    require(sound || reject.reason <= REJECT_BAD_ENVELOPE || reject.reason == REJECT_DUPLICATE_MEMBER,
            "bad headers are told before the type");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const uint8_t *at = data, *end = data + size;
    struct slice values[HEADERS_COUNT_MAX], value;
    uint8_t names[HEADERS_COUNT_MAX];
    struct binary binary;
    size_t count = read_headers(&at, end, values, names);
    take(&at, end, (size_t)(end - at), &value);
    binary_init(&binary, value);
    for (size_t i = 0; i < count; i++) {
        binary_note(&binary, slice_of(NAMES[names[i]]), values[i]);
    }
    judge(&binary);
    for (size_t i = 0; i < count; i++) {
        free((char *)(uintptr_t)values[i].data);
    }
    free((char *)(uintptr_t)value.data);
    return 0;
}

/* No random bytes make five right headers: a real event now and then. */
static size_t real_event(uint8_t *data, size_t size_max, unsigned seed) {
    static const char *const values[NAME_COUNT] = {
        "1.0", "i", "s", NULL, "2020-12-18T09:14:07.123Z", "", "", "application/json"};
    int type = (int)(seed % EVENT_TYPE_COUNT);
    struct buffer event = {0}, out = {0};
    verdict_write(VERDICT_FULL[type], &event);
    const char *begin = (const char *)memmem(event.data, event.len, "\"data\":", 7) + 7;
    buffer_append_byte(&out, NAME_COUNT);
    for (size_t i = 0; i < NAME_COUNT; i++) {
        const char *text = values[i] != NULL ? values[i] : event_type_name((enum event_type)type);
        buffer_append_byte(&out, (char)i);
        buffer_append_byte(&out, (char)strlen(text));
        buffer_append_text(&out, text);
    }
    buffer_append(&out, begin, (size_t)(event.data + event.len - 1 - begin));
    size_t size = out.len < size_max ? out.len : size_max;
    memcpy(data, out.data, size);
    buffer_release(&event);
    buffer_release(&out);
    return size;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed) {
    if (seed % 64 == 0) {
        return real_event(data, size_max, seed / 64);
    }
    return LLVMFuzzerMutate(data, size, size_max);
}
