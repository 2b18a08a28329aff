/* The key is looked at first: it stands in front of every message and costs no parsing, and of most filters it is all
 * that is needed. Only status and reason of a record need its JSON. */
#include "commands/tail_wanted.h"

#include <stdio.h>
#include <string.h>

#include "base/printable.h"
#include "event/pick.h"
#include "event/json.h"
#include "flow/letter.h"
#include "kafka/source.h"

enum { SCRATCH_KEEP_BYTES = 1024 * 1024 };

#define TOPIC(suffix) (1U << CONFIG_TOPIC_##suffix)

/* A filter that can match nothing in a topic would wait for ever and look as if nothing came. So it is refused. */
bool tail_wanted_fits(const struct tail_wanted *wanted, enum config_topic topic, const char *topic_word) {
    const struct {
        const char *name, *given;
        unsigned topics;
        const char *goes_with;
    } filters[] = {
        {"train", wanted->train, TOPIC(CLEARANCES) | TOPIC(DEAD_LETTERS) | TOPIC(INPUT),
         "clearances, dead-letters and input"},
        {"port", wanted->port, TOPIC(CLEARANCES) | TOPIC(DEAD_LETTERS) | TOPIC(INPUT) | TOPIC(TRAFFIC),
         "clearances, traffic, dead-letters and input"},
        {"status", wanted->status, TOPIC(CLEARANCES), "clearances"},
        {"reason", wanted->reason, TOPIC(CLEARANCES) | TOPIC(DEAD_LETTERS), "clearances and dead-letters"},
    };
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        if (filters[i].given != NULL && (filters[i].topics & 1U << topic) == 0) {
            printable_say(stderr, "caravan tail %s: --%s goes with %s", topic_word, filters[i].name,
                          filters[i].goes_with);
            return false;
        }
    }
    return true;
}

/* The i-th part of a key, whose parts stand between bars; empty when it has none. */
static struct slice part_of(struct slice key, int i) {
    for (const char *bar; i > 0; i--) {
        bar = key.len == 0 ? NULL : memchr(key.data, '|', key.len);
        size_t passed = bar == NULL ? key.len : (size_t)(bar - key.data) + 1;
        key = (struct slice){key.data + passed, key.len - passed};
    }
    const char *end = key.len == 0 ? NULL : memchr(key.data, '|', key.len);
    return (struct slice){key.data, end == NULL ? key.len : (size_t)(end - key.data)};
}

/* Of a dead letter it is the key that the message had, right or wrong: KEY_MISMATCH is found under the wrong train. */
static bool is_key_wanted(const struct tail_wanted *wanted, enum config_topic topic, struct slice key) {
    if (wanted->train != NULL) {
        /* No train number has a bar (contract 2.5). */
        bool whole = strchr(wanted->train, '|') != NULL;
        if (!slice_equal(whole ? key : part_of(key, 0), slice_of(wanted->train))) {
            return false;
        }
    }
    /* number|date|port of a train, port|date|partition of a row. */
    return wanted->port == NULL ||
           slice_equal(part_of(key, topic == CONFIG_TOPIC_TRAFFIC ? 0 : 2), slice_of(wanted->port));
}

/* Reasons and alerts share no name, so one option serves for both. */
static bool has_reason(const struct json_value *record, struct slice reason) {
    struct slice name;
    const struct json_value *value;
    for (struct json_walk walk = pick_walk(record, "reasons"); json_step(&walk, &name, &value);) {
        if (slice_equal(pick_text_of(value), reason)) {
            return true;
        }
    }
    for (struct json_walk walk = pick_walk(record, "alerts"); json_step(&walk, &name, &value);) {
        if (slice_equal(pick_text(value, "kind"), reason)) {
            return true;
        }
    }
    return false;
}

static bool is_record_wanted(const struct tail_wanted *wanted, struct tail_style *style, struct slice value) {
    const char *what;
    size_t at;
    if (style->parser == NULL) {
        style->parser = json_parser_new();
    }
    /* What is no JSON has neither status nor reason, and is not wanted. */
    const struct json_value *record = json_parse(style->parser, value, &what, &at);
    return (wanted->status == NULL || slice_equal(pick_text(record, "status"), slice_of(wanted->status))) &&
           (wanted->reason == NULL || has_reason(record, slice_of(wanted->reason)));
}

/* librdkafka parses headers only when they are asked for: so this too comes behind the key. */
static bool is_letter_wanted(const char *reason, struct tail_style *style, const struct message *message) {
    const struct message_header *headers = NULL;
    size_t count = kafka_message_headers(message, &style->scratch, &headers);
    bool wanted = slice_equal(letter_value(headers, count, LETTER_REASON), slice_of(reason));
    arena_reset(&style->scratch, SCRATCH_KEEP_BYTES);
    return wanted;
}

bool tail_is_wanted(const struct tail_wanted *wanted, enum config_topic topic, struct tail_style *style,
                    const struct message *message) {
    if (!is_key_wanted(wanted, topic, message->key)) {
        return false;
    }
    if (topic == CONFIG_TOPIC_DEAD_LETTERS) {
        return wanted->reason == NULL || is_letter_wanted(wanted->reason, style, message);
    }
    return (wanted->status == NULL && wanted->reason == NULL) || is_record_wanted(wanted, style, message->value);
}
