/* A worker's life on Kafka: joins the group, restores what it is given, feeds the lanes, cuts epochs, answers
 * rebalances, stops in order (spec sections 6 and 7; design "Kafka, exactly once"). The calling thread is the source
 * thread: it polls and is the only one that routes and sends barriers. */
#ifndef CARAVAN_PIPELINE_WORKER_H
#define CARAVAN_PIPELINE_WORKER_H

#include "config/config.h"

enum worker_end {
    WORKER_STOPPED, /* told to, everything committed */
    WORKER_FAILED,  /* the cluster cannot be used: the log says why */
    WORKER_REFUSED, /* topics, offsets or checkpoints contradict spec section 7: the log says what and the ways out */
    WORKER_FENCED   /* another life took over, or a client met a fatal error: start again */
};

/* Runs until SIGTERM or SIGINT (a second one ends the process at once with 128 + its number) or until it must stop.
 * Installs the signal handlers. */
enum worker_end worker_run(const struct config *config);

#endif
