#include "kafka/doctor.h"

#include <inttypes.h>
#include <stdarg.h>

#include "base/timestamp.h"
#include "kafka/admin.h"
#include "kafka/topics_internal.h"

enum { SKEW_MS = 2000 /* what a clock that follows a time server never reaches */ };

struct doctor {
    const struct config *config;
    struct kafka_asker asker;
    struct buffer *report;
    struct kafka_doctor_findings *findings;
};

enum finding { FINDING_OK, FINDING_WARNING, FINDING_WRONG };

static void find(struct doctor *doctor, enum finding finding, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void find(struct doctor *doctor, enum finding finding, const char *format, ...) {
    static const char *const words[] = {"ok", "warning", "wrong"};
    va_list args;
    buffer_printf(doctor->report, "%s: ", words[finding]);
    va_start(args, format);
    buffer_vprintf(doctor->report, format, args);
    va_end(args);
    buffer_append_byte(doctor->report, '\n');
    doctor->findings->wrong += finding == FINDING_WRONG;
    doctor->findings->warnings += finding == FINDING_WARNING;
}

/* ---- brokers */

static void tell_brokers(struct doctor *doctor, const rd_kafka_DescribeCluster_result_t *cluster) {
    size_t count;
    const rd_kafka_Node_t **nodes = rd_kafka_DescribeCluster_result_nodes(cluster, &count);
    const char *id = rd_kafka_DescribeCluster_result_cluster_id(cluster);
    struct buffer list = {0};
    for (size_t i = 0; i < count; i++) {
        buffer_printf(&list, "%s%d at %s:%d", i == 0 ? "" : ", ", rd_kafka_Node_id(nodes[i]),
                      rd_kafka_Node_host(nodes[i]), (int)rd_kafka_Node_port(nodes[i]));
    }
    find(doctor, FINDING_OK, "cluster %s: %zu brokers: %.*s", id == NULL ? "?" : id, count, (int)list.len, list.data);
    buffer_release(&list);
}

static bool look_at_brokers(struct doctor *doctor, struct kafka_error *error) {
    struct kafka_admin_call call;
    const char *text;
    /* First what says why nobody answers. */
    if (kafka_topics_partitions(&doctor->asker, doctor->config->topics[CONFIG_TOPIC_INPUT], error) < 0) {
        return false;
    }
    kafka_admin_begin(&call, doctor->asker.client, RD_KAFKA_ADMIN_OP_DESCRIBECLUSTER, KAFKA_ADMIN_TIMEOUT_MS);
    rd_kafka_DescribeCluster(doctor->asker.client, call.options, call.queue);
    rd_kafka_resp_err_t code = kafka_admin_wait(&call, KAFKA_ADMIN_TIMEOUT_MS, &text);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        tell_brokers(doctor, rd_kafka_event_DescribeCluster_result(call.event));
    } else {
        find(doctor, FINDING_WARNING, "the cluster does not describe itself: %s", text);
    }
    kafka_admin_end(&call);
    return true;
}

/* ---- rights */

static bool has_right(const rd_kafka_AclOperation_t *operations, size_t count, rd_kafka_AclOperation_t wanted) {
    for (size_t i = 0; i < count; i++) {
        if (operations[i] == wanted || operations[i] == RD_KAFKA_ACL_OPERATION_ALL) {
            return true;
        }
    }
    return false;
}

/* What a worker needs; `wanted` ends with UNKNOWN. */
static void judge_rights(struct doctor *doctor, const char *what, const rd_kafka_AclOperation_t *operations,
                         size_t count, const rd_kafka_AclOperation_t *wanted) {
    bool good = true;
    if (operations == NULL) {
        find(doctor, FINDING_WARNING, "%s: the broker does not tell this user's rights", what);
        return;
    }
    for (; *wanted != RD_KAFKA_ACL_OPERATION_UNKNOWN; wanted++) {
        if (!has_right(operations, count, *wanted)) {
            find(doctor, FINDING_WRONG, "%s: this user lacks the right %s: give it", what,
                 rd_kafka_AclOperation_name(*wanted));
            good = false;
        }
    }
    if (good) {
        find(doctor, FINDING_OK, "%s: this user has the rights that a worker needs", what);
    }
}

static void include_rights(struct kafka_admin_call *call) {
    rd_kafka_error_t *refused = rd_kafka_AdminOptions_set_include_authorized_operations(call->options, 1);
    if (refused != NULL) {
        rd_kafka_error_destroy(refused);
    }
}

static void judge_topic(struct doctor *doctor, enum config_topic topic, const rd_kafka_TopicDescription_t *found) {
    static const rd_kafka_AclOperation_t read_only[] = {RD_KAFKA_ACL_OPERATION_READ, RD_KAFKA_ACL_OPERATION_DESCRIBE,
                                                        RD_KAFKA_ACL_OPERATION_UNKNOWN},
                                         both[] = {RD_KAFKA_ACL_OPERATION_READ, RD_KAFKA_ACL_OPERATION_WRITE,
                                                   RD_KAFKA_ACL_OPERATION_DESCRIBE, RD_KAFKA_ACL_OPERATION_UNKNOWN},
                                         write_only[] = {RD_KAFKA_ACL_OPERATION_WRITE, RD_KAFKA_ACL_OPERATION_DESCRIBE,
                                                         RD_KAFKA_ACL_OPERATION_UNKNOWN};
    size_t count = 0;
    char what[300];
    const rd_kafka_error_t *problem = rd_kafka_TopicDescription_error(found);
    snprintf(what, sizeof what, "topic %s", doctor->config->topics[topic]);
    if (problem != NULL && rd_kafka_error_code(problem) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        if (rd_kafka_error_code(problem) != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) { /* told by the check of topics */
            find(doctor, FINDING_WRONG, "%s: %s", what, rd_kafka_err2name(rd_kafka_error_code(problem)));
        }
        return;
    }
    const rd_kafka_AclOperation_t *operations = rd_kafka_TopicDescription_authorized_operations(found, &count);
    judge_rights(doctor, what, operations, count,
                 topic == CONFIG_TOPIC_INPUT         ? read_only
                 : topic == CONFIG_TOPIC_CHECKPOINTS ? both
                                                     : write_only);
}

static void look_at_topic(struct doctor *doctor, enum config_topic topic) {
    struct kafka_admin_call call;
    const char *text, *names[] = {doctor->config->topics[topic]};
    size_t count = 0;
    rd_kafka_TopicCollection_t *topics = rd_kafka_TopicCollection_of_topic_names(names, 1);
    kafka_admin_begin(&call, doctor->asker.client, RD_KAFKA_ADMIN_OP_DESCRIBETOPICS, KAFKA_ADMIN_TIMEOUT_MS);
    include_rights(&call);
    rd_kafka_DescribeTopics(doctor->asker.client, topics, call.options, call.queue);
    rd_kafka_TopicCollection_destroy(topics);
    if (kafka_admin_wait(&call, KAFKA_ADMIN_TIMEOUT_MS, &text) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        const rd_kafka_TopicDescription_t **found =
            rd_kafka_DescribeTopics_result_topics(rd_kafka_event_DescribeTopics_result(call.event), &count);
        if (count == 1) {
            judge_topic(doctor, topic, found[0]);
        }
    } else {
        find(doctor, FINDING_WARNING, "topic %s: the broker does not tell this user's rights: %s", names[0], text);
    }
    kafka_admin_end(&call);
}

static void look_at_group(struct doctor *doctor) {
    static const rd_kafka_AclOperation_t wanted[] = {RD_KAFKA_ACL_OPERATION_READ, RD_KAFKA_ACL_OPERATION_DESCRIBE,
                                                     RD_KAFKA_ACL_OPERATION_UNKNOWN};
    struct kafka_admin_call call;
    const rd_kafka_ConsumerGroupDescription_t *group;
    char what[300];
    snprintf(what, sizeof what, "group %s", doctor->config->group);
    rd_kafka_resp_err_t code = kafka_admin_group(&call, doctor->asker.client, doctor->config->group, true, &group);
    if (group == NULL) {
        find(doctor, FINDING_WARNING, "%s cannot be looked at: %s", what, rd_kafka_err2str(code));
    } else if (code == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND ||
               (code == RD_KAFKA_RESP_ERR_NO_ERROR && /* so is told, too, that a group never was */
                rd_kafka_ConsumerGroupDescription_state(group) == RD_KAFKA_CONSUMER_GROUP_STATE_DEAD)) {
        find(doctor, FINDING_OK, "%s: nobody has joined it yet", what);
    } else if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        find(doctor, FINDING_WRONG, "%s: %s", what, rd_kafka_err2str(code));
    } else {
        size_t rights = 0;
        const rd_kafka_AclOperation_t *operations =
            rd_kafka_ConsumerGroupDescription_authorized_operations(group, &rights);
        find(doctor, FINDING_OK, "%s: %zu members", what, rd_kafka_ConsumerGroupDescription_member_count(group));
        judge_rights(doctor, what, operations, rights, wanted);
    }
    kafka_admin_end(&call);
}

/* ---- the clock */

/* The stamp of the newest message of a partition; -1: none, or it is not told. */
static int64_t newest_ms(struct doctor *doctor, int32_t partition) {
    struct kafka_admin_call call;
    const char *text;
    size_t count = 0;
    int64_t at_ms = -1;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, doctor->config->topics[CONFIG_TOPIC_INPUT], partition)->offset =
        RD_KAFKA_OFFSET_SPEC_MAX_TIMESTAMP;
    kafka_admin_begin(&call, doctor->asker.client, RD_KAFKA_ADMIN_OP_LISTOFFSETS, KAFKA_ADMIN_TIMEOUT_MS);
    rd_kafka_ListOffsets(doctor->asker.client, list, call.options, call.queue);
    if (kafka_admin_wait(&call, KAFKA_ADMIN_TIMEOUT_MS, &text) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        const rd_kafka_ListOffsetsResultInfo_t **infos =
            rd_kafka_ListOffsets_result_infos(rd_kafka_event_ListOffsets_result(call.event), &count);
        at_ms = count == 0 ? -1 : rd_kafka_ListOffsetsResultInfo_timestamp(infos[0]);
    }
    kafka_admin_end(&call);
    rd_kafka_topic_partition_list_destroy(list);
    return at_ms;
}

/* A message that the broker stamped later than it is here: the clocks differ by at least that. */
static void look_at_clock(struct doctor *doctor) {
    struct kafka_error error;
    int32_t partitions = kafka_topics_partitions(&doctor->asker, doctor->config->topics[CONFIG_TOPIC_INPUT], &error);
    int64_t newest = -1;
    for (int32_t i = 0; i < partitions; i++) {
        int64_t at_ms = newest_ms(doctor, i);
        newest = at_ms > newest ? at_ms : newest;
    }
    int64_t ahead_ms = newest - clock_wall_ms();
    if (newest >= 0 && ahead_ms > SKEW_MS) {
        find(doctor, FINDING_WRONG,
             "clock: the newest message of the input is stamped %" PRId64
             " ms after this machine's time: set the clocks right, here or where it was stamped",
             ahead_ms);
    } else {
        find(doctor, FINDING_OK, "clock: no message of the input is stamped later than it is here");
    }
}

bool kafka_doctor(const struct config *config, struct buffer *report, struct kafka_doctor_findings *findings,
                  struct kafka_error *error) {
    struct doctor doctor = {.config = config, .report = report, .findings = findings};
    bool good = kafka_asker_open(&doctor.asker, config, error) && look_at_brokers(&doctor, error);
    for (enum config_topic topic = 0; topic < CONFIG_TOPIC_COUNT && good; topic++) {
        look_at_topic(&doctor, topic);
    }
    if (good) {
        look_at_group(&doctor);
        look_at_clock(&doctor);
    }
    kafka_asker_close(&doctor.asker);
    return good;
}
