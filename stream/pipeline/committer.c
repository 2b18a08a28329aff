#include "pipeline/committer.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/ring.h"
#include "base/timestamp.h"

enum { REPORT_SLOTS = 16, COLLECT_MS = 100 };

struct committer {
    struct lanes *lanes;
    struct kafka_transaction *transaction;
    pthread_t thread;
    struct bell *bell;     /* of whoever takes reports */
    struct ring *reports;
    atomic_uint_fast64_t last_epoch; /* the thread ends after this one; UINT64_MAX while running */
    struct histogram commit_latency, end_to_end;
    bool ended; /* fenced, fatal or stopped: later epochs are not committed */
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
    for (unsigned i = 0; i < epoch->count; i++) {
        outboxes[i] = &epoch->parts[i]->outbox;
        anything = anything || outboxes[i]->offset_count > 0;
    }
    if (!anything || committer->ended) {
        return;
    }
    int64_t began_ms = clock_steady_ms();
    uint64_t commits = kafka_transaction_stats(committer->transaction).commits;
    committer->outcome = kafka_transaction_commit(committer->transaction, outboxes, epoch->count, &committer->error);
    committer->ended = committer->outcome != KAFKA_COMMIT_DONE;
    if (kafka_transaction_stats(committer->transaction).commits > commits) { /* else every part was void */
        histogram_add(&committer->commit_latency, clock_steady_ms() - began_ms, 1);
        note_arrivals(committer, epoch);
    }
}

static struct committer_report *report_on(const struct committer *committer, const struct lanes_epoch *epoch) {
    struct committer_report *report = alloc_zeroed(1, sizeof *report);
    report->result = committer->outcome;
    report->error = committer->error;
    report->stats = kafka_transaction_stats(committer->transaction);
    report->commit_latency = committer->commit_latency;
    report->end_to_end = committer->end_to_end;
    size_t count = 0;
    for (unsigned i = 0; i < epoch->count; i++) {
        counters_add(&report->counters, &epoch->parts[i]->counters);
        count += epoch->parts[i]->partition_count;
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
        if (lanes_collect(committer->lanes, COLLECT_MS, &epoch)) {
            commit_epoch(committer, &epoch);
            done = epoch.number;
            struct committer_report *report = report_on(committer, &epoch);
            lanes_release(committer->lanes, &epoch);
            ring_push(committer->reports, report);
        }
    }
    return NULL;
}

struct committer *committer_start(struct lanes *lanes, struct kafka_transaction *transaction) {
    struct committer *committer = alloc_zeroed(1, sizeof *committer);
    committer->lanes = lanes;
    committer->transaction = transaction;
    committer->bell = bell_new();
    committer->reports = ring_new(REPORT_SLOTS, committer->bell);
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

void committer_stop(struct committer *committer, uint64_t epochs_begun) {
    atomic_store(&committer->last_epoch, epochs_begun);
    pthread_join(committer->thread, NULL);
    for (struct committer_report *report; (report = ring_poll(committer->reports)) != NULL;) {
        committer_report_free(report);
    }
    ring_free(committer->reports);
    bell_free(committer->bell);
    free(committer);
}
