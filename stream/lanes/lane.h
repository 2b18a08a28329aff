/* One lane: its thread, and what it shares with lanes.c, which feeds and collects, and with lanes_figures.c, from which
 * all threads read. Only these include it.
 *
 * A lane takes its orders one by one, but for this: when its epoch is full, batches wait and the orders behind them are
 * obeyed, so that the barrier that is to come closes the epoch here. A partition's C is then where its first waiting
 * message stands. */
#ifndef CARAVAN_LANES_LANE_H
#define CARAVAN_LANES_LANE_H

#include <pthread.h>
#include <stdatomic.h>

#include "flow/ring.h"
#include "lanes/lanes.h"
#include "lanes/questions.h"

enum order_kind { ORDER_BATCH, ORDER_BARRIER, ORDER_ASSIGN, ORDER_REVOKE, ORDER_HALT, ORDER_STOP };

struct order {
    enum order_kind kind;
    struct order *next; /* of those that wait */
    struct message_batch *batch;
    struct partition *partition;
    uint64_t assignment;
    int32_t number; /* to revoke */
    bool drain;
    size_t position_count;
    struct lanes_position positions[];
};

struct owned {
    struct partition *partition; /* NULL: not ours */
    uint64_t assignment;
    size_t memory_bytes;  /* as counted in lane->state_bytes */
    int64_t waiting_from; /* at a barrier: the offset of its first message that waits, -1 for none */
    int64_t cut_at;       /* C of the last barrier; -1 before the first */
};

/* Lanes are in at most two epochs at a time, and one more is kept: what a lane put into the epoch that others still
 * fill. */
enum { LANE_EPOCHS_KEPT = 3 };

struct lane {
    struct lanes *lanes;
    unsigned number;
    pthread_t thread;
    struct bell *bell;
    struct ring *orders;     /* feeder -> lane */
    struct ring *closed;     /* lane -> collector: struct lanes_part */
    struct ring *returned;   /* collector -> lane: parts to use again */
    struct lanes_part *part; /* being filled */
    uint64_t epoch;          /* number of that, from 0 */
    struct owned *owned;     /* by partition number */
    size_t owned_count;
    struct order *waiting, **waiting_end; /* batches, the oldest first */
    size_t taken;                         /* messages of the oldest that are done */
    size_t pending_bytes;                 /* sum of partition_pending_bytes */
    size_t unnoted_bytes;                 /* of values taken since note_states */
    size_t kept_bytes_max;                /* of each partition: partition_keep */
    bool owes;                            /* a partition does: partition_owes */
    bool halted;
    struct decoder *decoder;
    struct arena scratch;
    struct counters counters;
    struct question_part *asked, **asked_end; /* that wait for the next barrier, the oldest first */
    struct question_reject *rejects;          /* the last ones, by count modulo; NULL: nobody asks */
    size_t reject_count;
    /* For any thread. */
    atomic_size_t epoch_bytes[LANE_EPOCHS_KEPT]; /* by epoch modulo: what it put and is about to put into it */
    atomic_size_t open_bytes;                    /* of them those of the epoch it fills */
    atomic_size_t state_bytes, kept_bytes;       /* of partitions: their memory, partition_kept_bytes */
    atomic_bool full;                            /* messages wait for a barrier */
    atomic_uint_fast64_t busy_ns, obeyed;
};

struct lanes {
    struct lanes_options options;
    struct bell *collector_bell;
    uint64_t epochs_collected;
    struct lanes_part *waiting[LANES_MAX]; /* collected of the oldest epoch, by lane */
    unsigned *lane_of;                     /* feeder: by partition, LANES_MAX for none */
    size_t lane_of_count;
    unsigned partition_counts[LANES_MAX]; /* feeder: by lane */
    atomic_size_t budget_bytes;
    atomic_size_t queued_bytes;    /* values sent and not done with */
    atomic_size_t in_flight_bytes; /* of outboxes closed and not released */
    atomic_bool sparing;           /* lanes_spare */
    struct lane lanes[LANES_MAX];
};

/* Any thread. */
size_t lane_state_bytes(const struct lane *lane);

/* ---- lane_ahead.c; the lane's own thread */

/* The partition of a message; NULL for one that this lane never had. */
struct owned *lane_owner(const struct lane *lane, const struct message *message);
/* Tells partitions which messages of the batch come behind lane->taken. */
void lane_look_ahead(const struct lane *lane, const struct message_batch *batch);

/* ---- lane_answer.c; the lane's own thread */

/* Remembers a message that was turned away. */
void lane_note_reject(struct lane *lane, const struct message *message, const struct reject *reject);
/* Answers questions, a few; true when there may be more. */
bool lane_answer_some(struct lane *lane);
/* At a barrier, before its epoch is closed: answers those that wait for it. `ending`: without having looked. */
void lane_answer_waiting(struct lane *lane, bool ending);

/* ---- lane.c; the feeder */

void lane_start(struct lanes *lanes, struct lane *lane);
/* Waits for the thread, which must have been sent ORDER_STOP, and frees everything; `keep` as in lanes_stop. */
void lane_end(struct lane *lane, void (*keep)(void *context, struct partition *partition), void *context);

#endif
