#include "partition/partition_reading.h"

/* Most messages have no headers, or only a content type: they pay for a look at each name. */
static bool find_attributes(struct reading *reading) {
    const struct message_header *headers;
    const struct partition_intake *intake = reading->intake;
    size_t count = intake->headers == NULL ? 0 : intake->headers(reading->message, intake->scratch, &headers);
    size_t at = 0;
    while (at < count && !binary_is_mark(headers[at].name)) {
        at++;
    }
    if (at == count) {
        return false;
    }
    binary_init(&reading->binary, reading->message->value);
    for (size_t i = 0; i < count; i++) {
        binary_note(&reading->binary, headers[i].name, headers[i].value);
    }
    return true;
}

void reading_begin(struct reading *reading, const struct message *message, const struct partition_intake *intake) {
    reading->message = message;
    reading->intake = intake;
    reading->is_binary = find_attributes(reading);
}

struct hash128 reading_hash(const struct reading *reading) {
    return reading->is_binary ? binary_hash(&reading->binary) : hash_of(reading->message->value);
}

size_t reading_bytes(const struct reading *reading) {
    return reading->is_binary ? binary_bytes(&reading->binary) : reading->message->value.len;
}

struct hash128 reading_mark(const struct reading *reading, struct hash128 hash) {
    return reading->is_binary ? (struct hash128){~hash.high, ~hash.low} : hash;
}

bool reading_has_mark(const struct reading *reading) {
    return !reading->is_binary || decode_headers_alone(&reading->binary, reading->intake->scratch);
}

bool reading_decode(const struct reading *reading, struct event *event, struct reject *reject) {
    const struct partition_intake *intake = reading->intake;
    return reading->is_binary ? decode_binary(intake->decoder, &reading->binary, intake->scratch, event, reject)
                              : decode_event(intake->decoder, reading->message->value, intake->scratch, event, reject);
}
