/* Trains by status: counted at barriers, learnt after a restore where somebody asks. */
#include <criterion/criterion.h>

#include <stdio.h>

#include "support/partition_kit.h"

enum { DAYS = 3, TRAINS = 9 };

TestSuite(partition_status, .init = kit_open, .fini = kit_close);

static uint64_t known(uint64_t counts[STATUS_COUNT]) {
    uint64_t sum = 0;
    partition_by_status(kit.partition, counts);
    for (int i = 0; i < STATUS_COUNT; i++) {
        sum += counts[i];
    }
    return sum;
}

static void fill(void) {
    char key[40];
    for (unsigned i = 0; i < TRAINS; i++) {
        snprintf(key, sizeof key, "X%u|2020-06-0%u|CNAKL", i, 1 + i % DAYS);
        OFFER(EVENTS_MANIFEST, key, EVENTS_TIME_MS, .id = i, .waybill = i);
        if (i % 2 == 0) {
            OFFER(EVENTS_ARRIVAL, key, EVENTS_TIME_MS, .id = 100 + i);
        }
    }
    kit_barrier();
}

Test(partition_status, is_counted_at_the_barrier) {
    uint64_t counts[STATUS_COUNT];
    OFFER(EVENTS_MANIFEST, "X1|2020-06-01|CNAKL", EVENTS_TIME_MS, .id = 1);
    cr_expect_eq(known(counts), 0);
    kit_barrier();
    cr_expect_eq(known(counts), 1);
    cr_expect_eq(counts[STATUS_OPEN], 1);
    OFFER(EVENTS_ARRIVAL, "X1|2020-06-01|CNAKL", EVENTS_TIME_MS, .id = 2);
    kit_barrier();
    cr_expect_eq(known(counts), 1);
    cr_expect_eq(counts[STATUS_OPEN], 0);
    cr_expect_eq(counts[STATUS_INCOMPLETE], 1, "no composition, no declaration");
}

Test(partition_status, goes_with_the_train) {
    uint64_t counts[STATUS_COUNT];
    OFFER(EVENTS_MANIFEST, "X1|2020-03-18|CNAKL", EVENTS_TIME_MS, .id = 1);
    kit_barrier();
    cr_expect_eq(known(counts), 1);
    OFFER(EVENTS_MANIFEST, "X2|2020-06-01|CNAKL", EVENTS_TIME_MS + 2 * TIMESTAMP_DAY_MS, .id = 2);
    kit_barrier();
    cr_expect_eq(partition_train_count(kit.partition), 1);
    cr_expect_eq(known(counts), 1, "the one that expired is counted out");
}

Test(partition_status, is_learnt_after_a_restore_a_day_at_a_barrier) {
    uint64_t before[STATUS_COUNT], after[STATUS_COUNT];
    fill();
    cr_assert_eq(known(before), TRAINS);
    kit.options.learn = true;
    cr_assert(kit_restart(), "%s", kit.error);
    cr_expect_eq(known(after), 0);
    for (int day = 1; day <= DAYS; day++) {
        kit_barrier();
        cr_expect_eq(known(after), (uint64_t)(TRAINS / DAYS * day));
        cr_expect_eq(kit_count(OUTPUT_CLEARANCES) + kit_count(OUTPUT_TRAFFIC), 0, "nothing goes out for it");
    }
    cr_expect_arr_eq(after, before, sizeof after);
}

Test(partition_status, is_not_learnt_where_nobody_asks) {
    uint64_t counts[STATUS_COUNT];
    fill();
    cr_assert(kit_restart(), "%s", kit.error);
    for (int i = 0; i < 2 * DAYS; i++) {
        kit_barrier();
    }
    cr_expect_eq(known(counts), 0);
}

Test(partition_status, a_change_before_it_was_learnt_counts_once) {
    uint64_t counts[STATUS_COUNT];
    fill();
    kit.options.learn = true;
    cr_assert(kit_restart(), "%s", kit.error);
    OFFER(EVENTS_ARRIVAL, "X1|2020-06-02|CNAKL", EVENTS_TIME_MS + 5, .id = 300);
    for (int i = 0; i < 2 * DAYS; i++) {
        kit_barrier();
    }
    cr_expect_eq(known(counts), TRAINS);
    cr_expect_eq(counts[STATUS_OPEN], TRAINS / 2 - 1);
}
