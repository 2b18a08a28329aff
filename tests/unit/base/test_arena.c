#include <criterion/criterion.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/arena.h"

enum { BLOCK_BYTES = 64 * 1024 };

Test(arena, pieces_are_aligned_and_apart) {
    struct arena arena = {0};
    static const size_t sizes[] = {0, 1, 15, 16, 17, 1000, 65536, 65537, 1000000, 3};
    enum { COUNT = sizeof sizes / sizeof sizes[0] };
    unsigned char *pieces[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        pieces[i] = arena_take(&arena, sizes[i]);
        cr_expect_eq((uintptr_t)pieces[i] % 16, 0);
        memset(pieces[i], (int)i, sizes[i]);
    }
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t k = 0; k < sizes[i]; k++) {
            cr_assert_eq(pieces[i][k], i, "piece %zu was written over at %zu", i, k);
        }
    }
    arena_release(&arena);
}

Test(arena, many_small_pieces_over_many_blocks) {
    struct arena arena = {0};
    enum { COUNT = 20000 };
    static uint32_t *pieces[COUNT];
    for (uint32_t i = 0; i < COUNT; i++) {
        pieces[i] = arena_take(&arena, sizeof(uint32_t));
        *pieces[i] = i;
    }
    for (uint32_t i = 0; i < COUNT; i++) {
        cr_assert_eq(*pieces[i], i);
    }
    cr_expect_geq(arena_bytes(&arena), 16u * COUNT);
    arena_release(&arena);
    cr_expect_eq(arena_bytes(&arena), 0);
}

Test(arena, zeroed_also_where_something_was) {
    struct arena arena = {0};
    memset(arena_take(&arena, 4096), 0xff, 4096);
    arena_reset(&arena, SIZE_MAX);
    const unsigned char *piece = arena_zeroed(&arena, 512, 8);
    for (size_t i = 0; i < 4096; i++) {
        cr_assert_eq(piece[i], 0);
    }
    arena_release(&arena);
}

Test(arena, reset_keeps_the_blocks) {
    struct arena arena = {0};
    void *first = arena_take(&arena, 100);
    arena_take(&arena, 1000000);
    size_t bytes = arena_bytes(&arena);
    for (int round = 0; round < 10; round++) {
        arena_reset(&arena, SIZE_MAX);
        cr_expect_eq(arena_take(&arena, 100), first);
        arena_take(&arena, 1000000);
        cr_expect_eq(arena_bytes(&arena), bytes);
    }
    arena_release(&arena);
}

Test(arena, reset_frees_what_is_beyond) {
    struct arena arena = {0};
    arena_take(&arena, 100);
    arena_take(&arena, 1000000);
    arena_take(&arena, 100);
    arena_reset(&arena, BLOCK_BYTES);
    cr_expect_geq(arena_bytes(&arena), BLOCK_BYTES);
    cr_expect_lt(arena_bytes(&arena), 2 * BLOCK_BYTES);
    memset(arena_take(&arena, 1000000), 1, 1000000);
    arena_reset(&arena, BLOCK_BYTES - 1);
    cr_expect_eq(arena_bytes(&arena), 0);
    memset(arena_take(&arena, 100), 1, 100);
    arena_release(&arena);
}

Test(arena, copies) {
    struct arena arena = {0};
    char text[] = "text";
    struct slice copy = arena_copy(&arena, (struct slice){text, 4});
    memset(text, 'x', 4);
    cr_expect(slice_equal(copy, SLICE("text")));
    cr_expect_not_null(arena_copy(&arena, (struct slice){NULL, 0}).data);
    arena_release(&arena);
}

Test(arena, huge_blocks_leave_little_unused) {
    struct arena arena = {.block_bytes = ALLOC_HUGE_BYTES};
    cr_expect_eq(arena_filled(&arena), 0);
    for (int i = 0; i < 100; i++) {
        memset(arena_take(&arena, 58000), i, 58000);
    }
    cr_expect_eq(arena_bytes(&arena), 3 * ALLOC_HUGE_BYTES);
    cr_expect_eq(arena_filled(&arena), 3 * ALLOC_HUGE_BYTES);
    arena_reset(&arena, SIZE_MAX);
    cr_expect_eq(arena_filled(&arena), 0);
    memset(arena_take(&arena, ALLOC_HUGE_BYTES), 1, ALLOC_HUGE_BYTES); /* with the block's own head it takes two */
    cr_expect_eq(arena_filled(&arena), 2 * ALLOC_HUGE_BYTES);
    cr_expect_eq(arena_bytes(&arena), 5 * ALLOC_HUGE_BYTES);
    arena_release(&arena);
}
