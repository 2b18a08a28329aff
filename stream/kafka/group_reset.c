/* Starting a group over: its offsets, checkpoints and traffic. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/signals.h"
#include "kafka/admin.h"
#include "kafka/topics.h"
#include "kafka/topics_internal.h"

enum { POLICY_ATTEMPTS = 150 }; /* with kafka_admin_pause between: 15 s for a changed setting to reach the brokers */

static bool failed(struct kafka_error *error, rd_kafka_resp_err_t code, const char *what, const char *text) {
    kafka_error_set(error, code, "%s: %s", what, text != NULL ? text : rd_kafka_err2str(code));
    error->retriable = kafka_error_is_passing(code);
    return false;
}

/* ---- the group */

/* Whether nobody is at work in it. */
static bool group_is_idle(rd_kafka_t *client, const char *name, bool *exists, struct kafka_error *error) {
    struct kafka_admin_call call;
    const rd_kafka_ConsumerGroupDescription_t *group;
    rd_kafka_resp_err_t code = kafka_admin_group(&call, client, name, false, &group);
    bool known = code == RD_KAFKA_RESP_ERR_NO_ERROR;
    size_t members = known ? rd_kafka_ConsumerGroupDescription_member_count(group) : 0;
    bool idle = members == 0 && (known || code == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND);
    /* A group that never was is told as one that is dead, by brokers before 4.0, or as not found. */
    *exists = known && rd_kafka_ConsumerGroupDescription_state(group) != RD_KAFKA_CONSUMER_GROUP_STATE_DEAD;
    if (members > 0) { /* a worker at work would commit on, behind offsets and checkpoints that are gone */
        kafka_error_set(error, RD_KAFKA_RESP_ERR_NON_EMPTY_GROUP,
                        "group %s has %zu active members: stop them first (one that was killed, and a static one, "
                        "stays until its session ends)",
                        name, members);
    } else if (!idle) {
        failed(error, code, "the group cannot be looked at", NULL);
    }
    kafka_admin_end(&call);
    return idle;
}

static bool take_deleted(const struct kafka_admin_call *call, struct kafka_error *error) {
    size_t count;
    const rd_kafka_group_result_t **results =
        rd_kafka_DeleteConsumerGroupOffsets_result_groups(rd_kafka_event_DeleteConsumerGroupOffsets_result(call->event),
                                                          &count);
    const rd_kafka_error_t *problem = count == 0 ? NULL : rd_kafka_group_result_error(results[0]);
    if (problem != NULL) {
        return failed(error, rd_kafka_error_code(problem), "the group's offsets cannot be deleted",
                      rd_kafka_error_string(problem));
    }
    const rd_kafka_topic_partition_list_t *list = count == 0 ? NULL : rd_kafka_group_result_partitions(results[0]);
    /* The request as a whole may be good and a partition not. */
    for (int i = 0; list != NULL && i < list->cnt; i++) {
        if (list->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            return failed(error, list->elems[i].err, "the group's offsets cannot be deleted", NULL);
        }
    }
    return true;
}

static bool delete_offsets(rd_kafka_t *client, const struct config *config, int32_t partitions,
                           struct kafka_error *error) {
    struct kafka_admin_call call;
    const char *text;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(partitions);
    for (int32_t partition = 0; partition < partitions; partition++) {
        rd_kafka_topic_partition_list_add(list, config->topics[CONFIG_TOPIC_INPUT], partition);
    }
    rd_kafka_DeleteConsumerGroupOffsets_t *request = rd_kafka_DeleteConsumerGroupOffsets_new(config->group, list);
    kafka_admin_begin(&call, client, RD_KAFKA_ADMIN_OP_DELETECONSUMERGROUPOFFSETS, KAFKA_ADMIN_TIMEOUT_MS);
    rd_kafka_DeleteConsumerGroupOffsets(client, &request, 1, call.options, call.queue);
    rd_kafka_resp_err_t code = kafka_admin_wait(&call, KAFKA_ADMIN_TIMEOUT_MS, &text);
    bool done = code == RD_KAFKA_RESP_ERR_NO_ERROR ? take_deleted(&call, error)
                                                   : failed(error, code, "the group's offsets cannot be deleted", text);
    kafka_admin_end(&call);
    rd_kafka_DeleteConsumerGroupOffsets_destroy(request);
    rd_kafka_topic_partition_list_destroy(list);
    return done;
}

/* ---- topics */

static bool set_policy(rd_kafka_t *client, const char *topic, const char *policy, struct kafka_error *error) {
    struct kafka_admin_call call;
    const char *text;
    size_t count = 0;
    rd_kafka_ConfigResource_t *resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic);
    rd_kafka_error_destroy(rd_kafka_ConfigResource_add_incremental_config(resource, "cleanup.policy",
                                                                          RD_KAFKA_ALTER_CONFIG_OP_TYPE_SET, policy));
    kafka_admin_begin(&call, client, RD_KAFKA_ADMIN_OP_INCREMENTALALTERCONFIGS, KAFKA_ADMIN_TIMEOUT_MS);
    rd_kafka_IncrementalAlterConfigs(client, &resource, 1, call.options, call.queue);
    rd_kafka_resp_err_t code = kafka_admin_wait(&call, KAFKA_ADMIN_TIMEOUT_MS, &text);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        const rd_kafka_ConfigResource_t **results =
            rd_kafka_IncrementalAlterConfigs_result_resources(rd_kafka_event_IncrementalAlterConfigs_result(call.event),
                                                              &count);
        code = count == 0 ? RD_KAFKA_RESP_ERR__FAIL : rd_kafka_ConfigResource_error(results[0]);
        text = count == 0 ? NULL : rd_kafka_ConfigResource_error_string(results[0]);
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        kafka_error_set(error, code, "topic %s: cleanup.policy cannot be set to %s: %s", topic, policy,
                        text != NULL ? text : rd_kafka_err2str(code));
    }
    kafka_admin_end(&call);
    rd_kafka_ConfigResource_destroy(resource);
    return code == RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t first_error(const rd_kafka_topic_partition_list_t *list) {
    for (int i = 0; i < list->cnt; i++) {
        if (list->elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            return list->elems[i].err;
        }
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* Deletes all records of all partitions, once. */
static rd_kafka_resp_err_t delete_records(rd_kafka_t *client, const rd_kafka_topic_partition_list_t *list) {
    struct kafka_admin_call call;
    const char *text;
    rd_kafka_DeleteRecords_t *request = rd_kafka_DeleteRecords_new(list);
    kafka_admin_begin(&call, client, RD_KAFKA_ADMIN_OP_DELETERECORDS, KAFKA_ADMIN_TIMEOUT_MS);
    rd_kafka_DeleteRecords(client, &request, 1, call.options, call.queue);
    rd_kafka_resp_err_t code = kafka_admin_wait(&call, KAFKA_ADMIN_TIMEOUT_MS, &text);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        code = first_error(rd_kafka_DeleteRecords_result_offsets(rd_kafka_event_DeleteRecords_result(call.event)));
    }
    kafka_admin_end(&call);
    rd_kafka_DeleteRecords_destroy(request);
    return code;
}

/* A broker deletes records only of topics that it may delete from, and learns of the changed policy a moment later. */
static bool delete_when_allowed(rd_kafka_t *client, const char *topic, int32_t partitions, struct kafka_error *error) {
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_POLICY_VIOLATION;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(partitions);
    for (int32_t partition = 0; partition < partitions; partition++) {
        /* Up to the high watermark, which the broker looks up itself: no message can come in between. */
        rd_kafka_topic_partition_list_add(list, topic, partition)->offset = RD_KAFKA_OFFSET_END;
    }
    for (int i = 0; i < POLICY_ATTEMPTS && code == RD_KAFKA_RESP_ERR_POLICY_VIOLATION; i++) {
        code = delete_records(client, list);
        if (code == RD_KAFKA_RESP_ERR_POLICY_VIOLATION) {
            kafka_admin_pause();
        }
    }
    rd_kafka_topic_partition_list_destroy(list);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        kafka_error_set(error, code, "topic %s: its records cannot be deleted: %s", topic, rd_kafka_err2str(code));
    }
    return code == RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* The policy lets records be deleted only while it has to, so a signal waits until it is back. Killed in between, it
 * stays wrong, and no worker starts until this is run again. */
static bool empty_topic(struct kafka_asker *asker, const char *topic, struct buffer *report,
                        struct kafka_error *error) {
    struct kafka_error second;
    int32_t partitions = kafka_topics_partitions(asker, topic, error);
    if (partitions <= 0) {
        buffer_printf(report, "%s: %s\n", topic,
                      partitions == 0 ? "is missing, so there is nothing to delete" : "cannot be looked at");
        return partitions == 0;
    }
    signals_hold();
    bool changed = set_policy(asker->client, topic, "compact,delete", error);
    bool emptied = changed && delete_when_allowed(asker->client, topic, partitions, error);
    /* Also when emptying failed, else no worker would start. Then the first error is the one to tell. */
    bool restored = changed && set_policy(asker->client, topic, "compact", emptied ? error : &second);
    signals_let_go();
    if (emptied && restored) {
        buffer_printf(report, "%s: emptied, %" PRId32 " partitions\n", topic, partitions);
    }
    return emptied && restored;
}

static bool reset(struct kafka_asker *asker, const struct config *config, struct buffer *report,
                  struct kafka_error *error) {
    bool exists = false;
    int32_t partitions = kafka_topics_partitions(asker, config->topics[CONFIG_TOPIC_INPUT], error);
    if (partitions < 0 || !group_is_idle(asker->client, config->group, &exists, error)) {
        return false;
    }
    /* Stopped in between, offsets are left whose checkpoints are gone: a worker refuses those, and this can be run
     * again. */
    if (!empty_topic(asker, config->topics[CONFIG_TOPIC_CHECKPOINTS], report, error) ||
        !empty_topic(asker, config->topics[CONFIG_TOPIC_TRAFFIC], report, error)) {
        return false;
    }
    if (exists && partitions > 0 && !delete_offsets(asker->client, config, partitions, error)) {
        return false;
    }
    buffer_printf(report, "group %s: %s\n", config->group, exists ? "offsets deleted" : "has no offsets");
    return true;
}

bool kafka_group_reset(const struct config *config, struct buffer *report, struct kafka_error *error) {
    struct kafka_asker asker;
    bool done = kafka_asker_open(&asker, config, error) && reset(&asker, config, report, error);
    kafka_asker_close(&asker);
    return done;
}

/* How many records lie in a topic: offsets, so those that compaction took count as well. */
static bool preview_topic(struct kafka_asker *asker, const char *topic, struct buffer *report,
                          struct kafka_error *error) {
    int32_t partitions = kafka_topics_partitions(asker, topic, error);
    int64_t offsets = 0;
    for (int32_t i = 0; i < partitions; i++) {
        struct kafka_watermarks log = {0};
        if (!kafka_admin_watermarks(asker->client, (struct kafka_place){topic, i}, KAFKA_ADMIN_TIMEOUT_MS, &log,
                                    error)) {
            return false;
        }
        offsets += log.high - log.low;
    }
    if (partitions == 0) {
        buffer_printf(report, "%s: is missing, so there is nothing to delete\n", topic);
    } else if (partitions > 0) {
        buffer_printf(report, "%s: %" PRId32 " partitions with %" PRId64 " offsets would be emptied\n", topic,
                      partitions, offsets);
    }
    return partitions >= 0;
}

static bool preview(struct kafka_asker *asker, const struct config *config, struct buffer *report,
                    struct kafka_error *error) {
    bool exists = false;
    struct kafka_group_offsets offsets = {0};
    /* First what says why nobody answers. */
    if (kafka_topics_partitions(asker, config->topics[CONFIG_TOPIC_INPUT], error) < 0 ||
        !group_is_idle(asker->client, config->group, &exists, error) ||
        !preview_topic(asker, config->topics[CONFIG_TOPIC_CHECKPOINTS], report, error) ||
        !preview_topic(asker, config->topics[CONFIG_TOPIC_TRAFFIC], report, error) ||
        !kafka_group_offsets_of(asker, config, &offsets, error)) {
        return false;
    }
    int32_t committed = 0;
    for (int32_t i = 0; i < offsets.count; i++) {
        committed += offsets.of[i].committed >= 0;
    }
    buffer_printf(report, "group %s: %" PRId32 " committed offsets of %s would be deleted\n", config->group, committed,
                  config->topics[CONFIG_TOPIC_INPUT]);
    kafka_group_offsets_release(&offsets);
    return true;
}

bool kafka_group_preview(const struct config *config, struct buffer *report, struct kafka_error *error) {
    struct kafka_asker asker;
    bool done = kafka_asker_open(&asker, config, error) && preview(&asker, config, report, error);
    kafka_asker_close(&asker);
    return done;
}
