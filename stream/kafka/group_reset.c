/* Starting a group over: its offsets, checkpoints and traffic. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

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

static bool judge_group(const rd_kafka_ConsumerGroupDescription_t *group, bool *exists, struct kafka_error *error) {
    const rd_kafka_error_t *problem = rd_kafka_ConsumerGroupDescription_error(group);
    rd_kafka_resp_err_t code = problem == NULL ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_error_code(problem);
    size_t members = rd_kafka_ConsumerGroupDescription_member_count(group);
    *exists = code == RD_KAFKA_RESP_ERR_NO_ERROR &&
              rd_kafka_ConsumerGroupDescription_state(group) != RD_KAFKA_CONSUMER_GROUP_STATE_DEAD;
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND) {
        return failed(error, code, "the group cannot be looked at", rd_kafka_error_string(problem));
    }
    if (*exists && members > 0) {
        kafka_error_set(error, RD_KAFKA_RESP_ERR_NON_EMPTY_GROUP,
                        "group %s has %zu active members: stop them first (one that was killed, and a static one, "
                        "stays until its session ends)",
                        rd_kafka_ConsumerGroupDescription_group_id(group), members);
        return false;
    }
    return true;
}

static bool group_is_idle(rd_kafka_t *client, const char *group, bool *exists, struct kafka_error *error) {
    struct kafka_admin_call call;
    const char *text;
    bool idle = false;
    size_t count = 0;
    kafka_admin_begin(&call, client, RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, KAFKA_ADMIN_TIMEOUT_MS);
    rd_kafka_DescribeConsumerGroups(client, &group, 1, call.options, call.queue);
    rd_kafka_resp_err_t code = kafka_admin_wait(&call, KAFKA_ADMIN_TIMEOUT_MS, &text);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        const rd_kafka_ConsumerGroupDescription_t **groups =
            rd_kafka_DescribeConsumerGroups_result_groups(rd_kafka_event_DescribeConsumerGroups_result(call.event),
                                                          &count);
        idle = count == 1 && judge_group(groups[0], exists, error);
    } else {
        failed(error, code, "the group cannot be looked at", text);
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

/* The policy lets records be deleted only while it has to. Stopped in between, it stays wrong, and no worker starts
 * until this is run again. */
static bool empty_topic(rd_kafka_t *client, const char *topic, struct buffer *report, struct kafka_error *error) {
    struct kafka_error second;
    int32_t partitions = kafka_topics_partitions(client, topic, error);
    if (partitions <= 0) {
        buffer_printf(report, "%s: %s\n", topic,
                      partitions == 0 ? "is missing, so there is nothing to delete" : "cannot be looked at");
        return partitions == 0;
    }
    if (!set_policy(client, topic, "compact,delete", error)) {
        return false;
    }
    bool emptied = delete_when_allowed(client, topic, partitions, error);
    bool restored = set_policy(client, topic, "compact", emptied ? error : &second);
    if (emptied && restored) {
        buffer_printf(report, "%s: emptied, %" PRId32 " partitions\n", topic, partitions);
    }
    return emptied && restored;
}

static bool reset(rd_kafka_t *client, const struct config *config, struct buffer *report, struct kafka_error *error) {
    bool exists = false;
    int32_t partitions = kafka_topics_partitions(client, config->topics[CONFIG_TOPIC_INPUT], error);
    if (partitions < 0 || !group_is_idle(client, config->group, &exists, error)) {
        return false;
    }
    /* Stopped in between, offsets are left whose checkpoints are gone: a worker refuses those, and this can be run
     * again. */
    if (!empty_topic(client, config->topics[CONFIG_TOPIC_CHECKPOINTS], report, error) ||
        !empty_topic(client, config->topics[CONFIG_TOPIC_TRAFFIC], report, error)) {
        return false;
    }
    if (exists && partitions > 0 && !delete_offsets(client, config, partitions, error)) {
        return false;
    }
    buffer_printf(report, "group %s: %s\n", config->group, exists ? "offsets deleted" : "has no offsets");
    return true;
}

bool kafka_group_reset(const struct config *config, struct buffer *report, struct kafka_error *error) {
    rd_kafka_t *client = kafka_topics_client(config, error);
    if (client == NULL) {
        return false;
    }
    bool done = reset(client, config, report, error);
    rd_kafka_destroy(client);
    return done;
}
