/* A plain (idempotent, not transactional) producer: throughput records, caravan produce, tests. One thread. */
#ifndef CARAVAN_KAFKA_PRODUCER_H
#define CARAVAN_KAFKA_PRODUCER_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "flow/message.h"
#include "kafka/error.h"

struct kafka_producer;

/* partitioner=murmur2_random, so that keys go where Java producers put them. `content_type` (static) is the header of
 * every message. */
struct kafka_producer *kafka_producer_open(const struct config *config, const char *content_type,
                                           struct kafka_error *error);
/* Does not wait for what is not delivered: flush before. */
void kafka_producer_close(struct kafka_producer *producer);
/* Copies key and value; partition -1: by key; timestamp_ms 0: now; the rest is not looked at. Waits while the queue is
 * full. */
bool kafka_producer_send(struct kafka_producer *producer, const char *topic, const struct message *message,
                         struct kafka_error *error);
struct kafka_headers {
    const struct message_header *of;
    size_t count;
};
/* The same for a message that was received before: with exactly these headers. */
bool kafka_producer_resend(struct kafka_producer *producer, const char *topic, const struct message *message,
                           struct kafka_headers headers, struct kafka_error *error);
/* Waits until all is delivered; false with the first failure. */
bool kafka_producer_flush(struct kafka_producer *producer, int timeout_ms, struct kafka_error *error);
uint64_t kafka_producer_failed(const struct kafka_producer *producer);

#endif
