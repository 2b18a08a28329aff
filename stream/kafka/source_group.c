/* What any thread may ask of the source: committed offsets, ends, membership. */
#include <assert.h>
#include <inttypes.h>
#include <time.h>

#include "base/timestamp.h"
#include "kafka/source_internal.h"

enum { UNSTABLE_WAIT_MS = 50, LOST_PATIENCE_MS = 200 };

/* librdkafka says "none" by RD_KAFKA_OFFSET_INVALID. */
static rd_kafka_resp_err_t take_committed(const rd_kafka_topic_partition_t *found, struct kafka_committed *out) {
    buffer_clear(&out->text);
    if (found->err == RD_KAFKA_RESP_ERR_NO_ERROR && found->offset == RD_KAFKA_OFFSET_INVALID) {
        out->offset = -1;
        return RD_KAFKA_RESP_ERR_NO_ERROR;
    }
    rd_kafka_resp_err_t code = kafka_answered_offset(found, &out->offset);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR && found->metadata != NULL) {
        buffer_append(&out->text, found->metadata, found->metadata_size);
    }
    return code;
}

bool kafka_source_committed(struct kafka_source *source, int32_t partition, int timeout_ms, struct kafka_committed *out,
                            struct kafka_error *error) {
    int64_t until_ms = clock_steady_ms() + timeout_ms;
    rd_kafka_resp_err_t code;
    do {
        int64_t left_ms = until_ms - clock_steady_ms();
        rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
        rd_kafka_topic_partition_list_add(list, source->topic, partition);
        code = rd_kafka_committed(source->client, list, left_ms > 0 ? (int)left_ms : 0);
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
            code = take_committed(&list->elems[0], out);
        }
        /* A transaction is open on it. What was committed before is no answer: the open one may still be decided for
         * commit (restore.md R1). */
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

enum kafka_standing kafka_source_member(struct kafka_source *source, int timeout_ms, struct kafka_member *member) {
    return kafka_membership_ask(source->membership, timeout_ms, member);
}

uint64_t kafka_source_life(const struct kafka_source *source) {
    return kafka_membership_life(source->membership);
}

bool kafka_source_lost(struct kafka_source *source) {
    char text[1];
    /* Three ways to learn of it, none of which is always first: librdkafka's own word, its end, and the membership
     * that is asked. */
    return rd_kafka_assignment_lost(source->client) ||
           rd_kafka_fatal_error(source->client, text, sizeof text) != RD_KAFKA_RESP_ERR_NO_ERROR ||
           kafka_membership_ask(source->membership, LOST_PATIENCE_MS, NULL) == KAFKA_STANDING_NONE;
}

rd_kafka_t *kafka_source_client(struct kafka_source *source) {
    return source->client;
}

int32_t kafka_key_partition(struct slice key, int32_t partition_count) {
    assert(partition_count > 0);
    /* Without the "random" of murmur2_random, which is for messages that have no key. */
    return rd_kafka_msg_partitioner_murmur2(NULL, key.data, key.len, partition_count, NULL, NULL);
}

bool kafka_key_fits(struct slice key, int32_t partition, int32_t partition_count) {
    return kafka_key_partition(key, partition_count) == partition;
}
