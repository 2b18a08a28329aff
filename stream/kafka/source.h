/* The consumer of the input topic in the group. One thread polls (and gets the callbacks); the functions marked so may
 * be called from any thread. Only kafka/ sees librdkafka's types. */
#ifndef CARAVAN_KAFKA_SOURCE_H
#define CARAVAN_KAFKA_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "config/config.h"
#include "flow/bell.h"
#include "flow/message.h"
#include "kafka/error.h"

struct kafka_source;

/* Called from kafka_source_poll and kafka_source_close. */
struct kafka_source_callbacks {
    void *context;
    /* New partitions, perhaps none: already assigned and paused; call kafka_source_start for each once it is restored.
     * They are this member's as long as kafka_source_life is `life`. */
    void (*assigned)(void *context, const int32_t *partitions, size_t count, uint64_t life);
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

/* Rings `bell` whenever kafka_source_poll has something anew, so that the polling thread may sleep on it. Borrowed
 * until kafka_source_close. Polling thread only. */
void kafka_source_ring(struct kafka_source *source, struct bell *bell);
/* Serves callbacks and takes up to `max` messages; waits at most timeout_ms for the first. Returns how many. Message
 * memory is given back with kafka_message_release from any thread. */
size_t kafka_source_poll(struct kafka_source *source, int timeout_ms, struct message *out, size_t max);
void kafka_message_release(struct message *message);
/* message_headers for batches of this source. */
size_t kafka_message_headers(const struct message *message, struct arena *arena, const struct message_header **out);

/* Begins reading an assigned, paused partition at `offset`. Polling thread only. */
bool kafka_source_start(struct kafka_source *source, int32_t partition, int64_t offset, struct kafka_error *error);
/* Ends reading a started partition, which stays assigned; what was read and not handed on is dropped. Polling thread
 * only. */
void kafka_source_stop(struct kafka_source *source, int32_t partition);
/* Backpressure: pauses or resumes all started partitions; polling goes on. Polling thread only. */
void kafka_source_pause_all(struct kafka_source *source, bool paused);

struct kafka_committed {
    int64_t offset;     /* C; -1: the group has none */
    struct buffer text; /* its metadata; the caller's to release, also after a failure */
};

/* The stable committed offset of the group for a partition, into what the caller has zeroed or used before. Waits while
 * a transaction on it is open, at most timeout_ms. Any thread. */
bool kafka_source_committed(struct kafka_source *source, int32_t partition, int timeout_ms, struct kafka_committed *out,
                            struct kafka_error *error);

/* Which unbroken membership this is. A partition of another one is not ours any more, though nobody said so: it is to
 * be stopped and restored anew (stream/exactly-once.md). Never waits. Any thread. */
uint64_t kafka_source_life(const struct kafka_source *source);
/* True once the group took this member's partitions away without asking (session time-out, fenced), before the revoked
 * callback could be served: whoever waits inside that callback for a commit stops waiting. Any thread. */
bool kafka_source_lost(struct kafka_source *source);

/* Where murmur2 puts `key` among so many partitions. Pure. */
int32_t kafka_key_partition(struct slice key, int32_t partition_count);
/* True when `key` belongs in `partition` by murmur2, as Java's and librdkafka's murmur2_random producers put it. Pure.
 */
bool kafka_key_fits(struct slice key, int32_t partition, int32_t partition_count);

#endif
