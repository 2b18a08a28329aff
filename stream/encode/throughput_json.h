/* The throughput document: what a worker tells of itself (contract 6.6; schemas/records/throughput.json). Pure. */
#ifndef CARAVAN_ENCODE_THROUGHPUT_JSON_H
#define CARAVAN_ENCODE_THROUGHPUT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/histogram.h"
#include "base/slice.h"
#include "encode/counters.h"

/* What only grows, since the worker's start. */
struct throughput_sums {
    struct counters counters; /* of all lanes */
    uint64_t commits, aborts;
    uint64_t restored_facts, restored_events;
    int64_t restore_ms;
};

struct throughput_lag {
    int32_t partition;
    int64_t lag; /* -1 unknown */
};

struct throughput_figures {
    struct slice worker, group;
    int64_t started_at_ms, at_ms;                /* wall clock */
    int64_t interval_ms;                         /* since the document before, at least 1 */
    const struct throughput_sums *sums, *before; /* now, and in the document before: rates come from both */
    unsigned lanes;
    bool paused;
    uint64_t trains, state_bytes;
    const struct histogram *commit_latency, *end_to_end;               /* since the start */
    const struct histogram *commit_latency_before, *end_to_end_before; /* as in the document before */
    const struct throughput_lag *lags;
    size_t lag_count;
};

/* Appends the document. */
void encode_throughput(const struct throughput_figures *figures, struct buffer *out);

#endif
