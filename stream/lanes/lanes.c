/* Both ends of the lanes: the feeder's, which sends batches, assignments and barriers, and the collector's, which takes
 * whole epochs and gives them back. They may be two threads, and share rings and atomic figures alone. */
#include "lanes/lanes.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/timestamp.h"
#include "lanes/lane.h"

/* ---- feeder */

static struct order *order_new(enum order_kind kind, size_t positions) {
    /* Its positions lie behind it in one block, and go with it. */
    struct order *order = alloc_zeroed(1, sizeof *order + positions * sizeof(struct lanes_position));
    order->kind = kind;
    return order;
}

static size_t bound_of(size_t option) {
    return option == 0 ? SIZE_MAX : option;
}

struct lanes *lanes_start(const struct lanes_options *options) {
    assert(options->count >= 1 && options->count <= LANES_MAX);
    struct lanes *lanes = alloc_zeroed(1, sizeof *lanes);
    lanes->options = *options;
    lanes->options.memory_bytes_max = bound_of(options->memory_bytes_max);
    /* Before the lanes: their rings ring it. */
    lanes->collector_bell = bell_new();
    lanes_set_budget(lanes, bound_of(options->budget_bytes));
    for (unsigned i = 0; i < options->count; i++) {
        lane_start(lanes, &lanes->lanes[i]);
    }
    return lanes;
}

/* Where the feeder notes whose a partition is. */
static unsigned *lane_of(struct lanes *lanes, int32_t partition) {
    assert(partition >= 0);
    size_t number = (size_t)partition;
    if (number >= lanes->lane_of_count) {
        lanes->lane_of = alloc_resize(lanes->lane_of, number + 1, sizeof *lanes->lane_of);
        for (; lanes->lane_of_count <= number; lanes->lane_of_count++) {
            lanes->lane_of[lanes->lane_of_count] = LANES_MAX;
        }
    }
    return &lanes->lane_of[number];
}

unsigned lanes_of(const struct lanes *lanes, int32_t partition) {
    assert(partition >= 0 && (size_t)partition < lanes->lane_of_count);
    unsigned lane = lanes->lane_of[partition];
    assert(lane < lanes->options.count);
    return lane;
}

static unsigned least_loaded(const struct lanes *lanes) {
    /* By count first: state says little of how much is to come. */
    unsigned best = 0;
    for (unsigned lane = 1; lane < lanes->options.count; lane++) {
        unsigned count = lanes->partition_counts[lane];
        unsigned fewest = lanes->partition_counts[best];
        if (count < fewest ||
            (count == fewest && lane_state_bytes(&lanes->lanes[lane]) < lane_state_bytes(&lanes->lanes[best]))) {
            best = lane;
        }
    }
    return best;
}

void lanes_send(struct lanes *lanes, unsigned lane, struct message_batch *batch) {
    struct order *order = order_new(ORDER_BATCH, 0);
    order->batch = batch;
    /* Before the push: a lane that is quick would else take away what was not counted yet. */
    atomic_fetch_add_explicit(&lanes->queued_bytes, batch->bytes, memory_order_relaxed);
    ring_push(lanes->lanes[lane].orders, order);
}

void lanes_assign(struct lanes *lanes, struct partition *partition, uint64_t assignment) {
    unsigned *lane = lane_of(lanes, partition_number(partition));
    assert(*lane == LANES_MAX);
    /* Once and for all of this assignment: what travels in the ring, and the state, are of one lane. */
    *lane = least_loaded(lanes);
    lanes->partition_counts[*lane]++;
    struct order *order = order_new(ORDER_ASSIGN, 0);
    order->partition = partition;
    order->assignment = assignment;
    ring_push(lanes->lanes[*lane].orders, order);
}

void lanes_revoke(struct lanes *lanes, int32_t partition) {
    unsigned *lane = lane_of(lanes, partition);
    /* It was in restore, or never here. */
    if (*lane == LANES_MAX) {
        return;
    }
    struct order *order = order_new(ORDER_REVOKE, 0);
    order->number = partition;
    ring_push(lanes->lanes[*lane].orders, order);
    lanes->partition_counts[*lane]--;
    *lane = LANES_MAX;
}

void lanes_halt(struct lanes *lanes) {
    for (unsigned lane = 0; lane < lanes->options.count; lane++) {
        ring_push(lanes->lanes[lane].orders, order_new(ORDER_HALT, 0));
    }
}

void lanes_barrier(struct lanes *lanes, const struct lanes_position *positions, size_t count, bool drain) {
    /* Every lane gets one, also without a partition: the epoch is whole when each has closed it. In the same ring as
     * the messages, so it is behind all that were sent before (exactly-once.md E10). */
    for (unsigned lane = 0; lane < lanes->options.count; lane++) {
        struct order *order = order_new(ORDER_BARRIER, count);
        order->drain = drain;
        for (size_t i = 0; i < count; i++) {
            if (lanes_of(lanes, positions[i].partition) == lane) {
                order->positions[order->position_count++] = positions[i];
            }
        }
        ring_push(lanes->lanes[lane].orders, order);
    }
}

/* ---- collector */

static void part_reset(struct lanes_part *part) {
    outbox_reset(&part->outbox);
    part->arrival_count = 0;
    part->partition_count = 0;
}

/* Takes what the lanes have closed; true when the oldest epoch is whole. */
static bool gather(struct lanes *lanes) {
    bool whole = true;
    for (unsigned i = 0; i < lanes->options.count; i++) {
        if (lanes->waiting[i] == NULL) {
            /* One part a lane at most: a quick lane may have closed the next epoch already. */
            lanes->waiting[i] = ring_poll(lanes->lanes[i].closed);
        }
        whole = whole && lanes->waiting[i] != NULL;
    }
    return whole;
}

bool lanes_collect(struct lanes *lanes, int timeout_ms, struct lanes_epoch *epoch) {
    int64_t until_ms = clock_steady_ms() + timeout_ms;
    /* Armed before the rings are looked at: a part that is closed in between rings, and the sleep ends at once. */
    bell_arm(lanes->collector_bell);
    while (!gather(lanes)) {
        int64_t left_ms = until_ms - clock_steady_ms();
        if (left_ms <= 0) {
            return false;
        }
        bell_sleep(lanes->collector_bell, (int)left_ms);
        bell_arm(lanes->collector_bell);
    }
    epoch->number = ++lanes->epochs_collected;
    epoch->count = lanes->options.count;
    memcpy(epoch->parts, lanes->waiting, sizeof epoch->parts);
    memset(lanes->waiting, 0, sizeof lanes->waiting);
    return true;
}

void lanes_release(struct lanes *lanes, struct lanes_epoch *epoch) {
    for (unsigned i = 0; i < epoch->count; i++) {
        atomic_fetch_sub_explicit(&lanes->in_flight_bytes, epoch->parts[i]->outbox.bytes, memory_order_relaxed);
        /* Not before the outcome is certain (exactly-once.md E2): it is the caller who knows. */
        part_reset(epoch->parts[i]);
        ring_push(lanes->lanes[i].returned, epoch->parts[i]);
    }
    epoch->count = 0;
    if (lanes->options.questions != NULL) {
        questions_decide(lanes->options.questions, epoch->number);
    }
}

/* ---- end */

void lanes_stop(struct lanes *lanes, void (*keep)(void *context, struct partition *partition), void *context) {
    /* All are told before the first is waited for, so that they end side by side. */
    for (unsigned i = 0; i < lanes->options.count; i++) {
        ring_push(lanes->lanes[i].orders, order_new(ORDER_STOP, 0));
    }
    for (unsigned i = 0; i < lanes->options.count; i++) {
        lane_end(&lanes->lanes[i], keep, context);
    }
    bell_free(lanes->collector_bell);
    free(lanes->lane_of);
    free(lanes);
}
