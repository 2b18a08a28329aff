/* A ring of samples, each the difference between two views: what the board has only grows, and a chart is of what
 * happened in between. The sums of the last sample are kept beside the ring, since a view is gone with the next look at
 * the board. */
#include "http/history.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "encode/json_put.h"

struct sample {
    int64_t wall_ms, span_ms;
    uint64_t events, records; /* of the span */
    uint64_t lag;
    int64_t p50_ms, p99_ms, commit_p99_ms;
};

struct history {
    struct sample samples[HISTORY_SAMPLES];
    size_t count; /* taken; the oldest are overwritten */
    int64_t taken_ms;
    /* As of the last sample. */
    uint64_t events, records;
    struct histogram end_to_end, commit_latency;
};

struct history *history_new(void) {
    return alloc_zeroed(1, sizeof(struct history));
}

void history_free(struct history *history) {
    free(history);
}

/* A partition whose lag nobody knows (-1) adds nothing: a chart has no way to draw "unknown". */
static uint64_t lag_of(const struct board_view *view) {
    uint64_t lag = 0;
    for (size_t i = 0; i < view->partition_count; i++) {
        lag += view->partitions[i].lag > 0 ? (uint64_t)view->partitions[i].lag : 0;
    }
    return lag;
}

static void add(struct history *history, const struct board_view *view) {
    /* Quantiles of the step alone: those since the start hardly move after a day. */
    struct histogram end_to_end = histogram_since(&view->end_to_end, &history->end_to_end);
    struct histogram commits = histogram_since(&view->commit_latency, &history->commit_latency);
    history->samples[history->count++ % HISTORY_SAMPLES] = (struct sample){
        .wall_ms = view->wall_ms,
        .span_ms = view->at_ms - history->taken_ms,
        .events = view->sums.counters.events - history->events,
        .records = view->sums.counters.records - history->records,
        .lag = lag_of(view),
        .p50_ms = histogram_quantile(&end_to_end, 0.5),
        .p99_ms = histogram_quantile(&end_to_end, 0.99),
        .commit_p99_ms = histogram_quantile(&commits, 0.99),
    };
}

void history_take(struct history *history, const struct board_view *view) {
    /* Steps go by the views' clock, not by ours. Where the worker puts up no view there is no sample, and the next one
     * spans the gap, with rates over its true length. */
    bool is_first = history->taken_ms == 0;
    if (!is_first && view->at_ms - history->taken_ms < HISTORY_STEP_MS) {
        return;
    }
    if (!is_first) { /* the first one has nothing to be compared with */
        add(history, view);
    }
    history->taken_ms = view->at_ms;
    history->events = view->sums.counters.events;
    history->records = view->sums.counters.records;
    history->end_to_end = view->end_to_end;
    history->commit_latency = view->commit_latency;
}

/* In tenths a second: count / (span / 1000) * 10. In 128 bits no count is too large for the product. */
static void put_rate(struct buffer *out, uint64_t count, int64_t span_ms) {
    json_put_decimal(out, (uint128)count * 10000 / (uint128)(span_ms > 0 ? span_ms : 1), 1);
}

void history_put(const struct history *history, struct buffer *out) {
    /* `count` goes on growing past the ring, so the oldest kept sample is always `kept` behind it. */
    size_t kept = history->count < HISTORY_SAMPLES ? history->count : HISTORY_SAMPLES;
    JSON_PUT(out, "[");
    for (size_t i = history->count - kept; i < history->count; i++) {
        const struct sample *sample = &history->samples[i % HISTORY_SAMPLES];
        json_put_next(out);
        JSON_PUT(out, "{");
        JSON_MEMBER(out, "at", time, sample->wall_ms);
        JSON_NAME(out, "events", "");
        put_rate(out, sample->events, sample->span_ms);
        JSON_NAME(out, "records", "");
        put_rate(out, sample->records, sample->span_ms);
        JSON_MEMBER(out, "lag", count, sample->lag);
        JSON_MEMBER(out, "p50", count, (uint64_t)sample->p50_ms);
        JSON_MEMBER(out, "p99", count, (uint64_t)sample->p99_ms);
        JSON_MEMBER(out, "commit_p99", count, (uint64_t)sample->commit_p99_ms);
        JSON_PUT(out, "}");
    }
    JSON_PUT(out, "]");
}
