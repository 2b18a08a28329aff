/* How a worker comes to its end: signals, errors, and which reason stands. Internal to the worker. */
#ifndef CARAVAN_WORKER_WORKER_END_H
#define CARAVAN_WORKER_WORKER_END_H

#include <stdatomic.h>
#include <stdint.h>

#include "kafka/error.h"
#include "worker/worker.h"

struct worker;

/* Signals seen since the start: from the first on the worker stops. Any thread may be the one that gets them. */
extern atomic_int worker_signals;

/* From here on SIGTERM and SIGINT are counted; the second one ends the process at once. */
void worker_catch_signals(void);
/* When the process was told to go on after it had been stopped (SIGCONT), by the steady clock; 0: never. Any thread. */
int64_t worker_woken_ms(void);
/* The worker ends; the first reason stands. */
void worker_end_with(struct worker *worker, enum worker_end end);
/* What an error of Kafka comes to: `otherwise` where it is neither permanent nor the end of the client. */
enum worker_end worker_end_of(const struct kafka_error *error, enum worker_end otherwise);

#endif
