/* The lanes: threads that each own all state of their partitions, fed by lock-free SPSC rings, and the epochs that cut
 * their work into what is committed together (stream/README.md).
 *
 * One feeder thread calls lanes_send, _of, _assign, _revoke, _barrier, _halt and _stop; one collector thread (it may be
 * the same) calls lanes_collect and lanes_release. A barrier travels every lane's ring; a lane that meets it closes its
 * outbox and goes on with the next one. An epoch is collected when every lane has closed it. At most LANES_EPOCHS_OPEN
 * barriers may be sent and not released.
 *
 * An epoch is bounded by what it puts out. Once the lanes have put, or are about to put, their budget into it, further
 * messages wait for the next one: the barrier overtakes them, and C of each partition is where its lane stopped. */
#ifndef CARAVAN_LANES_LANES_H
#define CARAVAN_LANES_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/histogram.h"
#include "encode/counters.h"
#include "flow/bell.h"
#include "flow/message.h"
#include "flow/outbox.h"
#include "partition/partition.h"

enum { LANES_MAX = 64, LANES_EPOCHS_OPEN = 2, LANES_NO_PARTITION = -1 };

struct lanes;
struct questions;

struct lanes_options {
    unsigned count; /* 1-LANES_MAX */
    uint64_t message_bytes_max;
    struct slice topic;     /* for dead letters; borrowed for the life of the lanes */
    int32_t key_partitions; /* count keys that murmur2 would put elsewhere among so many partitions; 0: do not look */
    bool (*key_fits)(struct slice key, int32_t partition, int32_t partition_count);
    struct questions *questions; /* about trains; NULL: nobody asks. Borrowed */
    size_t memory_bytes_max;     /* of state and outboxes: beyond it messages wait. 0: no bound */
    size_t budget_bytes;         /* what an epoch puts out, at first (lanes_set_budget). 0: no bound */
    /* The feeder's, or NULL. Rung when messages begin to wait for a barrier (lanes_are_full), and when
     * lanes_queued_bytes falls to queue_bytes_low. Borrowed */
    struct bell *bell;
    size_t queue_bytes_low;
};

struct lanes *lanes_start(const struct lanes_options *options);

/* All of a batch's messages belong to partitions of `lane`; the batch is the lane's now and is released by it. */
void lanes_send(struct lanes *lanes, unsigned lane, struct message_batch *batch);
/* The lane that has an assigned partition. */
unsigned lanes_of(const struct lanes *lanes, int32_t partition);
/* A lane owns `partition` from here on: that with the fewest partitions, of those the one with the least state. Its
 * offsets carry `assignment`. */
void lanes_assign(struct lanes *lanes, struct partition *partition, uint64_t assignment);
/* The lane frees its state of the partition, and drops those of its messages that still wait. Does nothing for one that
 * no lane has. */
void lanes_revoke(struct lanes *lanes, int32_t partition);
/* The lanes take no more messages; those that wait for the next epoch are given back at the end. For an orderly stop:
 * only barriers are sent from here on. */
void lanes_halt(struct lanes *lanes);
/* What one epoch may put out, of all lanes together; takes effect at once. Any thread. */
void lanes_set_budget(struct lanes *lanes, size_t bytes);

struct lanes_position {
    int32_t partition;
    int64_t offset; /* C: where reading goes on after this epoch, if the lane takes all that was sent */
};

/* Ends the epoch in every lane. `positions` has each partition of the epoch that may be committed (copied). `drain`:
 * bring F to C, as far as the budget allows. */
void lanes_barrier(struct lanes *lanes, const struct lanes_position *positions, size_t count, bool drain);

struct lanes_arrival { /* messages of one batch: when the oldest was stamped */
    int64_t timestamp_ms;
    uint64_t count;
};

struct lanes_partition { /* what a lane says of a partition at a barrier */
    int32_t partition;
    uint64_t assignment;
    bool changing;    /* partition_is_changing */
    bool behind;      /* partition_is_behind */
    int64_t position; /* C of this epoch; -1: it was not cut */
    uint64_t live_events;
    size_t trains, memory_bytes;
    int64_t redo_offset;              /* F */
    uint64_t by_status[STATUS_COUNT]; /* partition_by_status */
};

/* One lane's part of an epoch. */
struct lanes_part {
    struct outbox outbox;
    struct counters counters; /* since the lane's start */
    struct lanes_arrival *arrivals;
    size_t arrival_count, arrival_capacity;
    struct lanes_partition *partitions;
    size_t partition_count, partition_capacity;
    size_t budgeted_bytes; /* what was expected of it, as the budget counts */
    bool limited;          /* the budget kept something for a later epoch */
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

/* True when messages wait for a barrier. Any thread, as the figures that follow. */
bool lanes_are_full(const struct lanes *lanes);
/* How busy a lane is. */
struct lanes_load {
    uint64_t busy_ns; /* at work, since the start */
    uint64_t obeyed;  /* orders, since the start */
    unsigned waiting; /* orders in its ring */
};
struct lanes_load lanes_load(const struct lanes *lanes, unsigned lane);
/* Message values that were sent and not taken yet. */
size_t lanes_queued_bytes(const struct lanes *lanes);
/* Memory of all partitions as of each lane's last look. */
size_t lanes_state_bytes(const struct lanes *lanes);
/* That and what the open epoch has put and is about to put, and what is closed and not released. */
size_t lanes_memory_bytes(const struct lanes *lanes);
/* Of lanes_memory_bytes what is kept beside the state to be quick (partition_keep.h). */
size_t lanes_kept_bytes(const struct lanes *lanes);
/* While `sparing`, nothing is kept that is no state, from the next barrier on: somebody waits for the room. Any thread.
 */
void lanes_spare(struct lanes *lanes, bool sparing);

/* Ends the threads after what was sent. `keep`, when not NULL, gets every partition (then the caller owns it); else
 * they are freed. Every epoch must have been released. */
void lanes_stop(struct lanes *lanes, void (*keep)(void *context, struct partition *partition), void *context);

#endif
