#include <criterion/criterion.h>

#include "base/slice.h"

static int sign(int c) {
    return (c > 0) - (c < 0);
}

/* By bytes, the shorter first when one is a prefix of the other (contract 1.2). */
Test(slice, order_is_that_of_bytes) {
    static const struct slice ascending[] = {
        {NULL, 0},   {"\0", 1}, {"\0\0", 2}, {" ", 1},    {"-", 1},        {"10", 2},
        {"2", 1},    {"A", 1},  {"AA", 2},   {"B", 1},    {"a", 1},        {"a\0", 2},
        {"a\0b", 3}, {"aa", 2}, {"\x7f", 1}, {"\x80", 1}, {"\xc3\xa9", 2}, {"\xff", 1},
    };
    enum { COUNT = sizeof ascending / sizeof ascending[0] };
    for (int i = 0; i < COUNT; i++) {
        for (int k = 0; k < COUNT; k++) {
            cr_expect_eq(sign(slice_compare(ascending[i], ascending[k])), sign(i - k), "%d and %d", i, k);
            cr_expect_eq(slice_equal(ascending[i], ascending[k]), i == k, "%d and %d", i, k);
        }
    }
}

Test(slice, an_empty_one_equals_none) {
    cr_expect(slice_equal((struct slice){"", 0}, (struct slice){NULL, 0}));
    cr_expect_eq(slice_compare((struct slice){"", 0}, (struct slice){NULL, 0}), 0);
}

Test(slice, of_literals_and_texts) {
    cr_expect_eq(SLICE("a\0b").len, 3);
    cr_expect_eq(slice_of("a\0b").len, 1);
    cr_expect_eq(slice_of("").len, 0);
    cr_expect_not_null(slice_of("").data);
}
