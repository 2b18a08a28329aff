/* The flow through a worker: messages to lanes, barriers, reports of finished epochs, backpressure. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "pipeline/worker_internal.h"

enum {
    POLL_MS = 5,
    POLL_MESSAGES = 1024,
    REPORT_WAIT_MS = 20,
    REMIND_MS = 60000 /* how often a standing trouble is told again */
};

#define EPOCH_BYTES_MAX ((size_t)256 * 1024 * 1024) /* of message values taken between two barriers */
#define OUTBOX_BYTES_MAX ((size_t)64 * 1024 * 1024) /* put by the lanes between two barriers (dead letters, expiry) */

/* ---- batches */

static void release_batch(struct message_batch *batch) {
    for (size_t i = 0; i < batch->count; i++) {
        kafka_message_release(&batch->messages[i]);
    }
    free(batch); /* the first member of its struct worker_batch */
}

static void send_batch(struct worker *worker, unsigned lane) {
    struct worker_batch *batch = worker->filling[lane];
    if (batch != NULL) {
        worker->filling[lane] = NULL;
        lanes_send(worker->lanes, lane, &batch->batch);
    }
}

static void send_batches(struct worker *worker) {
    for (unsigned lane = 0; lane < worker->config->lanes; lane++) {
        send_batch(worker, lane);
    }
}

static void add_message(struct worker *worker, const struct message *message) {
    unsigned lane = lanes_of(worker->lanes, message->partition);
    struct worker_batch *batch = worker->filling[lane];
    if (batch == NULL) {
        batch = alloc_zeroed(1, sizeof *batch);
        batch->batch.messages = batch->messages;
        batch->batch.headers = kafka_message_headers;
        batch->batch.release = release_batch;
        worker->filling[lane] = batch;
    }
    batch->messages[batch->batch.count++] = *message;
    batch->batch.bytes += message->value.len;
    if (batch->batch.count == WORKER_BATCH_MESSAGES) {
        send_batch(worker, lane);
    }
}

void worker_take_messages(struct worker *worker) {
    struct message messages[POLL_MESSAGES];
    size_t count = kafka_source_poll(worker->source, POLL_MS, messages, POLL_MESSAGES);
    for (size_t i = 0; i < count; i++) {
        struct slot *slot = worker_slot(worker, messages[i].partition);
        if (slot == NULL || slot->state != SLOT_LIVE || messages[i].offset < slot->position) {
            kafka_message_release(&messages[i]); /* of an assignment that is over: whoever has the partition reads it */
            continue;
        }
        slot->position = messages[i].offset + 1;
        worker->epoch_bytes += messages[i].value.len;
        add_message(worker, &messages[i]);
    }
    send_batches(worker);
}

/* ---- epochs */

void worker_send_barrier(struct worker *worker, bool drain) {
    size_t count = 0;
    for (int32_t partition = 0; partition < worker->partition_count; partition++) {
        const struct slot *slot = &worker->slots[partition];
        if (slot->state == SLOT_CHANGING || slot->state == SLOT_LIVE) {
            worker->positions[count++] = (struct lanes_position){partition, slot->position};
        }
    }
    send_batches(worker);
    lanes_barrier(worker->lanes, worker->positions, count, drain);
    worker->epochs_begun++;
    worker->epoch_bytes = 0;
    worker->barrier_ms = clock_steady_ms();
}

static void tell_misplaced(struct worker *worker, uint64_t misplaced) {
    int64_t now_ms = clock_steady_ms();
    if (misplaced > worker->misplaced && (worker->misplaced == 0 || now_ms - worker->misplaced_ms > REMIND_MS)) {
        log_line(LOG_WARNING, "worker",
                 "%" PRIu64 " events so far stand in another partition than murmur2 gives their key: all events of a "
                 "train must come in one partition (librdkafka producers need partitioner=murmur2_random)",
                 misplaced);
        worker->misplaced = misplaced;
        worker->misplaced_ms = now_ms;
    }
}

static void take_report(struct worker *worker, struct committer_report *report) {
    worker->epochs_done++;
    throughput_committed(worker->throughput, report);
    tell_misplaced(worker, report->counters.misplaced_keys);
    for (size_t i = 0; i < report->partition_count; i++) {
        const struct lanes_partition *told = &report->partitions[i];
        struct slot *slot = &worker->slots[told->partition];
        if (slot->state == SLOT_CHANGING && slot->assignment == told->assignment && !told->changing &&
            report->result == KAFKA_COMMIT_DONE) {
            log_line(LOG_INFO, "worker", "partition %d: the changed configuration is in force", (int)told->partition);
            worker_start_live(worker, told->partition);
        }
    }
    if (report->result == KAFKA_COMMIT_FENCED || report->result == KAFKA_COMMIT_FATAL) {
        log_line(LOG_ERROR, "worker",
                 "commit: %s (either another life has this worker.id, or an epoch took longer than "
                 "kafka.transaction.timeout.ms; started again, the worker goes on where the last commit ended)",
                 report->error.text);
        worker_end_with(worker, WORKER_FENCED);
    }
    committer_report_free(report);
}

/* Takes finished epochs; waits up to timeout_ms for the first. */
void worker_take_reports(struct worker *worker, int timeout_ms) {
    for (struct committer_report *report; (report = committer_report(worker->committer, timeout_ms)) != NULL;) {
        take_report(worker, report);
        timeout_ms = 0;
    }
}

bool worker_is_settled(const struct worker *worker) {
    return worker->epochs_begun == worker->epochs_done;
}

int64_t worker_shutdown_deadline(struct worker *worker) {
    if (worker->stop_by_ms == 0) {
        worker->stop_by_ms = clock_steady_ms() + worker->config->shutdown_timeout_ms;
    }
    return worker->stop_by_ms;
}

/* Waits until every epoch begun is decided, the assignment is lost, or the time is over (once told to stop there is a
 * limit). */
bool worker_settle(struct worker *worker, int64_t until_ms) {
    while (!worker_is_settled(worker)) {
        if (until_ms == INT64_MAX && worker_signals > 0) {
            until_ms = worker_shutdown_deadline(worker);
        }
        worker_take_reports(worker, REPORT_WAIT_MS);
        worker_tell_counters(worker);
        if (!worker_is_settled(worker) && (kafka_source_lost(worker->source) || clock_steady_ms() > until_ms)) {
            return false;
        }
    }
    return true;
}

/* ---- backpressure */

void worker_throttle(struct worker *worker) {
    size_t state = lanes_state_bytes(worker->lanes);
    uint64_t bound = worker->config->state_bytes_max;
    bool full = state > (worker->full ? bound - bound / 16 : bound);
    bool behind = worker->epoch_bytes > EPOCH_BYTES_MAX || lanes_open_bytes(worker->lanes) > OUTBOX_BYTES_MAX;
    int64_t now_ms = clock_steady_ms();
    if (full && (!worker->full || now_ms - worker->remind_ms > REMIND_MS)) {
        worker->remind_ms = now_ms;
        log_line(LOG_WARNING, "worker",
                 "the state holds %zu bytes, above state.bytes_max (%" PRIu64 "): reading is paused and goes on only "
                 "with a higher limit or more workers; nothing is lost",
                 state, bound);
    }
    worker->full = full;
    if ((full || behind) != worker->paused) {
        worker->paused = full || behind;
        kafka_source_pause_all(worker->source, worker->paused);
        throughput_paused(worker->throughput, worker->paused);
    }
}
