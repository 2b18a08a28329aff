#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/alloc.h"

/* All zero, and all of it there to be written: a small one, and one that asks for huge pages. */
Test(alloc, tables) {
    static const size_t counts[] = {0, 1, 1000, (40 << 20) + 4096 + 8};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        char *table = alloc_table(counts[i], 1);
        cr_assert_not_null(table);
        for (size_t at = 0; at < counts[i]; at += 511) {
            cr_assert_eq(table[at], 0);
            table[at] = 1;
        }
        if (counts[i] > 0) {
            cr_assert_eq(table[counts[i] - 1] & ~1, 0);
            table[counts[i] - 1] = 1;
        }
        free(table);
    }
}
