/* What the parts of the worker share: worker.c (its life), worker_epochs.c (messages, barriers, reports, backpressure)
 * and worker_partitions.c (rebalances, restored partitions). Only they include this; everything is the source thread's
 * but what says otherwise. */
#ifndef CARAVAN_PIPELINE_WORKER_INTERNAL_H
#define CARAVAN_PIPELINE_WORKER_INTERNAL_H

#include <stdatomic.h>
#include <stdbool.h>

#include "kafka/producer.h"
#include "kafka/source.h"
#include "kafka/transaction.h"
#include "pipeline/assignments.h"
#include "pipeline/committer.h"
#include "pipeline/lanes.h"
#include "pipeline/restorer.h"
#include "pipeline/throughput.h"
#include "pipeline/worker.h"

enum { WORKER_BATCH_MESSAGES = 256 };

enum slot_state { SLOT_NONE, SLOT_RESTORING, SLOT_CHANGING, SLOT_LIVE };

/* A partition as the source thread sees it. */
struct slot {
    enum slot_state state;
    uint64_t assignment;
    int64_t position; /* where reading goes on: C of the next barrier */
};

struct worker_batch {
    struct message_batch batch;
    struct message messages[WORKER_BATCH_MESSAGES];
};

struct worker {
    const struct config *config;
    struct kafka_source *source;
    struct kafka_transaction *transaction;
    struct kafka_producer *producer; /* of throughput documents */
    struct assignments *assignments;
    struct lanes *lanes;
    struct committer *committer;
    struct restorer *restorer;
    struct throughput *throughput;
    struct slot *slots;
    struct lanes_position *positions;
    int32_t partition_count;
    uint64_t assignments_made, epochs_begun, epochs_done;
    size_t epoch_bytes; /* of message values since the last barrier */
    int64_t barrier_ms, counters_ms, partition_check_ms, remind_ms;
    int64_t stop_by_ms;    /* steady clock; when shutdown.timeout is over, 0 while it does not run */
    uint64_t misplaced;    /* keys in a wrong partition that the log has told of */
    int64_t misplaced_ms;  /* when */
    struct worker_batch *filling[LANES_MAX];
    bool paused, ended;
    bool full; /* the state has passed its bound, and has not gone well below it since */
    bool closing; /* nothing more is restored or committed; what the source still tells is taken note of only */
    enum worker_end end;
    atomic_bool abandon; /* any thread; shutdown.timeout is over: open commits are given up */
};

/* Signals seen since the start: from the first on the worker stops. Any thread may be the one that gets them. */
extern atomic_int worker_signals;

/* The worker ends; the first reason stands. */
void worker_end_with(struct worker *worker, enum worker_end end);
/* Sends the counters when they are due. To be called in every wait that may be long. */
void worker_tell_counters(struct worker *worker);
/* NULL when the input had no such partition at the start. */
struct slot *worker_slot(struct worker *worker, int32_t partition);

/* ---- worker_epochs.c */

/* Polls (which serves rebalances), routes what came, hands it to the lanes. */
void worker_take_messages(struct worker *worker);
/* Ends the epoch in every lane with the positions of now; `drain`: bring F to C. */
void worker_send_barrier(struct worker *worker, bool drain);
/* Takes the reports of finished epochs; waits up to timeout_ms for the first. */
void worker_take_reports(struct worker *worker, int timeout_ms);
bool worker_is_settled(const struct worker *worker);
/* Waits until every epoch begun is decided, the assignment is lost, or the time (steady clock) is over; told to stop,
 * INT64_MAX becomes shutdown.timeout. True: decided. */
bool worker_settle(struct worker *worker, int64_t until_ms);
/* When shutdown.timeout is over (steady clock); it runs from the first call on. */
int64_t worker_shutdown_deadline(struct worker *worker);
/* Pauses or resumes reading by the bounds on state, outboxes and epoch. */
void worker_throttle(struct worker *worker);

/* ---- worker_partitions.c */

struct kafka_source_callbacks worker_callbacks(struct worker *worker);
/* Gives restored partitions to their lanes. */
void worker_take_restored(struct worker *worker);
/* Begins live reading of a partition that its lane has. */
void worker_start_live(struct worker *worker, int32_t partition);

#endif
