/* The thread that owns partitions. It obeys orders from one ring: batches wait in a line and are taken as far as the
 * epoch and the memory allow, everything else is obeyed at once. No other thread touches their state, so none of it is
 * locked. */
#include "lanes/lane.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/timestamp.h"
#include "lanes/budget.h"
#include "lanes/dead_letter.h"
#include "partition/partition_keep.h"

enum {
    RING_SLOTS = 256,
    SCRATCH_KEEP_BYTES = 4 * 1024 * 1024,
    NOTE_STATES_BYTES = 64 * 1024, /* of values between two looks at the memory of the partitions */
    KEPT_SHARE = 4,                /* of the bound on memory that may be kept records: one part of so many */
    KEPT_FREE_SHARE = 8            /* and that they leave free */
};

static struct lanes_part *part_new(void) {
    struct lanes_part *part = alloc_zeroed(1, sizeof *part);
    outbox_init(&part->outbox);
    return part;
}

static void part_free(struct lanes_part *part) {
    outbox_release(&part->outbox);
    free(part->arrivals);
    free(part->partitions);
    free(part);
}

/* ---- figures that other threads read */

static void note_state(struct lane *lane, struct owned *owned) {
    size_t now = owned->partition == NULL ? 0 : partition_memory_bytes(owned->partition);
    /* The difference may be below 0: it wraps, and so does the sum, which comes out right. */
    atomic_fetch_add_explicit(&lane->state_bytes, now - owned->memory_bytes, memory_order_relaxed);
    owned->memory_bytes = now;
}

static void note_states(struct lane *lane) {
    size_t kept = 0;
    for (size_t i = 0; i < lane->owned_count; i++) {
        note_state(lane, &lane->owned[i]);
        kept += lane->owned[i].partition == NULL ? 0 : partition_kept_bytes(lane->owned[i].partition);
    }
    atomic_store_explicit(&lane->kept_bytes, kept, memory_order_relaxed);
    lane->unnoted_bytes = 0;
}

static void note_open(struct lane *lane) {
    size_t bytes = lane->part->outbox.bytes + lane->pending_bytes;
    atomic_store_explicit(&lane->epoch_bytes[lane->epoch % LANE_EPOCHS_KEPT], bytes, memory_order_relaxed);
    atomic_store_explicit(&lane->open_bytes, bytes, memory_order_relaxed);
}

/* ---- how much an epoch takes */

/* What all lanes put into the epoch that this one fills: they share its transaction. */
static size_t epoch_bytes(const struct lane *lane) {
    size_t bytes = 0;
    for (unsigned i = 0; i < lane->lanes->options.count; i++) {
        bytes += atomic_load_explicit(&lane->lanes->lanes[i].epoch_bytes[lane->epoch % LANE_EPOCHS_KEPT],
                                      memory_order_relaxed);
    }
    return bytes;
}

static size_t budget_of(const struct lane *lane) {
    return atomic_load_explicit(&lane->lanes->budget_bytes, memory_order_relaxed);
}

static bool is_spent(const struct lane *lane) {
    return lane->owes || budget_is_spent(budget_of(lane), epoch_bytes(lane));
}

/* What one partition may keep of records beside the state: what is free, up to a share of the bound, never what
 * messages would have to wait for. */
static size_t kept_bytes_max(const struct lane *lane) {
    const struct lanes *lanes = lane->lanes;
    size_t bound = lanes->options.memory_bytes_max, held = lanes_memory_bytes(lanes);
    size_t kept = 0, partitions = 0;
    for (size_t i = 0; i < lane->owned_count; i++) {
        if (lane->owned[i].partition != NULL) {
            kept += partition_kept_bytes(lane->owned[i].partition);
            partitions++;
        }
    }
    size_t others = held > kept ? held - kept : 0;
    /* They save time and nothing else, so they never take the last of the memory. */
    size_t ceiling = bound - bound / KEPT_FREE_SHARE;
    bool sparing = atomic_load_explicit(&lanes->sparing, memory_order_relaxed);
    size_t room = others < ceiling && !sparing ? ceiling - others : 0;
    size_t share = bound / KEPT_SHARE;
    return (room < share ? room : share) / lanes->options.count / (partitions == 0 ? 1 : partitions);
}

static bool takes_no_more(const struct lane *lane) {
    const struct lanes *lanes = lane->lanes;
    return lane->halted || is_spent(lane) || lanes_memory_bytes(lanes) > lanes->options.memory_bytes_max;
}

/* ---- messages */

static void note_arrival(struct lanes_part *part, int64_t timestamp_ms, uint64_t count) {
    if (part->arrival_count == part->arrival_capacity) {
        part->arrival_capacity = part->arrival_capacity == 0 ? 64 : part->arrival_capacity * 2;
        part->arrivals = alloc_resize(part->arrivals, part->arrival_capacity, sizeof *part->arrivals);
    }
    part->arrivals[part->arrival_count++] = (struct lanes_arrival){timestamp_ms, count};
}

static struct partition_sink sink_of(struct lane *lane) {
    return (struct partition_sink){&lane->part->outbox, &lane->counters};
}

static void put_dead_letter(struct lane *lane, const struct message *message, const struct reject *reject,
                            message_headers *headers) {
    struct outbox *outbox = &lane->part->outbox;
    lane_note_reject(lane, message, reject);
    size_t before_bytes = outbox->bytes;
    dead_letter_put(outbox, message, reject, lane->lanes->options.topic, headers);
    lane->counters.outputs++;
    lane->counters.output_bytes += outbox->bytes - before_bytes;
}

static void take_message(struct lane *lane, const struct message *message, const struct partition_intake *intake) {
    const struct lanes_options *options = &lane->lanes->options;
    /* Of a partition that was revoked while the message was in the ring; whoever has it now reads it again. */
    struct owned *owned = lane_owner(lane, message);
    if (owned == NULL || owned->partition == NULL) {
        return;
    }
    struct reject reject;
    size_t pending_before = partition_pending_bytes(owned->partition);
    const struct partition_sink sink = sink_of(lane);
    enum offer_result result = partition_offer(owned->partition, message, intake, &sink, &reject);
    /* Into the open epoch: the letter goes out with the commit that puts C behind the message, once. */
    if (result == OFFER_REJECTED) {
        put_dead_letter(lane, message, &reject, intake->headers);
    } else if (options->key_partitions > 0 &&
               !options->key_fits(message->key, message->partition, options->key_partitions)) {
        lane->counters.misplaced_keys++;
    }
    arena_reset(&lane->scratch, SCRATCH_KEEP_BYTES);
    /* A message may have expired trains, so the sum may also have become smaller. */
    lane->pending_bytes += partition_pending_bytes(owned->partition) - pending_before;
    note_open(lane);
    lane->unnoted_bytes += message->value.len;
    /* Within a batch too: its messages may be large, and the bound on memory is looked at before each. */
    if (lane->unnoted_bytes > NOTE_STATES_BYTES) {
        note_states(lane);
    }
}

/* Takes messages of a batch from the lane->taken-th on, as long as the epoch takes them. */
static void take_batch(struct lane *lane, const struct message_batch *batch) {
    const struct partition_intake intake = {lane->decoder, &lane->scratch, clock_now(), batch->headers};
    int64_t oldest = MESSAGE_NO_TIMESTAMP;
    /* The epoch may have stopped in the middle of this batch. */
    size_t from = lane->taken;
    for (; lane->taken < batch->count && !takes_no_more(lane); lane->taken++) {
        const struct message *message = &batch->messages[lane->taken];
        lane_look_ahead(lane, batch);
        take_message(lane, message, &intake);
        if (message->timestamp_ms >= 0 && /* no clock stamps before 1970 */
            (oldest == MESSAGE_NO_TIMESTAMP || message->timestamp_ms < oldest)) {
            oldest = message->timestamp_ms;
        }
    }
    if (oldest != MESSAGE_NO_TIMESTAMP) {
        note_arrival(lane->part, oldest, lane->taken - from);
    }
    note_states(lane);
}

static void wait_for_turn(struct lane *lane, struct order *batch) {
    *lane->waiting_end = batch;
    lane->waiting_end = &batch->next;
}

static void ring_feeder(const struct lanes *lanes) {
    if (lanes->options.bell != NULL) {
        bell_ring(lanes->options.bell);
    }
}

/* The feeder may have stopped because so much was queued. */
static void note_done(struct lanes *lanes, size_t bytes) {
    size_t before = atomic_fetch_sub_explicit(&lanes->queued_bytes, bytes, memory_order_relaxed);
    if (before > lanes->options.queue_bytes_low && before - bytes <= lanes->options.queue_bytes_low) {
        ring_feeder(lanes);
    }
}

/* Gives the oldest waiting batch back. */
static void finish_batch(struct lane *lane) {
    struct order *order = lane->waiting;
    lane->waiting = order->next;
    if (lane->waiting == NULL) {
        lane->waiting_end = &lane->waiting;
    }
    lane->taken = 0;
    note_done(lane->lanes, order->batch->bytes);
    /* As soon as it is done with: the client counts what it has lent out. */
    order->batch->release(order->batch);
    free(order);
}

static void take_waiting(struct lane *lane) {
    while (lane->waiting != NULL && !takes_no_more(lane)) {
        take_batch(lane, lane->waiting->batch);
        if (lane->taken == lane->waiting->batch->count) {
            finish_batch(lane);
        }
    }
    /* Full says that a barrier would help. Where memory is the bound it would not: what was put stays until it is
     * committed, and state stays after that. */
    bool full = lane->waiting != NULL && !lane->halted && is_spent(lane);
    if (!atomic_exchange_explicit(&lane->full, full, memory_order_relaxed) && full) {
        ring_feeder(lane->lanes);
    }
}

/* ---- the end of an epoch */

static void describe_partition(struct lanes_part *part, const struct owned *owned) {
    if (part->partition_count == part->partition_capacity) {
        part->partition_capacity = part->partition_capacity == 0 ? 16 : part->partition_capacity * 2;
        part->partitions = alloc_resize(part->partitions, part->partition_capacity, sizeof *part->partitions);
    }
    struct lanes_partition *told = &part->partitions[part->partition_count++];
    *told = (struct lanes_partition){
        .partition = partition_number(owned->partition),
        .assignment = owned->assignment,
        .changing = partition_is_changing(owned->partition),
        .behind = partition_is_behind(owned->partition),
        .position = owned->cut_at,
        .live_events = partition_live_events(owned->partition),
        .trains = partition_train_count(owned->partition),
        .memory_bytes = owned->memory_bytes,
        .redo_offset = partition_redo_offset(owned->partition),
    };
    partition_by_status(owned->partition, told->by_status);
}

static void note_waiting(struct lane *lane, const struct message *message) {
    struct owned *owned = lane_owner(lane, message);
    /* The first one of its partition: batches wait in the order of the log. */
    if (owned != NULL && owned->waiting_from < 0) {
        owned->waiting_from = message->offset;
    }
}

/* Where each partition stopped: what waits belongs to a later epoch. */
static void find_waiting(struct lane *lane) {
    for (size_t i = 0; i < lane->owned_count; i++) {
        lane->owned[i].waiting_from = -1;
    }
    /* Of the oldest batch only what is left waits. */
    size_t from = lane->taken;
    for (const struct order *order = lane->waiting; order != NULL; order = order->next) {
        for (size_t i = from; i < order->batch->count; i++) {
            note_waiting(lane, &order->batch->messages[i]);
        }
        from = 0;
    }
}

static void cut_partition(struct lane *lane, const struct lanes_position *position, struct moment now, bool drain,
                          struct partition_room *room) {
    size_t number = (size_t)position->partition;
    if (number >= lane->owned_count || lane->owned[number].partition == NULL) {
        return;
    }
    struct owned *owned = &lane->owned[number];
    /* The feeder's position is behind all that it sent. C must not be behind a message that waits, or nobody would
     * ever read that again (exactly-once.md E10). */
    const struct partition_cut cut = {.position = owned->waiting_from < 0 ? position->offset : owned->waiting_from,
                                      .now = now,
                                      .assignment = owned->assignment,
                                      .epoch = lane->epoch + 1,
                                      .drain = drain};
    const struct partition_sink sink = sink_of(lane);
    owned->cut_at = cut.position;
    partition_keep(owned->partition, lane->kept_bytes_max);
    partition_barrier(owned->partition, &cut, room, &sink);
    /* Of any partition: they share the epoch. */
    lane->owes = lane->owes || partition_owes(owned->partition);
}

/* Hands the part on and begins the next one. */
static void close_part(struct lane *lane, size_t room_used) {
    struct lanes_part *part = lane->part;
    part->counters = lane->counters;
    /* What a commit takes is learnt by what was expected of it, since by that the next one is bounded. */
    part->budgeted_bytes = atomic_load_explicit(&lane->open_bytes, memory_order_relaxed) + room_used;
    atomic_fetch_add_explicit(&lane->lanes->in_flight_bytes, part->outbox.bytes, memory_order_relaxed);
    lane->part = ring_poll(lane->returned);
    if (lane->part == NULL) {
        lane->part = part_new();
    }
    /* The count of the epoch after this one begins at nothing. No lane is there yet: two are open at most
     * (LANES_EPOCHS_OPEN). */
    lane->epoch++;
    atomic_store_explicit(&lane->epoch_bytes[(lane->epoch + 1) % LANE_EPOCHS_KEPT], 0, memory_order_relaxed);
    note_open(lane); /* before the push: whoever has collected the part finds it counted once, not as open too */
    ring_push(lane->closed, part);
}

static void meet_barrier(struct lane *lane, const struct order *order) {
    struct moment now = clock_now();
    struct partition_room room = budget_room(budget_of(lane), epoch_bytes(lane), lane->lanes->options.count);
    /* Asked before the barrier frees what is pending: only an epoch that was cut short may let the budget grow. */
    lane->part->limited = lane->waiting != NULL && is_spent(lane);
    lane->owes = false;
    lane->kept_bytes_max = kept_bytes_max(lane);
    find_waiting(lane);
    for (size_t i = 0; i < order->position_count; i++) { /* each time another one is first to find room */
        cut_partition(lane, &order->positions[(lane->epoch + i) % order->position_count], now, order->drain, &room);
    }
    /* What was pending has been put; what still is begins the next epoch. */
    note_states(lane);
    lane->pending_bytes = 0;
    for (size_t i = 0; i < lane->owned_count; i++) {
        if (lane->owned[i].partition != NULL) {
            describe_partition(lane->part, &lane->owned[i]);
            lane->pending_bytes += partition_pending_bytes(lane->owned[i].partition);
        }
    }
    lane->part->limited = lane->part->limited || room.is_short;
    lane_answer_waiting(lane, false);
    close_part(lane, room.used);
}

/* ---- coming and going */

static void own(struct lane *lane, struct partition *partition, uint64_t assignment) {
    size_t number = (size_t)partition_number(partition);
    if (number >= lane->owned_count) {
        lane->owned = alloc_resize(lane->owned, number + 1, sizeof *lane->owned);
        memset(lane->owned + lane->owned_count, 0, (number + 1 - lane->owned_count) * sizeof *lane->owned);
        lane->owned_count = number + 1;
    }
    assert(lane->owned[number].partition == NULL);
    lane->owned[number].partition = partition;
    lane->owned[number].cut_at = -1;
    lane->owned[number].assignment = assignment;
    note_state(lane, &lane->owned[number]);
}

/* What waits of a partition that goes away must not meet a later assignment of it. */
static void forget_waiting(struct lane *lane, int32_t number) {
    for (struct order *order = lane->waiting; order != NULL; order = order->next) {
        for (size_t i = 0; i < order->batch->count; i++) {
            if (order->batch->messages[i].partition == number) {
                order->batch->messages[i].partition = LANES_NO_PARTITION;
            }
        }
    }
}

static void disown(struct lane *lane, int32_t number) {
    if ((size_t)number < lane->owned_count && lane->owned[number].partition != NULL) {
        lane->pending_bytes -= partition_pending_bytes(lane->owned[number].partition);
        partition_free(lane->owned[number].partition);
        lane->owned[number].partition = NULL;
        /* What it put since the last barrier belongs to an assignment that is over (exactly-once.md E3). Closed
         * epochs are the committer's: it asks whose each part is (E4). */
        outbox_forget(&lane->part->outbox, number);
        forget_waiting(lane, number);
        note_state(lane, &lane->owned[number]);
        note_open(lane);
    }
}

/* ---- the thread */

/* False: the thread ends. */
static bool obey(struct lane *lane, struct order *order) {
    /* Behind the batches that wait already, so that each partition keeps its order; everything else is obeyed at
     * once. */
    if (order->kind == ORDER_BATCH) {
        wait_for_turn(lane, order);
        return true;
    }
    switch (order->kind) {
    case ORDER_BARRIER: meet_barrier(lane, order); break;
    case ORDER_ASSIGN: own(lane, order->partition, order->assignment); break;
    case ORDER_REVOKE: disown(lane, order->number); break;
    case ORDER_HALT: lane->halted = true; break;
    case ORDER_BATCH:
    case ORDER_STOP: break;
    }
    bool more = order->kind != ORDER_STOP;
    free(order);
    return more;
}

static void note_load(struct lane *lane, int64_t began_ns) {
    atomic_fetch_add_explicit(&lane->busy_ns, (uint64_t)(clock_steady_ns() - began_ns), memory_order_relaxed);
    atomic_fetch_add_explicit(&lane->obeyed, 1, memory_order_relaxed);
}

/* The next order; questions are answered meanwhile. */
static struct order *next_order(struct lane *lane) {
    for (;;) {
        bool more = lane_answer_some(lane);
        struct order *order = ring_poll(lane->orders);
        if (order != NULL) {
            return order;
        }
        if (!more) {
            bell_arm(lane->bell); /* what comes from here on ends the sleep, so both rings are looked at once more */
            order = ring_poll(lane->orders);
            if (order != NULL) {
                return order;
            }
            if (!lane_answer_some(lane)) {
                bell_sleep(lane->bell, -1);
            }
        }
    }
}

static void *lane_main(void *context) {
    struct lane *lane = context;
    struct order *order = next_order(lane);
    int64_t began_ns = clock_steady_ns();
    while (obey(lane, order)) {
        take_waiting(lane);
        note_load(lane, began_ns);
        order = next_order(lane);
        began_ns = clock_steady_ns();
    }
    return NULL;
}

void lane_start(struct lanes *lanes, struct lane *lane) {
    struct questions *questions = lanes->options.questions;
    lane->lanes = lanes;
    lane->number = (unsigned)(lane - lanes->lanes);
    lane->bell = questions == NULL ? bell_new() : questions_lane_bell(questions, lane->number);
    lane->rejects = questions == NULL ? NULL : alloc_zeroed(QUESTION_REJECTS_MAX, sizeof *lane->rejects);
    lane->asked_end = &lane->asked;
    lane->orders = ring_new(RING_SLOTS, lane->bell);
    lane->returned = ring_new(LANES_EPOCHS_OPEN + 1, lane->bell);
    lane->closed = ring_new(LANES_EPOCHS_OPEN + 1, lanes->collector_bell);
    lane->part = part_new();
    lane->waiting_end = &lane->waiting;
    lane->decoder = decoder_new(lanes->options.message_bytes_max);
    arena_init(&lane->scratch);
    if (pthread_create(&lane->thread, NULL, lane_main, lane) != 0) {
        abort();
    }
}

void lane_end(struct lane *lane, void (*keep)(void *context, struct partition *partition), void *context) {
    pthread_join(lane->thread, NULL);
    /* Not taken, so below no C: the next life reads them. */
    while (lane->waiting != NULL) {
        finish_batch(lane);
    }
    lane_answer_waiting(lane, true);
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
    free(lane->rejects);
    /* With questions the bell is theirs: it rings for both rings. */
    if (lane->lanes->options.questions == NULL) {
        bell_free(lane->bell);
    }
}
