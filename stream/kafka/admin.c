#include "kafka/admin.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void kafka_admin_begin(struct kafka_admin_call *call, rd_kafka_t *client, rd_kafka_admin_op_t operation,
                       int timeout_ms) {
    char text[KAFKA_ERROR_BYTES];
    *call = (struct kafka_admin_call){rd_kafka_queue_new(client), rd_kafka_AdminOptions_new(client, operation), NULL};
    rd_kafka_AdminOptions_set_request_timeout(call->options, timeout_ms, text, sizeof text);
}

rd_kafka_resp_err_t kafka_admin_wait(struct kafka_admin_call *call, int timeout_ms, const char **text) {
    call->event = rd_kafka_queue_poll(call->queue, timeout_ms + 1000); /* the request itself gives up before */
    if (call->event == NULL) {
        *text = "no answer";
        return RD_KAFKA_RESP_ERR__TIMED_OUT;
    }
    *text = rd_kafka_event_error_string(call->event);
    return rd_kafka_event_error(call->event);
}

void kafka_admin_end(struct kafka_admin_call *call) {
    if (call->event != NULL) {
        rd_kafka_event_destroy(call->event);
    }
    rd_kafka_AdminOptions_destroy(call->options);
    rd_kafka_queue_destroy(call->queue);
}

void kafka_admin_pause(void) {
    nanosleep(&(struct timespec){0, 100000000}, NULL);
}

/* ---- watermarks */

static rd_kafka_resp_err_t read_offset(const struct kafka_admin_call *call, int64_t *offset) {
    size_t count;
    const rd_kafka_ListOffsetsResultInfo_t **infos =
        rd_kafka_ListOffsets_result_infos(rd_kafka_event_ListOffsets_result(call->event), &count);
    if (count == 0) {
        return RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    }
    const rd_kafka_topic_partition_t *found = rd_kafka_ListOffsetsResultInfo_topic_partition(infos[0]);
    *offset = found->offset;
    return found->err;
}

/* Makes the client ask who leads the topic's partitions. Its ListOffsets goes by the leader epoch that it remembers,
 * and does not look again when the broker says that this one is over (after a restart of the broker): every repeat
 * would fail alike. */
static void refresh_leaders(rd_kafka_t *client, const char *topic, int timeout_ms) {
    const struct rd_kafka_metadata *metadata;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(client, topic, NULL);
    if (handle != NULL && rd_kafka_metadata(client, 0, handle, &metadata, timeout_ms) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        rd_kafka_metadata_destroy(metadata);
    }
    if (handle != NULL) {
        rd_kafka_topic_destroy(handle);
    }
}

/* One end of a partition, as a reader sees it that wants everything. */
static bool list_offset(rd_kafka_t *client, const char *topic, int32_t partition, rd_kafka_OffsetSpec_t end,
                        int timeout_ms, int64_t *offset, struct kafka_error *error) {
    struct kafka_admin_call call;
    const char *text;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic, partition)->offset = end;
    kafka_admin_begin(&call, client, RD_KAFKA_ADMIN_OP_LISTOFFSETS, timeout_ms);
    rd_kafka_error_destroy(
        rd_kafka_AdminOptions_set_isolation_level(call.options, RD_KAFKA_ISOLATION_LEVEL_READ_UNCOMMITTED));
    rd_kafka_ListOffsets(client, list, call.options, call.queue);
    rd_kafka_resp_err_t code = kafka_admin_wait(&call, timeout_ms, &text);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        code = read_offset(&call, offset);
    }
    kafka_admin_end(&call);
    rd_kafka_topic_partition_list_destroy(list);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        refresh_leaders(client, topic, timeout_ms);
        kafka_error_set(error, code, "%s[%" PRId32 "]: the broker does not say where the log %s: %s", topic, partition,
                        end == RD_KAFKA_OFFSET_SPEC_LATEST ? "ends" : "begins", rd_kafka_err2str(code));
        error->retriable = kafka_error_is_passing(code);
    }
    return code == RD_KAFKA_RESP_ERR_NO_ERROR;
}

bool kafka_admin_watermarks(rd_kafka_t *client, const char *topic, int32_t partition, int timeout_ms, int64_t *low,
                            int64_t *high, struct kafka_error *error) {
    return list_offset(client, topic, partition, RD_KAFKA_OFFSET_SPEC_EARLIEST, timeout_ms, low, error) &&
           list_offset(client, topic, partition, RD_KAFKA_OFFSET_SPEC_LATEST, timeout_ms, high, error);
}

/* ---- a topic's configuration */

static void take_text(char *out, size_t bytes, const char *value) {
    snprintf(out, bytes, "%s", value);
}

static void take_entry(struct kafka_topic_config *out, const char *name, const char *value) {
    if (strcmp(name, "cleanup.policy") == 0) {
        take_text(out->cleanup_policy, sizeof out->cleanup_policy, value);
    } else if (strcmp(name, "message.timestamp.type") == 0) {
        take_text(out->timestamp_type, sizeof out->timestamp_type, value);
    } else if (strcmp(name, "retention.ms") == 0) {
        out->retention_ms = strtoll(value, NULL, 10);
    } else if (strcmp(name, "retention.bytes") == 0) {
        out->retention_bytes = strtoll(value, NULL, 10);
    } else if (strcmp(name, "max.message.bytes") == 0) {
        out->message_bytes_max = strtoll(value, NULL, 10);
    } else if (strcmp(name, "segment.bytes") == 0) {
        out->segment_bytes = strtoll(value, NULL, 10);
    }
}

static rd_kafka_resp_err_t read_config(const struct kafka_admin_call *call, struct kafka_topic_config *out) {
    size_t resource_count, entry_count;
    const rd_kafka_ConfigResource_t **resources =
        rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(call->event), &resource_count);
    if (resource_count == 0) {
        return RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    }
    const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(resources[0], &entry_count);
    for (size_t i = 0; i < entry_count; i++) {
        const char *value = rd_kafka_ConfigEntry_value(entries[i]);
        if (value != NULL) {
            take_entry(out, rd_kafka_ConfigEntry_name(entries[i]), value);
        }
    }
    return rd_kafka_ConfigResource_error(resources[0]);
}

bool kafka_admin_topic_config(rd_kafka_t *client, const char *topic, struct kafka_topic_config *out,
                              struct kafka_error *error) {
    struct kafka_admin_call call;
    const char *text;
    rd_kafka_ConfigResource_t *resource = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic);
    *out = (struct kafka_topic_config){.retention_ms = -1,
                                       .retention_bytes = -1,
                                       .message_bytes_max = -1,
                                       .segment_bytes = -1};
    kafka_admin_begin(&call, client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, KAFKA_ADMIN_TIMEOUT_MS);
    rd_kafka_DescribeConfigs(client, &resource, 1, call.options, call.queue);
    rd_kafka_resp_err_t code = kafka_admin_wait(&call, KAFKA_ADMIN_TIMEOUT_MS, &text);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        code = read_config(&call, out);
    }
    kafka_admin_end(&call);
    rd_kafka_ConfigResource_destroy(resource);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        kafka_error_set(error, code, "topic %s: the cluster does not tell its configuration: %s", topic,
                        rd_kafka_err2str(code));
        error->retriable = kafka_error_is_passing(code);
    }
    return code == RD_KAFKA_RESP_ERR_NO_ERROR;
}
