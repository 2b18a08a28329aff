#include "kafka/message.h"

#include <assert.h>

#include "kafka/source.h"

void kafka_message_take(rd_kafka_message_t *taken, struct message *out) {
    rd_kafka_timestamp_type_t type;
    int64_t timestamp_ms = rd_kafka_message_timestamp(taken, &type);
    assert(taken->err == RD_KAFKA_RESP_ERR_NO_ERROR);
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

static struct slice keep(struct arena *arena, const void *data, size_t len) {
    return data == NULL ? (struct slice){NULL, 0} : arena_copy(arena, (struct slice){data, len});
}

size_t kafka_message_headers(const struct message *message, struct arena *arena, const struct message_header **out) {
    rd_kafka_headers_t *headers;
    *out = NULL;
    if (rd_kafka_message_headers(message->owner, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return 0;
    }
    size_t count = rd_kafka_header_cnt(headers);
    struct message_header *copies = arena_zeroed(arena, count, sizeof *copies);
    for (size_t i = 0; i < count; i++) {
        const char *name;
        const void *value;
        size_t len;
        rd_kafka_header_get_all(headers, i, &name, &value, &len);
        copies[i].name = arena_copy(arena, slice_of(name));
        copies[i].value = keep(arena, value, len);
    }
    *out = copies;
    return count;
}
