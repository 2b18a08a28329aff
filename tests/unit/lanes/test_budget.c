#include <criterion/criterion.h>

#include "lanes/budget.h"

#define MIB ((size_t)1024 * 1024)

static struct budget budget;

static void begin(void) {
    budget_init(&budget, 15000, UINT64_C(4) << 30);
}

TestSuite(budget, .init = begin);

/* Commits over a line of so many bytes a second, each of a full budget, until it stands still. */
static void settle(double bytes_per_second, int64_t fixed_ms) {
    budget_learn(&budget, 0, fixed_ms, false); /* a worker begins with little */
    for (int i = 0; i < 60; i++) {
        int64_t took_ms = fixed_ms + (int64_t)((double)budget.bytes * 1000 / bytes_per_second);
        budget_learn(&budget, budget.bytes, took_ms, true);
    }
}

Test(budget, begins_modestly) {
    cr_expect_eq(budget.bytes, MIB, "half a megabyte a second takes it within seconds");
}

Test(budget, grows_on_a_quick_line_up_to_a_bound) {
    settle(1e9, 10);
    cr_expect_eq(budget.bytes, 96 * MIB);
}

Test(budget, grows_only_when_it_kept_something_back) {
    budget_learn(&budget, 1000, 10, false);
    cr_expect_eq(budget.bytes, MIB);
    budget_learn(&budget, 1000, 10, true);
    cr_expect_eq(budget.bytes, 2 * MIB);
}

Test(budget, finds_what_a_line_takes_in_a_fraction_of_a_second) {
    settle(10e6, 20);
    cr_expect_float_eq((double)budget.bytes / 10e6, 0.45, 0.02);
}

Test(budget, grows_in_spite_of_slow_round_trips) {
    settle(1e9, 700);
    cr_expect_eq(budget.bytes, 96 * MIB);
}

Test(budget, a_slow_line_is_well_below_the_transactions_time) {
    settle(1e5, 20);
    cr_expect_geq((double)budget.bytes / 1e5, 0.5);
    cr_expect_leq((double)budget.bytes / 1e5, 15.0 / 4);
}

Test(budget, one_long_commit_shrinks_it_at_once) {
    settle(1e9, 10);
    budget_learn(&budget, 96 * MIB, 14000, true);
    cr_expect_leq(budget.bytes, 96 * MIB / 14 + 1);
}

Test(budget, never_below_what_makes_a_commit_worth_while) {
    settle(10, 20);
    cr_expect_eq(budget.bytes, 64 * 1024);
}

/* A cluster far away: smaller commits would only be more of them. */
Test(budget, round_trips_are_not_mistaken_for_a_slow_line) {
    settle(1e9, 1500);
    cr_expect_eq(budget.bytes, 96 * MIB);
}

/* The other way round either: what made one small commit long is soon forgotten. */
Test(budget, a_small_commit_that_was_long_teaches_little) {
    budget_learn(&budget, 0, 20, false);
    budget_learn(&budget, 0, 3000, false);
    cr_expect_leq(budget.floor_ms, 800);
    budget_learn(&budget, 0, 20, false);
    budget_learn(&budget, 0, 20, false);
    cr_expect_leq(budget.floor_ms, 25);
}

Test(budget, a_short_transaction_time_aims_lower) {
    budget_init(&budget, 1000, UINT64_C(4) << 30);
    settle(1e6, 5);
    cr_expect_leq((double)budget.bytes / 1e6, 0.125 + 0.005);
}

Test(budget, a_small_memory_has_a_small_budget) {
    budget_init(&budget, 15000, 4 * MIB);
    cr_expect_eq(budget.bytes, MIB / 2);
    settle(1e9, 1);
    cr_expect_eq(budget.bytes, MIB / 2);
    budget_init(&budget, 15000, 1000);
    cr_expect_eq(budget.bytes, 64 * 1024);
}

Test(budget, a_quarter_is_left_for_checkpoints) {
    cr_expect_not(budget_is_spent(1000, 749));
    cr_expect(budget_is_spent(1000, 750));
    cr_expect_not(budget_is_spent(SIZE_MAX, 1 << 30));
    struct partition_room room = budget_room(1000, 750, 1);
    cr_expect_eq(room.bytes, 250);
    cr_expect_eq(room.steady_bytes, 250);
    room = budget_room(1000, 0, 2);
    cr_expect_eq(room.bytes, 500);
    cr_expect_eq(room.steady_bytes, 125);
    room = budget_room(1000, 2000, 1);
    cr_expect_eq(room.bytes, 0);
    cr_expect_eq(room.steady_bytes, 0);
}
