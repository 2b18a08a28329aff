#include <criterion/criterion.h>

#include <string.h>

#include "checkpoint/journal.h"

enum { ENTRIES = 100 };

static struct journal journal;
static struct journal_entry entries[ENTRIES];

static const struct journal_bounds LOOSE = {.bytes = UINT64_MAX, .age_ms = INT64_MAX / 4};

static void begin(void) {
    journal_init(&journal);
    memset(entries, 0, sizeof entries);
}

TestSuite(journal, .init = begin);

/* Both clocks, which began together. */
static struct moment at(int64_t ms) {
    return (struct moment){ms, ms};
}

/* Entry i changes at offset i with a message of 10 bytes. */
static void change(size_t i, struct moment since) {
    journal_join(&journal, &entries[i], (int64_t)i, since);
    journal_pass(&journal, 10);
}

static enum journal_due due(uint64_t bytes, int64_t age_ms, struct moment now) {
    return journal_due(&journal, &(struct journal_bounds){bytes, age_ms}, now);
}

/* Lets heads go as long as they are beyond the bound of bytes; how many. */
static size_t take_beyond(uint64_t bytes) {
    size_t count = 0;
    for (; due(bytes, LOOSE.age_ms, at(0)) == JOURNAL_BEYOND; count++) {
        journal_leave(&journal, journal_head(&journal));
    }
    return count;
}

Test(journal, empty_gives_the_position_and_no_time) {
    cr_expect_eq(journal_redo(&journal, 42), 42);
    cr_expect_eq(journal_oldest_ms(&journal, at(1)), INT64_MIN);
    cr_expect_null(journal_head(&journal));
    cr_expect_eq(due(0, 0, at(1)), JOURNAL_RESTS);
}

Test(journal, the_head_is_the_first_change_and_a_second_one_moves_nothing) {
    change(3, at(100));
    change(4, at(200));
    journal_join(&journal, &entries[3], 9, at(900));
    cr_expect_eq(journal_redo(&journal, 42), 3);
    cr_expect_eq(journal_oldest_ms(&journal, at(900)), 100);
    journal_leave(&journal, &entries[3]);
    journal_leave(&journal, &entries[3]);
    cr_expect_eq(journal_redo(&journal, 42), 4);
    journal_join(&journal, &entries[3], 9, at(900));
    cr_expect_eq(journal_redo(&journal, 42), 4);
    cr_expect_eq(journal.count, 2);
}

Test(journal, nothing_is_due_within_the_bounds) {
    change(0, at(100));
    cr_expect_eq(journal_due(&journal, &LOOSE, at(1000)), JOURNAL_RESTS);
}

Test(journal, bytes_beyond_the_bound) {
    for (size_t i = 0; i < 10; i++) {
        change(i, at(100));
    }
    /* F may be 35 bytes behind: entries 7, 8 and 9 stay (30, 20 and 10 bytes) */
    cr_expect_eq(take_beyond(35), 7);
    cr_expect_eq(journal_redo(&journal, 42), 7);
    cr_expect_eq(take_beyond(0), 3);
}

Test(journal, other_messages_count_too) {
    change(0, at(100));
    journal_pass(&journal, 1000);
    cr_expect_eq(due(1010, LOOSE.age_ms, at(100)), JOURNAL_RESTS);
    journal_pass(&journal, 1);
    cr_expect_eq(due(1010, LOOSE.age_ms, at(100)), JOURNAL_BEYOND);
}

Test(journal, age_is_due_at_half_and_late_past_all_of_it) {
    change(0, at(100));
    cr_expect_eq(due(UINT64_MAX, 1000, at(599)), JOURNAL_RESTS);
    cr_expect_eq(due(UINT64_MAX, 1000, at(600)), JOURNAL_DUE);
    cr_expect_eq(due(UINT64_MAX, 1000, at(1100)), JOURNAL_DUE);
    cr_expect_eq(due(UINT64_MAX, 1000, at(1101)), JOURNAL_LATE);
    cr_expect_eq(due(9, 1000, at(1101)), JOURNAL_BEYOND, "bytes are said first: they stop the input");
}

Test(journal, age_zero_lets_nothing_wait) {
    change(0, at(100));
    cr_expect_eq(due(UINT64_MAX, 0, at(100)), JOURNAL_DUE);
}

/* The wall clock of a life may be set; its steady clock goes on. */
Test(journal, a_wall_clock_put_back_by_a_month_hides_no_age) {
    const int64_t month_ms = INT64_C(30) * 86400 * 1000;
    change(0, (struct moment){2 * month_ms, 100});
    cr_expect_eq(due(UINT64_MAX, 1000, (struct moment){month_ms, 599}), JOURNAL_RESTS);
    cr_expect_eq(due(UINT64_MAX, 1000, (struct moment){month_ms, 600}), JOURNAL_DUE);
    cr_expect_eq(due(UINT64_MAX, 1000, (struct moment){month_ms, 1101}), JOURNAL_LATE);
}

Test(journal, a_wall_clock_set_forward_makes_nothing_old) {
    change(0, (struct moment){1000, 100});
    cr_expect_eq(due(UINT64_MAX, 1000, (struct moment){1000000000, 200}), JOURNAL_RESTS);
}

Test(journal, what_is_written_down_is_not_in_the_future_of_the_clock_that_the_next_life_reads) {
    change(0, (struct moment){1000000, 100});
    cr_expect_eq(journal_oldest_ms(&journal, (struct moment){1000400, 500}), 1000000);
    cr_expect_eq(journal_oldest_ms(&journal, (struct moment){999901, 1000}), 1000000, "slowed, not set");
    cr_expect_eq(journal_oldest_ms(&journal, (struct moment){600000, 1100}), 599000, "put back: it waits for 1000 ms");
    cr_expect_eq(journal_oldest_ms(&journal, (struct moment){600500, 1600}), 599000);
}

/* Of an earlier life only the wall clock tells, and only once. */
Test(journal, what_an_earlier_life_left_has_waited_since_then) {
    change(0, (struct moment){5000, JOURNAL_EARLIER_LIFE});
    change(1, (struct moment){5000, JOURNAL_EARLIER_LIFE});
    cr_expect_eq(due(UINT64_MAX, 1000, (struct moment){5499, 77}), JOURNAL_RESTS);
    cr_expect_eq(due(UINT64_MAX, 1000, (struct moment){0, 78}), JOURNAL_DUE, "put back within this life");
    journal_leave(&journal, &entries[0]);
    cr_expect_eq(due(UINT64_MAX, 1000, (struct moment){0, 77 + 502}), JOURNAL_LATE);
}

Test(journal, an_earlier_life_whose_clock_was_ahead_has_waited_since_now) {
    change(0, (struct moment){1000000, JOURNAL_EARLIER_LIFE});
    cr_expect_eq(due(UINT64_MAX, 1000, (struct moment){100, 50}), JOURNAL_RESTS);
    cr_expect_eq(journal_oldest_ms(&journal, (struct moment){100, 50}), 100);
    cr_expect_eq(due(UINT64_MAX, 1000, (struct moment){700, 650}), JOURNAL_DUE);
}
