/* Makes the topics that are missing, with the settings that they need, and leaves those that are there alone (contract
 * 9.6). */
#include "kafka/topics.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kafka/admin.h"
#include "kafka/topics_internal.h"

/* DEAD_LETTER_ROOM_BYTES is for our headers, of which pointer and sentence are cut at 255 bytes (contract 8.4): more
 * than they need. */
enum { VISIBLE_TIMEOUT_MS = 10000, DEAD_LETTER_ROOM_BYTES = 64 * 1024, SETTING_TEXT_BYTES = 24 };

rd_kafka_t *kafka_topics_client(const struct config *config, struct kafka_error *error) {
    rd_kafka_conf_t *conf =
        kafka_client_conf(config, &(struct kafka_client_options){.role = KAFKA_CLIENT_ASKER}, error);
    return conf == NULL ? NULL : kafka_client_new(RD_KAFKA_PRODUCER, conf, error);
}

/* ---- one topic */

/* *made: false when somebody else made it first. */
static bool take_result(const struct kafka_admin_call *call, const char *name, bool *made, struct kafka_error *error) {
    size_t count;
    const rd_kafka_topic_result_t **results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(call->event), &count);
    rd_kafka_resp_err_t code = count == 0 ? RD_KAFKA_RESP_ERR__FAIL : rd_kafka_topic_result_error(results[0]);
    *made = code == RD_KAFKA_RESP_ERR_NO_ERROR;
    /* Somebody else was quicker: the topic is there, which is all that was wanted. */
    if (!*made && code != RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
        const char *text = count == 0 ? NULL : rd_kafka_topic_result_error_string(results[0]);
        kafka_error_set(error, code, "topic %s cannot be created: %s", name,
                        text != NULL ? text : rd_kafka_err2str(code));
        return false;
    }
    return true;
}

static bool request(rd_kafka_t *client, rd_kafka_NewTopic_t *topic, const char *name, bool *made,
                    struct kafka_error *error) {
    struct kafka_admin_call call;
    const char *text;
    char unused[KAFKA_ERROR_BYTES];
    kafka_admin_begin(&call, client, RD_KAFKA_ADMIN_OP_CREATETOPICS, KAFKA_ADMIN_TIMEOUT_MS);
    /* The broker answers when the topic is made, not when the request has come in. */
    rd_kafka_AdminOptions_set_operation_timeout(call.options, VISIBLE_TIMEOUT_MS, unused, sizeof unused);
    rd_kafka_CreateTopics(client, &topic, 1, call.options, call.queue);
    rd_kafka_resp_err_t code = kafka_admin_wait(&call, KAFKA_ADMIN_TIMEOUT_MS, &text);
    bool done = code == RD_KAFKA_RESP_ERR_NO_ERROR && take_result(&call, name, made, error);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        kafka_error_set(error, code, "topic %s cannot be created: %s", name, text);
    }
    kafka_admin_end(&call);
    return done;
}

/* The metadata of a new topic needs a moment to reach the brokers. Its partition count, or -1 with *error. */
static int32_t wait_visible(struct kafka_asker *asker, const char *name, struct kafka_error *error) {
    int32_t count = 0;
    for (int i = 0; i < 100 && count <= 0; i++) {
        count = kafka_topics_partitions(asker, name, error);
        if (count <= 0) {
            kafka_admin_pause();
        }
    }
    if (count == 0) {
        kafka_error_set(error, RD_KAFKA_RESP_ERR__TIMED_OUT, "topic %s was created but is not to be seen", name);
    }
    return count > 0 ? count : -1;
}

/* One call of kafka_topics_create. */
struct creation {
    const struct config *config;
    int32_t partitions;
    int16_t replication;
    struct kafka_asker asker;
    struct buffer *report;
};

/* What one topic is made with. */
struct made_with {
    struct topic_setting settings[TOPIC_SETTINGS_MAX + 1];
    size_t count;
    char size_text[SETTING_TEXT_BYTES];
};

/* Dead letters are the input's messages with more headers, so their topic takes more than the input. */
static void add_size(const struct creation *creation, struct made_with *with) {
    struct kafka_topic_config input;
    struct kafka_error error;
    if (kafka_admin_topic_config(creation->asker.client, creation->config->topics[CONFIG_TOPIC_INPUT], &input,
                                 &error) &&
        input.message_bytes_max >= 0) {
        snprintf(with->size_text, sizeof with->size_text, "%" PRId64, input.message_bytes_max + DEAD_LETTER_ROOM_BYTES);
        with->settings[with->count++] = (struct topic_setting){"max.message.bytes", with->size_text};
    }
}

static void choose_settings(const struct creation *creation, enum config_topic topic, struct made_with *with) {
    with->count = 0;
    for (const struct topic_setting *setting = TOPICS[topic].settings; setting->name != NULL; setting++) {
        with->settings[with->count++] = *setting;
    }
    if (topic == CONFIG_TOPIC_DEAD_LETTERS) {
        add_size(creation, with);
    }
}

static bool create(struct creation *creation, enum config_topic which, const struct made_with *with, bool *made,
                   struct kafka_error *error) {
    char text[KAFKA_ERROR_BYTES];
    const char *name = creation->config->topics[which];
    int32_t partitions = TOPICS[which].partitions == TOPIC_ONE ? 1 : creation->partitions;
    rd_kafka_NewTopic_t *topic = rd_kafka_NewTopic_new(name, partitions, creation->replication, text, sizeof text);
    if (topic == NULL) {
        kafka_error_set(error, RD_KAFKA_RESP_ERR__INVALID_ARG, "topic %s: %s", name, text);
        return false;
    }
    for (size_t i = 0; i < with->count; i++) {
        rd_kafka_NewTopic_set_config(topic, with->settings[i].name, with->settings[i].value);
    }
    bool done = request(creation->asker.client, topic, name, made, error);
    rd_kafka_NewTopic_destroy(topic);
    return done;
}

static void report_settings(const struct made_with *with, struct buffer *report) {
    for (size_t i = 0; i < with->count; i++) {
        buffer_printf(report, "%s%s=%s", i == 0 ? "" : ", ", with->settings[i].name, with->settings[i].value);
    }
    buffer_append_byte(report, '\n');
}

/* Says what is so: a topic that somebody else made between our look and our request has their settings. */
static bool create_missing(struct creation *creation, enum config_topic topic, struct kafka_error *error) {
    const char *name = creation->config->topics[topic];
    struct made_with with;
    bool made = false;
    int32_t count = kafka_topics_partitions(&creation->asker, name, error);
    if (count == 0) {
        choose_settings(creation, topic, &with);
        count = create(creation, topic, &with, &made, error) ? wait_visible(&creation->asker, name, error) : -1;
    }
    if (count > 0 && made) {
        buffer_printf(creation->report, "%s: created, %" PRId32 " partitions, ", name, count);
        report_settings(&with, creation->report);
    } else if (count > 0) {
        buffer_printf(creation->report, "%s: there already, with %" PRId32 " partitions; left as it is\n", name, count);
    }
    return count > 0;
}

/* ---- all of them */

static bool create_all(struct creation *creation, struct kafka_error *error) {
    const char *input = creation->config->topics[CONFIG_TOPIC_INPUT];
    int32_t count = kafka_topics_partitions(&creation->asker, input, error);
    /* Before anything is made: a train's record, row and checkpoint lie in the partition of its events, so all
     * counts go by the input's. */
    if (count > 0 && count != creation->partitions) {
        kafka_error_set(error, RD_KAFKA_RESP_ERR_INVALID_PARTITIONS,
                        "topic %s is there already with %" PRId32
                        " partitions, and the others need as many: give --partitions %" PRId32,
                        input, count, count);
        return false;
    }
    bool good = count >= 0;
    /* In this order: the dead letters are measured by the input. */
    for (enum config_topic topic = 0; topic < CONFIG_TOPIC_COUNT && good; topic++) {
        good = create_missing(creation, topic, error);
    }
    return good;
}

bool kafka_topics_create(const struct config *config, int32_t partitions, int16_t replication, struct buffer *report,
                         struct kafka_error *error) {
    struct creation creation = {config, partitions, replication, {0}, report};
    bool good = kafka_asker_open(&creation.asker, config, error) && create_all(&creation, error);
    kafka_asker_close(&creation.asker);
    return good;
}
