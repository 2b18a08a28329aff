/* What any thread may ask of the source: committed offsets, ends, membership. */
#include <assert.h>
#include <inttypes.h>
#include <time.h>

#include "base/timestamp.h"
#include "kafka/source_internal.h"

enum { UNSTABLE_WAIT_MS = 50 };

static void take_committed(const rd_kafka_topic_partition_t *found, int64_t *offset, struct buffer *metadata) {
    *offset = found->offset < 0 ? -1 : found->offset;
    if (*offset >= 0 && found->metadata != NULL) {
        buffer_append(metadata, found->metadata, found->metadata_size);
    }
}

bool kafka_source_committed(struct kafka_source *source, int32_t partition, int timeout_ms, int64_t *offset,
                            struct buffer *metadata, struct kafka_error *error) {
    int64_t until_ms = clock_steady_ms() + timeout_ms;
    rd_kafka_resp_err_t code;
    do {
        int64_t left_ms = until_ms - clock_steady_ms();
        rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
        rd_kafka_topic_partition_list_add(list, source->topic, partition);
        code = rd_kafka_committed(source->client, list, left_ms > 0 ? (int)left_ms : 0);
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
            code = list->elems[0].err;
        }
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
            take_committed(&list->elems[0], offset, metadata);
        }
        rd_kafka_topic_partition_list_destroy(list);
        if (code == RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT) {
            nanosleep(&(struct timespec){0, UNSTABLE_WAIT_MS * 1000000}, NULL);
        }
    } while (code == RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT && clock_steady_ms() < until_ms);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        kafka_error_set(error, code, "%s[%" PRId32 "]: the group's committed offset cannot be had: %s", source->topic,
                        partition, rd_kafka_err2str(code));
        error->retriable = kafka_error_is_passing(code);
    }
    return code == RD_KAFKA_RESP_ERR_NO_ERROR;
}

int32_t kafka_source_partition_count(struct kafka_source *source, int timeout_ms, struct kafka_error *error) {
    return kafka_client_partition_count(source->client, source->topic, timeout_ms, error);
}

int64_t kafka_source_lag(struct kafka_source *source, int32_t partition, int64_t position) {
    int64_t low, high;
    rd_kafka_resp_err_t code = rd_kafka_get_watermark_offsets(source->client, source->topic, partition, &low, &high);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR || high < 0) {
        return -1;
    }
    return high > position ? high - position : 0;
}

rd_kafka_consumer_group_metadata_t *kafka_source_member(struct kafka_source *source) {
    rd_kafka_consumer_group_metadata_t *member = rd_kafka_consumer_group_metadata(source->client);
    if (member == NULL) {
        return NULL;
    }
    const char *id = rd_kafka_consumer_group_metadata_member_id(member);
    if (id == NULL || *id == '\0' || rd_kafka_consumer_group_metadata_generation_id(member) <= 0) {
        rd_kafka_consumer_group_metadata_destroy(member);
        return NULL;
    }
    return member;
}

bool kafka_source_lost(struct kafka_source *source) {
    char text[1];
    if (rd_kafka_assignment_lost(source->client) || rd_kafka_fatal_error(source->client, text, sizeof text) != 0) {
        return true;
    }
    rd_kafka_consumer_group_metadata_t *member = kafka_source_member(source);
    if (member == NULL) {
        return true;
    }
    rd_kafka_consumer_group_metadata_destroy(member);
    return false;
}

rd_kafka_t *kafka_source_client(struct kafka_source *source) {
    return source->client;
}

bool kafka_key_fits(struct slice key, int32_t partition, int32_t partition_count) {
    assert(partition_count > 0);
    return rd_kafka_msg_partitioner_murmur2(NULL, key.data, key.len, partition_count, NULL, NULL) == partition;
}
