/* XXH3 behind the types of this program. Its values are part of the contract (1.10), so no other function may take its
 * place. Seeds drawn at random are for tables and for routing, whose hashes nobody ever writes down. */
#include "base/hash.h"

#include <stdlib.h>
#include <sys/random.h>
#define XXH_STATIC_LINKING_ONLY /* the state on the stack */
#include <xxhash.h>
#ifdef CARAVAN_XXHASH_DISPATCH
/* Puts functions in the place of the same ones that choose AVX2 or AVX-512 by what the processor has. */
#include <xxh_x86dispatch.h>
#endif

struct hash128 hash_of(struct slice bytes) {
    XXH128_hash_t hash = XXH3_128bits(bytes.data, bytes.len);
    return (struct hash128){hash.high64, hash.low64};
}

struct hash128 hash_of_parts(const struct slice *parts, size_t count) {
    /* The same as the hash of the parts one behind the other, which need not be copied for it. */
    XXH3_state_t state;
    XXH3_128bits_reset(&state);
    for (size_t i = 0; i < count; i++) {
        XXH3_128bits_update(&state, parts[i].data, parts[i].len);
    }
    XXH128_hash_t hash = XXH3_128bits_digest(&state);
    return (struct hash128){hash.high64, hash.low64};
}

uint64_t hash_seeded(struct slice bytes, uint64_t seed) {
    return XXH3_64bits_withSeed(bytes.data, bytes.len, seed);
}

struct hash128 hash128_seeded(struct slice bytes, uint64_t seed) {
    XXH128_hash_t hash = XXH3_128bits_withSeed(bytes.data, bytes.len, seed);
    return (struct hash128){hash.high64, hash.low64};
}

uint64_t hash64_of(struct slice bytes) {
    return XXH3_64bits(bytes.data, bytes.len);
}

unsigned hash_library_version(void) {
    return XXH_versionNumber();
}

uint64_t hash_random_seed(void) {
    uint64_t seed;
    /* Not from the clock: who knows the seed of a table can fill one chain of it. */
    if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed) {
        abort();
    }
    return seed;
}

void hash_write(struct hash128 hash, char out[HASH_HEX_BYTES]) {
    /* The high half first: the most significant digit begins (contract 1.10). */
    for (int i = 0; i < 16; i++) {
        out[i] = "0123456789abcdef"[hash.high >> (60 - 4 * i) & 15];
        out[16 + i] = "0123456789abcdef"[hash.low >> (60 - 4 * i) & 15];
    }
}

bool hash_parse(struct slice text, struct hash128 *out) {
    if (text.len != HASH_HEX_BYTES) {
        return false;
    }
    uint64_t half[2] = {0, 0};
    for (size_t i = 0; i < HASH_HEX_BYTES; i++) {
        char c = text.data[i];
        bool digit = c >= '0' && c <= '9';
        /* One spelling: what is written in upper case was not written by hash_write. */
        if (!digit && !(c >= 'a' && c <= 'f')) {
            return false;
        }
        half[i / 16] = half[i / 16] << 4 | (uint64_t)(digit ? c - '0' : c - 'a' + 10);
    }
    *out = (struct hash128){half[0], half[1]};
    return true;
}
