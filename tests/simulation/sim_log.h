/* A little Kafka in memory for the simulation: input partitions with gaps, output topics with transactions whose
 * markers arrive late and whose stale records compaction removes when it likes, committed offsets that become stable
 * with their marker. It knows nothing of trains. */
#ifndef CARAVAN_TESTS_SIM_LOG_H
#define CARAVAN_TESTS_SIM_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "flow/message.h"
#include "flow/outbox.h"
#include "support/headers.h"

enum { SIM_PARTITIONS = 2 };

/* ---- randomness */

struct sim_random {
    uint64_t state;
};

uint64_t sim_next(struct sim_random *random);
/* 0 .. below-1 */
uint64_t sim_below(struct sim_random *random, uint64_t below);
static inline bool sim_one_in(struct sim_random *random, uint64_t n) {
    return sim_below(random, n) == 0;
}

/* ---- the log */

/* What a worker knew at a barrier, for comparison when it turns out to be committed. */
struct sim_snapshot {
    struct buffer dump;   /* partition_dump */
    struct buffer trains; /* the trains alone, as the model writes them */
    size_t config;        /* of the life that made it */
    unsigned life;
    bool changing; /* the text still has the configuration before */
};

struct sim_record {
    struct slice key, value; /* owned; value.data NULL: null */
    size_t transaction;
    unsigned life;
    bool renewed; /* of a commit that changes rules: may repeat one */
    bool removed; /* by compaction */
};

struct sim_topic {
    struct sim_record *records;
    size_t count, capacity;
};

struct sim_offset {
    int64_t offset;
    struct slice metadata; /* owned */
    struct sim_snapshot *snapshot;
};

enum sim_outcome { SIM_OPEN, SIM_COMMITTED, SIM_ABORTED };

struct sim_transaction {
    enum sim_outcome outcome;
    unsigned worker;
    bool has_marker[OUTPUT_TOPIC_COUNT][SIM_PARTITIONS];
    bool has_offset_marker;
    bool has_offset[SIM_PARTITIONS];
    struct sim_offset offsets[SIM_PARTITIONS];
};

struct sim_input {
    struct message *messages; /* at their offsets; a gap has key.data and value.data NULL and timestamp INT64_MIN */
    int64_t start, end;
    size_t capacity;
};

struct sim_log {
    struct sim_input inputs[SIM_PARTITIONS];
    struct sim_topic topics[OUTPUT_TOPIC_COUNT][SIM_PARTITIONS];
    struct sim_transaction *transactions;
    size_t transaction_count;
    const struct sim_offset *stable[SIM_PARTITIONS]; /* NULL: none */
};

void sim_log_init(struct sim_log *log);
void sim_log_release(struct sim_log *log);

struct sim_sent { /* what a producer sends */
    struct slice key, value;
    const struct headers *headers; /* NULL: none */
};

/* Appends to an input partition; everything is copied, and a message's owner is its headers. */
void sim_log_append(struct sim_log *log, int32_t partition, const struct sim_sent *sent, int64_t timestamp_ms);
void sim_log_append_gap(struct sim_log *log, int32_t partition);
bool sim_is_gap(const struct message *message);

/* A producer begins: the markers of its former transaction are there by then (an open one is aborted). */
size_t sim_begin(struct sim_log *log, unsigned worker);
void sim_produce(struct sim_log *log, size_t transaction, const struct output *output, unsigned life, bool renewed);
/* Takes the snapshot. */
void sim_send_offset(struct sim_log *log, size_t transaction, const struct output_offset *offset,
                     struct sim_snapshot *snapshot);
void sim_end(struct sim_log *log, size_t transaction, enum sim_outcome outcome);
/* Settles what a producer left behind, markers and all. */
void sim_fence(struct sim_log *log, unsigned worker);

/* One of the markers that are still to come arrives, if any. */
void sim_marker(struct sim_log *log, struct sim_random *random);
/* The stable committed offset: waits until no transaction is open on it (one whose producer is dead is aborted). NULL:
 * none. */
const struct sim_offset *sim_stable(struct sim_log *log, int32_t partition);
/* Waits until nothing below the high watermark of a topic's partition is open. */
void sim_wait(struct sim_log *log, enum output_topic topic, int32_t partition);
/* Removes some of the records that compaction may remove. */
void sim_compact(struct sim_log *log, enum output_topic topic, int32_t partition, struct sim_random *random);
/* True for a record that a reader who sees committed ones sees. */
bool sim_is_visible(const struct sim_log *log, const struct sim_record *record);
/* True when no visible record with the same key stands behind the `at`-th. */
bool sim_is_last(const struct sim_log *log, const struct sim_topic *topic, size_t at);

#endif
