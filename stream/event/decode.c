/* The order of the checks is the contract's (8.3): a message gets the reason of the first that fails. */
#include "event/decode.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "event/decode_data.h"
#include "event/envelope.h"
#include "event/json.h"
#include "event/scan.h"

/* One a thread: its parser's memory is that of the message at hand. */
struct decoder {
    size_t message_bytes_max;
    struct json_parser *parser;
    struct scanner *scanner; /* NULL: everything goes the general way */
    uint64_t seed, recognised;
};

/* The seed is the decoder's own, so nobody can prepare a message whose lists collide in the sets that look for
 * repeats. */
struct decoder *decoder_new_by(size_t message_bytes_max, enum decode_path path) {
    struct decoder *decoder = alloc_zeroed(1, sizeof *decoder);
    decoder->message_bytes_max = message_bytes_max;
    decoder->parser = json_parser_new();
    decoder->seed = hash_random_seed();
    decoder->scanner = path == DECODE_GENERAL ? NULL : scanner_new(path, decoder->seed);
    return decoder;
}

/* The paths stand in order: each is quicker than those before it. */
struct decoder *decoder_new(size_t message_bytes_max) {
    enum decode_path path = DECODE_PATH_COUNT - 1;
    while (!decode_path_runs(path)) {
        path--;
    }
    return decoder_new_by(message_bytes_max, path);
}

uint64_t decoder_recognised(const struct decoder *decoder) {
    return decoder->recognised;
}

void decoder_free(struct decoder *decoder) {
    scanner_free(decoder->scanner);
    json_parser_free(decoder->parser);
    free(decoder);
}

void decoder_limit(struct decoder *decoder, size_t message_bytes_max) {
    decoder->message_bytes_max = message_bytes_max;
}

/* ---- one message */

/* Before a byte of it is looked at: a parser's work and memory grow with the message. */
static bool fits(const struct decoder *decoder, struct slice text, const struct field *root) {
    if (text.len > decoder->message_bytes_max) {
        return field_fail(root, REJECT_TOO_LARGE, "the message has %zu bytes; limits.message_bytes is %zu", text.len,
                          decoder->message_bytes_max);
    }
    /* Kafka's tombstone. In a compacted topic it would delete; here it is one more message that is no JSON. */
    return text.data != NULL || field_fail(root, REJECT_NOT_JSON, "the message has no value");
}

static bool parse(struct decoder *decoder, struct slice text, struct field *root) {
    const char *what;
    size_t at;
    root->value = json_parse(decoder->parser, text, &what, &at);
    return root->value != NULL || field_fail(root, REJECT_NOT_JSON, "not JSON at byte %zu: %s", at, what);
}

/* The general way: what is wrong with a message is found here alone. */
static bool decode_generally(struct decoder *decoder, struct slice message, struct arena *arena, struct event *event,
                             struct reject *reject) {
    struct field_context context = {.arena = arena, .reject = reject, .seed = decoder->seed, .event = event};
    struct field root = {.context = &context};
    struct field data;
    event->message_bytes = message.len;
    return fits(decoder, message, &root) && parse(decoder, message, &root) && envelope_of_object(&root, &data, event) &&
           decode_data(&data, event);
}

/* Always the general way: the one pass begins at an envelope in JSON. */
bool decode_binary(struct decoder *decoder, const struct binary *binary, struct arena *arena, struct event *event,
                   struct reject *reject) {
    struct field_context context = {.arena = arena, .reject = reject, .seed = decoder->seed, .event = event};
    struct field root = {.context = &context};
    struct field data;
    event->message_bytes = binary_bytes(binary);
    return fits(decoder, binary->value, &root) && parse(decoder, binary->value, &root) &&
           envelope_of_headers(&root, binary, &data, event) && decode_data(&data, event);
}

bool decode_headers_alone(const struct binary *binary, struct arena *arena) {
    struct event event;
    struct reject reject;
    struct field_context context = {.arena = arena, .reject = &reject, .event = &event};
    const struct field root = {.context = &context};
    return envelope_headers_alone(&root, binary);
}

bool decode_event(struct decoder *decoder, struct slice message, struct arena *arena, struct event *event,
                  struct reject *reject) {
    if (decoder->scanner != NULL && message.data != NULL && message.len <= decoder->message_bytes_max &&
        scan_event(decoder->scanner, message, arena, event)) {
        decoder->recognised++;
        return true;
    }
    return decode_generally(decoder, message, arena, event, reject);
}
