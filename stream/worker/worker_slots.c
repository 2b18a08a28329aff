/* The slots: what the source thread knows of each partition, and the one way from state to state. */
#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/log.h"
#include "worker/worker_internal.h"

enum { WHY_BYTES = 256 };

struct slot *worker_slot(struct worker *worker, int32_t partition) {
    return partition >= 0 && partition < worker->partition_count ? &worker->slots[partition] : NULL;
}

/* A restore that was refused for want of room has told how much it needs (worker/worker_room.c). */
bool worker_slot_waits(const struct slot *slot) {
    return slot->state == SLOT_RESTORING && slot->needed_bytes > 0;
}

bool worker_slot_has_position(const struct slot *slot) {
    return slot->state == SLOT_LIVE || slot->state == SLOT_CHANGING || worker_slot_waits(slot);
}

/* No step can be left out: a partition is read when what is configured is in the text of a commit, not before (contract
 * 7.14). */
static bool may_follow(enum slot_state from, enum slot_state to) {
    switch (to) {
    case SLOT_NONE: return from != SLOT_NONE;
    case SLOT_RESTORING: return from == SLOT_NONE;
    case SLOT_CHANGING: return from == SLOT_RESTORING;
    case SLOT_LIVE: return from == SLOT_CHANGING;
    }
    return false;
}

void worker_slot_enter(struct worker *worker, int32_t partition, enum slot_state state, const char *format, ...) {
    static const char *const names[] = {
        [SLOT_NONE] = "not here", [SLOT_RESTORING] = "restoring", [SLOT_CHANGING] = "changing", [SLOT_LIVE] = "live"};
    struct slot *slot = &worker->slots[partition];
    char why[WHY_BYTES];
    va_list args;
    assert(may_follow(slot->state, state));
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    log_line(LOG_INFO, "worker", "partition %d is %s: %s", (int)partition, names[state], why);
    /* Emptied with all that it waited for: a partition that comes back begins anew (exactly-once.md E4). */
    if (state == SLOT_NONE) {
        *slot = (struct slot){.state = SLOT_NONE};
    }
    slot->state = state;
}

void worker_start_live(struct worker *worker, int32_t partition, const char *why) {
    const struct slot *slot = &worker->slots[partition];
    struct kafka_error error;
    worker_slot_enter(worker, partition, SLOT_LIVE, "%s; read from offset %" PRId64, why, slot->position);
    /* Assigned partitions are paused: this seeks to C and resumes. */
    if (!kafka_source_start(worker->source, partition, slot->position, &error)) {
        log_line(LOG_ERROR, "worker", "partition %d cannot be read from offset %" PRId64 ": %s", (int)partition,
                 slot->position, error.text);
        worker_end_with(worker, worker_end_of(&error, WORKER_FAILED));
    }
}
