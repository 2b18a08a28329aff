#include <criterion/criterion.h>

#include "kafka/txn_rounds.h"

enum { BATCH_BYTES = 1000000, PARTITIONS = 3 };

static const char VALUE[BATCH_BYTES * 2];

static struct output clearance(int32_t partition, size_t bytes) {
    return (struct output){.topic = OUTPUT_CLEARANCES, .input_partition = partition, .value = {VALUE, bytes}};
}

/* Into `round_of`, from 1 on; how many rounds there were. */
static unsigned run(const struct output *outputs, size_t count, unsigned *round_of) {
    struct txn_rounds rounds;
    unsigned round = 0;
    txn_rounds_init(&rounds, PARTITIONS, BATCH_BYTES);
    do {
        round++;
        for (size_t i = 0; i < count; i++) {
            if (txn_rounds_take(&rounds, &outputs[i], i + 1)) {
                cr_assert_eq(round_of[i], 0, "twice");
                round_of[i] = round;
            }
        }
    } while (txn_rounds_next(&rounds));
    txn_rounds_release(&rounds);
    return round;
}

Test(txn_rounds, what_fits_a_request_is_one_round) {
    struct output outputs[60];
    unsigned round_of[60] = {0};
    for (int i = 0; i < 60; i++) {
        outputs[i] = clearance(i % PARTITIONS, 45000); /* 900,000 a partition */
    }
    cr_expect_eq(run(outputs, 60, round_of), 1);
    for (int i = 0; i < 60; i++) {
        cr_expect_eq(round_of[i], 1);
    }
}

Test(txn_rounds, nothing_is_one_round) {
    cr_expect_eq(run(NULL, 0, NULL), 1);
}

Test(txn_rounds, a_partition_with_more_does_not_hold_back_the_others) {
    struct output outputs[120];
    unsigned round_of[120] = {0};
    for (int i = 0; i < 120; i++) { /* 90 of the first: 16 fit a request */
        outputs[i] = clearance(i % 4 == 0 ? 1 : 0, 60000);
        outputs[i].topic = i % 4 == 0 ? OUTPUT_TRAFFIC : OUTPUT_CLEARANCES;
        outputs[i].value.len = i % 4 == 0 ? 100 : 60000;
    }
    cr_expect_eq(run(outputs, 120, round_of), 6);
    unsigned last = 1;
    for (int i = 0; i < 120; i++) {
        if (i % 4 == 0) {
            cr_expect_eq(round_of[i], 1);
        } else { /* the order stays */
            cr_expect_geq(round_of[i], last);
            last = round_of[i];
        }
    }
    cr_expect_eq(last, 6);
}

/* A short one that would still fit must not overtake. */
Test(txn_rounds, what_follows_one_that_waits_waits_too) {
    struct output outputs[8];
    unsigned round_of[8] = {0};
    for (int i = 0; i < 8; i++) {
        outputs[i] = clearance(2, i == 5 ? BATCH_BYTES : 100);
    }
    cr_expect_eq(run(outputs, 8, round_of), 2);
    cr_expect_eq(round_of[4], 1);
    cr_expect_eq(round_of[5], 2);
    cr_expect_eq(round_of[6], 2, "it goes in one request with what is before it, or in one behind");
    cr_expect_eq(round_of[7], 2);
}

/* Each goes as a request of its own, and so many at once. */
Test(txn_rounds, of_messages_larger_than_a_request_five_go_at_once) {
    struct output outputs[12];
    unsigned round_of[12] = {0};
    for (int i = 0; i < 12; i++) {
        outputs[i] = clearance(0, BATCH_BYTES * 2);
    }
    cr_expect_eq(run(outputs, 12, round_of), 3);
    cr_expect_eq(round_of[4], 1);
    cr_expect_eq(round_of[5], 2);
    cr_expect_eq(round_of[11], 3);
}

/* Nobody knows which partitions they go to. */
Test(txn_rounds, dead_letters_of_all_partitions_count_together) {
    struct output outputs[30];
    unsigned round_of[30] = {0};
    for (int i = 0; i < 30; i++) {
        outputs[i] = clearance(i % PARTITIONS, 90000);
        outputs[i].topic = OUTPUT_DEAD_LETTERS;
    }
    cr_expect_eq(run(outputs, 30, round_of), 3);
}
