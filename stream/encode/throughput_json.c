/* Numbers for people and dashboards. Members stand by what they tell, since no digest is over them. */
#include "encode/throughput_json.h"

#include <stdio.h>

#include "encode/json_put.h"

/* A growth of `sums` over the interval, a second, to one digit behind the point. That is grown * 1000 / ms in tenths;
 * cut off, not rounded. 128 bits, because a count of bytes times 10,000 may pass 64. */
static void json_put_rate(struct buffer *out, uint64_t grown, int64_t interval_ms) {
    json_put_decimal(out, (uint128)grown * 10000 / (uint128)interval_ms, 1);
}

/* Ready-made beside the sums: a topic that is looked at with a console consumer has nothing that subtracts. */
static void put_rates(struct buffer *out, const struct throughput_figures *figures) {
    const struct counters *now = &figures->sums->counters, *before = &figures->before->counters;
    int64_t ms = figures->interval_ms;
    JSON_NAME(out, "rates", "{");
    JSON_MEMBER(out, "events_in", rate, now->events - before->events, ms);
    JSON_MEMBER(out, "bytes_in", rate, now->bytes - before->bytes, ms);
    JSON_MEMBER(out, "accepted", rate, now->accepted - before->accepted, ms);
    JSON_MEMBER(out, "duplicate", rate, now->duplicate - before->duplicate, ms);
    JSON_MEMBER(out, "stale", rate, now->stale - before->stale, ms);
    JSON_MEMBER(out, "rejected", rate, counters_rejected(now) - counters_rejected(before), ms);
    JSON_MEMBER(out, "records_out", rate, now->records - before->records, ms);
    JSON_MEMBER(out, "messages_out", rate, now->outputs - before->outputs, ms);
    JSON_MEMBER(out, "bytes_out", rate, now->output_bytes - before->output_bytes, ms);
    JSON_MEMBER(out, "commits", rate, figures->sums->commits - figures->before->commits, ms);
    JSON_PUT(out, "}");
}

/* Every reason, also with 0, so that an alert on one of them finds it. */
static void put_rejected(struct buffer *out, const struct counters *counters) {
    JSON_NAME(out, "rejected", "{");
    for (int i = 0; i < REJECT_REASON_COUNT; i++) {
        json_put_name(out, slice_of(reject_name((enum reject_reason)i)));
        json_put_count(out, counters->rejected[i]);
    }
    JSON_PUT(out, "}");
}

/* Events and outputs are as of the last decided epoch, commits and aborts as of now (contract 6.6): these must move
 * while nothing else does. */
static void put_sums(struct buffer *out, const struct throughput_sums *sums) {
    const struct counters *counters = &sums->counters;
    JSON_MEMBER(out, "events_in", count, counters->events);
    JSON_MEMBER(out, "bytes_in", count, counters->bytes);
    JSON_MEMBER(out, "accepted", count, counters->accepted);
    JSON_MEMBER(out, "duplicate", count, counters->duplicate);
    JSON_MEMBER(out, "stale", count, counters->stale);
    put_rejected(out, counters);
    JSON_MEMBER(out, "records_out", count, counters->records);
    JSON_MEMBER(out, "record_bytes_out", count, counters->record_bytes);
    JSON_MEMBER(out, "messages_out", count, counters->outputs);
    JSON_MEMBER(out, "bytes_out", count, counters->output_bytes);
    JSON_MEMBER(out, "checkpoints", count, counters->checkpoints);
    JSON_MEMBER(out, "checkpoint_bytes", count, counters->checkpoint_bytes);
    JSON_MEMBER(out, "expired_trains", count, counters->expired_trains);
    JSON_MEMBER(out, "misplaced_keys", count, counters->misplaced_keys);
    JSON_MEMBER(out, "commits", count, sums->commits);
    JSON_MEMBER(out, "aborts", count, sums->aborts);
    JSON_MEMBER(out, "restored_facts", count, sums->restored_facts);
    JSON_MEMBER(out, "restored_events", count, sums->restored_events);
    JSON_MEMBER(out, "restore_seconds", decimal, (uint128)sums->restore_ms, 3);
}

/* The count stands first: a quantile of three samples is no quantile. */
static void put_quantiles(struct buffer *out, const struct histogram *histogram) {
    JSON_MEMBER(out, "count", count, histogram->count);
    JSON_MEMBER(out, "p50", count, (uint64_t)histogram_quantile(histogram, 0.5));
    JSON_MEMBER(out, "p99", count, (uint64_t)histogram_quantile(histogram, 0.99));
    JSON_MEMBER(out, "p99_9", count, (uint64_t)histogram_quantile(histogram, 0.999));
    JSON_MEMBER(out, "max", count, (uint64_t)histogram->max_ms);
}

/* Of the interval, and beside it of the worker's life: that one hides within hours what goes wrong now. The interval's
 * is the difference of two histograms, so no second one is kept while counting. */
static void json_put_latency(struct buffer *out, const struct histogram *life, const struct histogram *before) {
    struct histogram interval = histogram_since(life, before);
    JSON_PUT(out, "{");
    put_quantiles(out, &interval);
    JSON_NAME(out, "life", "{");
    put_quantiles(out, life);
    JSON_PUT(out, "}}");
}

/* A lag that nobody knows is left out: 0 would say that all is well. */
static void put_lags(struct buffer *out, const struct throughput_lag *lags, size_t count) {
    char name[16];
    JSON_NAME(out, "lag", "{");
    for (size_t i = 0; i < count; i++) {
        if (lags[i].lag >= 0) {
            snprintf(name, sizeof name, "%d", (int)lags[i].partition);
            json_put_name(out, slice_of(name));
            json_put_count(out, (uint64_t)lags[i].lag);
        }
    }
    JSON_PUT(out, "}");
}

void encode_throughput(const struct throughput_figures *figures, struct buffer *out) {
    JSON_PUT(out, "{");
    JSON_NAME(out, "schema", "\"rail.throughput.v1\"");
    JSON_MEMBER(out, "worker", text, figures->worker);
    JSON_MEMBER(out, "group", text, figures->group);
    JSON_NAME(out, "version", "\"" CARAVAN_VERSION "\"");
    JSON_MEMBER(out, "started_at", time, figures->started_at_ms);
    JSON_MEMBER(out, "at", time, figures->at_ms);
    JSON_MEMBER(out, "interval_ms", count, (uint64_t)figures->interval_ms);
    JSON_MEMBER(out, "lanes", count, figures->lanes);
    JSON_MEMBER(out, "paused", bool, figures->paused);
    put_sums(out, figures->sums);
    put_rates(out, figures);
    JSON_MEMBER(out, "trains", count, figures->trains);
    JSON_MEMBER(out, "state_bytes", count, figures->state_bytes);
    JSON_MEMBER(out, "commit_latency_ms", latency, figures->commit_latency, figures->commit_latency_before);
    JSON_MEMBER(out, "end_to_end_latency_ms", latency, figures->end_to_end, figures->end_to_end_before);
    put_lags(out, figures->lags, figures->lag_count);
    JSON_PUT(out, "}");
}
