/* Random numbers that are the same on every machine: xoshiro256**, seeded by splitmix64. Integers only. Not for
 * secrets. One owner at a time. */
#ifndef CARAVAN_WORKLOAD_RNG_H
#define CARAVAN_WORKLOAD_RNG_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

enum { RNG_MILLION = 1000000 }; /* rates are in parts of a million, so that they are exact */

struct rng {
    uint64_t state[4];
};

/* The next number of a splitmix64 sequence. */
static inline uint64_t rng_split(uint64_t *state) {
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* The generator of (seed, stream, index): different ones are independent for all practical purposes. */
static inline struct rng rng_new(uint64_t seed, uint64_t stream, uint64_t index) {
    uint64_t state = seed;
    state = rng_split(&state) ^ stream;
    state = rng_split(&state) ^ index;
    struct rng rng;
    for (int i = 0; i < 4; i++) {
        rng.state[i] = rng_split(&state);
    }
    return rng;
}

static inline uint64_t rng_next(struct rng *rng) {
    uint64_t *s = rng->state;
    uint64_t five = s[1] * 5;
    uint64_t result = ((five << 7) | (five >> 57)) * 9;
    uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = (s[3] << 45) | (s[3] >> 19);
    return result;
}

/* 0 to n-1; n is 1 to 2^32. The bias (below n / 2^32) does not matter for a workload. */
static inline uint64_t rng_below(struct rng *rng, uint64_t n) {
    assert(n >= 1 && n <= UINT64_C(1) << 32);
    return ((rng_next(rng) >> 32) * n) >> 32;
}

/* low to high, both possible. */
static inline int64_t rng_between(struct rng *rng, int64_t low, int64_t high) {
    assert(low <= high);
    return low + (int64_t)rng_below(rng, (uint64_t)(high - low) + 1);
}

/* True in `rate` of a million cases. */
static inline bool rng_chance(struct rng *rng, uint32_t rate) {
    return rng_below(rng, RNG_MILLION) < rate;
}

/* What is left of a total that is being cut at random, a part for each taker. */
struct rng_cut {
    uint64_t total; /* below 2^56; takers <= total <= takers * most */
    uint64_t takers;
    unsigned spread;     /* percent, below 100 */
    uint64_t step, most; /* of one part */
};

/* The next taker's part, taken off: the average, give or take `spread` percent, rounded down to a multiple of `step`
 * where it is large against it; for the last one all that is left. So the parts sum to the total exactly, each at least
 * 1 and at most `most`. */
static inline uint64_t rng_take(struct rng *rng, struct rng_cut *cut) {
    uint64_t total = cut->total, others = cut->takers - 1, most = cut->most;
    assert(cut->takers >= 1 && total >= cut->takers && total <= cut->takers * most && total < UINT64_C(1) << 56);
    uint64_t part = total / cut->takers * (100 - cut->spread + rng_below(rng, 2 * cut->spread + 1)) / 100;
    if (part >= cut->step * 8) {
        part -= part % cut->step;
    }
    uint64_t highest = total - others < most ? total - others : most;
    uint64_t lowest = total > others * most ? total - others * most : 1;
    part = others == 0 ? total : part;
    part = part > highest ? highest : part < lowest ? lowest : part;
    cut->total -= part;
    cut->takers--;
    return part;
}

#endif
