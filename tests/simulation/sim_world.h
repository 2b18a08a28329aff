/* The parts of a simulated history: its settings, what is sent, the workers. For simulation.c and sim_*.c. */
#ifndef CARAVAN_TESTS_SIM_WORLD_H
#define CARAVAN_TESTS_SIM_WORLD_H

#include "lanes/budget.h"
#include "simulation/sim_log.h"
#include "simulation/sim_model.h"
#include "simulation/simulation.h"

enum { SIM_WORKERS = 2, SIM_CONFIGS = 4, SIM_QUEUE = 2, SIM_SENT_MAX = 1000, SIM_BUDGET_AMPLE = 1 << 30 };

struct sim_owned {
    struct partition *partition; /* NULL: not held */
    int64_t position;
    uint64_t assignment;
    unsigned life;
    size_t config;
    uint64_t epoch_bytes; /* of message values since the last barrier */
    uint64_t lag_bytes;   /* of those from F to C, at the last barrier or restore */
};

/* An epoch that is not known to be committed. */
struct sim_epoch {
    struct outbox outbox;
    bool has[SIM_PARTITIONS];
    struct sim_snapshot snapshots[SIM_PARTITIONS];
};

struct sim_worker {
    unsigned number;
    bool alive;
    size_t config;
    struct sim_owned owned[SIM_PARTITIONS];
    struct sim_epoch queue[SIM_QUEUE];
    size_t queued;
    struct outbox open; /* what expired since the last barrier */
};

struct sim_world {
    uint64_t seed;
    struct sim_random random;
    struct simulation_stats *stats;
    struct counters counters;
    struct sim_log log;
    struct sim_model models[SIM_PARTITIONS];
    struct sim_worker workers[SIM_WORKERS];
    unsigned owner[SIM_PARTITIONS]; /* as the group has it */
    uint64_t assignment[SIM_PARTITIONS];
    struct partition_options configs[SIM_CONFIGS];
    size_t budgets[SIM_CONFIGS]; /* what an epoch may put out */
    size_t config;               /* of workers that start now */
    unsigned lives;
    struct moment now;
    bool clock_is_set; /* now and then the wall clock is */
    struct decoder *decoder;
    struct arena scratch;
    /* What is sent. */
    bool plain; /* nothing that file mode would take otherwise */
    unsigned dates, numbers, waybills, bulk;
    int64_t step_ms_max; /* of event times */
    int64_t time_ms;
    unsigned ids;
    struct sim_sent sent[SIM_SENT_MAX]; /* for repeats; owned */
    size_t sent_count;
};

_Noreturn void sim_fail(const struct sim_world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- sim_events.c */

/* Settings of the history: configurations, kinds of trains. */
void sim_choose(struct sim_world *world);
/* One message, repeat, nuisance or gap at the end of the input. */
void sim_send(struct sim_world *world);
void sim_release_sent(struct sim_world *world);

/* ---- sim_worker.c */

void sim_worker_start(struct sim_world *world, struct sim_worker *worker);
void sim_worker_crash(struct sim_world *world, struct sim_worker *worker);
/* Restores what the group gave to it and forgets what it took away. */
void sim_worker_adopt(struct sim_world *world, struct sim_worker *worker);
/* Offers up to `count` messages of a partition. */
void sim_worker_work(struct sim_world *world, struct sim_worker *worker, int32_t partition, size_t count);
void sim_worker_barrier(struct sim_world *world, struct sim_worker *worker, bool drain);
/* True when F of a partition is below C as of the last barrier. */
bool sim_worker_is_behind(const struct sim_worker *worker);
void sim_worker_drop(struct sim_world *world, struct sim_worker *worker, int32_t partition);

/* ---- sim_commit.c */

enum sim_fault {
    SIM_FINE,
    SIM_CRASH_BEFORE,
    SIM_CRASH_PRODUCING,
    SIM_CRASH_PRODUCED,
    SIM_CRASH_SENT,
    SIM_CRASH_COMMITTED,
    SIM_CRASH_ABORTED,
    SIM_ABORT_PRODUCING,
    SIM_ABORT_SENT,
    SIM_UNKNOWN_COMMITTED,
    SIM_UNKNOWN_ABORTED,
    SIM_UNKNOWN_OPEN,
    SIM_FAULT_COUNT
};

/* Tries to commit the oldest epoch; it leaves the queue when it is in or void. */
void sim_commit(struct sim_world *world, struct sim_worker *worker, enum sim_fault fault);
/* All that committed records say, beside the model. */
void sim_view(struct sim_world *world, int32_t partition, const struct partition_options *options);
/* No checkpoint is left of a train that is gone. */
void sim_view_checkpoints(struct sim_world *world, int32_t partition);

#endif
