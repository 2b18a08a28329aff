/* Whether a worker is alive, and whether it does its work: what /healthz and /readyz say. Pure, but for the clock that
 * the caller read.
 *
 *   alive: its threads take what is there for them. Else only a new process helps.
 *   ready: it is in the group, its partitions are restored, the brokers answer, and what is due is committed. */
#ifndef CARAVAN_HTTP_HEALTH_H
#define CARAVAN_HTTP_HEALTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "worker/board.h"

/* A thread that has not moved for so long does not move any more: far above the longest step of one. */
enum { HEALTH_STUCK_MS = 60000 };

struct health_question {
    enum board_phase phase;
    const struct board_view *view; /* NULL: none yet */
    int64_t now_ms;                /* steady clock */
    int64_t within_ms;             /* http.ready_within */
};

/* Appends `{"status":"alive","checks":[…]}`, each check with name, ok and a sentence; true when all are good. */
bool health_alive(const struct health_question *question, struct buffer *out);
/* The same with "ready". */
bool health_ready(const struct health_question *question, struct buffer *out);

#endif
