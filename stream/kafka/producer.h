/* A plain (idempotent, not transactional) producer: throughput records, caravan produce, tests. One thread. */
#ifndef CARAVAN_KAFKA_PRODUCER_H
#define CARAVAN_KAFKA_PRODUCER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "config/config.h"
#include "kafka/error.h"

struct kafka_producer;

/* partitioner=murmur2_random, so that keys go where Java producers put them. */
struct kafka_producer *kafka_producer_open(const struct config *config, struct kafka_error *error);
/* Does not wait for what is not delivered: flush before. */
void kafka_producer_close(struct kafka_producer *producer);
/* Partition count of a topic; -1 with *error when it is unknown or no broker answers. */
int32_t kafka_producer_partition_count(struct kafka_producer *producer, const char *topic, int timeout_ms,
                                       struct kafka_error *error);
/* Copies key and value. partition -1: by key. timestamp_ms 0: now. Waits while the queue is full. */
bool kafka_producer_send(struct kafka_producer *producer, const char *topic, int32_t partition, struct slice key,
                         struct slice value, int64_t timestamp_ms, struct kafka_error *error);
/* Waits until all is delivered; false with the first failure. */
bool kafka_producer_flush(struct kafka_producer *producer, int timeout_ms, struct kafka_error *error);
uint64_t kafka_producer_failed(const struct kafka_producer *producer);

#endif
