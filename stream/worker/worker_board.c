/* What the worker puts up on its notice board. */
#include "base/notify.h"
#include "base/timestamp.h"
#include "worker/board.h"
#include "worker/worker_internal.h"

/* Five views a second: as often as a person sees a difference. */
enum { POST_MS = 200 };

static enum board_state state_of(const struct slot *slot) {
    switch (slot->state) {
    case SLOT_LIVE: return BOARD_LIVE;
    case SLOT_CHANGING: return BOARD_CHANGING;
    default: return slot->needed_bytes > 0 ? BOARD_WAITING : BOARD_RESTORING;
    }
}

/* A view is copied out whole and never changed afterwards, so that whoever serves it needs nothing of the source thread
 * (worker/board.h). */
static void put_partition(const struct worker *worker, int32_t number, struct board_partition *out) {
    const struct slot *slot = &worker->slots[number];
    bool has_position = worker_slot_has_position(slot);
    bool is_held = slot->state == SLOT_LIVE || slot->state == SLOT_CHANGING;
    *out = (struct board_partition){
        .number = number,
        .state = state_of(slot),
        .position = has_position ? slot->position : -1,
        .committed = has_position ? slot->committed : -1,
        .redo = is_held ? slot->told.redo_offset : -1,
        .start = kafka_topic_watch_start(worker->watch, number),
        .lag = has_position ? worker_topic_lag(worker, number) : -1,
        .restore_ms = slot->restore_ms,
        .restored_facts = slot->restored_facts,
        .restored_events = slot->restored_events,
    };
    /* What the last report told (worker/worker_epochs.c): the lane's own figures are of its thread. */
    if (is_held) {
        out->live_events = slot->told.live_events;
        out->trains = slot->told.trains;
        out->memory_bytes = slot->told.memory_bytes;
        memcpy(out->by_status, slot->told.by_status, sizeof out->by_status);
    }
}

static void put_partitions(const struct worker *worker, struct board_view *view) {
    view->partition_count = 0;
    for (int32_t number = 0; number < worker->partition_count; number++) {
        if (worker->slots[number].state != SLOT_NONE) {
            put_partition(worker, number, &view->partitions[view->partition_count++]);
        }
    }
}

static void put_lanes(struct worker *worker, struct board_view *view) {
    view->lane_count = worker->config->lanes;
    for (unsigned i = 0; i < view->lane_count; i++) {
        struct lanes_load load = lanes_load(worker->lanes, i);
        /* A lane that obeys orders, or has none, goes on; else since when it does not. */
        if (load.obeyed != worker->lane_obeyed[i] || load.waiting == 0) {
            worker->lane_obeyed[i] = load.obeyed;
            worker->lane_moved_ms[i] = view->at_ms;
        }
        view->lanes[i] = (struct board_lane){load.busy_ns, load.waiting, view->at_ms - worker->lane_moved_ms[i]};
    }
}

void worker_post(struct worker *worker) {
    int64_t now_ms = clock_steady_ms();
    if (worker->board == NULL || now_ms - worker->posted_ms < POST_MS) {
        return;
    }
    worker->posted_ms = now_ms;
    struct board_view *view = board_view_new((size_t)worker->partition_count);
    view->at_ms = now_ms;
    view->wall_ms = clock_wall_ms();
    view->brokers_ms = kafka_topic_watch_answered_ms(worker->watch);
    view->epoch_ms = worker->epochs_begun == worker->epochs_done ? 0 : worker->barrier_ms;
    view->commit_ms = worker->decided_ms;
    view->joined = worker->joined;
    view->paused = worker->paused;
    view->full = worker->full;
    view->input_partitions = worker->partition_count;
    view->commits = kafka_transaction_stats(worker->transaction);
    view->kafka = kafka_figures_now();
    view->state_bytes = lanes_state_bytes(worker->lanes);
    view->memory_bytes = lanes_memory_bytes(worker->lanes);
    view->queued_bytes = lanes_queued_bytes(worker->lanes);
    view->epoch_budget_bytes = worker->budget.bytes;
    view->state_bytes_max = worker->config->state_bytes_max;
    throughput_progress(worker->throughput, view->commits);
    throughput_view(worker->throughput, view);
    put_lanes(worker, view);
    put_partitions(worker, view);
    board_post(worker->board, view);
}

/* Once a life, and only when every partition that was assigned is read: a manager that waits for READY=1 then knows
 * that the restart is over. */
void worker_announce(struct worker *worker) {
    if (worker->announced || !worker->joined) {
        return;
    }
    for (int32_t number = 0; number < worker->partition_count; number++) {
        if (worker->slots[number].state != SLOT_NONE && worker->slots[number].state != SLOT_LIVE) {
            return;
        }
    }
    worker->announced = true;
    notify_manager("READY=1");
}
