#include "kafka/topics.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kafka/admin.h"
#include "kafka/topics_internal.h"

enum { SETTINGS_MAX = 5, VISIBLE_TIMEOUT_MS = 10000, DEAD_LETTER_ROOM_BYTES = 64 * 1024, SETTING_TEXT_BYTES = 24 };

/* Spec section 6. */
struct topic_spec {
    enum config_topic topic;
    bool single; /* one partition; else as many as the input */
    struct kafka_setting settings[SETTINGS_MAX + 1];
};

static const struct topic_spec SPECS[CONFIG_TOPIC_COUNT] = {
    {CONFIG_TOPIC_INPUT,
     false,
     {{"cleanup.policy", "delete"},
      {"message.timestamp.type", "LogAppendTime"},
      {"retention.ms", "604800000"},
      {NULL, NULL}}},
    {CONFIG_TOPIC_CLEARANCES, false, {{"cleanup.policy", "compact"}, {"max.message.bytes", "33554432"}, {NULL, NULL}}},
    {CONFIG_TOPIC_TRAFFIC, false, {{"cleanup.policy", "compact"}, {"max.message.bytes", "33554432"}, {NULL, NULL}}},
    {CONFIG_TOPIC_DEAD_LETTERS, false, {{"cleanup.policy", "delete"}, {"retention.ms", "2592000000"}, {NULL, NULL}}},
    {CONFIG_TOPIC_CHECKPOINTS,
     false,
     {{"cleanup.policy", "compact"},
      {"max.message.bytes", "8388608"},
      {"segment.bytes", "67108864"},
      {"min.cleanable.dirty.ratio", "0.2"},
      {"delete.retention.ms", "86400000"},
      {NULL, NULL}}},
    {CONFIG_TOPIC_THROUGHPUT, true, {{"cleanup.policy", "delete"}, {"retention.ms", "604800000"}, {NULL, NULL}}},
};

rd_kafka_t *kafka_topics_client(const struct config *config, struct kafka_error *error) {
    static const struct kafka_setting none[] = {{NULL, NULL}};
    rd_kafka_conf_t *conf = kafka_client_conf(config, KAFKA_CLIENT_PRODUCER, none, none, NULL, error);
    return conf == NULL ? NULL : kafka_client_new(RD_KAFKA_PRODUCER, conf, error);
}

static bool is_missing(const struct kafka_error *error) {
    return error->code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || error->code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC;
}

int32_t kafka_topics_partitions(rd_kafka_t *client, const char *topic, struct kafka_error *error) {
    int32_t count = kafka_client_partition_count(client, topic, KAFKA_ADMIN_TIMEOUT_MS, error);
    return count < 0 && is_missing(error) ? 0 : count;
}

/* ---- one topic */

static bool take_result(const struct kafka_admin_call *call, const char *name, struct kafka_error *error) {
    size_t count;
    const rd_kafka_topic_result_t **results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(call->event), &count);
    rd_kafka_resp_err_t code = count == 0 ? RD_KAFKA_RESP_ERR__FAIL : rd_kafka_topic_result_error(results[0]);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
        const char *text = count == 0 ? NULL : rd_kafka_topic_result_error_string(results[0]);
        kafka_error_set(error, code, "topic %s cannot be created: %s", name,
                        text != NULL ? text : rd_kafka_err2str(code));
        return false;
    }
    return true;
}

static bool request(rd_kafka_t *client, rd_kafka_NewTopic_t *topic, const char *name, struct kafka_error *error) {
    struct kafka_admin_call call;
    const char *text;
    char unused[KAFKA_ERROR_BYTES];
    kafka_admin_begin(&call, client, RD_KAFKA_ADMIN_OP_CREATETOPICS, KAFKA_ADMIN_TIMEOUT_MS);
    rd_kafka_AdminOptions_set_operation_timeout(call.options, VISIBLE_TIMEOUT_MS, unused, sizeof unused);
    rd_kafka_CreateTopics(client, &topic, 1, call.options, call.queue);
    rd_kafka_resp_err_t code = kafka_admin_wait(&call, KAFKA_ADMIN_TIMEOUT_MS, &text);
    bool done = code == RD_KAFKA_RESP_ERR_NO_ERROR && take_result(&call, name, error);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        kafka_error_set(error, code, "topic %s cannot be created: %s", name, text);
    }
    kafka_admin_end(&call);
    return done;
}

/* The metadata of a new topic needs a moment to reach the brokers. */
static bool wait_visible(rd_kafka_t *client, const char *name, struct kafka_error *error) {
    int32_t count = 0;
    for (int i = 0; i < 100 && count <= 0; i++) {
        count = kafka_topics_partitions(client, name, error);
        if (count <= 0) {
            kafka_admin_pause();
        }
    }
    if (count == 0) {
        kafka_error_set(error, RD_KAFKA_RESP_ERR__TIMED_OUT, "topic %s was created but is not to be seen", name);
    }
    return count > 0;
}

static bool create(rd_kafka_t *client, const struct config *config, const struct topic_spec *spec, int32_t partitions,
                   int16_t replication, const struct kafka_setting *extra, struct kafka_error *error) {
    char text[KAFKA_ERROR_BYTES];
    const char *name = config->topics[spec->topic];
    rd_kafka_NewTopic_t *topic =
        rd_kafka_NewTopic_new(name, spec->single ? 1 : partitions, replication, text, sizeof text);
    if (topic == NULL) {
        kafka_error_set(error, RD_KAFKA_RESP_ERR__INVALID_ARG, "topic %s: %s", name, text);
        return false;
    }
    for (const struct kafka_setting *setting = spec->settings; setting->name != NULL; setting++) {
        rd_kafka_NewTopic_set_config(topic, setting->name, setting->value);
    }
    if (extra->name != NULL) {
        rd_kafka_NewTopic_set_config(topic, extra->name, extra->value);
    }
    bool done = request(client, topic, name, error) && wait_visible(client, name, error);
    rd_kafka_NewTopic_destroy(topic);
    return done;
}

/* Dead letters are the input's messages with more headers, so their topic takes more than the input. */
static struct kafka_setting extra_setting(rd_kafka_t *client, const struct config *config, enum config_topic topic,
                                          char text[SETTING_TEXT_BYTES]) {
    struct kafka_topic_config input;
    struct kafka_error error;
    if (topic != CONFIG_TOPIC_DEAD_LETTERS ||
        !kafka_admin_topic_config(client, config->topics[CONFIG_TOPIC_INPUT], &input, &error) ||
        input.message_bytes_max < 0) {
        return (struct kafka_setting){NULL, NULL};
    }
    snprintf(text, SETTING_TEXT_BYTES, "%" PRId64, input.message_bytes_max + DEAD_LETTER_ROOM_BYTES);
    return (struct kafka_setting){"max.message.bytes", text};
}

static void report_settings(const struct topic_spec *spec, const struct kafka_setting *extra, struct buffer *report) {
    for (const struct kafka_setting *setting = spec->settings; setting->name != NULL; setting++) {
        buffer_printf(report, "%s%s=%s", setting == spec->settings ? "" : ", ", setting->name, setting->value);
    }
    if (extra->name != NULL) {
        buffer_printf(report, ", %s=%s", extra->name, extra->value);
    }
    buffer_append_byte(report, '\n');
}

static bool create_missing(rd_kafka_t *client, const struct config *config, const struct topic_spec *spec,
                           int32_t partitions, int16_t replication, struct buffer *report, struct kafka_error *error) {
    char text[SETTING_TEXT_BYTES];
    const char *name = config->topics[spec->topic];
    int32_t count = kafka_topics_partitions(client, name, error);
    if (count != 0) {
        if (count > 0) {
            buffer_printf(report, "%s: there already, with %" PRId32 " partitions; left as it is\n", name, count);
        }
        return count > 0;
    }
    struct kafka_setting extra = extra_setting(client, config, spec->topic, text);
    if (!create(client, config, spec, partitions, replication, &extra, error)) {
        return false;
    }
    buffer_printf(report, "%s: created, %" PRId32 " partitions, ", name, spec->single ? 1 : partitions);
    report_settings(spec, &extra, report);
    return true;
}

/* ---- all of them */

bool kafka_topics_create(const struct config *config, int32_t partitions, int16_t replication, struct buffer *report,
                         struct kafka_error *error) {
    rd_kafka_t *client = kafka_topics_client(config, error);
    if (client == NULL) {
        return false;
    }
    const char *input = config->topics[CONFIG_TOPIC_INPUT];
    int32_t count = kafka_topics_partitions(client, input, error);
    bool good = count >= 0;
    if (count > 0 && count != partitions) {
        kafka_error_set(error, RD_KAFKA_RESP_ERR_INVALID_PARTITIONS,
                        "topic %s is there already with %" PRId32
                        " partitions, and the others need as many: give --partitions %" PRId32,
                        input, count, count);
        good = false;
    }
    for (size_t i = 0; i < CONFIG_TOPIC_COUNT && good; i++) {
        good = create_missing(client, config, &SPECS[i], partitions, replication, report, error);
    }
    rd_kafka_destroy(client);
    return good;
}
