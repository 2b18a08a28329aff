#include "pipeline/throughput.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/decimal.h"
#include "base/timestamp.h"
#include "encode/record_json.h"

/* Figures that have a rate, as of one moment. */
struct flow {
    uint64_t events, bytes, accepted, duplicate, stale, rejected, records, outputs, output_bytes, commits;
};

struct throughput {
    char *worker_id, *group;
    unsigned lanes;
    int64_t started_ms;  /* wall clock */
    int64_t written_ms;  /* steady clock, of the document before */
    struct flow written; /* as of then */
    struct counters counters;
    struct kafka_commit_stats stats;
    struct histogram commit_latency, end_to_end;
    uint64_t trains;
    uint64_t restored_facts, restored_events;
    int64_t restore_ms;
    bool paused;
};

struct throughput *throughput_new(const char *worker_id, const char *group, unsigned lanes) {
    struct throughput *throughput = alloc_zeroed(1, sizeof *throughput);
    throughput->worker_id = alloc_copy(worker_id, strlen(worker_id));
    throughput->group = alloc_copy(group, strlen(group));
    throughput->lanes = lanes;
    throughput->started_ms = clock_wall_ms();
    throughput->written_ms = clock_steady_ms();
    return throughput;
}

void throughput_free(struct throughput *throughput) {
    free(throughput->worker_id);
    free(throughput->group);
    free(throughput);
}

void throughput_committed(struct throughput *throughput, const struct committer_report *report) {
    throughput->counters = report->counters;
    throughput->stats = report->stats;
    throughput->commit_latency = report->commit_latency;
    throughput->end_to_end = report->end_to_end;
    throughput->trains = 0;
    for (size_t i = 0; i < report->partition_count; i++) {
        throughput->trains += report->partitions[i].trains;
    }
}

void throughput_progress(struct throughput *throughput, struct kafka_commit_stats stats) {
    throughput->stats = stats;
}

void throughput_restored(struct throughput *throughput, const struct restorer_result *result) {
    throughput->restored_facts += result->facts;
    throughput->restored_events += result->events;
    throughput->restore_ms += result->took_ms;
}

void throughput_paused(struct throughput *throughput, bool paused) {
    throughput->paused = paused;
}

/* ---- the document (schemas/records/throughput.json); members in the schema's order, a comma before each but the first
 */

static void write_name(const char *name, struct buffer *out) {
    if (out->data[out->len - 1] != '{') {
        buffer_append_byte(out, ',');
    }
    buffer_printf(out, "\"%s\":", name);
}

static void write_count(const char *name, uint64_t value, struct buffer *out) {
    write_name(name, out);
    buffer_printf(out, "%" PRIu64, value);
}

static void write_text(const char *name, struct slice text, struct buffer *out) {
    write_name(name, out);
    encode_string(text, out);
}

static void write_time(const char *name, int64_t ms, struct buffer *out) {
    char text[TIMESTAMP_TEXT_BYTES];
    timestamp_write(ms, text);
    write_text(name, (struct slice){text, sizeof text}, out);
}

static void write_rate(const char *name, uint64_t now, uint64_t before, int64_t interval_ms, struct buffer *out) {
    write_name(name, out);
    decimal_write(out, (uint128)(now - before) * 10000 / (uint128)interval_ms, 1);
}

static void write_latency(const char *name, const struct histogram *histogram, struct buffer *out) {
    write_name(name, out);
    buffer_append_byte(out, '{');
    write_count("count", histogram->count, out);
    write_count("p50", (uint64_t)histogram_quantile(histogram, 0.5), out);
    write_count("p99", (uint64_t)histogram_quantile(histogram, 0.99), out);
    write_count("p99_9", (uint64_t)histogram_quantile(histogram, 0.999), out);
    write_count("max", (uint64_t)histogram->max_ms, out);
    buffer_append_byte(out, '}');
}

static void write_sums(const struct throughput *throughput, struct buffer *out) {
    const struct counters *counters = &throughput->counters;
    write_count("events_in", counters->events, out);
    write_count("bytes_in", counters->bytes, out);
    write_count("accepted", counters->accepted, out);
    write_count("duplicate", counters->duplicate, out);
    write_count("stale", counters->stale, out);
    write_name("rejected", out);
    buffer_append_byte(out, '{');
    for (int i = 0; i < REJECT_REASON_COUNT; i++) {
        write_count(reject_name((enum reject_reason)i), counters->rejected[i], out);
    }
    buffer_append_byte(out, '}');
    write_count("records_out", counters->records, out);
    write_count("record_bytes_out", counters->record_bytes, out);
    write_count("messages_out", counters->outputs, out);
    write_count("bytes_out", counters->output_bytes, out);
    write_count("checkpoints", counters->checkpoints, out);
    write_count("checkpoint_bytes", counters->checkpoint_bytes, out);
    write_count("expired_trains", counters->expired_trains, out);
    write_count("misplaced_keys", counters->misplaced_keys, out);
    write_count("commits", throughput->stats.commits, out);
    write_count("aborts", throughput->stats.aborts, out);
    write_count("restored_facts", throughput->restored_facts, out);
    write_count("restored_events", throughput->restored_events, out);
    write_name("restore_seconds", out);
    decimal_write(out, (uint128)throughput->restore_ms, 3);
}

static struct flow flow_of(const struct throughput *throughput) {
    const struct counters *counters = &throughput->counters;
    return (struct flow){counters->events,         counters->bytes,   counters->accepted,
                         counters->duplicate,      counters->stale,   counters_rejected(counters),
                         counters->records,        counters->outputs, counters->output_bytes,
                         throughput->stats.commits};
}

static void write_rates(const struct flow *now, const struct flow *before, int64_t interval_ms, struct buffer *out) {
    write_name("rates", out);
    buffer_append_byte(out, '{');
    write_rate("events_in", now->events, before->events, interval_ms, out);
    write_rate("bytes_in", now->bytes, before->bytes, interval_ms, out);
    write_rate("accepted", now->accepted, before->accepted, interval_ms, out);
    write_rate("duplicate", now->duplicate, before->duplicate, interval_ms, out);
    write_rate("stale", now->stale, before->stale, interval_ms, out);
    write_rate("rejected", now->rejected, before->rejected, interval_ms, out);
    write_rate("records_out", now->records, before->records, interval_ms, out);
    write_rate("messages_out", now->outputs, before->outputs, interval_ms, out);
    write_rate("bytes_out", now->output_bytes, before->output_bytes, interval_ms, out);
    write_rate("commits", now->commits, before->commits, interval_ms, out);
    buffer_append_byte(out, '}');
}

static void write_lags(const struct throughput_lag *lags, size_t count, struct buffer *out) {
    char name[16];
    write_name("lag", out);
    buffer_append_byte(out, '{');
    for (size_t i = 0; i < count; i++) {
        if (lags[i].lag >= 0) {
            snprintf(name, sizeof name, "%d", (int)lags[i].partition);
            write_count(name, (uint64_t)lags[i].lag, out);
        }
    }
    buffer_append_byte(out, '}');
}

void throughput_write(struct throughput *throughput, const struct throughput_lag *lags, size_t lag_count,
                      size_t state_bytes, struct buffer *out) {
    int64_t now_ms = clock_steady_ms();
    int64_t interval_ms = now_ms > throughput->written_ms ? now_ms - throughput->written_ms : 1;
    struct flow flow = flow_of(throughput);
    buffer_append_byte(out, '{');
    write_text("schema", SLICE("rail.throughput.v1"), out);
    write_text("worker", slice_of(throughput->worker_id), out);
    write_text("group", slice_of(throughput->group), out);
    write_text("version", SLICE(CARAVAN_VERSION), out);
    write_time("started_at", throughput->started_ms, out);
    write_time("at", clock_wall_ms(), out);
    write_count("interval_ms", (uint64_t)interval_ms, out);
    write_count("lanes", throughput->lanes, out);
    write_name("paused", out);
    buffer_append_text(out, throughput->paused ? "true" : "false");
    write_sums(throughput, out);
    write_rates(&flow, &throughput->written, interval_ms, out);
    write_count("trains", throughput->trains, out);
    write_count("state_bytes", state_bytes, out);
    write_latency("commit_latency_ms", &throughput->commit_latency, out);
    write_latency("end_to_end_latency_ms", &throughput->end_to_end, out);
    write_lags(lags, lag_count, out);
    buffer_append_byte(out, '}');
    throughput->written = flow;
    throughput->written_ms = now_ms;
}
