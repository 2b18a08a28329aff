/* The worker's notice board: what whoever looks at a worker from outside (stream/http) reads of it. The source thread
 * puts up a view of everything several times a second, also while it waits for a commit; one looking thread takes the
 * newest, and may ask the lanes about trains. Neither waits for the other. */
#ifndef CARAVAN_WORKER_BOARD_H
#define CARAVAN_WORKER_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/histogram.h"
#include "encode/throughput_json.h"
#include "kafka/figures.h"
#include "kafka/transaction.h"
#include "lanes/lanes.h"
#include "lanes/questions.h"

struct board;

enum board_phase {
    BOARD_STARTING, /* topics are being looked at, the group is being joined */
    BOARD_RUNNING,
    BOARD_STOPPING
};

enum board_state {
    BOARD_RESTORING,
    BOARD_WAITING, /* its restore found no room below state.bytes_max */
    BOARD_CHANGING,
    BOARD_LIVE,
    BOARD_STATE_COUNT
};

struct board_partition { /* one of this worker's */
    int32_t number;
    enum board_state state;
    int64_t position;   /* where reading goes on; -1: not known yet, as all offsets here */
    int64_t committed;  /* C of the last commit */
    int64_t redo;       /* F of it */
    int64_t start;      /* where the input begins now */
    int64_t lag;        /* messages between `committed` and the input's end */
    int64_t restore_ms; /* how long its restore took */
    uint64_t restored_facts, restored_events;
    uint64_t live_events;
    size_t trains, memory_bytes;
    uint64_t by_status[STATUS_COUNT]; /* trains whose status is known; the others are not derived yet */
};

struct board_lane {
    uint64_t busy_ns; /* at work, since the start */
    unsigned waiting; /* orders in its ring */
    int64_t stuck_ms; /* for how long it has not taken one that is there; 0 when it does */
};

/* Everything as of one moment. */
struct board_view {
    int64_t at_ms, wall_ms;   /* steady and wall clock */
    int64_t started_ms;       /* wall clock */
    int64_t brokers_ms;       /* steady clock: the last answer about the input; 0: none yet */
    int64_t epoch_ms;         /* steady clock: when the commit under way was due; 0: none is under way */
    int64_t commit_ms;        /* steady clock: when the last one was decided; 0: none yet */
    bool joined;              /* the group has said which partitions are this worker's (perhaps none) */
    bool paused;              /* reading rests until what was read is done with */
    bool full;                /* the state is above state.bytes_max: reading goes on only with more room */
    int32_t input_partitions; /* of the topic */
    struct throughput_sums sums;
    struct kafka_commit_stats commits;
    struct kafka_figures kafka;
    struct histogram commit_latency, end_to_end; /* since the start */
    size_t state_bytes, memory_bytes, queued_bytes, epoch_budget_bytes;
    uint64_t state_bytes_max;
    unsigned lane_count;
    struct board_lane lanes[LANES_MAX];
    size_t partition_count;
    struct board_partition partitions[]; /* by number */
};

/* For a worker of so many lanes. */
struct board *board_new(unsigned lanes);
/* No thread looks or puts up any more. */
void board_free(struct board *board);

/* ---- the worker's */

/* A view with room for so many partitions, all zero. */
struct board_view *board_view_new(size_t partitions);
/* Puts the view up; it belongs to the board. */
void board_post(struct board *board, struct board_view *view);
void board_set_phase(struct board *board, enum board_phase phase);

/* Questions to its lanes, which may come to nothing while there are none. The board's. */
struct questions *board_questions(const struct board *board);

/* ---- whoever looks: one thread */

/* The newest view, valid until the next look; NULL before the first. */
const struct board_view *board_look(struct board *board);
/* Any thread. */
enum board_phase board_phase(const struct board *board);

#endif
