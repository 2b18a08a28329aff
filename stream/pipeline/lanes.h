/* The lanes: threads that each own all state of their partitions (partition number modulo lane count), fed by lock-free
 * SPSC rings, and the epochs that cut their work into what is committed together (design, "The way of an event").
 *
 * One feeder thread calls lanes_send, _assign, _revoke, _barrier and _stop; one collector thread (it may be the same)
 * calls lanes_collect and lanes_release. A barrier travels every lane's ring; a lane that meets it closes its outbox
 * and goes on with the next one. An epoch is collected when every lane has closed it. At most LANES_EPOCHS_OPEN
 * barriers may be sent and not released. */
#ifndef CARAVAN_PIPELINE_LANES_H
#define CARAVAN_PIPELINE_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/histogram.h"
#include "base/message.h"
#include "base/outbox.h"
#include "pipeline/counters.h"
#include "pipeline/partition.h"

enum { LANES_MAX = 64, LANES_EPOCHS_OPEN = 2 };

struct lanes;

struct lanes_options {
    unsigned count; /* 1-LANES_MAX */
    uint64_t message_bytes_max;
    struct slice topic;     /* for dead letters; borrowed for the life of the lanes */
    int32_t key_partitions; /* count keys that murmur2 would put elsewhere among so many partitions; 0: do not look */
    bool (*key_fits)(struct slice key, int32_t partition, int32_t partition_count);
};

struct lanes *lanes_start(const struct lanes_options *options);

/* All of a batch's messages belong to partitions of `lane`; the batch is the lane's now and is released by it. */
void lanes_send(struct lanes *lanes, unsigned lane, struct message_batch *batch);
unsigned lanes_of(const struct lanes *lanes, int32_t partition);
/* The lane owns `partition` from here on; its offsets carry `assignment`. */
void lanes_assign(struct lanes *lanes, struct partition *partition, uint64_t assignment);
/* The lane frees its state of the partition; later messages of it are dropped. */
void lanes_revoke(struct lanes *lanes, int32_t partition);

struct lanes_position {
    int32_t partition;
    int64_t offset; /* C: where reading goes on after this epoch */
};

/* Ends the epoch in every lane. `positions` has each partition of the epoch that may be committed (copied). `drain`:
 * bring F to C. */
void lanes_barrier(struct lanes *lanes, const struct lanes_position *positions, size_t count, bool drain);

struct lanes_arrival { /* messages of one batch: when the oldest was stamped */
    int64_t timestamp_ms;
    uint64_t count;
};

struct lanes_partition { /* what a lane says of a partition at a barrier */
    int32_t partition;
    uint64_t assignment;
    bool changing; /* partition_is_changing */
    uint64_t live_events;
    size_t trains, memory_bytes;
};

/* One lane's part of an epoch. */
struct lanes_part {
    struct outbox outbox;
    struct counters counters; /* since the lane's start */
    struct lanes_arrival *arrivals;
    size_t arrival_count, arrival_capacity;
    struct lanes_partition *partitions;
    size_t partition_count, partition_capacity;
};

struct lanes_epoch {
    uint64_t number; /* from 1 */
    unsigned count;
    struct lanes_part *parts[LANES_MAX];
};

/* The oldest epoch that every lane has closed; false when there is none within timeout_ms. The collector owns it until
 * lanes_release. */
bool lanes_collect(struct lanes *lanes, int timeout_ms, struct lanes_epoch *epoch);
void lanes_release(struct lanes *lanes, struct lanes_epoch *epoch);

/* Bytes of outputs put since the last barrier, over all lanes (for backpressure). Any thread. */
size_t lanes_open_bytes(const struct lanes *lanes);
/* Memory of all partitions as of each lane's last look (after each batch). Any thread. */
size_t lanes_state_bytes(const struct lanes *lanes);

/* Ends the threads after what was sent. `keep`, when not NULL, gets every partition (then the caller owns it); else
 * they are freed. Every epoch must have been released. */
void lanes_stop(struct lanes *lanes, void (*keep)(void *context, struct partition *partition), void *context);

#endif
