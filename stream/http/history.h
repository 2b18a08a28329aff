/* The last minutes of a worker, for the status page's charts: a sample every HISTORY_STEP_MS of what the board showed.
 * One owner. */
#ifndef CARAVAN_HTTP_HISTORY_H
#define CARAVAN_HTTP_HISTORY_H

#include <stdint.h>

#include "base/buffer.h"
#include "worker/board.h"

enum { HISTORY_STEP_MS = 2000, HISTORY_SAMPLES = 150 /* five minutes */ };

struct history; /* opaque */

struct history *history_new(void);
void history_free(struct history *history);
/* Takes a sample when the last one is a step old. */
void history_take(struct history *history, const struct board_view *view);
/* Appends `[{"at":…,"events":…,…},…]`, the oldest first: rates a second over the step, the lag at its end, quantiles of
 * the step in milliseconds. */
void history_put(const struct history *history, struct buffer *out);

#endif
