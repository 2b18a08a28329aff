/* Partitions that wait for room: their restore would pass state.bytes_max. The others work on; it is tried again when
 * there seems to be room, at ever longer intervals, since each attempt reads the partition's state anew. */
#include <inttypes.h>

#include "base/log.h"
#include "base/timestamp.h"
#include "worker/worker_internal.h"

enum { LOOK_MS = 1000, RETRY_MS = 5000, RETRIES_DOUBLING = 6, REMIND_MS = 60000 };

void worker_room_wait(struct worker *worker, const struct restorer_result *result) {
    struct slot *slot = &worker->slots[result->partition];
    slot->needed_bytes = result->needed_bytes;
    /* Known though it is not restored: its lag can be told while it waits. */
    slot->position = slot->committed = result->position;
    /* Doubled each time: what it reads in vain is its whole state. */
    slot->retry_ms = clock_steady_ms() + ((int64_t)RETRY_MS << slot->retries);
    slot->retries += slot->retries < RETRIES_DOUBLING;
    worker->room_told_ms = clock_steady_ms();
    log_line(LOG_WARNING, "restore",
             "partition %d waits: its state (%zu bytes so far) and that of the partitions already here (%zu) pass "
             "state.bytes_max (%" PRIu64 "); raise it, or start more workers so that each holds fewer partitions",
             (int)result->partition, result->needed_bytes, lanes_state_bytes(worker->lanes),
             worker->config->state_bytes_max);
}

static void try_again(struct worker *worker, int32_t partition) {
    struct slot *slot = &worker->slots[partition];
    /* It needed at least so much when it gave up; whether that is enough the attempt shows. */
    if (lanes_state_bytes(worker->lanes) + lanes_kept_bytes(worker->lanes) + slot->needed_bytes <=
        worker->config->state_bytes_max) {
        log_line(LOG_INFO, "restore", "partition %d: there is room now; restoring", (int)partition);
        slot->needed_bytes = 0;
        restorer_ask(worker->restorer, partition, slot->assignment);
    }
}

void worker_room_look(struct worker *worker) {
    int64_t now_ms = clock_steady_ms();
    int waiting = 0;
    if (now_ms - worker->room_ms < LOOK_MS) {
        return;
    }
    worker->room_ms = now_ms;
    for (int32_t partition = 0; partition < worker->partition_count; partition++) {
        struct slot *slot = &worker->slots[partition];
        if (worker_slot_waits(slot) && now_ms >= slot->retry_ms) {
            try_again(worker, partition);
        }
        waiting += worker_slot_waits(slot);
    }
    /* What is kept of records is only for speed: it makes room for them, and the next attempt finds it. */
    lanes_spare(worker->lanes, waiting > 0);
    throughput_waiting(worker->throughput, waiting);
    if (waiting > 0 && now_ms - worker->room_told_ms >= REMIND_MS) {
        worker->room_told_ms = now_ms;
        log_line(LOG_WARNING, "restore",
                 "%d of this worker's partitions wait for room below state.bytes_max (%" PRIu64 "); nothing is lost",
                 waiting, worker->config->state_bytes_max);
    }
}
