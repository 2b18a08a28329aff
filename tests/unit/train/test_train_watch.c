/* What a train notes for whoever watches it: which registers turned, wherever they stand by now. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "train/train_state.h"

static struct train *train;
static struct train_changes changes;

static void begin(void) {
    train = train_new(SLICE("X8024|2020-12-18|CNAKL"), 5);
    memset(&changes, 0, sizeof changes);
    train_watch(train, &changes);
}

static void end(void) {
    train_free(train);
}

TestSuite(train_watch, .init = begin, .fini = end);

/* The newest tracking of container `i`. */
static void track(unsigned i, int second) {
    char number[16], id[32];
    struct join_effect effect;
    snprintf(number, sizeof number, "CSQU%07u", i);
    snprintf(id, sizeof id, "%u at %d", i, second);
    struct event event = {.type = EVENT_TRACKED,
                          .id = slice_of(id),
                          .source = SLICE("s"),
                          .time_ms = 1608278400000 + second,
                          .message_bytes = 100,
                          .hash = hash_of(slice_of(id)),
                          .data.tracked = {.container = slice_of(number), .event = TRACKING_POSITION}};
    event.registers = registers_of(event.type, &event.data);
    train_join(train, &event, i, SIZE_MAX, &effect);
}

static void expect_noted(size_t at, unsigned container, int second) {
    char number[16];
    const struct fact *fact;
    size_t index;
    snprintf(number, sizeof number, "CSQU%07u", container);
    cr_assert_lt(at, changes.count);
    train_register(train, changes.registers[at], &fact, &index);
    struct register_key key = fact_register(fact, index);
    cr_expect_eq(key.kind, REGISTER_TRACKED);
    cr_expect(slice_equal(key.text, slice_of(number)), "%.*s", (int)key.text.len, key.text.data);
    cr_expect_eq(fact_time_ms(fact), 1608278400000 + second);
}

Test(train_watch, new_and_newer_are_noted_stale_ones_are_not) {
    track(1, 10);
    track(2, 20);
    track(1, 30);
    track(2, 15); /* stale */
    cr_assert_eq(changes.count, 3);
    cr_expect_not(changes.lost);
    expect_noted(0, 1, 30); /* as it is now */
    expect_noted(1, 2, 20);
    expect_noted(2, 1, 30);
}

Test(train_watch, times_of_those_that_died) {
    track(1, 10);
    track(2, 20);
    cr_expect_not(changes.any_died);
    track(2, 21);
    track(1, 30);
    track(2, 31);
    cr_assert(changes.any_died);
    cr_expect_eq(changes.died_first_ms, 1608278400000 + 10);
    cr_expect_eq(changes.died_last_ms, 1608278400000 + 21);
}

Test(train_watch, noted_ones_are_found_when_the_table_has_grown) {
    track(7, 3);
    for (unsigned i = 200; changes.count < 20; i++) {
        track(i, 5); /* 4 slots, 8, 16, 32 */
    }
    cr_expect_not(changes.lost);
    cr_expect_gt(train->slot_count, 16);
    expect_noted(0, 7, 3);
    for (size_t i = 1; i < changes.count; i++) {
        expect_noted(i, 200 + (unsigned)i - 1, 5);
    }
}

Test(train_watch, too_many_are_lost) {
    for (unsigned i = 0; i <= TRAIN_CHANGES_MAX; i++) {
        track(i, 1);
    }
    cr_expect(changes.lost);
}
