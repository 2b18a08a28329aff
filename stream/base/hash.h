/* XXH3: 128 bits for identity and digests (contract 3.1, 5.14), 64 and 128 seeded bits for tables, 64 for a list of
 * rules. They find differences, not forgers (contract 8.7); only the seeds of tables are secret. Pure; safe from any
 * thread.
 */
#ifndef CARAVAN_BASE_HASH_H
#define CARAVAN_BASE_HASH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

enum { HASH_HEX_BYTES = 32 };

/* An unsigned 128-bit number; the canonical XXH3-128 value. */
struct hash128 {
    uint64_t high;
    uint64_t low;
};

struct hash128 hash_of(struct slice bytes);
/* The same of what `count` parts are one behind the other. */
struct hash128 hash_of_parts(const struct slice *parts, size_t count);
uint64_t hash_seeded(struct slice bytes, uint64_t seed);
struct hash128 hash128_seeded(struct slice bytes, uint64_t seed);
/* XXH3-64 as it is without a seed, for what is written down. */
uint64_t hash64_of(struct slice bytes);
/* A fresh random seed from the operating system. */
uint64_t hash_random_seed(void);
/* The version of the xxHash that runs: major * 10000 + minor * 100 + patch. */
unsigned hash_library_version(void);

/* Exactly 32 lower-case hex digits to `out`, most significant first, no NUL. */
void hash_write(struct hash128 hash, char out[HASH_HEX_BYTES]);
/* The reverse; false unless `text` is 32 lower-case hex digits. */
bool hash_parse(struct slice text, struct hash128 *out);

/* Sum and difference modulo 2^128 (contract 7.S). */
static inline struct hash128 hash_add(struct hash128 a, struct hash128 b) {
    uint64_t low = a.low + b.low;
    return (struct hash128){a.high + b.high + (low < a.low), low};
}

static inline struct hash128 hash_subtract(struct hash128 a, struct hash128 b) {
    return (struct hash128){a.high - b.high - (a.low < b.low), a.low - b.low};
}

static inline int hash_compare(struct hash128 a, struct hash128 b) {
    if (a.high != b.high) {
        return a.high < b.high ? -1 : 1;
    }
    return (a.low > b.low) - (a.low < b.low);
}

static inline bool hash_equal(struct hash128 a, struct hash128 b) {
    return a.high == b.high && a.low == b.low;
}

#endif
