/* The seeded hash of base/hash.h without a call, for tables of short strings from outside: where most have a few bytes,
 * a call costs more than the hash. Nobody ever writes it down. Pure; safe from any thread. */
#ifndef CARAVAN_BASE_HASH_SHORT_H
#define CARAVAN_BASE_HASH_SHORT_H

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/slice.h"

static inline uint64_t hash_short(struct slice text, uint64_t seed) {
    return XXH3_64bits_withSeed(text.data, text.len, seed);
}

#endif
