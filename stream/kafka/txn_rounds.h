/* In how many goes an epoch's messages are given to librdkafka. Of an idempotent producer's partition it (2.14.2) lets
 * no request go while five messages or more are on their way: mostly one request at a time. What it was given beyond
 * that it looks at again and again, without any pause, until the answer comes: a whole processor's time. So of each
 * partition it is given what it can send at once, and the rest in another round, when everything before is with the
 * broker. Most epochs are one round. Internal to kafka/. Pure. */
#ifndef CARAVAN_KAFKA_TXN_ROUNDS_H
#define CARAVAN_KAFKA_TXN_ROUNDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/outbox.h"

struct txn_window;

struct txn_rounds {
    struct txn_window *windows; /* by topic, then by partition */
    int32_t partition_count;
    size_t request_bytes_max;
    bool waiting; /* some message was left for the next round */
};

/* For outputs of partitions below `partition_count`; a request packs at most `batch_bytes_max`. */
void txn_rounds_init(struct txn_rounds *rounds, int32_t partition_count, size_t batch_bytes_max);
void txn_rounds_release(struct txn_rounds *rounds);
/* Whether this output goes in this round. In each round all outputs of the epoch are asked about in the same order;
 * `number` is the output's place in it, from 1 on. False: it went in an earlier one, or it waits for a later one,
 * behind which those of its topic and partition that follow it stay too. */
bool txn_rounds_take(struct txn_rounds *rounds, const struct output *output, size_t number);
/* Begins the next round; false when nothing waits for it. */
bool txn_rounds_next(struct txn_rounds *rounds);

#endif
