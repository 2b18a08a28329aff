#include <criterion/criterion.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* Threads that begin later work as before. */
static void *take_and_give(void *context) {
    for (size_t bytes = 1; bytes < 1 << 20; bytes *= 3) {
        free(memset(alloc_bytes(bytes), 1, bytes));
    }
    return context;
}

Test(alloc, whole_heaps) {
    pthread_t thread;
    void *answer = NULL;
    alloc_whole_heaps();
    cr_assert_eq(pthread_create(&thread, NULL, take_and_give, "done"), 0);
    cr_assert_eq(pthread_join(thread, &answer), 0);
    cr_assert_str_eq(answer, "done");
}

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
