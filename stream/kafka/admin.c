#include "kafka/admin.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/timestamp.h"

enum { ANYONE_TRIES = 3 };

void kafka_admin_begin(struct kafka_admin_call *call, rd_kafka_t *client, rd_kafka_admin_op_t operation,
                       int timeout_ms) {
    char text[KAFKA_ERROR_BYTES];
    *call = (struct kafka_admin_call){rd_kafka_queue_new(client), rd_kafka_AdminOptions_new(client, operation), NULL};
    /* Else the client waits for as long as it does for everything, a minute. */
    rd_kafka_AdminOptions_set_request_timeout(call->options, timeout_ms, text, sizeof text);
}

int32_t kafka_admin_anyone(rd_kafka_t *client, const char *topic, int timeout_ms) {
    const struct rd_kafka_metadata *metadata;
    int32_t broker = -1;
    /* With a topic in hand: asked for "what is known here", librdkafka lets the broker make a topic that is known not
     * to be there (rd_kafka_metadata, 2.14: whatever allow.auto.create.topics says). */
    rd_kafka_topic_t *handle = rd_kafka_topic_new(client, topic, NULL);
    /* More than once: a new connection does not know yet whom it reached. */
    for (int i = 0; handle != NULL && broker < 0 && i < ANYONE_TRIES; i++) {
        if (rd_kafka_metadata(client, 0, handle, &metadata, timeout_ms) != RD_KAFKA_RESP_ERR_NO_ERROR) {
            break;
        }
        broker = metadata->orig_broker_id;
        rd_kafka_metadata_destroy(metadata);
    }
    if (handle != NULL) {
        rd_kafka_topic_destroy(handle);
    }
    return broker;
}

void kafka_admin_ask(struct kafka_admin_call *call, int32_t broker) {
    char text[KAFKA_ERROR_BYTES];
    /* Without one the request goes to the controller, as librdkafka does it. */
    if (broker >= 0) {
        rd_kafka_AdminOptions_set_broker(call->options, broker, text, sizeof text);
    }
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

/* ---- a group */

static rd_kafka_resp_err_t read_group(const struct kafka_admin_call *call,
                                      const rd_kafka_ConsumerGroupDescription_t **group) {
    size_t count = 0;
    const rd_kafka_ConsumerGroupDescription_t **groups =
        rd_kafka_DescribeConsumerGroups_result_groups(rd_kafka_event_DescribeConsumerGroups_result(call->event),
                                                      &count);
    if (count != 1) {
        return RD_KAFKA_RESP_ERR_UNKNOWN; /* no answer is not an answer */
    }
    *group = groups[0];
    const rd_kafka_error_t *problem = rd_kafka_ConsumerGroupDescription_error(groups[0]);
    return problem == NULL ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_error_code(problem);
}

rd_kafka_resp_err_t kafka_admin_group(struct kafka_admin_call *call, rd_kafka_t *client, const char *name,
                                      bool with_rights, const rd_kafka_ConsumerGroupDescription_t **group) {
    int64_t until_ms = clock_steady_ms() + KAFKA_ADMIN_TIMEOUT_MS;
    for (;;) {
        const char *text;
        *group = NULL;
        kafka_admin_begin(call, client, RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, KAFKA_ADMIN_TIMEOUT_MS);
        if (with_rights) {
            rd_kafka_error_destroy(rd_kafka_AdminOptions_set_include_authorized_operations(call->options, 1));
        }
        rd_kafka_DescribeConsumerGroups(client, &name, 1, call->options, call->queue);
        rd_kafka_resp_err_t code = kafka_admin_wait(call, KAFKA_ADMIN_TIMEOUT_MS, &text);
        code = code == RD_KAFKA_RESP_ERR_NO_ERROR ? read_group(call, group) : code;
        if (!kafka_error_is_passing(code) || clock_steady_ms() >= until_ms) {
            return code;
        }
        kafka_admin_end(call);
        kafka_admin_pause();
    }
}

/* ---- watermarks */

static rd_kafka_resp_err_t read_offset(const struct kafka_admin_call *call, int64_t *offset) {
    size_t count;
    const rd_kafka_ListOffsetsResultInfo_t **infos =
        rd_kafka_ListOffsets_result_infos(rd_kafka_event_ListOffsets_result(call->event), &count);
    /* An answer without an offset is none (restore.md R13). */
    return count == 0 ? RD_KAFKA_RESP_ERR__NO_OFFSET
                      : kafka_answered_offset(rd_kafka_ListOffsetsResultInfo_topic_partition(infos[0]), offset);
}

void kafka_admin_begin_ends(struct kafka_admin_call *call, rd_kafka_t *client, int timeout_ms) {
    kafka_admin_begin(call, client, RD_KAFKA_ADMIN_OP_LISTOFFSETS, timeout_ms);
    /* Read uncommitted gives the high watermark; read committed would give the last stable offset, which markers
     * that are still to come hold back (restore.md R2). */
    rd_kafka_error_destroy(
        rd_kafka_AdminOptions_set_isolation_level(call->options, RD_KAFKA_ISOLATION_LEVEL_READ_UNCOMMITTED));
}

/* One end of a log, as a reader sees it that wants everything. */
static rd_kafka_resp_err_t list_offset(rd_kafka_t *client, struct kafka_place place, rd_kafka_OffsetSpec_t end,
                                       int timeout_ms, int64_t *offset) {
    struct kafka_admin_call call;
    const char *text;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, place.topic, place.partition)->offset = end;
    kafka_admin_begin_ends(&call, client, timeout_ms);
    rd_kafka_ListOffsets(client, list, call.options, call.queue);
    rd_kafka_resp_err_t code = kafka_admin_wait(&call, timeout_ms, &text);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        code = read_offset(&call, offset);
    }
    kafka_admin_end(&call);
    rd_kafka_topic_partition_list_destroy(list);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        /* Its ListOffsets goes by the leader epoch that the client remembers, and does not look again when the broker
         * says that this one is over (after a restart of the broker): every repeat would fail alike. And of a topic
         * that is not there it says only that nobody leads it. */
        rd_kafka_resp_err_t said = kafka_client_refresh(client, place.topic, timeout_ms);
        code = code == RD_KAFKA_RESP_ERR__NOENT && said != RD_KAFKA_RESP_ERR_NO_ERROR ? said : code;
    }
    return code;
}

bool kafka_admin_watermarks(rd_kafka_t *client, struct kafka_place place, int timeout_ms, struct kafka_watermarks *out,
                            struct kafka_error *error) {
    const char *what = "begins";
    rd_kafka_resp_err_t code = list_offset(client, place, RD_KAFKA_OFFSET_SPEC_EARLIEST, timeout_ms, &out->low);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        what = "ends";
        code = list_offset(client, place, RD_KAFKA_OFFSET_SPEC_LATEST, timeout_ms, &out->high);
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        kafka_error_set(error, code, "%s[%" PRId32 "]: the broker does not say where the log %s: %s", place.topic,
                        place.partition, what, rd_kafka_err2str(code));
        error->retriable = kafka_error_is_passing(code);
    }
    return code == RD_KAFKA_RESP_ERR_NO_ERROR;
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
    /* No answer is not an answer: the caller then checks nothing, and says so. */
    if (resource_count == 0) {
        return RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    }
    const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(resources[0], &entry_count);
    for (size_t i = 0; i < entry_count; i++) {
        const char *value = rd_kafka_ConfigEntry_value(entries[i]);
        /* A sensitive setting has no value to be seen. */
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
    kafka_admin_ask(&call, kafka_admin_anyone(client, topic, KAFKA_ADMIN_ANYONE_MS));
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
