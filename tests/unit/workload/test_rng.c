#include <criterion/criterion.h>

#include "workload/rng.h"

/* The first numbers of splitmix64 from 0 are published with the algorithm; they pin the seeding on every machine. */
Test(rng, splitmix64_gives_the_published_numbers) {
    uint64_t state = 0;
    cr_assert_eq(rng_split(&state), UINT64_C(0xe220a8397b1dcdaf));
    cr_assert_eq(rng_split(&state), UINT64_C(0x6e789e6aa1b965f4));
    cr_assert_eq(rng_split(&state), UINT64_C(0x06c45d188009454f));
}

/* xoshiro256** from the state 1, 2, 3, 4: 11520, 0, 1509978240, as its reference implementation gives. */
Test(rng, xoshiro_gives_the_published_numbers) {
    struct rng rng = {{1, 2, 3, 4}};
    cr_assert_eq(rng_next(&rng), UINT64_C(11520));
    cr_assert_eq(rng_next(&rng), UINT64_C(0));
    cr_assert_eq(rng_next(&rng), UINT64_C(1509978240));
}

Test(rng, streams_and_indices_differ) {
    struct rng a = rng_new(1, 1, 1), again = rng_new(1, 1, 1), stream = rng_new(1, 2, 1), index = rng_new(1, 1, 2);
    uint64_t first = rng_next(&a);
    cr_assert_eq(first, rng_next(&again));
    cr_assert_neq(first, rng_next(&stream));
    cr_assert_neq(first, rng_next(&index));
}

Test(rng, between_reaches_both_ends_and_nothing_else) {
    struct rng rng = rng_new(0, 0, 0);
    unsigned seen = 0;
    for (int i = 0; i < 1000; i++) {
        int64_t drawn = rng_between(&rng, -2, 3);
        cr_assert(drawn >= -2 && drawn <= 3);
        seen |= 1u << (drawn + 2);
    }
    cr_assert_eq(seen, 0x3fu);
}

Test(rng, chance_of_nothing_and_of_everything) {
    struct rng rng = rng_new(0, 0, 0);
    for (int i = 0; i < 1000; i++) {
        cr_assert_not(rng_chance(&rng, 0));
        cr_assert(rng_chance(&rng, RNG_MILLION));
    }
}

static void shares_sum(uint64_t total, uint64_t takers, uint64_t step, uint64_t most, uint64_t seed) {
    struct rng rng = rng_new(seed, 0, 0);
    struct rng_cut cut = {total, takers, 15, step, most};
    for (uint64_t left = total; cut.takers > 0;) {
        uint64_t part = rng_take(&rng, &cut);
        cr_assert(part >= 1 && part <= most && part <= left);
        left -= part;
        cr_assert_eq(cut.total, left);
    }
    cr_assert_eq(cut.total, 0);
}

Test(rng, shares_sum_to_the_total_within_their_bounds) {
    for (uint64_t seed = 0; seed < 200; seed++) {
        shares_sum(7262800000000, 10051, 100000, UINT64_C(20000000000), seed);
        shares_sum(1135000, 12400, 1, 110, seed);
        shares_sum(100, 100, 1, 1, seed);       /* nothing to choose */
        shares_sum(109 * 50, 50, 1, 110, seed); /* hardly anything */
        shares_sum(17, 17, 100, 1000, seed);
        shares_sum(5, 1, 1, 5, seed);
    }
}
