/* What /metrics says: a worker's view as Prometheus reads it. Pure, but for the process's own figures. */
#ifndef CARAVAN_HTTP_METRICS_H
#define CARAVAN_HTTP_METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "config/config.h"
#include "worker/board.h"

struct metrics_subject {
    const struct config *config;
    const struct board_view *view; /* NULL: nothing to tell but who this is */
    int64_t now_ms;                /* steady clock */
    bool ready;
};

/* Appends every family. Names: schemas/metrics.md, which a test holds against this. */
void metrics_write(const struct metrics_subject *subject, struct buffer *out);

#endif
