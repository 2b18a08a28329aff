#include "base/hash.h"

#include <stdlib.h>
#include <sys/random.h>
#include <xxhash.h>

struct hash128 hash_of(struct slice bytes) {
    XXH128_hash_t hash = XXH3_128bits(bytes.data, bytes.len);
    return (struct hash128){hash.high64, hash.low64};
}

uint64_t hash_seeded(struct slice bytes, uint64_t seed) {
    return XXH3_64bits_withSeed(bytes.data, bytes.len, seed);
}

uint64_t hash_random_seed(void) {
    uint64_t seed;
    if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed) {
        abort();
    }
    return seed;
}

void hash_write(struct hash128 hash, char out[HASH_HEX_BYTES]) {
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
        if (!digit && !(c >= 'a' && c <= 'f')) {
            return false;
        }
        half[i / 16] = half[i / 16] << 4 | (uint64_t)(digit ? c - '0' : c - 'a' + 10);
    }
    *out = (struct hash128){half[0], half[1]};
    return true;
}
