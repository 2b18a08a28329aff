/* Partitions come and go: rebalances and restored partitions. */
#include <inttypes.h>

#include "base/log.h"
#include "worker/worker_internal.h"

/* ---- rebalances (called from kafka_source_poll and _close) */

bool worker_owns(const struct worker *worker, int32_t partition, uint64_t assignment) {
    /* Its number is in force, and the membership that it was given to has not been broken: librdkafka may join again
     * as another member with the partitions it had, and call nobody (exactly-once.md E7). */
    return assignments_is(worker->assignments, partition, assignment) &&
           assignments_life(worker->assignments, partition) == kafka_source_life(worker->source);
}

static void restore(struct worker *worker, int32_t partition, uint64_t life) {
    struct slot *slot = &worker->slots[partition];
    worker_slot_enter(worker, partition, SLOT_RESTORING, "assigned");
    /* Never used again: what is still on its way of an older assignment of the same partition matches no slot
     * (exactly-once.md E3). */
    slot->assignment = ++worker->assignments_made;
    assignments_set(worker->assignments, partition, slot->assignment, life);
    restorer_ask(worker->restorer, partition, slot->assignment);
}

static void on_assigned(void *context, const int32_t *partitions, size_t count, uint64_t life) {
    struct worker *worker = context;
    worker->joined = true;
    /* Whoever closes has no restorer any more, and commits nothing. */
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
        restore(worker, partitions[i], life);
    }
}

static void drop_partition(struct worker *worker, int32_t partition, const char *why) {
    const struct slot *slot = &worker->slots[partition];
    /* First: from here on the committer leaves its part of the epoch in flight out (exactly-once.md E4). The lane
     * forgets its part of the open one. */
    assignments_set(worker->assignments, partition, ASSIGNMENTS_NONE, 0);
    if (worker->lanes != NULL && (slot->state == SLOT_CHANGING || slot->state == SLOT_LIVE)) {
        lanes_revoke(worker->lanes, partition);
    }
    worker_slot_enter(worker, partition, SLOT_NONE, "%s", why);
}

void worker_restore_stale(struct worker *worker) {
    uint64_t life = kafka_source_life(worker->source);
    for (int32_t partition = 0; partition < worker->partition_count; partition++) {
        struct slot *slot = &worker->slots[partition];
        if (slot->state != SLOT_NONE && !worker_owns(worker, partition, slot->assignment)) {
            log_line(LOG_WARNING, "worker", "partition %d may have been another worker's meanwhile", (int)partition);
            drop_partition(worker, partition, "what is known of it may be old");
            /* It stays assigned, as the group sees it: only reading ends, until the restore has said from where. */
            kafka_source_stop(worker->source, partition);
            restore(worker, partition, life);
        }
    }
}

static void on_revoked(void *context, const int32_t *partitions, size_t count, bool lost) {
    struct worker *worker = context;
    log_line(LOG_INFO, "worker", "%zu partitions %s", count, lost ? "lost: their open epoch is void" : "revoked");
    worker->joined = worker->joined && !lost;
    if (!lost && !worker->closing) {
        /* What the lanes took is committed before the answer: the broker checks the generation, not who owns what
         * (exactly-once.md E8). The epoch before must be decided first (E9); one more commits what was taken since. */
        if (worker_settle(worker, INT64_MAX) && !worker->ended) {
            worker_send_barrier(worker, false);
            worker_settle(worker, INT64_MAX);
        }
    }
    for (size_t i = 0; i < count; i++) {
        const struct slot *slot = worker_slot(worker, partitions[i]);
        /* None: it was assigned while this worker was closing. */
        if (slot != NULL && slot->state != SLOT_NONE) {
            drop_partition(worker, partitions[i], lost ? "lost" : "revoked");
        }
    }
}

static void on_position(void *context, int32_t partition, int64_t offset) {
    struct worker *worker = context;
    struct slot *slot = worker_slot(worker, partition);
    /* What lies below was markers and aborted messages: nothing to hand over, but C goes on (restore.md R8). */
    if (slot != NULL && slot->state == SLOT_LIVE && offset > slot->position) {
        slot->position = offset;
        worker->awaited = true;
    }
}

static void on_failed(void *context, const struct kafka_error *error) {
    struct worker *worker = context;
    /* An offset out of range, say, may only mean that the topic is another one. */
    worker_topic_explain(worker);
    log_line(worker->closing ? LOG_WARNING : LOG_ERROR, "worker", "%s", error->text);
    if (!worker->closing) { /* else all that was to be done is done */
        worker_end_with(worker, worker_end_of(error, WORKER_REFUSED));
    }
}

/* ---- restored partitions */

void worker_take_restored(struct worker *worker) {
    for (struct restorer_result *result; (result = restorer_result(worker->restorer)) != NULL;
         restorer_result_free(result)) {
        struct slot *slot = &worker->slots[result->partition];
        /* Of an assignment that is over: the partition may even be in restore again. */
        if (slot->state != SLOT_RESTORING || slot->assignment != result->assignment) {
            continue;
        }
        if (result->state == NULL && !result->refused && result->needed_bytes > 0) {
            worker_room_wait(worker, result);
            continue;
        }
        if (result->state == NULL) {
            log_line(LOG_ERROR, "restore", "%s", result->refused ? result->error : "given up");
            worker_end_with(worker, result->blocked   ? WORKER_BLOCKED
                                    : result->refused ? WORKER_REFUSED
                                                      : WORKER_FAILED);
            continue;
        }
        worker_slot_enter(worker, result->partition, SLOT_CHANGING,
                          "%" PRIu64 " facts and %" PRIu64 " events in %.2f s; goes on at offset %" PRId64,
                          result->facts, result->events, (double)result->took_ms / 1000, result->position);
        /* Nothing is read before worker_start_live: a lane that has a partition gets its first message at C. */
        slot->position = slot->committed = result->position;
        worker->awaited = true;
        throughput_restored(worker->throughput, result);
        slot->restore_ms = result->took_ms;
        slot->restored_facts = result->facts;
        slot->restored_events = result->events;
        /* Asked before it is given away: the state is the lane's then, and only reports tell of it. */
        bool changing = partition_is_changing(result->state);
        lanes_assign(worker->lanes, result->state, slot->assignment);
        result->state = NULL;
        if (!changing) {
            worker_start_live(worker, result->partition, "nothing is to be changed");
        }
    }
}

struct kafka_source_callbacks worker_callbacks(struct worker *worker) {
    return (struct kafka_source_callbacks){worker, on_assigned, on_revoked, on_position, on_failed};
}
