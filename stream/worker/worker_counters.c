/* The worker's throughput documents: sent when they are due, never waited for. */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "worker/worker_internal.h"

void worker_send_counters(struct worker *worker) {
    struct throughput_lag *lags = alloc_zeroed((size_t)worker->partition_count, sizeof *lags);
    size_t count = 0;
    for (int32_t partition = 0; partition < worker->partition_count; partition++) {
        /* A partition in restore has a lag that nobody knows yet. */
        if (worker_slot_has_position(&worker->slots[partition])) {
            lags[count++] = (struct throughput_lag){partition, worker_topic_lag(worker, partition)};
        }
    }
    struct buffer document = {0};
    struct kafka_error error;
    throughput_progress(worker->throughput, kafka_transaction_stats(worker->transaction));
    throughput_write(worker->throughput, lags, count, lanes_state_bytes(worker->lanes), &document);
    const struct message message = {.key = slice_of(worker->config->worker_id),
                                    .value = buffer_slice(&document),
                                    .partition = -1};
    /* Outside the transaction: they say how commits go, so they cannot wait for one. A gap in them is no harm. */
    if (!kafka_producer_send(worker->producer, worker->config->topics[CONFIG_TOPIC_THROUGHPUT], &message, &error)) {
        log_line(LOG_WARNING, "worker", "throughput: %s", error.text);
    }
    buffer_release(&document);
    free(lags);
    worker->counters_ms = clock_steady_ms();
}

void worker_tell(struct worker *worker) {
    worker_post(worker);
    if (clock_steady_ms() - worker->counters_ms >= worker->config->counters_interval_ms) {
        worker_send_counters(worker);
    }
}
