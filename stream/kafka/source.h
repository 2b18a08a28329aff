/* The consumer of the input topic in the group. One thread polls (and gets the callbacks); the functions marked so may
 * be called from any thread. Only kafka/ sees librdkafka's types. */
#ifndef CARAVAN_KAFKA_SOURCE_H
#define CARAVAN_KAFKA_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/message.h"
#include "config/config.h"
#include "kafka/error.h"

struct kafka_source;

/* Called from kafka_source_poll and kafka_source_close. */
struct kafka_source_callbacks {
    void *context;
    /* New partitions: already assigned and paused; call kafka_source_start for each once it is restored. */
    void (*assigned)(void *context, const int32_t *partitions, size_t count);
    /* They go away; the source unassigns them when this returns: decide their transaction before. `lost`: already
     * somebody else's, do not commit. */
    void (*revoked)(void *context, const int32_t *partitions, size_t count, bool lost);
    /* Reading stands at `offset` now, with no message before it undelivered: past markers and aborted messages (end of
     * the partition). */
    void (*position)(void *context, int32_t partition, int64_t offset);
    /* An error that reading cannot pass over (position out of range, authorization, fatal). The worker stops. Passing
     * troubles are logged only. */
    void (*failed)(void *context, const struct kafka_error *error);
};

/* Joins the group: cooperative-sticky (or kafka.partition.assignment.strategy / group.protocol=consumer as configured),
 * static membership when group.instance.id is set, read_committed, auto.offset.reset=error, no auto commit, partition
 * EOF on. NULL with *error. */
struct kafka_source *kafka_source_open(const struct config *config, const struct kafka_source_callbacks *callbacks,
                                       struct kafka_error *error);
/* Leaves the group (a static member stays until its session ends) and frees. The revoked callback is called for what is
 * still assigned. */
void kafka_source_close(struct kafka_source *source);

/* Serves callbacks and takes up to `max` messages; waits at most timeout_ms for the first. Returns how many. Message
 * memory is given back with kafka_message_release from any thread. */
size_t kafka_source_poll(struct kafka_source *source, int timeout_ms, struct message *out, size_t max);
void kafka_message_release(struct message *message);
/* message_headers for batches of this source. */
size_t kafka_message_headers(const struct message *message, struct arena *arena, const struct message_header **out);

/* Begins reading an assigned, paused partition at `offset`. Polling thread only. */
bool kafka_source_start(struct kafka_source *source, int32_t partition, int64_t offset, struct kafka_error *error);
/* Backpressure: pauses or resumes all started partitions; polling goes on. Polling thread only. */
void kafka_source_pause_all(struct kafka_source *source, bool paused);

/* The stable committed offset of the group for a partition and its metadata (appended to `metadata`); *offset -1 when
 * there is none. Waits while a transaction on it is open, at most timeout_ms. Any thread. */
bool kafka_source_committed(struct kafka_source *source, int32_t partition, int timeout_ms, int64_t *offset,
                            struct buffer *metadata, struct kafka_error *error);

/* True once the group took this member's partitions away without asking (session time-out, fenced), before the revoked
 * callback could be served: whoever waits inside that callback for a commit stops waiting. Any thread. */
bool kafka_source_lost(struct kafka_source *source);

/* Messages between the position and the high watermark that librdkafka knows (cached); -1 unknown. Any thread. */
int64_t kafka_source_lag(struct kafka_source *source, int32_t partition, int64_t position);

/* True when `key` belongs in `partition` by murmur2, as Java's and librdkafka's murmur2_random producers put it. Pure.
 */
bool kafka_key_fits(struct slice key, int32_t partition, int32_t partition_count);
/* The input topic's partition count, from metadata; -1 when unknown. Any thread. */
int32_t kafka_source_partition_count(struct kafka_source *source, int timeout_ms, struct kafka_error *error);

#endif
