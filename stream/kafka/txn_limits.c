/* What a topic takes in one message or batch: at first what the cluster says, then what its refusals teach. */
#include "kafka/txn_limits.h"

#include <stdlib.h>
#include <string.h>

#include "kafka/txn_producer.h"

enum {
    BATCH_BYTES_MAX = 4 * 1024 * 1024,
    BATCH_BYTES_UNKNOWN = 1000000, /* fits what a topic takes by default */
    PRODUCER_OVERHEAD_BYTES = 128, /* what librdkafka adds before it compares with message.max.bytes, and some room */
    TRIES = 8
};

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* What the producer itself takes. */
static size_t local_bytes_max(const struct config *config) {
    const char *value = config_property(config, "message.max.bytes");
    size_t bytes = value != NULL ? strtoull(value, NULL, 10) : TXN_MESSAGE_BYTES_MAX;
    return bytes > PRODUCER_OVERHEAD_BYTES ? bytes - PRODUCER_OVERHEAD_BYTES : 1;
}

/* Then nobody knows how large a message is for its topic before it is sent. */
static bool is_compressing(const struct config *config) {
    const char *type = config_property(config, "compression.type");
    const char *codec = type != NULL ? type : config_property(config, "compression.codec");
    return codec != NULL && strcmp(codec, "none") != 0;
}

void txn_limits_init(struct txn_limits *limits, const struct config *config,
                     const int64_t message_bytes_max[CONFIG_TOPIC_COUNT]) {
    const char *chosen = config_property(config, "batch.size");
    size_t batch = chosen != NULL ? strtoull(chosen, NULL, 10) : BATCH_BYTES_MAX;
    size_t letter = local_bytes_max(config);
    int64_t configured = message_bytes_max[CONFIG_TOPIC_DEAD_LETTERS];
    for (enum output_topic topic = 0; topic < OUTPUT_TOPIC_COUNT; topic++) {
        int64_t told = message_bytes_max[topic_of_output(topic)];
        size_t assumed = told > 0 ? (size_t)told : chosen != NULL ? SIZE_MAX : BATCH_BYTES_UNKNOWN;
        batch = least(batch, assumed);
    }
    if (configured > 0 && !is_compressing(config)) {
        letter = least(letter, (size_t)configured);
    }
    *limits = (struct txn_limits){.batch_bytes_max = (int)least(batch, INT32_MAX),
                                  .letter_bytes_max = letter,
                                  .configured = configured > 0 ? (size_t)configured : 0,
                                  .tries = TRIES};
}

void txn_limits_batch_refused(struct txn_limits *limits) {
    /* By halves: 22 of them lead from 4 MiB down to a byte, and each costs an aborted transaction. */
    limits->batch_bytes_max = limits->batch_bytes_max > 1 ? limits->batch_bytes_max / 2 : 1;
}

/* The configured size, where that says more than the refusal; else the letter was just too long. Each refusal costs an
 * aborted transaction, so somebody who sends ever shorter ones is not followed byte by byte: after a few, half of what
 * is unknown is given up each time. */
void txn_limits_letter_refused(struct txn_limits *limits, size_t bytes) {
    size_t below = bytes - 1;
    if (limits->configured > 0 && limits->configured <= below) {
        limits->letter_bytes_max = limits->configured;
        return;
    }
    limits->configured = 0;
    limits->taken = least(limits->taken, below);
    limits->letter_bytes_max = limits->tries > 0 ? below : limits->taken + (below - limits->taken) / 2;
    limits->tries -= limits->tries > 0;
}

void txn_limits_letter_taken(struct txn_limits *limits, size_t bytes) {
    limits->taken = bytes > limits->taken ? bytes : limits->taken;
}
