#include <criterion/criterion.h>

#include "train/seen.h"

static const struct hash128 MESSAGE = {1, 2};

Test(seen, remembers_an_entry) {
    struct seen *seen = seen_new(16);
    struct hash128 mark = seen_mark(seen, MESSAGE, SLICE("X8024|2020-12-18|CNAKL"));
    struct seen_entry found = {0};
    cr_expect_not(seen_find(seen, mark, &found));
    seen_put(seen, &(struct seen_entry){mark, 1608278400123, 18614});
    cr_expect(seen_find(seen, mark, &found));
    cr_expect(hash_equal(found.mark, mark));
    cr_expect_eq(found.time_ms, 1608278400123);
    cr_expect_eq(found.train_date_days, 18614);
    seen_free(seen);
}

/* A repeat under a wrong key, or none, is not a repeat: it is rejected like the first (contract 3.4). */
Test(seen, a_mark_holds_the_key) {
    struct seen *seen = seen_new(16);
    struct hash128 right = seen_mark(seen, MESSAGE, SLICE("X8024|2020-12-18|CNAKL"));
    struct hash128 wrong = seen_mark(seen, MESSAGE, SLICE("X8024|2020-12-18|CNHRG"));
    struct hash128 none = seen_mark(seen, MESSAGE, (struct slice){NULL, 0});
    struct hash128 other = seen_mark(seen, (struct hash128){1, 3}, SLICE("X8024|2020-12-18|CNAKL"));
    cr_expect_not(hash_equal(right, wrong));
    cr_expect_not(hash_equal(right, none));
    cr_expect_not(hash_equal(right, other));
    cr_expect(hash_equal(right, seen_mark(seen, MESSAGE, SLICE("X8024|2020-12-18|CNAKL"))));
    seen_free(seen);
}

Test(seen, tables_are_seeded_each_for_itself) {
    struct seen *a = seen_new(16), *b = seen_new(16);
    cr_expect_not(hash_equal(seen_mark(a, MESSAGE, SLICE("key")), seen_mark(b, MESSAGE, SLICE("key"))));
    seen_free(a);
    seen_free(b);
}

/* However many are put, memory stays and the newest is there. */
Test(seen, is_bounded) {
    struct seen *seen = seen_new(100);
    uint64_t memory = seen_memory_bytes(seen), remembered = 0;
    struct seen_entry found;
    cr_expect_geq(memory, 128 * sizeof(struct hash128));
    for (uint64_t i = 0; i < 10000; i++) {
        struct hash128 mark = seen_mark(seen, (struct hash128){i, i}, SLICE("key"));
        seen_put(seen, &(struct seen_entry){mark, (int64_t)i + 1, 1});
        cr_expect(seen_find(seen, mark, &found));
        cr_expect_eq(found.time_ms, (int64_t)i + 1);
    }
    for (uint64_t i = 0; i < 10000; i++) {
        remembered += seen_find(seen, seen_mark(seen, (struct hash128){i, i}, SLICE("key")), &found);
    }
    cr_expect_eq(seen_memory_bytes(seen), memory);
    cr_expect_leq(remembered, 128);
    cr_expect_gt(remembered, 0);
    seen_free(seen);
}

/* Half of a mark is no mark: what seems to be there need not be. */
Test(seen, all_of_the_mark_counts) {
    struct seen *seen = seen_new(1);
    struct hash128 mark = {7, 8}, other = {9, 8};
    struct seen_entry found;
    seen_put(seen, &(struct seen_entry){mark, 5, 6});
    cr_expect(seen_expect_found(seen, other));
    cr_expect_not(seen_find(seen, other, &found));
    seen_put(seen, &(struct seen_entry){other, 7, 8});
    cr_assert(seen_find(seen, mark, &found));
    cr_expect_eq(found.time_ms, 5);
    cr_assert(seen_find(seen, other, &found));
    cr_expect_eq(found.time_ms, 7);
    seen_free(seen);
}

/* A mark of zeros is one like any other, and not what an empty table holds. */
Test(seen, zeros_are_a_mark) {
    struct seen *seen = seen_new(1);
    struct hash128 zeros = {0, 0};
    struct seen_entry found;
    cr_expect_not(seen_find(seen, zeros, &found));
    seen_put(seen, &(struct seen_entry){zeros, 5, 6});
    cr_expect(seen_find(seen, zeros, &found));
    seen_free(seen);
}

/* What came first goes first. */
Test(seen, the_oldest_is_forgotten) {
    struct seen *seen = seen_new(1);
    struct seen_entry found;
    uint64_t oldest = 0;
    for (uint64_t i = 0; i < 100; i++) {
        seen_put(seen, &(struct seen_entry){{i, i}, (int64_t)i + 1, 1});
        for (uint64_t k = oldest; k <= i; k++) {
            bool there = seen_find(seen, (struct hash128){k, k}, &found);
            cr_expect(there || k == oldest);
            oldest += !there;
        }
    }
    cr_expect_gt(oldest, 90);
    seen_free(seen);
}

/* Fetching ahead is a hint: it finds nothing and forgets nothing, whether or not there is a table. */
Test(seen, expecting_changes_nothing) {
    for (uint64_t entries = 0; entries <= 16; entries += 16) {
        struct seen *seen = seen_new(entries);
        struct hash128 mark = seen_mark(seen, MESSAGE, SLICE("key"));
        struct seen_entry found;
        seen_expect(seen, mark);
        cr_expect_not(seen_expect_found(seen, mark));
        cr_expect_not(seen_find(seen, mark, &found));
        seen_put(seen, &(struct seen_entry){mark, 1, 1});
        seen_expect(seen, mark);
        cr_expect_eq(seen_expect_found(seen, mark), entries > 0);
        cr_expect_eq(seen_find(seen, mark, &found), entries > 0);
        seen_free(seen);
    }
}

Test(seen, of_no_entries_remembers_nothing) {
    struct seen *seen = seen_new(0);
    struct hash128 mark = seen_mark(seen, MESSAGE, SLICE("key"));
    struct seen_entry found;
    seen_put(seen, &(struct seen_entry){mark, 1, 1});
    cr_expect_not(seen_find(seen, mark, &found));
    seen_free(seen);
}
