/* What a worker tells of itself, collected by the source thread from reports as they come. Sums come whole from lanes
 * and transactions, so what is missed once is in the next; only those of restores are added up here. */
#include "worker/throughput.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/timestamp.h"

struct throughput {
    char *worker_id, *group;
    unsigned lanes;
    int64_t started_ms;                                          /* wall clock */
    int64_t written_ms;                                          /* steady clock, of the document before */
    struct throughput_sums sums, written;                        /* now, and as of then */
    struct histogram commit_latency, end_to_end;                 /* now */
    struct histogram written_commit_latency, written_end_to_end; /* as of then */
    uint64_t trains;
    bool paused;
    int waiting;
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

void throughput_progress(struct throughput *throughput, struct kafka_commit_stats stats) {
    throughput->sums.commits = stats.commits;
    throughput->sums.aborts = stats.aborts;
}

void throughput_committed(struct throughput *throughput, const struct committer_report *report) {
    /* Lanes count since their start, so a report that is lost loses nothing. */
    throughput->sums.counters = report->counters;
    throughput_progress(throughput, report->stats);
    throughput->commit_latency = report->commit_latency;
    throughput->end_to_end = report->end_to_end;
    /* Of the partitions that the last epoch told of: those that have left are in no report. */
    throughput->trains = 0;
    for (size_t i = 0; i < report->partition_count; i++) {
        throughput->trains += report->partitions[i].trains;
    }
}

void throughput_restored(struct throughput *throughput, const struct restorer_result *result) {
    throughput->sums.restored_facts += result->facts;
    throughput->sums.restored_events += result->events;
    throughput->sums.restore_ms += result->took_ms;
}

void throughput_paused(struct throughput *throughput, bool paused) {
    throughput->paused = paused;
}

void throughput_waiting(struct throughput *throughput, int partitions) {
    throughput->waiting = partitions;
}

void throughput_view(const struct throughput *throughput, struct board_view *view) {
    view->started_ms = throughput->started_ms;
    view->sums = throughput->sums;
    view->commit_latency = throughput->commit_latency;
    view->end_to_end = throughput->end_to_end;
}

void throughput_write(struct throughput *throughput, const struct throughput_lag *lags, size_t lag_count,
                      size_t state_bytes, struct buffer *out) {
    int64_t now_ms = clock_steady_ms();
    struct throughput_figures figures = {
        .worker = slice_of(throughput->worker_id),
        .group = slice_of(throughput->group),
        .started_at_ms = throughput->started_ms,
        .at_ms = clock_wall_ms(),
        /* A rate is divided by it, so it is never 0. */
        .interval_ms = now_ms > throughput->written_ms ? now_ms - throughput->written_ms : 1,
        .sums = &throughput->sums,
        .before = &throughput->written,
        .lanes = throughput->lanes,
        .paused = throughput->paused || throughput->waiting > 0,
        .trains = throughput->trains,
        .state_bytes = state_bytes,
        .commit_latency = &throughput->commit_latency,
        .end_to_end = &throughput->end_to_end,
        .commit_latency_before = &throughput->written_commit_latency,
        .end_to_end_before = &throughput->written_end_to_end,
        .lags = lags,
        .lag_count = lag_count,
    };
    encode_throughput(&figures, out);
    /* Rates are of the time between two documents, so each remembers what the one before had. */
    throughput->written = throughput->sums;
    throughput->written_commit_latency = throughput->commit_latency;
    throughput->written_end_to_end = throughput->end_to_end;
    throughput->written_ms = now_ms;
}
