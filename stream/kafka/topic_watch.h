/* Keeps an eye on which topic stands behind a name: one that is deleted and made anew keeps its name and gets another
 * id, and a consumer (of librdkafka 2.14.2 too) goes on in it at its old offset as if nothing had happened. Also on
 * where its partitions end, which a paused consumer does not learn. It has a client of its own, so that a question does
 * not wait behind a fetch. */
#ifndef CARAVAN_KAFKA_TOPIC_WATCH_H
#define CARAVAN_KAFKA_TOPIC_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "kafka/error.h"

struct kafka_topic_watch;

enum { KAFKA_TOPIC_ID_BYTES = 22 };

/* What a broker says of the topic. Brokers learn of a change one after the other: it may be some milliseconds old. */
struct kafka_topic_state {
    bool exists;
    int32_t partitions;                /* when it exists: at least 1 */
    char id[KAFKA_TOPIC_ID_BYTES + 1]; /* as Kafka prints it; "" where the cluster does not tell */
};

/* NULL with *error. */
struct kafka_topic_watch *kafka_topic_watch_open(const struct config *config, const char *topic,
                                                 struct kafka_error *error);
/* Nobody may be asking. */
void kafka_topic_watch_close(struct kafka_topic_watch *watch);
/* Asks and waits for the answer, at most for twice timeout_ms and a second. False with *error when none came. Any
 * thread. */
bool kafka_topic_watch_ask(struct kafka_topic_watch *watch, int timeout_ms, struct kafka_topic_state *out,
                           struct kafka_error *error);
/* Asks every second and never waits: true with *out when an answer has come since the last call. One thread. */
bool kafka_topic_watch_look(struct kafka_topic_watch *watch, struct kafka_topic_state *out);

/* Takes the answers to the last call, if they have come, and then asks for where these partitions begin and end; never
 * waits. The same thread. */
void kafka_topic_watch_ends(struct kafka_topic_watch *watch, const int32_t *partitions, size_t count);
/* The high watermark last told; -1: none was. The same thread. */
int64_t kafka_topic_watch_end(const struct kafka_topic_watch *watch, int32_t partition);
/* The first offset that is still there, as last told; -1: none was. The same thread. */
int64_t kafka_topic_watch_start(const struct kafka_topic_watch *watch, int32_t partition);
/* When a broker last answered one of these questions (steady clock, ms); 0: none has. The same thread. */
int64_t kafka_topic_watch_answered_ms(const struct kafka_topic_watch *watch);

#endif
