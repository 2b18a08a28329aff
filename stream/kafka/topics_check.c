/* What is missing or wrong about a deployment's topics (spec sections 6 and 7). */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "kafka/admin.h"
#include "kafka/topics.h"
#include "kafka/topics_internal.h"

enum { RECORD_BYTES_MAX = 32 * 1024 * 1024, CHECKPOINT_BYTES_MAX = 8 * 1024 * 1024 };

struct check {
    const struct config *config;
    rd_kafka_t *client;
    struct buffer *report;
    struct kafka_topics_findings *findings;
    struct kafka_topic_config input; /* message_bytes_max -1 while unknown */
};

static void find(struct check *check, bool wrong, const char *topic, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static void find(struct check *check, bool wrong, const char *topic, const char *format, ...) {
    char text[KAFKA_ERROR_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    buffer_printf(check->report, "%s: topic %s: %s\n", wrong ? "wrong" : "warning", topic, text);
    check->findings->wrong += wrong;
    check->findings->warnings += !wrong;
}

static bool is_compacted(const struct kafka_topic_config *found) {
    return strstr(found->cleanup_policy, "compact") != NULL;
}

static void check_input(struct check *check, const char *topic, const struct kafka_topic_config *found) {
    int64_t age_ms = check->config->checkpoint_age_ms;
    check->input = *found;
    if (is_compacted(found)) {
        find(check, true, topic, "cleanup.policy=%s deletes events that a restart needs; set it to delete",
             found->cleanup_policy);
    }
    if (*found->timestamp_type != '\0' && strcmp(found->timestamp_type, "LogAppendTime") != 0) {
        find(check, false, topic,
             "message.timestamp.type=%s: a producer's wrong clock passes the check for events from the future; "
             "LogAppendTime is safer",
             found->timestamp_type);
    }
    if (found->retention_ms >= 0 && found->retention_ms / 2 < age_ms) {
        find(check, false, topic,
             "retention.ms=%" PRId64 " must exceed checkpoint.age (%" PRId64
             " ms) by the longest time that all workers "
             "may stand still",
             found->retention_ms, age_ms);
    }
    if (found->retention_bytes >= 0) {
        find(check, false, topic,
             "retention.bytes=%" PRId64 " deletes events however young; the part below checkpoint.bytes behind the "
             "committed offset must stay",
             found->retention_bytes);
    }
}

static void check_compact_alone(struct check *check, const char *topic, const struct kafka_topic_config *found) {
    if (strcmp(found->cleanup_policy, "compact") != 0) {
        find(check, true, topic, "cleanup.policy=%s must be compact alone, or what a restart needs is deleted",
             found->cleanup_policy);
    }
}

static void check_size(struct check *check, const char *topic, const struct kafka_topic_config *found, int64_t needed) {
    if (found->message_bytes_max >= 0 && found->message_bytes_max < needed) {
        find(check, false, topic,
             "max.message.bytes=%" PRId64 ": a large train does not fit; %" PRId64 " is recommended",
             found->message_bytes_max, needed);
    }
}

static void check_dead_letters(struct check *check, const char *topic, const struct kafka_topic_config *found) {
    if (is_compacted(found)) {
        find(check, true, topic, "cleanup.policy=%s refuses messages without a key; set it to delete",
             found->cleanup_policy);
    }
    if (found->message_bytes_max >= 0 && check->input.message_bytes_max >= 0 &&
        found->message_bytes_max <= check->input.message_bytes_max) {
        find(check, false, topic,
             "max.message.bytes=%" PRId64 " is not above the input's %" PRId64 ": the largest rejected messages go "
             "out with a null value",
             found->message_bytes_max, check->input.message_bytes_max);
    }
}

static void check_settings(struct check *check, enum config_topic topic, const char *name,
                           const struct kafka_topic_config *found) {
    switch (topic) {
    case CONFIG_TOPIC_INPUT: check_input(check, name, found); break;
    case CONFIG_TOPIC_TRAFFIC: check_compact_alone(check, name, found); break;
    case CONFIG_TOPIC_CHECKPOINTS:
        check_compact_alone(check, name, found);
        check_size(check, name, found, CHECKPOINT_BYTES_MAX);
        break;
    case CONFIG_TOPIC_CLEARANCES:
        check_size(check, name, found, RECORD_BYTES_MAX);
        if (!is_compacted(found)) {
            find(check, false, name,
                 "cleanup.policy=%s: readers expect the last record of every train; compact is recommended",
                 found->cleanup_policy);
        }
        break;
    case CONFIG_TOPIC_DEAD_LETTERS: check_dead_letters(check, name, found); break;
    default: break;
    }
}

static bool is_input_shaped(enum config_topic topic) {
    return topic == CONFIG_TOPIC_CLEARANCES || topic == CONFIG_TOPIC_TRAFFIC || topic == CONFIG_TOPIC_CHECKPOINTS;
}

/* False with *error when the cluster cannot be asked. */
static bool check_topic(struct check *check, enum config_topic topic, struct kafka_error *error) {
    const char *name = check->config->topics[topic];
    int32_t count = kafka_topics_partitions(check->client, name, error);
    if (count < 0) {
        return false;
    }
    if (count == 0) {
        find(check, true, name, "is missing; caravan topics create makes it");
        return true;
    }
    if (topic == CONFIG_TOPIC_INPUT) {
        check->findings->input_partitions = count;
    } else if (is_input_shaped(topic) && check->findings->input_partitions > 0 &&
               count != check->findings->input_partitions) {
        find(check, true, name,
             "has %" PRId32 " partitions, but the input has %" PRId32
             "; a changed count needs new topics and a new group",
             count, check->findings->input_partitions);
    }
    struct kafka_topic_config found;
    struct kafka_error denied;
    if (kafka_admin_topic_config(check->client, name, &found, &denied)) {
        check_settings(check, topic, name, &found);
    } else {
        find(check, false, name, "its settings are not to be seen, so they are not checked (%s)",
             rd_kafka_err2name((rd_kafka_resp_err_t)denied.code));
    }
    return true;
}

bool kafka_topics_check(const struct config *config, struct buffer *report, struct kafka_topics_findings *findings,
                        struct kafka_error *error) {
    struct check check = {config, kafka_topics_client(config, error), report, findings, {.message_bytes_max = -1}};
    *findings = (struct kafka_topics_findings){0};
    bool good = check.client != NULL;
    for (enum config_topic topic = 0; topic < CONFIG_TOPIC_COUNT && good; topic++) {
        good = check_topic(&check, topic, error);
    }
    if (check.client != NULL) {
        rd_kafka_destroy(check.client);
    }
    return good;
}
