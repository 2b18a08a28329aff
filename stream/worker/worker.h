/* A worker's life on Kafka: joins the group, restores what it is given, feeds the lanes, cuts epochs, answers
 * rebalances, stops in order (contract 6 and 7; stream/exactly-once.md). The calling thread is the source
 * thread: it polls and is the only one that routes and sends barriers. */
#ifndef CARAVAN_WORKER_WORKER_H
#define CARAVAN_WORKER_WORKER_H

#include "config/config.h"
#include "record/rules.h"
#include "worker/board.h"

/* Their numbers are the exit codes of `caravan run`. */
enum worker_end {
    WORKER_STOPPED = 0,       /* told to, everything committed */
    WORKER_FAILED = 1,        /* the cluster cannot be used: the log says why */
    WORKER_MISCONFIGURED = 2, /* a kafka.* setting is wrong: the log says which */
    WORKER_REFUSED =
        3,             /* topics, offsets or checkpoints contradict contract 7.15: the log says what and the ways out */
    WORKER_FENCED = 4, /* another life took over, or the consumer met a fatal error: start again */
    WORKER_BLOCKED = 5 /* the cluster refuses for good: only a change by an operator helps, and the log says which */
};

/* The rules that a worker of this configuration derives records under. */
struct rules worker_rules(const struct config *config);

/* Runs until SIGTERM or SIGINT (a second one ends the process at once with 128 + its number) or until it must stop.
 * Installs handlers for the two once the topics have been found right; until then nothing is at stake, and the
 * program's own handlers (base/signals.h) end it. A guard (guard.h) ends the process
 * when the stop takes longer than shutdown.timeout allows. What it does can be seen on `board`, which may be NULL. */
enum worker_end worker_run(const struct config *config, struct board *board);

#endif
