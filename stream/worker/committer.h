/* The committer: a thread that takes each epoch that the lanes have closed, commits it in one transaction, and reports.
 * It works beside the lanes' next epoch (stream/README.md). */
#ifndef CARAVAN_WORKER_COMMITTER_H
#define CARAVAN_WORKER_COMMITTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/histogram.h"
#include "flow/bell.h"
#include "kafka/transaction.h"
#include "lanes/lanes.h"

struct committer;

/* What became of one epoch. Owned by whoever took it; free with committer_report_free. */
struct committer_report {
    enum kafka_commit result;
    struct kafka_error error; /* when FENCED or FATAL */
    struct counters counters; /* summed over the lanes, since start */
    struct kafka_commit_stats stats;
    struct histogram commit_latency, end_to_end; /* since start */
    struct lanes_partition *partitions;          /* as the lanes described them at the barrier */
    size_t partition_count;
    /* For the budget of the next epochs. */
    int64_t took_ms;       /* the commit, or what was tried before it was given up; -1 when there was nothing */
    size_t budgeted_bytes; /* what the lanes expected the epoch to put out */
    bool limited;          /* the budget kept something for a later epoch */
};

struct committer_options { /* all borrowed until committer_stop */
    struct lanes *lanes;
    struct kafka_transaction *transaction;
    struct bell *bell; /* of whoever takes reports; rung by each */
    /* Asked before each epoch that has something to commit; false: neither this one nor a later one is (its result is
     * KAFKA_COMMIT_STOPPED). */
    bool (*confirm)(void *context);
    void *context;
};

struct committer *committer_start(const struct committer_options *options);
/* The report of the next epoch, in order; waits at most timeout_ms. One consumer thread. */
struct committer_report *committer_report(struct committer *committer, int timeout_ms);
void committer_report_free(struct committer_report *report);
/* The committed offset of a partition has been held for long: where its last commit was ours, it is committed once more
 * (kafka_transaction_settle), between two epochs. Any thread; a later one takes the place of one that still waits. */
void committer_settle(struct committer *committer, int32_t partition, uint64_t assignment);
/* Ends the thread once every epoch that was begun is collected and released. */
void committer_stop(struct committer *committer, uint64_t epochs_begun);

#endif
