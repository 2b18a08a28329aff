/* Partitions come and go: rebalances, restored partitions, the start of live reading. */
#include <inttypes.h>

#include "base/log.h"
#include "pipeline/worker_internal.h"

void worker_start_live(struct worker *worker, int32_t partition) {
    struct slot *slot = &worker->slots[partition];
    struct kafka_error error;
    slot->state = SLOT_LIVE;
    if (!kafka_source_start(worker->source, partition, slot->position, &error)) {
        log_line(LOG_ERROR, "worker", "partition %d cannot be read from offset %" PRId64 ": %s", (int)partition,
                 slot->position, error.text);
        worker_end_with(worker, WORKER_FAILED);
    }
}

/* ---- rebalances (called from kafka_source_poll and _close) */

static void on_assigned(void *context, const int32_t *partitions, size_t count) {
    struct worker *worker = context;
    for (size_t i = 0; i < count && !worker->closing; i++) {
        struct slot *slot = worker_slot(worker, partitions[i]);
        if (slot == NULL) {
            log_line(LOG_ERROR, "worker",
                     "partition %d of %s was assigned, but the topic had %d partitions at the start; a change of the "
                     "input's partition count needs new topics and a new group",
                     (int)partitions[i], worker->config->topics[CONFIG_TOPIC_INPUT], (int)worker->partition_count);
            worker_end_with(worker, WORKER_REFUSED);
            continue;
        }
        *slot = (struct slot){.state = SLOT_RESTORING, .assignment = ++worker->assignments_made};
        assignments_set(worker->assignments, partitions[i], slot->assignment);
        restorer_ask(worker->restorer, partitions[i], slot->assignment);
        log_line(LOG_INFO, "worker", "partition %d assigned; restoring", (int)partitions[i]);
    }
}

static void drop_partition(struct worker *worker, int32_t partition) {
    struct slot *slot = &worker->slots[partition];
    assignments_set(worker->assignments, partition, ASSIGNMENTS_NONE);
    if (worker->lanes != NULL && (slot->state == SLOT_CHANGING || slot->state == SLOT_LIVE)) {
        lanes_revoke(worker->lanes, partition);
    }
    *slot = (struct slot){.state = SLOT_NONE};
}

static void on_revoked(void *context, const int32_t *partitions, size_t count, bool lost) {
    struct worker *worker = context;
    log_line(LOG_INFO, "worker", "%zu partitions %s", count, lost ? "lost: their open epoch is void" : "revoked");
    if (!lost && !worker->closing) {
        /* What the lanes took is committed before the answer: the broker checks the generation, not who owns what. */
        if (worker_settle(worker, INT64_MAX) && !worker->ended) {
            worker_send_barrier(worker, false);
            worker_settle(worker, INT64_MAX);
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (worker_slot(worker, partitions[i]) != NULL) {
            drop_partition(worker, partitions[i]);
        }
    }
}

static void on_position(void *context, int32_t partition, int64_t offset) {
    struct slot *slot = worker_slot(context, partition);
    if (slot != NULL && slot->state == SLOT_LIVE && offset > slot->position) {
        slot->position = offset;
    }
}

static void on_failed(void *context, const struct kafka_error *error) {
    struct worker *worker = context;
    log_line(worker->closing ? LOG_WARNING : LOG_ERROR, "worker", "%s", error->text);
    if (!worker->closing) { /* else all that was to be done is done */
        worker_end_with(worker, error->fatal ? WORKER_FENCED : WORKER_REFUSED);
    }
}

/* ---- restored partitions */

void worker_take_restored(struct worker *worker) {
    for (struct restorer_result *result; (result = restorer_result(worker->restorer)) != NULL;
         restorer_result_free(result)) {
        struct slot *slot = &worker->slots[result->partition];
        if (slot->state != SLOT_RESTORING || slot->assignment != result->assignment) {
            continue;
        }
        if (result->state == NULL) {
            log_line(LOG_ERROR, "restore", "%s", result->refused ? result->error : "given up");
            worker_end_with(worker, result->refused ? WORKER_REFUSED : WORKER_FAILED);
            continue;
        }
        log_line(LOG_INFO, "restore",
                 "partition %d: %" PRIu64 " facts and %" PRIu64 " events in %.2f s; goes on at offset %" PRId64,
                 (int)result->partition, result->facts, result->events, (double)result->took_ms / 1000,
                 result->position);
        throughput_restored(worker->throughput, result);
        bool changing = partition_is_changing(result->state);
        slot->position = result->position;
        slot->state = SLOT_CHANGING;
        lanes_assign(worker->lanes, result->state, slot->assignment);
        result->state = NULL;
        if (!changing) {
            worker_start_live(worker, result->partition);
        }
    }
}

struct kafka_source_callbacks worker_callbacks(struct worker *worker) {
    return (struct kafka_source_callbacks){worker, on_assigned, on_revoked, on_position, on_failed};
}
