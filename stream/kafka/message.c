/* From librdkafka's messages to those of the lanes, which know nothing of Kafka. */
#include "kafka/message.h"

#include <assert.h>

#include "kafka/source.h"

void kafka_message_take(rd_kafka_message_t *taken, struct message *out) {
    rd_kafka_timestamp_type_t type;
    int64_t timestamp_ms = rd_kafka_message_timestamp(taken, &type);
    assert(taken->err == RD_KAFKA_RESP_ERR_NO_ERROR);
    /* Slices of librdkafka's own memory, which lives until the message is given back: nothing is copied on the way
     * to the lane. */
    *out = (struct message){
        .key = {taken->key, taken->key_len},
        .value = {taken->payload, taken->len},
        .offset = taken->offset,
        .timestamp_ms = type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? MESSAGE_NO_TIMESTAMP : timestamp_ms,
        .partition = taken->partition,
        .owner = taken,
    };
}

void kafka_message_release(struct message *message) {
    rd_kafka_message_destroy(message->owner);
    message->owner = NULL;
}

/* NULL stays NULL: a null value is not an empty one. */
static struct slice keep(struct arena *arena, struct slice bytes) {
    return bytes.data == NULL ? bytes : arena_copy(arena, bytes);
}

/* librdkafka parses them into half a dozen pieces of heap. These are freed at once, while they are at hand: a batch is
 * given back long after its messages were read, and by then each piece would have to be fetched again. They are parsed
 * anew for whoever asks again, which is the dead letter of a rejected message. */
size_t kafka_message_headers(const struct message *message, struct arena *arena, const struct message_header **out) {
    rd_kafka_headers_t *headers;
    *out = NULL;
    if (rd_kafka_message_detach_headers(message->owner, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return 0;
    }
    size_t count = rd_kafka_header_cnt(headers);
    struct message_header *list = arena_zeroed(arena, count, sizeof *list);
    for (size_t i = 0; i < count; i++) {
        const char *name;
        const void *value;
        size_t len;
        rd_kafka_header_get_all(headers, i, &name, &value, &len);
        list[i] = (struct message_header){keep(arena, slice_of(name)), keep(arena, (struct slice){value, len})};
    }
    rd_kafka_headers_destroy(headers);
    *out = list;
    return count;
}
