/* Lanes with real threads; this one feeds and collects. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/timestamp.h"
#include "lanes/lanes.h"
#include "support/events.h"

enum { PARTITIONS = 8, MESSAGES = 16, WAIT_MS = 10000 };

static struct lanes *lanes;
static struct lanes_epoch epoch; /* of the last barrier */
static unsigned released;

static void start(unsigned count, size_t budget_bytes, size_t memory_bytes_max) {
    lanes = lanes_start(&(struct lanes_options){.count = count,
                                                .message_bytes_max = 1 << 20,
                                                .topic = SLICE("input"),
                                                .budget_bytes = budget_bytes,
                                                .memory_bytes_max = memory_bytes_max});
}

static void release_epoch(void) {
    if (epoch.count > 0) {
        lanes_release(lanes, &epoch);
    }
}

static void end(void) {
    if (lanes != NULL) {
        release_epoch();
        lanes_stop(lanes, NULL, NULL);
    }
}

TestSuite(lanes, .fini = end);

static void assign(int32_t number, uint64_t assignment) {
    const struct partition_options options = {.number = number,
                                              .check_key = true,
                                              .limits = {1 << 20, 8 << 20, 36500},
                                              .checkpoint_bytes = UINT64_MAX,
                                              .checkpoint_age_ms = INT64_C(1) << 50,
                                              .checkpoint_part_bytes_max = 1 << 20};
    lanes_assign(lanes, partition_new(&options), assignment);
}

/* ---- messages */

struct batch {
    struct message_batch batch;
    struct message messages[MESSAGES];
    struct buffer values[MESSAGES];
    char keys[MESSAGES][40];
};

static void release_batch(struct message_batch *batch) {
    struct batch *whole = (struct batch *)batch; /* its first member */
    for (size_t i = 0; i < batch->count; i++) {
        buffer_release(&whole->values[i]);
    }
    free(whole);
    released++;
}

/* Sends arrivals of `count` trains of this partition from `train` on, at offsets from `from` on. */
static void send_arrivals(int32_t partition, int64_t from, size_t count, int64_t train, int64_t time_ms) {
    struct batch *batch = alloc_zeroed(1, sizeof *batch);
    batch->batch = (struct message_batch){batch->messages, count, 0, NULL, release_batch};
    for (size_t i = 0; i < count; i++) {
        snprintf(batch->keys[i], sizeof batch->keys[i], "P%dX%lld|2020-06-01|CNAKL", (int)partition,
                 (long long)train + (long long)i);
        events_put(&EVENT(EVENTS_ARRIVAL, batch->keys[i], time_ms), &batch->values[i]);
        batch->messages[i] = (struct message){.key = slice_of(batch->keys[i]),
                                              .value = buffer_slice(&batch->values[i]),
                                              .offset = from + (int64_t)i,
                                              .timestamp_ms = MESSAGE_NO_TIMESTAMP,
                                              .partition = partition};
        batch->batch.bytes += batch->values[i].len;
    }
    lanes_send(lanes, lanes_of(lanes, partition), &batch->batch);
}

/* Of trains of their own. */
static void send(int32_t partition, int64_t from, size_t count) {
    send_arrivals(partition, from, count, from, EVENTS_TIME_MS);
}

/* A barrier at the ends of `count` partitions, and the epoch that it closes. */
static void close_epoch(const struct lanes_position *ends, size_t count) {
    release_epoch();
    lanes_barrier(lanes, ends, count, false);
    cr_assert(lanes_collect(lanes, WAIT_MS, &epoch));
}

/* C of a partition in the last epoch, -1 without one. */
static int64_t committed(int32_t partition) {
    for (unsigned i = 0; i < epoch.count; i++) {
        const struct outbox *outbox = &epoch.parts[i]->outbox;
        for (size_t k = 0; k < outbox->offset_count; k++) {
            if (outbox->offsets[k].partition == partition) {
                return outbox->offsets[k].offset;
            }
        }
    }
    return -1;
}

static size_t records(int32_t partition) {
    size_t count = 0;
    for (unsigned i = 0; i < epoch.count; i++) {
        const struct outbox *outbox = &epoch.parts[i]->outbox;
        for (size_t k = 0; k < outbox->output_count; k++) {
            count += outbox->outputs[k].topic == OUTPUT_CLEARANCES && outbox->outputs[k].input_partition == partition;
        }
    }
    return count;
}

static bool is_limited(void) {
    bool limited = false;
    for (unsigned i = 0; i < epoch.count; i++) {
        limited = limited || epoch.parts[i]->limited;
    }
    return limited;
}

/* ---- who has what */

Test(lanes, a_partition_goes_where_the_fewest_are) {
    start(2, 0, 0);
    const int32_t even[] = {0, 2, 4, 6};
    unsigned counts[2] = {0};
    for (size_t i = 0; i < 4; i++) {
        assign(even[i], 1);
        counts[lanes_of(lanes, even[i])]++;
    }
    cr_expect_eq(counts[0], 2, "even numbers alone are spread all the same");
    cr_expect_eq(counts[1], 2);
    unsigned left = lanes_of(lanes, 0);
    lanes_revoke(lanes, 0);
    assign(7, 1);
    cr_expect_eq(lanes_of(lanes, 7), left, "the lane that has one fewer");
}

Test(lanes, where_as_many_are_the_least_state_decides) {
    start(2, 0, 0);
    assign(0, 1);
    assign(1, 1);
    cr_assert_neq(lanes_of(lanes, 0), lanes_of(lanes, 1));
    for (int i = 0; i < 8; i++) {
        send(1, i * MESSAGES, MESSAGES);
    }
    const struct lanes_position ends[] = {{0, 0}, {1, 8 * MESSAGES}};
    close_epoch(ends, 2);
    assign(2, 1);
    cr_expect_eq(lanes_of(lanes, 2), lanes_of(lanes, 0));
}

Test(lanes, revoking_what_nobody_has_does_nothing) {
    start(2, 0, 0);
    lanes_revoke(lanes, 5);
    assign(5, 1);
    lanes_revoke(lanes, 5);
    lanes_revoke(lanes, 5);
    assign(5, 2);
}

/* ---- an epoch is bounded by what it puts out */

Test(lanes, a_full_epoch_ends_where_its_lane_stopped) {
    start(1, 8000, 0);
    assign(0, 1);
    assign(1, 1);
    send(0, 0, MESSAGES);
    send(1, 5, MESSAGES);
    send(0, MESSAGES + 4, MESSAGES); /* behind markers */
    const struct lanes_position ends[] = {{0, 2 * MESSAGES + 9}, {1, MESSAGES + 5}};
    int64_t last = -1;
    size_t count[2] = {0};
    unsigned epochs = 0;
    do {
        close_epoch(ends, 2);
        epochs++;
        for (int32_t p = 0; p < 2; p++) {
            count[p] += records(p);
            cr_expect_lt(records(p), MESSAGES);
        }
        if (committed(0) >= 0) {
            cr_expect_gt(committed(0), last);
            last = committed(0);
        }
        cr_expect_eq(is_limited(), count[0] + count[1] < 3 * MESSAGES);
    } while (is_limited());
    cr_expect_gt(epochs, 4);
    cr_expect_eq(count[0], 2 * MESSAGES, "each record once");
    cr_expect_eq(count[1], MESSAGES);
    cr_expect_eq(last, ends[0].offset, "past what is no message, once nothing waits");
    cr_expect_eq(released, 3);
    cr_expect_eq(lanes_queued_bytes(lanes), 0);
}

Test(lanes, what_was_not_begun_is_committed_where_its_first_message_stands) {
    start(1, 1, 0);
    assign(0, 1);
    assign(1, 1);
    send(0, 0, 4);
    send(1, 50, 4);
    const struct lanes_position ends[] = {{0, 4}, {1, 54}};
    close_epoch(ends, 2);
    cr_expect_eq(committed(0), 1, "one message is always taken");
    cr_expect_eq(committed(1), 50);
    cr_expect_eq(records(1), 0);
}

Test(lanes, a_full_lane_asks_for_a_barrier) {
    start(1, 1, 0);
    assign(0, 1);
    cr_expect_not(lanes_are_full(lanes));
    send(0, 0, 3);
    while (!lanes_are_full(lanes)) {
    }
    const struct lanes_position ends[] = {{0, 3}};
    for (int i = 0; i < 3; i++) {
        close_epoch(ends, 1);
    }
    cr_expect_eq(committed(0), 3);
    cr_expect_not(lanes_are_full(lanes));
}

Test(lanes, all_lanes_share_the_budget) {
    start(2, 6000, 0);
    assign(0, 1);
    assign(1, 1);
    send(0, 0, MESSAGES);
    while (!lanes_are_full(lanes)) {
    }
    send(1, 0, MESSAGES);
    const struct lanes_position ends[] = {{0, MESSAGES}, {1, MESSAGES}};
    close_epoch(ends, 2);
    cr_expect_gt(records(0), 0);
    cr_expect_eq(committed(1), 0, "nothing was left for the other lane");
    cr_expect_eq(records(1), 0);
}

Test(lanes, a_larger_budget_takes_effect_at_once) {
    start(1, 1, 0);
    assign(0, 1);
    send(0, 0, MESSAGES);
    while (!lanes_are_full(lanes)) {
    }
    lanes_set_budget(lanes, SIZE_MAX);
    const struct lanes_position ends[] = {{0, MESSAGES}};
    close_epoch(ends, 1);
    cr_expect_eq(committed(0), 1);
    close_epoch(ends, 1);
    cr_expect_eq(committed(0), MESSAGES);
}

/* ---- the feeder's bell */

static void sleep_on(struct bell *bell) {
    int64_t began_ms = clock_steady_ms();
    bell_sleep(bell, WAIT_MS);
    cr_assert_lt(clock_steady_ms() - began_ms, WAIT_MS, "nobody rang");
}

static struct bell *start_with_bell(size_t budget_bytes, size_t queue_bytes_low) {
    struct bell *bell = bell_new();
    lanes = lanes_start(&(struct lanes_options){.count = 1,
                                                .message_bytes_max = 1 << 20,
                                                .topic = SLICE("input"),
                                                .budget_bytes = budget_bytes,
                                                .bell = bell,
                                                .queue_bytes_low = queue_bytes_low});
    assign(0, 1);
    return bell;
}

static void end_with_bell(struct bell *bell) {
    end();
    lanes = NULL;
    bell_free(bell);
}

Test(lanes, the_feeder_hears_that_messages_wait_for_a_barrier) {
    struct bell *bell = start_with_bell(1, 0);
    bell_arm(bell);
    send(0, 0, MESSAGES);
    sleep_on(bell);
    cr_assert(lanes_are_full(lanes));
    end_with_bell(bell);
}

Test(lanes, the_feeder_hears_when_little_is_left) {
    struct bell *bell = start_with_bell(0, 1);
    for (int64_t round = 0; round < 20; round++) {
        bell_arm(bell);
        send(0, round * MESSAGES, MESSAGES);
        sleep_on(bell);
        cr_assert_eq(lanes_queued_bytes(lanes), 0);
    }
    end_with_bell(bell);
}

/* ---- what waits */

Test(lanes, what_waits_of_a_revoked_partition_never_meets_its_next_assignment) {
    start(1, 1, 0);
    assign(0, 1);
    assign(1, 1);
    send(0, 0, 4);
    send(1, 0, 4);
    lanes_revoke(lanes, 0);
    assign(0, 2);
    const struct lanes_position ends[] = {{0, 2}, {1, 4}};
    size_t count = 0;
    for (int i = 0; i < 5; i++) {
        close_epoch(ends, 2);
        count += records(1);
        cr_expect_eq(records(0), 0);
        cr_expect(committed(0) == 2 || committed(0) < 0, "as the new assignment says, not where old messages stand");
    }
    cr_expect_eq(count, 4);
    cr_expect_eq(released, 2);
    cr_expect_eq(lanes_queued_bytes(lanes), 0);
}

Test(lanes, a_halted_lane_takes_no_more_and_gives_back_what_waits) {
    start(1, 1, 0);
    assign(0, 1);
    send(0, 0, MESSAGES);
    lanes_halt(lanes);
    const struct lanes_position ends[] = {{0, MESSAGES}};
    close_epoch(ends, 1);
    cr_expect_eq(committed(0), 1);
    close_epoch(ends, 1);
    cr_expect_eq(committed(0), -1);
    cr_expect_eq(released, 0);
    release_epoch();
    lanes_stop(lanes, NULL, NULL);
    lanes = NULL;
    cr_expect_eq(released, 1);
}

Test(lanes, beyond_the_memory_bound_messages_wait) {
    start(1, 0, 1);
    assign(0, 1);
    send(0, 7, MESSAGES);
    const struct lanes_position ends[] = {{0, 7 + MESSAGES}};
    close_epoch(ends, 1);
    cr_expect_eq(committed(0), 7, "its state alone is more");
    cr_expect_not(is_limited(), "a larger budget would not help");
    cr_expect_gt(lanes_queued_bytes(lanes), 0);
}

Test(lanes, memory_counts_what_is_put_until_it_is_released) {
    start(2, 0, 0);
    assign(0, 1);
    send(0, 0, MESSAGES);
    const struct lanes_position ends[] = {{0, MESSAGES}};
    close_epoch(ends, 1);
    size_t bytes = 0;
    for (unsigned i = 0; i < epoch.count; i++) {
        bytes += epoch.parts[i]->outbox.bytes;
    }
    cr_expect_gt(bytes, 1000);
    cr_expect_eq(lanes_memory_bytes(lanes), lanes_state_bytes(lanes) + bytes);
    release_epoch();
    cr_expect_eq(lanes_memory_bytes(lanes), lanes_state_bytes(lanes));
}

/* ---- what is noted */

static void release_bare(struct message_batch *batch) {
    free(batch->messages);
    free(batch);
}

/* A batch of one message for each timestamp. */
static void send_stamped(const int64_t *timestamps_ms, size_t count) {
    struct message_batch *batch = alloc_zeroed(1, sizeof *batch);
    *batch = (struct message_batch){alloc_zeroed(count, sizeof *batch->messages), count, 0, NULL, release_bare};
    for (size_t i = 0; i < count; i++) {
        batch->messages[i] = (struct message){.value = SLICE("{}"), .timestamp_ms = timestamps_ms[i]};
    }
    lanes_send(lanes, 0, batch);
}

Test(lanes, a_timestamp_before_1970_is_no_arrival) {
    start(1, 0, 0);
    lanes_assign(lanes, partition_new(&(struct partition_options){.file_mode = true}), 1);
    send_stamped((const int64_t[]){INT64_MIN, 2000, MESSAGE_NO_TIMESTAMP, 1000, -5}, 5);
    send_stamped((const int64_t[]){INT64_MIN}, 1);
    close_epoch(NULL, 0);
    cr_assert_eq(epoch.parts[0]->arrival_count, 1);
    cr_assert_eq(epoch.parts[0]->arrivals[0].timestamp_ms, 1000);
    cr_assert_eq(epoch.parts[0]->arrivals[0].count, 5);
}

/* ---- what is kept of records */

/* The same trains, one hour later each time; what is kept when the epoch is closed. */
static size_t kept_after(int64_t hour) {
    send_arrivals(1, hour * MESSAGES, MESSAGES, 0, EVENTS_TIME_MS + hour * 3600000);
    close_epoch(&(struct lanes_position){1, (hour + 1) * MESSAGES}, 1);
    cr_assert_eq(records(1), MESSAGES);
    cr_expect_geq(lanes_memory_bytes(lanes), lanes_state_bytes(lanes) + lanes_kept_bytes(lanes));
    return lanes_kept_bytes(lanes);
}

Test(lanes, records_are_kept_and_make_room_for_who_waits) {
    start(1, 0, 64 << 20);
    assign(1, 1);
    cr_expect_eq(kept_after(0), 0);
    cr_expect_gt(kept_after(1), 0, "the second record says that a third may come");
    lanes_spare(lanes, true);
    cr_expect_eq(kept_after(2), 0);
    lanes_spare(lanes, false);
    cr_expect_gt(kept_after(3), 0);
}
