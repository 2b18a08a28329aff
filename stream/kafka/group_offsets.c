/* Three questions: to the group's coordinator for offsets, to the leaders for ends, and to the coordinator once more
 * for members. */
#include "kafka/group_offsets.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/timestamp.h"
#include "kafka/admin.h"
#include "kafka/topics_internal.h"

static bool failed(struct kafka_error *error, rd_kafka_resp_err_t code, const char *what, const char *text) {
    kafka_error_set(error, code, "%s: %s", what, text != NULL ? text : rd_kafka_err2str(code));
    error->retriable = kafka_error_is_passing(code);
    return false;
}

/* ---- committed offsets */

static rd_kafka_resp_err_t take_committed(const rd_kafka_topic_partition_list_t *list,
                                          struct kafka_group_offsets *out) {
    for (int i = 0; i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *found = &list->elems[i];
        struct kafka_group_offset *offset = &out->of[found->partition];
        if (found->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            return found->err;
        }
        offset->committed = found->offset >= 0 ? found->offset : KAFKA_NO_COMMITTED;
        buffer_clear(&offset->text);
        buffer_append(&offset->text, found->metadata, found->metadata_size);
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static bool fill_committed(const struct config *config, struct kafka_group_offsets *out, struct kafka_error *error) {
    rd_kafka_t *client = kafka_client_group(config, "read_committed", error);
    if (client == NULL) {
        return false;
    }
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(out->count);
    int64_t until_ms = clock_steady_ms() + KAFKA_ADMIN_TIMEOUT_MS;
    rd_kafka_resp_err_t code;
    for (int32_t i = 0; i < out->count; i++) {
        rd_kafka_topic_partition_list_add(list, config->topics[CONFIG_TOPIC_INPUT], i);
    }
    do {
        int64_t left_ms = until_ms - clock_steady_ms();
        code = rd_kafka_committed(client, list, left_ms > 0 ? (int)left_ms : 0);
        code = code == RD_KAFKA_RESP_ERR_NO_ERROR ? take_committed(list, out) : code;
        if (code == RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT) {
            kafka_admin_pause();
        }
    } while (code == RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT && clock_steady_ms() < until_ms);
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_destroy(client);
    return code == RD_KAFKA_RESP_ERR_NO_ERROR || failed(error, code, "the group's offsets cannot be had", NULL);
}

/* ---- members */

static void take_member(const rd_kafka_MemberDescription_t *member, const char *topic,
                        struct kafka_group_offsets *out) {
    const rd_kafka_MemberAssignment_t *assignment = rd_kafka_MemberDescription_assignment(member);
    const char *id = rd_kafka_MemberDescription_client_id(member);
    const rd_kafka_topic_partition_list_t *list =
        assignment == NULL ? NULL : rd_kafka_MemberAssignment_partitions(assignment);
    for (int i = 0; list != NULL && i < list->cnt; i++) {
        int32_t partition = list->elems[i].partition;
        /* A group may read other topics too, and have more partitions by now than were counted. */
        if (strcmp(list->elems[i].topic, topic) == 0 && partition >= 0 && partition < out->count) {
            free(out->of[partition].reader);
            out->of[partition].reader = alloc_copy(id, strlen(id));
        }
    }
}

/* Who may not look at members sees none. */
static void fill_readers(struct kafka_asker *asker, const struct config *config, struct kafka_group_offsets *out) {
    struct kafka_admin_call call;
    const char *text, *group = config->group;
    size_t count = 0;
    kafka_admin_begin(&call, asker->client, RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, KAFKA_ADMIN_TIMEOUT_MS);
    rd_kafka_DescribeConsumerGroups(asker->client, &group, 1, call.options, call.queue);
    if (kafka_admin_wait(&call, KAFKA_ADMIN_TIMEOUT_MS, &text) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        const rd_kafka_ConsumerGroupDescription_t **groups =
            rd_kafka_DescribeConsumerGroups_result_groups(rd_kafka_event_DescribeConsumerGroups_result(call.event),
                                                          &count);
        size_t members = count == 0 ? 0 : rd_kafka_ConsumerGroupDescription_member_count(groups[0]);
        for (size_t i = 0; i < members; i++) {
            take_member(rd_kafka_ConsumerGroupDescription_member(groups[0], i), config->topics[CONFIG_TOPIC_INPUT],
                        out);
        }
    }
    kafka_admin_end(&call);
}

/* ---- the whole */

bool kafka_group_offsets_of(struct kafka_asker *asker, const struct config *config, struct kafka_group_offsets *out,
                            struct kafka_error *error) {
    const char *topic = config->topics[CONFIG_TOPIC_INPUT];
    int32_t count = kafka_topics_partitions(asker, topic, error);
    if (count <= 0) {
        return count == 0 && failed(error, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, topic,
                                    "is missing; caravan topics create makes it");
    }
    out->of = alloc_zeroed((size_t)count, sizeof *out->of);
    out->count = count;
    for (int32_t i = 0; i < count; i++) {
        out->of[i].committed = KAFKA_NO_COMMITTED;
    }
    /* Offsets before ends: then what is committed is never above what is there. */
    if (!fill_committed(config, out, error)) {
        return false;
    }
    for (int32_t i = 0; i < count; i++) {
        struct kafka_watermarks log = {0};
        if (!kafka_admin_watermarks(asker->client, (struct kafka_place){topic, i}, KAFKA_ADMIN_TIMEOUT_MS, &log,
                                    error)) {
            return false;
        }
        out->of[i].low = log.low;
        out->of[i].high = log.high;
    }
    fill_readers(asker, config, out);
    return true;
}

bool kafka_group_offsets(const struct config *config, struct kafka_group_offsets *out, struct kafka_error *error) {
    struct kafka_asker asker;
    bool done = kafka_asker_open(&asker, config, error) && kafka_group_offsets_of(&asker, config, out, error);
    kafka_asker_close(&asker);
    return done;
}

void kafka_group_offsets_release(struct kafka_group_offsets *offsets) {
    for (int32_t i = 0; i < offsets->count; i++) {
        buffer_release(&offsets->of[i].text);
        free(offsets->of[i].reader);
    }
    free(offsets->of);
    *offsets = (struct kafka_group_offsets){0};
}
