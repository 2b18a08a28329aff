/* The flow through a worker: messages to lanes, barriers, reports of finished epochs, backpressure. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "worker/guard.h"
#include "worker/worker_internal.h"

enum {
    POLL_MESSAGES = 1024,
    /* How long the lanes may have enough before reading is paused. Not sooner than a rebalance can wait for its
     * callback: a pause drops what was fetched ahead, and librdkafka (2.14.2) may sleep on for a second after the
     * resume. */
    HOLD_MS = 3000,
    REPORT_WAIT_MS = 20,
    REMIND_MS = 60000 /* how often a standing trouble is told again */
};

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
        /* The lane releases it when it has taken all of it, from its own thread. */
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
        batch = alloc_bytes(sizeof *batch);
        batch->batch = (struct message_batch){.messages = batch->messages,
                                              .headers = kafka_message_headers,
                                              .release = release_batch};
        worker->filling[lane] = batch;
    }
    batch->messages[batch->batch.count++] = *message;
    batch->batch.bytes += message->value.len;
    if (batch->batch.count == WORKER_BATCH_MESSAGES) {
        send_batch(worker, lane);
    }
}

bool worker_take_messages(struct worker *worker) {
    struct message messages[POLL_MESSAGES];
    if (worker->held_ms != 0 && !worker->paused) {
        return false;
    }
    /* Rebalances are served in here: on_assigned and on_revoked run before the first message of this turn is looked
     * at. */
    size_t count = kafka_source_poll(worker->source, 0, messages, POLL_MESSAGES);
    for (size_t i = 0; i < count; i++) {
        struct slot *slot = worker_slot(worker, messages[i].partition);
        if (slot == NULL || slot->state != SLOT_LIVE || messages[i].offset < slot->position) {
            kafka_message_release(&messages[i]); /* of an assignment that is over: whoever has the partition reads it */
            continue;
        }
        /* Handed over before any barrier that names this position (exactly-once.md E10). */
        slot->position = messages[i].offset + 1;
        worker->epoch_bytes += messages[i].value.len;
        worker->awaited = true;
        add_message(worker, &messages[i]);
    }
    send_batches(worker);
    return count > 0;
}

/* ---- epochs */

void worker_send_barrier(struct worker *worker, bool drain) {
    size_t count = 0;
    for (int32_t partition = 0; partition < worker->partition_count; partition++) {
        const struct slot *slot = &worker->slots[partition];
        /* A partition in restore has no state to commit, and its position is that of a commit already. */
        if (slot->state == SLOT_CHANGING || slot->state == SLOT_LIVE) {
            worker->positions[count++] = (struct lanes_position){partition, slot->position};
        }
    }
    /* Batches first, into the same rings: the positions above are behind what is in them. */
    send_batches(worker);
    lanes_barrier(worker->lanes, worker->positions, count, drain);
    worker->epochs_begun++;
    worker->epoch_bytes = 0;
    worker->awaited = false;
    worker->barrier_ms = clock_steady_ms();
}

static void tell_misplaced(struct worker *worker, uint64_t misplaced) {
    int64_t now_ms = clock_steady_ms();
    /* The first time at once, then seldom: one wrong producer says it with each event. */
    if (misplaced > worker->misplaced && (worker->misplaced == 0 || now_ms - worker->misplaced_ms > REMIND_MS)) {
        log_line(LOG_WARNING, "worker",
                 "%" PRIu64 " events so far stand in another partition than murmur2 gives their key: all events of a "
                 "train must come in one partition (librdkafka producers need partitioner=murmur2_random)",
                 misplaced);
        worker->misplaced = misplaced;
        worker->misplaced_ms = now_ms;
    }
}

/* After the first such epoch none is committed (E14 of stream/exactly-once.md), and each says the same: it is told
 * once. */
static void end_by(struct worker *worker, const struct committer_report *report) {
    if (worker->ended) {
        return;
    }
    if (report->result == KAFKA_COMMIT_FENCED) {
        log_line(LOG_ERROR, "worker",
                 "commit: %s (another life has this worker.id; where that is an older one that stood still, start this "
                 "one again: it goes on where the last commit ended)",
                 report->error.text);
        worker_end_with(worker, WORKER_FENCED);
    } else if (report->result == KAFKA_COMMIT_FATAL) {
        log_line(LOG_ERROR, "worker",
                 "commit: %s (this stays so until somebody changes it; started again after that, the worker goes on "
                 "where the last commit ended)",
                 report->error.text);
        worker_end_with(worker, WORKER_BLOCKED);
    }
}

static void take_report(struct worker *worker, struct committer_report *report) {
    worker->epochs_done++;
    worker->decided_ms = clock_steady_ms();
    throughput_committed(worker->throughput, report);
    tell_misplaced(worker, report->counters.misplaced_keys);
    /* Not by an epoch that needed no transaction or whose parts were all void. */
    if (report->took_ms >= 0) {
        budget_learn(&worker->budget, report->budgeted_bytes, report->took_ms, report->limited);
        lanes_set_budget(worker->lanes, worker->budget.bytes);
    }
    worker->behind = false;
    worker->awaited = worker->awaited || report->limited;
    for (size_t i = 0; i < report->partition_count; i++) {
        const struct lanes_partition *told = &report->partitions[i];
        worker->behind = worker->behind || told->behind;
        struct slot *slot = &worker->slots[told->partition];
        /* A report may be of an assignment that has ended since: its figures are nobody's now. */
        slot->told = slot->assignment == told->assignment ? *told : slot->told;
        bool committed = slot->assignment == told->assignment && report->result == KAFKA_COMMIT_DONE;
        if (committed && told->position >= 0) {
            slot->committed = told->position;
        }
        worker->awaited = worker->awaited || slot->state == SLOT_CHANGING;
        /* Only once the commit is in: the partition had stopped changing when it met the barrier, but a crash before
         * now would have restored the old limits (contract 7.14). */
        if (committed && slot->state == SLOT_CHANGING && !told->changing) {
            worker_start_live(worker, told->partition, "the changed configuration is in force");
        }
    }
    end_by(worker, report);
    committer_report_free(report);
}

void worker_take_reports(struct worker *worker, int timeout_ms) {
    kafka_transaction_keep(worker->transaction); /* the committer may be waiting inside of it */
    for (struct committer_report *report; (report = committer_report(worker->committer, timeout_ms)) != NULL;) {
        take_report(worker, report);
        timeout_ms = 0;
    }
}

bool worker_is_settled(const struct worker *worker) {
    return worker->epochs_begun == worker->epochs_done;
}

bool worker_settle(struct worker *worker, int64_t until_ms) {
    while (!worker_is_settled(worker)) {
        /* Looked at in each round: the signal may come during the wait. */
        if (until_ms == INT64_MAX) {
            until_ms = guard_deadline_ms();
        }
        /* In slices, since the counters are told meanwhile and the partitions may be lost. A revocation waits in
         * here, so librdkafka is not polled: its session is kept by its own thread. */
        worker_take_reports(worker, REPORT_WAIT_MS);
        worker_tell(worker);
        if (!worker_is_settled(worker) && (kafka_source_lost(worker->source) || clock_steady_ms() > until_ms)) {
            return false;
        }
    }
    return true;
}

/* ---- backpressure */

/* The lanes have enough for now. They are at work on it and ring when half of it is done, so what librdkafka has
 * fetched ahead stays where it is. */
static bool has_enough(const struct worker *worker) {
    size_t queue_max = worker->held_ms != 0 ? WORKER_QUEUE_BYTES_MAX / 2 : WORKER_QUEUE_BYTES_MAX;
    return worker->epoch_bytes > WORKER_EPOCH_BYTES_MAX || lanes_queued_bytes(worker->lanes) > queue_max;
}

/* Reading stands for longer than callbacks may wait for the next poll, or would bring what there is no memory for: what
 * waits in the lanes becomes state, so it counts before it is. */
static bool is_behind(const struct worker *worker, int64_t now_ms) {
    size_t queued = lanes_queued_bytes(worker->lanes);
    return (worker->held_ms != 0 && now_ms - worker->held_ms > HOLD_MS) ||
           (queued > 0 && lanes_memory_bytes(worker->lanes) + queued > worker->config->state_bytes_max);
}

void worker_throttle(struct worker *worker) {
    size_t state = lanes_state_bytes(worker->lanes);
    uint64_t bound = worker->config->state_bytes_max;
    /* With some room between stop and go: each pause drops what was fetched ahead. */
    bool full = state > (worker->full ? bound - bound / 16 : bound);
    int64_t now_ms = clock_steady_ms();
    worker->held_ms = !has_enough(worker) ? 0 : worker->held_ms != 0 ? worker->held_ms : now_ms;
    bool behind = is_behind(worker, now_ms);
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
