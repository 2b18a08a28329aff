#include <criterion/criterion.h>

#include <string.h>

#include "checkpoint/journal.h"

enum { ENTRIES = 1000 };

static struct journal journal;
static struct journal_entry entries[ENTRIES];

static const struct journal_bounds LOOSE = {.bytes = UINT64_MAX, .age_ms = INT64_MAX / 4, .epoch_bytes = 100};

static void begin(void) {
    journal_init(&journal);
    memset(entries, 0, sizeof entries);
}

TestSuite(journal, .init = begin);

/* Entry i changes at offset i with a message of 10 bytes. */
static void change(size_t i, int64_t wall_ms) {
    journal_join(&journal, &entries[i], (int64_t)i, wall_ms);
    journal_pass(&journal, 10);
}

/* Takes all that is due; `bytes` each. */
static size_t take(const struct journal_bounds *bounds, enum journal_mode mode, int64_t now_ms, uint64_t bytes) {
    struct journal_plan plan = journal_plan(&journal, bounds, mode, now_ms);
    for (struct journal_entry *entry; (entry = journal_next(&journal, &plan)) != NULL;) {
        journal_took(&journal, &plan, entry, bytes);
    }
    return plan.done;
}

Test(journal, empty_gives_the_position_and_no_time) {
    cr_expect_eq(journal_redo(&journal, 42), 42);
    cr_expect_eq(journal_oldest_ms(&journal), INT64_MIN);
    cr_expect_eq(take(&LOOSE, JOURNAL_ALL, 1, 1), 0);
}

Test(journal, the_head_is_the_first_change_and_a_second_one_moves_nothing) {
    change(3, 100);
    change(4, 200);
    journal_join(&journal, &entries[3], 9, 900);
    cr_expect_eq(journal_redo(&journal, 42), 3);
    cr_expect_eq(journal_oldest_ms(&journal), 100);
    journal_leave(&journal, &entries[3]);
    journal_leave(&journal, &entries[3]);
    cr_expect_eq(journal_redo(&journal, 42), 4);
    journal_join(&journal, &entries[3], 9, 900);
    cr_expect_eq(journal_redo(&journal, 42), 4);
    cr_expect_eq(journal.count, 2);
}

Test(journal, nothing_is_due_within_the_bounds) {
    change(0, 100);
    cr_expect_eq(take(&LOOSE, JOURNAL_DUE, 1000, 1), 0);
}

Test(journal, bytes_beyond_the_bound_are_due_at_once_whatever_the_epoch) {
    for (size_t i = 0; i < 10; i++) {
        change(i, 100);
    }
    struct journal_bounds bounds = LOOSE;
    bounds.bytes = 35; /* F may be 35 bytes behind: entries 7, 8 and 9 stay (30, 20 and 10 bytes) */
    bounds.epoch_bytes = 0;
    cr_expect_eq(take(&bounds, JOURNAL_DUE, 100, 1000), 7);
    cr_expect_eq(journal_redo(&journal, 42), 7);
    bounds.bytes = 0;
    cr_expect_eq(take(&bounds, JOURNAL_DUE, 100, 1000), 3);
}

Test(journal, other_messages_count_too) {
    change(0, 100);
    journal_pass(&journal, 1000);
    struct journal_bounds bounds = LOOSE;
    bounds.bytes = 1010;
    cr_expect_eq(take(&bounds, JOURNAL_DUE, 100, 1), 0);
    journal_pass(&journal, 1);
    cr_expect_eq(take(&bounds, JOURNAL_DUE, 100, 1), 1);
}

Test(journal, steady_keeps_to_the_epoch_and_all_does_not) {
    for (size_t i = 0; i < 10; i++) {
        change(i, 100);
    }
    cr_expect_eq(take(&LOOSE, JOURNAL_STEADY, 100, 40), 3);
    cr_expect_eq(take(&LOOSE, JOURNAL_STEADY, 100, 4000), 1, "never none");
    cr_expect_eq(take(&LOOSE, JOURNAL_ALL, 100, 4000), 6);
}

Test(journal, age_begins_at_half) {
    struct journal_bounds bounds = LOOSE;
    bounds.age_ms = 1000;
    change(0, 100);
    cr_expect_eq(take(&bounds, JOURNAL_DUE, 599, 1), 0);
    cr_expect_eq(take(&bounds, JOURNAL_DUE, 600, 1), 1);
}

/* After a restore all entries carry one time: they must be spread, and done in time, whatever a checkpoint costs. */
Test(journal, age_is_spread_over_the_epochs_and_met) {
    struct journal_bounds bounds = LOOSE;
    bounds.age_ms = 8000;
    for (size_t i = 0; i < ENTRIES; i++) {
        change(i, 1000);
    }
    size_t most = 0;
    for (int64_t now_ms = 1000; now_ms < 1000 + 7000; now_ms += 100) {
        size_t done = take(&bounds, JOURNAL_DUE, now_ms, 1000);
        cr_expect(now_ms >= 5000 || done == 0);
        most = done > most ? done : most;
    }
    cr_expect_eq(journal.count, 0);
    cr_expect_leq(most, 2 * ENTRIES / 30, "%zu of %d at one commit", most, ENTRIES);
}

Test(journal, past_seven_eighths_all_that_is_due_goes) {
    struct journal_bounds bounds = LOOSE;
    bounds.age_ms = 8000;
    for (size_t i = 0; i < 100; i++) {
        change(i, i < 60 ? 1000 : 7900);
    }
    cr_expect_eq(take(&bounds, JOURNAL_DUE, 8000, 1000), 60);
}

Test(journal, age_zero_lets_nothing_wait) {
    struct journal_bounds bounds = LOOSE;
    bounds.age_ms = 0;
    change(0, 100);
    change(1, 100);
    cr_expect_eq(take(&bounds, JOURNAL_DUE, 100, 1000), 2);
}

Test(journal, a_clock_that_was_put_back_starts_the_wait_anew) {
    struct journal_bounds bounds = LOOSE;
    bounds.age_ms = 1000;
    change(0, 1000000);
    cr_expect_eq(take(&bounds, JOURNAL_DUE, 100, 1), 0);
    cr_expect_eq(journal_oldest_ms(&journal), 100);
    cr_expect_eq(take(&bounds, JOURNAL_DUE, 700, 1), 1);
}
