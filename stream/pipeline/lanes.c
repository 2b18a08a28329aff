#include "pipeline/lanes.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/ring.h"
#include "base/timestamp.h"
#include "pipeline/dead_letter.h"

enum { RING_SLOTS = 256, SCRATCH_KEEP_BYTES = 4 * 1024 * 1024 };

enum order_kind { ORDER_BATCH, ORDER_BARRIER, ORDER_ASSIGN, ORDER_REVOKE, ORDER_STOP };

struct order {
    enum order_kind kind;
    struct message_batch *batch;
    struct partition *partition;
    uint64_t assignment;
    int32_t number; /* to revoke */
    bool drain;
    size_t position_count;
    struct lanes_position positions[];
};

struct owned {
    struct partition *partition; /* NULL: not ours */
    uint64_t assignment;
    size_t memory_bytes; /* as counted in lane->state_bytes */
};

struct lane {
    struct lanes *lanes;
    pthread_t thread;
    struct bell *bell;
    struct ring *orders;     /* feeder -> lane */
    struct ring *closed;     /* lane -> collector: struct lanes_part */
    struct ring *returned;   /* collector -> lane: parts to use again */
    struct lanes_part *part; /* being filled */
    struct owned *owned;     /* by partition number */
    size_t owned_count;
    struct decoder *decoder;
    struct arena scratch;
    struct counters counters;
    atomic_size_t open_bytes, state_bytes;
};

struct lanes {
    struct lanes_options options;
    struct bell *collector_bell;
    uint64_t epochs_collected;
    struct lanes_part *waiting[LANES_MAX]; /* collected of the oldest epoch, by lane */
    struct lane lanes[LANES_MAX];
};

static struct lanes_part *part_new(void) {
    return alloc_zeroed(1, sizeof(struct lanes_part));
}

static void part_free(struct lanes_part *part) {
    outbox_release(&part->outbox);
    free(part->arrivals);
    free(part->partitions);
    free(part);
}

static void part_reset(struct lanes_part *part) {
    outbox_reset(&part->outbox);
    part->arrival_count = 0;
    part->partition_count = 0;
}

/* ---- a lane's thread */

static void note_state(struct lane *lane, struct owned *owned) {
    size_t now = owned->partition == NULL ? 0 : partition_memory_bytes(owned->partition);
    atomic_fetch_add_explicit(&lane->state_bytes, now - owned->memory_bytes, memory_order_relaxed);
    owned->memory_bytes = now;
}

static void note_arrival(struct lanes_part *part, int64_t timestamp_ms, uint64_t count) {
    if (part->arrival_count == part->arrival_capacity) {
        part->arrival_capacity = part->arrival_capacity == 0 ? 64 : part->arrival_capacity * 2;
        part->arrivals = alloc_resize(part->arrivals, part->arrival_capacity, sizeof *part->arrivals);
    }
    part->arrivals[part->arrival_count++] = (struct lanes_arrival){timestamp_ms, count};
}

static void put_dead_letter(struct lane *lane, const struct message *message, const struct reject *reject,
                            message_headers *headers) {
    struct outbox *outbox = &lane->part->outbox;
    size_t before_bytes = outbox->bytes;
    dead_letter_put(outbox, message, reject, lane->lanes->options.topic, headers);
    lane->counters.outputs++;
    lane->counters.output_bytes += outbox->bytes - before_bytes;
}

static void take_message(struct lane *lane, const struct message *message, message_headers *headers, int64_t wall_ms) {
    const struct lanes_options *options = &lane->lanes->options;
    struct owned *owned = (size_t)message->partition < lane->owned_count ? &lane->owned[message->partition] : NULL;
    if (owned == NULL || owned->partition == NULL) {
        return;
    }
    struct reject reject;
    enum offer_result result = partition_offer(owned->partition, message, wall_ms, lane->decoder, &lane->scratch,
                                               &lane->part->outbox, &lane->counters, &reject);
    if (result == OFFER_REJECTED) {
        put_dead_letter(lane, message, &reject, headers);
    } else if (options->key_partitions > 0 &&
               !options->key_fits(message->key, message->partition, options->key_partitions)) {
        lane->counters.misplaced_keys++;
    }
    arena_reset(&lane->scratch, SCRATCH_KEEP_BYTES);
}

static void take_batch(struct lane *lane, struct message_batch *batch) {
    int64_t wall_ms = clock_wall_ms();
    int64_t oldest = MESSAGE_NO_TIMESTAMP;
    for (size_t i = 0; i < batch->count; i++) {
        const struct message *message = &batch->messages[i];
        take_message(lane, message, batch->headers, wall_ms);
        if (message->timestamp_ms != MESSAGE_NO_TIMESTAMP &&
            (oldest == MESSAGE_NO_TIMESTAMP || message->timestamp_ms < oldest)) {
            oldest = message->timestamp_ms;
        }
    }
    if (oldest != MESSAGE_NO_TIMESTAMP) {
        note_arrival(lane->part, oldest, batch->count);
    }
    for (size_t i = 0; i < lane->owned_count; i++) {
        note_state(lane, &lane->owned[i]);
    }
    atomic_store_explicit(&lane->open_bytes, lane->part->outbox.bytes, memory_order_relaxed);
    batch->release(batch);
}

static void describe_partition(struct lanes_part *part, const struct owned *owned) {
    if (part->partition_count == part->partition_capacity) {
        part->partition_capacity = part->partition_capacity == 0 ? 16 : part->partition_capacity * 2;
        part->partitions = alloc_resize(part->partitions, part->partition_capacity, sizeof *part->partitions);
    }
    part->partitions[part->partition_count++] = (struct lanes_partition){
        .partition = partition_number(owned->partition),
        .assignment = owned->assignment,
        .changing = partition_is_changing(owned->partition),
        .live_events = partition_live_events(owned->partition),
        .trains = partition_train_count(owned->partition),
        .memory_bytes = owned->memory_bytes,
    };
}

static void meet_barrier(struct lane *lane, const struct order *order) {
    struct lanes_part *part = lane->part;
    int64_t wall_ms = clock_wall_ms();
    for (size_t i = 0; i < order->position_count; i++) {
        size_t number = (size_t)order->positions[i].partition;
        if (number < lane->owned_count && lane->owned[number].partition != NULL) {
            partition_barrier(lane->owned[number].partition, order->positions[i].offset, wall_ms,
                              lane->owned[number].assignment, order->drain, &part->outbox, &lane->counters);
        }
    }
    for (size_t i = 0; i < lane->owned_count; i++) {
        note_state(lane, &lane->owned[i]);
        if (lane->owned[i].partition != NULL) {
            describe_partition(part, &lane->owned[i]);
        }
    }
    part->counters = lane->counters;
    ring_push(lane->closed, part);
    atomic_store_explicit(&lane->open_bytes, 0, memory_order_relaxed);
    lane->part = ring_poll(lane->returned);
    if (lane->part == NULL) {
        lane->part = part_new();
    }
}

static void own(struct lane *lane, struct partition *partition, uint64_t assignment) {
    size_t number = (size_t)partition_number(partition);
    if (number >= lane->owned_count) {
        lane->owned = alloc_resize(lane->owned, number + 1, sizeof *lane->owned);
        memset(lane->owned + lane->owned_count, 0, (number + 1 - lane->owned_count) * sizeof *lane->owned);
        lane->owned_count = number + 1;
    }
    assert(lane->owned[number].partition == NULL);
    lane->owned[number].partition = partition;
    lane->owned[number].assignment = assignment;
    note_state(lane, &lane->owned[number]);
}

static void disown(struct lane *lane, int32_t number) {
    if ((size_t)number < lane->owned_count && lane->owned[number].partition != NULL) {
        partition_free(lane->owned[number].partition);
        lane->owned[number].partition = NULL;
        outbox_forget(&lane->part->outbox, number);
        note_state(lane, &lane->owned[number]);
    }
}

/* False: the thread ends. */
static bool obey(struct lane *lane, struct order *order) {
    switch (order->kind) {
    case ORDER_BATCH: take_batch(lane, order->batch); break;
    case ORDER_BARRIER: meet_barrier(lane, order); break;
    case ORDER_ASSIGN: own(lane, order->partition, order->assignment); break;
    case ORDER_REVOKE: disown(lane, order->number); break;
    case ORDER_STOP: break;
    }
    bool more = order->kind != ORDER_STOP;
    free(order);
    return more;
}

static void *lane_main(void *context) {
    struct lane *lane = context;
    while (obey(lane, ring_pop(lane->orders, -1))) {
    }
    return NULL;
}

/* ---- feeder */

static struct order *order_new(enum order_kind kind, size_t positions) {
    struct order *order = alloc_zeroed(1, sizeof *order + positions * sizeof(struct lanes_position));
    order->kind = kind;
    return order;
}

static void lane_start(struct lanes *lanes, struct lane *lane) {
    lane->lanes = lanes;
    lane->bell = bell_new();
    lane->orders = ring_new(RING_SLOTS, lane->bell);
    lane->returned = ring_new(LANES_EPOCHS_OPEN + 1, lane->bell);
    lane->closed = ring_new(LANES_EPOCHS_OPEN + 1, lanes->collector_bell);
    lane->part = part_new();
    lane->decoder = decoder_new(lanes->options.message_bytes_max);
    arena_init(&lane->scratch);
    if (pthread_create(&lane->thread, NULL, lane_main, lane) != 0) {
        abort();
    }
}

struct lanes *lanes_start(const struct lanes_options *options) {
    assert(options->count >= 1 && options->count <= LANES_MAX);
    struct lanes *lanes = alloc_zeroed(1, sizeof *lanes);
    lanes->options = *options;
    lanes->collector_bell = bell_new();
    for (unsigned i = 0; i < options->count; i++) {
        lane_start(lanes, &lanes->lanes[i]);
    }
    return lanes;
}

unsigned lanes_of(const struct lanes *lanes, int32_t partition) {
    assert(partition >= 0);
    return (unsigned)partition % lanes->options.count;
}

void lanes_send(struct lanes *lanes, unsigned lane, struct message_batch *batch) {
    struct order *order = order_new(ORDER_BATCH, 0);
    order->batch = batch;
    ring_push(lanes->lanes[lane].orders, order);
}

void lanes_assign(struct lanes *lanes, struct partition *partition, uint64_t assignment) {
    struct order *order = order_new(ORDER_ASSIGN, 0);
    order->partition = partition;
    order->assignment = assignment;
    ring_push(lanes->lanes[lanes_of(lanes, partition_number(partition))].orders, order);
}

void lanes_revoke(struct lanes *lanes, int32_t partition) {
    struct order *order = order_new(ORDER_REVOKE, 0);
    order->number = partition;
    ring_push(lanes->lanes[lanes_of(lanes, partition)].orders, order);
}

void lanes_barrier(struct lanes *lanes, const struct lanes_position *positions, size_t count, bool drain) {
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

/* Takes what the lanes have closed; true when the oldest epoch is whole. */
static bool gather(struct lanes *lanes) {
    bool whole = true;
    for (unsigned i = 0; i < lanes->options.count; i++) {
        if (lanes->waiting[i] == NULL) {
            lanes->waiting[i] = ring_poll(lanes->lanes[i].closed);
        }
        whole = whole && lanes->waiting[i] != NULL;
    }
    return whole;
}

bool lanes_collect(struct lanes *lanes, int timeout_ms, struct lanes_epoch *epoch) {
    int64_t until_ms = clock_steady_ms() + timeout_ms;
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
        part_reset(epoch->parts[i]);
        ring_push(lanes->lanes[i].returned, epoch->parts[i]);
    }
    epoch->count = 0;
}

/* ---- figures and end */

size_t lanes_open_bytes(const struct lanes *lanes) {
    size_t bytes = 0;
    for (unsigned i = 0; i < lanes->options.count; i++) {
        bytes += atomic_load_explicit(&lanes->lanes[i].open_bytes, memory_order_relaxed);
    }
    return bytes;
}

size_t lanes_state_bytes(const struct lanes *lanes) {
    size_t bytes = 0;
    for (unsigned i = 0; i < lanes->options.count; i++) {
        bytes += atomic_load_explicit(&lanes->lanes[i].state_bytes, memory_order_relaxed);
    }
    return bytes;
}

static void lane_end(struct lane *lane, void (*keep)(void *context, struct partition *partition), void *context) {
    pthread_join(lane->thread, NULL);
    for (size_t i = 0; i < lane->owned_count; i++) {
        if (lane->owned[i].partition != NULL && keep != NULL) {
            keep(context, lane->owned[i].partition);
        } else {
            disown(lane, (int32_t)i);
        }
    }
    for (struct lanes_part *part; (part = ring_poll(lane->returned)) != NULL;) {
        part_free(part);
    }
    part_free(lane->part);
    free(lane->owned);
    decoder_free(lane->decoder);
    arena_release(&lane->scratch);
    ring_free(lane->orders);
    ring_free(lane->closed);
    ring_free(lane->returned);
    bell_free(lane->bell);
}

void lanes_stop(struct lanes *lanes, void (*keep)(void *context, struct partition *partition), void *context) {
    for (unsigned i = 0; i < lanes->options.count; i++) {
        ring_push(lanes->lanes[i].orders, order_new(ORDER_STOP, 0));
    }
    for (unsigned i = 0; i < lanes->options.count; i++) {
        lane_end(&lanes->lanes[i], keep, context);
    }
    bell_free(lanes->collector_bell);
    free(lanes);
}
