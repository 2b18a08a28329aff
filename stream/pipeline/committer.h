/* The committer: a thread that takes each epoch that the lanes have closed, commits it in one transaction, and reports.
 * It works beside the lanes' next epoch (design, "The way of an event"). */
#ifndef CARAVAN_PIPELINE_COMMITTER_H
#define CARAVAN_PIPELINE_COMMITTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/histogram.h"
#include "kafka/transaction.h"
#include "pipeline/lanes.h"

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
};

/* `lanes` and `transaction` are borrowed until committer_stop. */
struct committer *committer_start(struct lanes *lanes, struct kafka_transaction *transaction);
/* The report of the next epoch, in order; waits at most timeout_ms. One consumer thread. */
struct committer_report *committer_report(struct committer *committer, int timeout_ms);
void committer_report_free(struct committer_report *report);
/* Ends the thread once every epoch that was begun is collected and released. */
void committer_stop(struct committer *committer, uint64_t epochs_begun);

#endif
