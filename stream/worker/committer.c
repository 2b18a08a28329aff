#include "worker/committer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/timestamp.h"
#include "flow/ring.h"

enum { REPORT_SLOTS = 16, COLLECT_MS = 100 };

struct held {
    int32_t partition;
    uint64_t assignment;
};

struct committer {
    struct committer_options options;
    pthread_t thread;
    struct ring *reports;
    atomic_uint_fast64_t last_epoch; /* the thread ends after this one; UINT64_MAX while running */
    _Atomic(struct held *) held;     /* asked for by committer_settle; NULL: nothing */
    struct histogram commit_latency, end_to_end;
    int64_t took_ms; /* of the last epoch, -1: nothing was committed */
    bool ended;      /* fenced, fatal or stopped: later epochs are not committed */
    struct kafka_error error;
    enum kafka_commit outcome;
};

static void note_arrivals(struct committer *committer, const struct lanes_epoch *epoch) {
    int64_t now_ms = clock_wall_ms();
    for (unsigned i = 0; i < epoch->count; i++) {
        const struct lanes_part *part = epoch->parts[i];
        for (size_t k = 0; k < part->arrival_count; k++) {
            histogram_add(&committer->end_to_end, now_ms - part->arrivals[k].timestamp_ms, part->arrivals[k].count);
        }
    }
}

static void commit_epoch(struct committer *committer, const struct lanes_epoch *epoch) {
    const struct outbox *outboxes[LANES_MAX];
    bool anything = false;
    committer->took_ms = -1;
    for (unsigned i = 0; i < epoch->count; i++) {
        outboxes[i] = &epoch->parts[i]->outbox;
        /* Outputs without any offset are of a part whose assignment ended before the barrier. */
        anything = anything || outboxes[i]->offset_count > 0;
    }
    /* After an epoch that is not in, none may go in: its offsets lie behind what was lost (exactly-once.md E14). */
    if (!anything || committer->ended) {
        return;
    }
    int64_t began_ms = clock_steady_ms();
    struct kafka_commit_stats before = kafka_transaction_stats(committer->options.transaction);
    committer->outcome = KAFKA_COMMIT_STOPPED;
    /* Now that the epoch is whole and nothing of it was sent: its events must be of the topic that the commit is
     * told about (exactly-once.md E15). */
    if (committer->options.confirm(committer->options.context)) {
        committer->outcome =
            kafka_transaction_commit(committer->options.transaction, outboxes, epoch->count, &committer->error);
    }
    committer->ended = committer->outcome != KAFKA_COMMIT_DONE;
    struct kafka_commit_stats after = kafka_transaction_stats(committer->options.transaction);
    int64_t took_ms = clock_steady_ms() - began_ms;
    if (after.commits > before.commits) { /* else every part was void */
        histogram_add(&committer->commit_latency, took_ms, 1);
        note_arrivals(committer, epoch);
    }
    /* An epoch that outgrew its way teaches most of all. */
    if (after.commits > before.commits || after.outgrown > before.outgrown) {
        committer->took_ms = took_ms;
    }
}

/* What it comes to is told with the next epoch, which has nothing then. */
static void settle(struct committer *committer) {
    struct held *held = atomic_exchange(&committer->held, NULL);
    if (held != NULL && !committer->ended && committer->options.confirm(committer->options.context)) {
        committer->outcome = kafka_transaction_settle(committer->options.transaction, held->partition, held->assignment,
                                                      &committer->error);
        committer->ended = committer->outcome != KAFKA_COMMIT_DONE;
    }
    free(held);
}

static struct committer_report *report_on(const struct committer *committer, const struct lanes_epoch *epoch) {
    struct committer_report *report = alloc_zeroed(1, sizeof *report);
    report->result = committer->outcome;
    report->error = committer->error;
    report->stats = kafka_transaction_stats(committer->options.transaction);
    report->commit_latency = committer->commit_latency;
    report->end_to_end = committer->end_to_end;
    report->took_ms = committer->took_ms;
    size_t count = 0;
    for (unsigned i = 0; i < epoch->count; i++) {
        const struct lanes_part *part = epoch->parts[i];
        counters_add(&report->counters, &part->counters);
        report->budgeted_bytes += part->budgeted_bytes;
        report->limited = report->limited || part->limited;
        count += part->partition_count;
    }
    report->partitions = alloc_zeroed(count, sizeof *report->partitions);
    for (unsigned i = 0; i < epoch->count; i++) {
        for (size_t k = 0; k < epoch->parts[i]->partition_count; k++) {
            report->partitions[report->partition_count++] = epoch->parts[i]->partitions[k];
        }
    }
    return report;
}

static void *committer_main(void *context) {
    struct committer *committer = context;
    struct lanes_epoch epoch;
    uint64_t done = 0;
    while (done < atomic_load(&committer->last_epoch)) {
        if (lanes_collect(committer->options.lanes, COLLECT_MS, &epoch)) {
            commit_epoch(committer, &epoch);
            done = epoch.number;
            /* Written before the release, which gives the parts back to lanes that fill them anew. */
            struct committer_report *report = report_on(committer, &epoch);
            lanes_release(committer->options.lanes, &epoch);
            ring_push(committer->reports, report);
        }
        settle(committer);
    }
    return NULL;
}

struct committer *committer_start(const struct committer_options *options) {
    struct committer *committer = alloc_zeroed(1, sizeof *committer);
    committer->options = *options;
    committer->reports = ring_new(REPORT_SLOTS, options->bell);
    atomic_store(&committer->last_epoch, UINT64_MAX);
    if (pthread_create(&committer->thread, NULL, committer_main, committer) != 0) {
        abort();
    }
    return committer;
}

struct committer_report *committer_report(struct committer *committer, int timeout_ms) {
    return timeout_ms == 0 ? ring_poll(committer->reports) : ring_pop(committer->reports, timeout_ms);
}

void committer_report_free(struct committer_report *report) {
    free(report->partitions);
    free(report);
}

void committer_settle(struct committer *committer, int32_t partition, uint64_t assignment) {
    struct held *held = alloc_zeroed(1, sizeof *held);
    *held = (struct held){partition, assignment};
    free(atomic_exchange(&committer->held, held));
}

void committer_stop(struct committer *committer, uint64_t epochs_begun) {
    /* Every barrier that was sent comes down all rings, so the last epoch is collected, whatever its outcome. */
    atomic_store(&committer->last_epoch, epochs_begun);
    pthread_join(committer->thread, NULL);
    for (struct committer_report *report; (report = ring_poll(committer->reports)) != NULL;) {
        committer_report_free(report);
    }
    ring_free(committer->reports);
    free(atomic_load(&committer->held));
    free(committer);
}
