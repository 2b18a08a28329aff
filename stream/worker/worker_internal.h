/* What the parts of the worker share: worker.c (its life), worker_epochs.c (messages, barriers, reports, backpressure),
 * worker_partitions.c (rebalances, restored partitions), worker_room.c (partitions that wait for room), worker_topic.c
 * (whether the input is still the same, and where it ends), worker_counters.c (throughput documents), worker_board.c
 * (what others look at), and below them worker_slots.h and worker_end.h. Only they include this; everything is the
 * source thread's but what says otherwise. */
#ifndef CARAVAN_WORKER_WORKER_INTERNAL_H
#define CARAVAN_WORKER_WORKER_INTERNAL_H

#include <stdatomic.h>
#include <stdbool.h>

#include "flow/bell.h"
#include "kafka/producer.h"
#include "kafka/source.h"
#include "kafka/topic_watch.h"
#include "kafka/transaction.h"
#include "lanes/budget.h"
#include "lanes/lanes.h"
#include "worker/assignments.h"
#include "worker/board.h"
#include "worker/committer.h"
#include "worker/restorer.h"
#include "worker/throughput.h"
#include "worker/worker.h"
#include "worker/worker_end.h"
#include "worker/worker_slots.h"

enum { WORKER_BATCH_MESSAGES = 256 };

/* Sent to the lanes and not taken: enough to keep a lane busy for a tenth of a second, and the barrier stands behind
 * it. Reading goes on at half of it. */
#define WORKER_QUEUE_BYTES_MAX ((size_t)16 * 1024 * 1024)

/* Message values taken between two barriers, however long commit.interval is. */
#define WORKER_EPOCH_BYTES_MAX ((size_t)256 * 1024 * 1024)

struct worker_batch {
    struct message_batch batch;
    struct message messages[WORKER_BATCH_MESSAGES];
};

struct worker {
    const struct config *config;
    struct board *board; /* NULL: nobody looks */
    struct bell *bell;   /* what the source thread sleeps on: its queue, reports, restored partitions, lanes */
    struct kafka_source *source;
    struct kafka_transaction *transaction;
    struct kafka_producer *producer; /* of throughput documents */
    struct assignments *assignments;
    struct lanes *lanes;
    struct committer *committer;
    struct restorer *restorer;
    struct throughput *throughput;
    struct kafka_topic_watch *watch;
    struct kafka_topic_state topic; /* the input as it was at the start */
    struct sign_key *sign_key;      /* of sign.key; NULL: none is set */
    struct slot *slots;
    struct lanes_position *positions;
    int32_t partition_count;
    int64_t message_bytes_max[CONFIG_TOPIC_COUNT]; /* of each topic, as configured; -1: not known */
    uint64_t assignments_made, epochs_begun, epochs_done;
    size_t epoch_bytes; /* of message values since the last barrier */
    bool awaited;       /* the next epoch has something: a position moved, or a partition is changing */
    int64_t barrier_ms, counters_ms, remind_ms;
    uint64_t misplaced;   /* keys in a wrong partition that the log has told of */
    int64_t misplaced_ms; /* when */
    struct worker_batch *filling[LANES_MAX];
    struct budget budget; /* of an epoch */
    bool behind;          /* a partition had F below C at the barrier reported last */
    bool paused, ended;
    int64_t held_ms; /* steady clock: since when the lanes have enough, and are not polled for; 0: they have not */
    bool joined, announced; /* the group has said what is this worker's; the service manager knows that it is ready */
    bool full;              /* the state has passed its bound, and has not gone well below it since */
    bool closing; /* nothing more is restored or committed; what the source still tells is taken note of only */
    enum worker_end end;
    int64_t ends_ms;               /* steady clock: when the input's ends were asked for */
    int64_t room_ms, room_told_ms; /* steady clock: when waiting partitions were looked at, and told of */
    int64_t posted_ms, decided_ms; /* steady clock: when the board was put up, and an epoch was decided */
    uint64_t lane_obeyed[LANES_MAX];
    int64_t lane_moved_ms[LANES_MAX]; /* steady clock: when a lane was last seen to obey, or to have no order */
    int64_t topic_missing_ms;         /* since when, steady clock; 0: it is there */
    atomic_bool topic_refused;        /* any thread; the input is another topic or none: nothing more is committed */
    atomic_bool abandon;              /* any thread; shutdown.timeout is over: open commits are given up */
};

/* ---- worker_counters.c */

/* Sends the counters when they are due and keeps the board fresh. To be called in every wait that may be long. */
void worker_tell(struct worker *worker);
void worker_send_counters(struct worker *worker);

/* ---- worker_board.c */

/* Puts a view up when the last one is old. */
void worker_post(struct worker *worker);
/* Tells the service manager, once, when the worker has what the group gave it and all of that is restored. */
void worker_announce(struct worker *worker);

/* ---- worker_epochs.c */

/* Polls (which serves rebalances), routes what came, hands it to the lanes; never waits. False: nothing came. */
bool worker_take_messages(struct worker *worker);
/* Ends the epoch in every lane with the positions of now; `drain`: bring F to C. */
void worker_send_barrier(struct worker *worker, bool drain);
/* Takes the reports of finished epochs; waits up to timeout_ms for the first. */
void worker_take_reports(struct worker *worker, int timeout_ms);
bool worker_is_settled(const struct worker *worker);
/* Waits until every epoch begun is decided, the assignment is lost, or the time (steady clock) is over; told to stop,
 * INT64_MAX becomes shutdown.timeout. True: decided. */
bool worker_settle(struct worker *worker, int64_t until_ms);
/* Holds reading back, pauses or resumes it, by the bounds on what is queued, epoch and state. */
void worker_throttle(struct worker *worker);

/* ---- worker_topic.c */

/* Opens the watch and learns which topic the input is; false when the worker must end. */
bool worker_topic_open(struct worker *worker);
/* Ends the worker when the input is another topic, has another partition count or is gone; asks for the ends of the
 * partitions that have a position. Never waits. */
void worker_topic_look(struct worker *worker);
/* Messages between a partition's position and its end, which was told within the last second, while brokers answer;
 * -1: unknown. */
int64_t worker_topic_lag(const struct worker *worker, int32_t partition);
/* Says so when an error of the input comes from its being another topic. Waits for an answer, not for long. */
void worker_topic_explain(struct worker *worker);
/* The committer's: asked when an epoch is whole, so that no event of another topic is committed. Waits for a broker's
 * answer. False: the epoch must not go out, nor any later one. */
bool worker_topic_confirm(void *context);

/* ---- worker_room.c */

/* A restore that had no room: its partition waits. */
void worker_room_wait(struct worker *worker, const struct restorer_result *result);
/* Tries waiting partitions again where there is room. */
void worker_room_look(struct worker *worker);

/* ---- worker_partitions.c */

/* True while the assignment is in force: nobody took it, nobody committed over it, and this worker has been the same
 * member since. Any thread. */
bool worker_owns(const struct worker *worker, int32_t partition, uint64_t assignment);
/* Begins anew with partitions that are assigned but not owned any more: what is in memory is forgotten and restored. */
void worker_restore_stale(struct worker *worker);

struct kafka_source_callbacks worker_callbacks(struct worker *worker);
/* Gives restored partitions to their lanes. */
void worker_take_restored(struct worker *worker);

#endif
