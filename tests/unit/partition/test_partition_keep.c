/* What a partition keeps of records that went out: within its bound, counted, and without effect on any byte. */
#include <criterion/criterion.h>

#include <stdio.h>

#include "partition/partition_keep.h"
#include "support/partition_kit.h"

enum { TRAINS = 12, KEY_BYTES = 32 };

TestSuite(partition_keep, .init = kit_open, .fini = kit_close);

static unsigned ids;

static const char *key_of(unsigned train) {
    static char key[KEY_BYTES];
    snprintf(key, sizeof key, "X%u|2020-06-01|CNAKL", train);
    return key;
}

static void give(enum events_kind kind, unsigned train) {
    ++ids;
    OFFER(kind, key_of(train), EVENTS_TIME_MS + ids, .id = ids, .kg = 10);
}

static void make_arrived(unsigned train) {
    give(EVENTS_MANIFEST, train);
    give(EVENTS_COMPOSITION, train);
    give(EVENTS_ARRIVAL, train);
}

/* Each train changes once more, and its record goes out. */
static void move_all(void) {
    for (unsigned train = 0; train < TRAINS; train++) {
        give(EVENTS_TRACKED, train);
    }
    kit_barrier();
    cr_assert_eq(kit_count(OUTPUT_CLEARANCES), TRAINS);
}

static void begin(void) {
    for (unsigned train = 0; train < TRAINS; train++) {
        make_arrived(train);
    }
    kit_barrier();
}

Test(partition_keep, keeps_what_changes_again_beside_the_state) {
    begin();
    cr_expect_eq(partition_kept_bytes(kit.partition), 0,
                 "they came whole: nobody knows whether they will change again");
    size_t before = partition_memory_bytes(kit.partition);
    move_all();
    size_t kept = partition_kept_bytes(kit.partition);
    cr_expect_gt(kept, TRAINS * (size_t)1000);
    cr_expect_lt(partition_memory_bytes(kit.partition), before + kept, "it is no state");
    partition_keep(kit.partition, 0);
    cr_expect_eq(partition_kept_bytes(kit.partition), 0);
}

/* What comes bit by bit pays for what is kept; what came whole may never change again. */
Test(partition_keep, keeps_the_first_record_of_a_train_that_comes_bit_by_bit) {
    give(EVENTS_MANIFEST, 0);
    kit_barrier();
    cr_assert_eq(partition_kept_bytes(kit.partition), 0, "its record does not go out before it arrives");
    give(EVENTS_COMPOSITION, 0);
    give(EVENTS_ARRIVAL, 0);
    kit_barrier();
    cr_assert_eq(kit_count(OUTPUT_CLEARANCES), 1);
    cr_expect_gt(partition_kept_bytes(kit.partition), 0);
}

/* As a backlog brings a train: in a few large pieces, each of which changes most of its record. */
Test(partition_keep, keeps_nothing_of_what_comes_in_large_pieces) {
    enum { MANY = 30 };
    make_arrived(0);
    kit_barrier();
    for (int i = 0; i < MANY; i++) {
        give(EVENTS_TRACKED, 0);
    }
    kit_barrier();
    cr_assert_eq(kit_count(OUTPUT_CLEARANCES), 1);
    cr_expect_eq(partition_kept_bytes(kit.partition), 0);
    give(EVENTS_TRACKED, 0);
    kit_barrier();
    cr_expect_gt(partition_kept_bytes(kit.partition), 0, "now it is caught up with");
}

Test(partition_keep, bound_holds_after_each_barrier) {
    begin();
    move_all();
    size_t all = partition_kept_bytes(kit.partition);
    kit.kept_bytes_max = all / 3;
    for (int i = 0; i < 3; i++) {
        move_all();
        cr_expect_leq(partition_kept_bytes(kit.partition), kit.kept_bytes_max);
        cr_expect_gt(partition_kept_bytes(kit.partition), 0);
    }
}

/* Two trains move on while the others rest: they are the ones that stay. */
Test(partition_keep, drops_what_was_used_longest_ago) {
    begin();
    move_all();
    size_t one = partition_kept_bytes(kit.partition) / TRAINS;
    give(EVENTS_TRACKED, 0);
    give(EVENTS_TRACKED, 1);
    kit_barrier();
    kit.kept_bytes_max = 5 * one / 2;
    give(EVENTS_TRACKED, 0);
    kit_barrier();
    size_t kept = partition_kept_bytes(kit.partition);
    cr_expect_gt(kept, one);
    give(EVENTS_TRACKED, 1);
    kit_barrier();
    cr_expect_eq(partition_kept_bytes(kit.partition), kept, "the second was still there, and nothing new came in");
}

static void rest(unsigned barriers) {
    for (unsigned i = 0; i < barriers; i++) {
        kit_barrier();
    }
}

/* Most trains are through some day, and what is kept of them would only take memory from those that are not. */
Test(partition_keep, drops_what_has_not_been_used_for_long) {
    begin();
    move_all();
    size_t one = partition_kept_bytes(kit.partition) / TRAINS;
    for (int i = 0; i < 100; i++) {
        give(EVENTS_TRACKED, 0);
        kit_barrier();
    }
    cr_expect_gt(partition_kept_bytes(kit.partition), one / 2);
    cr_expect_lt(partition_kept_bytes(kit.partition), 2 * one, "the one that moves stays");
    rest(1000);
    cr_expect_eq(partition_kept_bytes(kit.partition), 0);
}

/* A backlog has few barriers, and many messages between them: so messages count too. */
Test(partition_keep, drops_what_many_messages_have_passed_by) {
    enum { BARRIERS = 20, MESSAGES = 1000 };
    begin();
    move_all();
    size_t one = partition_kept_bytes(kit.partition) / TRAINS;
    for (int i = 0; i < BARRIERS; i++) {
        cr_expect_gt(partition_kept_bytes(kit.partition), one / 2);
        kit.next_offset += MESSAGES; /* of which nothing is seen here */
        give(EVENTS_TRACKED, 0);
        kit_barrier();
    }
    cr_expect_lt(partition_kept_bytes(kit.partition), 2 * one);
}

/* Trains that change now and then, but again and again: what is kept of them learns to wait for them. */
Test(partition_keep, keeps_for_as_long_as_trains_take_to_change_again) {
    enum { BETWEEN = 150, TIMES = 20 };
    begin();
    for (int i = 0; i < TIMES; i++) {
        move_all();
        rest(BETWEEN);
    }
    cr_expect_gt(partition_kept_bytes(kit.partition), 0);
}

Test(partition_keep, what_is_kept_goes_with_its_train) {
    begin();
    move_all();
    OFFER(EVENTS_HOLD, "X99|2020-09-01|CNAKL", EVENTS_TIME_MS + 90 * EVENTS_DAY_MS, .id = ++ids);
    kit_barrier();
    cr_expect_eq(partition_train_count(kit.partition), 1);
    cr_expect_eq(partition_kept_bytes(kit.partition), 0);
}
