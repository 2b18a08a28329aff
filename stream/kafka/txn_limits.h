/* What the topics are known to take: as they are configured at the start, and learned from what they refuse, once in a
 * life (a new life begins anew). Internal to kafka/. Pure. */
#ifndef CARAVAN_KAFKA_TXN_LIMITS_H
#define CARAVAN_KAFKA_TXN_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"

struct txn_limits {
    /* What a producer packs together: not more than any of the topics takes. A single message may be larger; it is then
     * alone in its batch. */
    int batch_bytes_max;
    /* A dead letter with more bytes than this (txn_cut_bytes) is cut before it is sent. Falls, never rises. */
    size_t letter_bytes_max;
    size_t configured; /* what the topic of dead letters says; 0: not known, or it took less */
    size_t taken;      /* the longest that it took */
    unsigned tries;    /* refusals that are still tried for the exact limit */
    bool told;         /* a line was logged about the first that was cut */
};

/* `message_bytes_max`: each topic's max.message.bytes, -1 where it is not known and must be learned. */
void txn_limits_init(struct txn_limits *limits, const struct config *config,
                     const int64_t message_bytes_max[CONFIG_TOPIC_COUNT]);
/* A batch that may have held more than one message was refused: the next producer packs half. */
void txn_limits_batch_refused(struct txn_limits *limits);
/* A dead letter of so many bytes, alone in its batch, was refused or taken. */
void txn_limits_letter_refused(struct txn_limits *limits, size_t bytes);
void txn_limits_letter_taken(struct txn_limits *limits, size_t bytes);

#endif
