/* What is missing or wrong about a deployment's topics (schemas/topics.md; contract 7.15). */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "kafka/admin.h"
#include "kafka/topics.h"
#include "kafka/topics_internal.h"

struct check {
    const struct config *config;
    struct kafka_asker asker;
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

static bool is_cleaned_right(enum topic_cleanup wanted, const char *policy) {
    bool is_compacted = strstr(policy, "compact") != NULL;
    switch (wanted) {
    case TOPIC_CLEANUP_FREE: return true;
    case TOPIC_NOT_COMPACT: return !is_compacted;
    case TOPIC_COMPACT: return is_compacted;
    case TOPIC_COMPACT_ALONE: break;
    }
    return strcmp(policy, "compact") == 0;
}

static void check_input(struct check *check, const char *topic, const struct kafka_topic_config *found) {
    int64_t age_ms = check->config->checkpoint_age_ms;
    check->input = *found;
    if (*found->timestamp_type != '\0' && strcmp(found->timestamp_type, "LogAppendTime") != 0) {
        find(check, false, topic,
             "message.timestamp.type=%s: a producer's wrong clock passes the check for events from the future; "
             "LogAppendTime is safer",
             found->timestamp_type);
    }
    /* Twice: F is up to checkpoint.age behind, and workers may stand still before the next one reads from there
     * (contract 7.13). */
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

static void check_dead_letters(struct check *check, const char *topic, const struct kafka_topic_config *found) {
    if (found->message_bytes_max >= 0 && check->input.message_bytes_max >= 0 &&
        found->message_bytes_max <= check->input.message_bytes_max) {
        find(check, false, topic,
             "max.message.bytes=%" PRId64 " is not above the input's %" PRId64 ": the largest rejected messages go "
             "out with a null value",
             found->message_bytes_max, check->input.message_bytes_max);
    }
}

static void check_settings(struct check *check, enum config_topic which, const char *name,
                           const struct kafka_topic_config *found) {
    const struct topic *topic = &TOPICS[which];
    if (!is_cleaned_right(topic->cleanup, found->cleanup_policy)) {
        find(check, topic->is_fault, name, "cleanup.policy=%s%s", found->cleanup_policy, topic->otherwise);
    }
    if (found->message_bytes_max >= 0 && found->message_bytes_max < topic->message_bytes_max) {
        find(check, false, name,
             "max.message.bytes=%" PRId64 ": a large train does not fit; %" PRId64 " is recommended",
             found->message_bytes_max, topic->message_bytes_max);
    }
    if (which == CONFIG_TOPIC_INPUT) {
        check_input(check, name, found);
    } else if (which == CONFIG_TOPIC_DEAD_LETTERS) {
        check_dead_letters(check, name, found);
    }
}

/* False with *error when the cluster cannot be asked. */
static bool check_topic(struct check *check, enum config_topic topic, struct kafka_error *error) {
    const char *name = check->config->topics[topic];
    int32_t count = kafka_topics_partitions(&check->asker, name, error);
    if (count < 0) {
        return false;
    }
    if (count == 0) {
        find(check, true, name, "is missing; caravan topics create makes it");
        return true;
    }
    if (topic == CONFIG_TOPIC_INPUT) {
        check->findings->input_partitions = count;
        /* The input is checked first, so its count is known here. */
    } else if (TOPICS[topic].partitions == TOPIC_LIKE_INPUT && check->findings->input_partitions > 0 &&
               count != check->findings->input_partitions) {
        find(check, true, name,
             "has %" PRId32 " partitions, but the input has %" PRId32
             "; a changed count needs new topics and a new group",
             count, check->findings->input_partitions);
    }
    struct kafka_topic_config found;
    struct kafka_error denied;
    /* A user without the right to look may still work: only the check is missing. */
    if (kafka_admin_topic_config(check->asker.client, name, &found, &denied)) {
        check->findings->message_bytes_max[topic] = found.message_bytes_max;
        check_settings(check, topic, name, &found);
    } else {
        find(check, false, name, "its settings are not to be seen, so they are not checked (%s)",
             rd_kafka_err2name((rd_kafka_resp_err_t)denied.code));
    }
    return true;
}

bool kafka_topics_check(const struct config *config, struct buffer *report, struct kafka_topics_findings *findings,
                        struct kafka_error *error) {
    struct check check = {.config = config, .report = report, .findings = findings, .input = {.message_bytes_max = -1}};
    *findings = (struct kafka_topics_findings){0};
    memset(findings->message_bytes_max, -1, sizeof findings->message_bytes_max);
    bool good = kafka_asker_open(&check.asker, config, error);
    for (enum config_topic topic = 0; topic < CONFIG_TOPIC_COUNT && good; topic++) {
        good = check_topic(&check, topic, error);
    }
    kafka_asker_close(&check.asker);
    return good;
}
