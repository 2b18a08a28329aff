/* A seeded hash for tables of short strings from outside, which nobody ever writes down: where most have a few bytes, a
 * call costs more than the hash. Who does not know the seed finds no two strings of one hash. Pure; safe from any
 * thread. */
#ifndef CARAVAN_BASE_HASH_SHORT_H
#define CARAVAN_BASE_HASH_SHORT_H

#include <stdint.h>

#include "base/slice.h"

__extension__ typedef unsigned __int128 hash_product;

static inline uint64_t hash_mix(uint64_t a, uint64_t b) {
    hash_product both = (hash_product)a * b;
    return (uint64_t)both ^ (uint64_t)(both >> 64);
}

static inline uint64_t hash_word(const char *at) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

static inline uint64_t hash_half(const char *at) {
    uint32_t half;
    memcpy(&half, at, sizeof half);
    return half;
}

/* Its beginning and its end may overlap: together with the length, which comes in last, they say all of it. */
static inline uint64_t hash_short(struct slice text, uint64_t seed) {
    const char *at = text.data;
    size_t len = text.len;
    uint64_t hash = seed;
    uint64_t end = 0;
    if (len > 8) {
        for (; len > 16; at += 16, len -= 16) {
            hash = hash_mix(hash_word(at) ^ hash, hash_word(at + 8) ^ seed);
        }
        at -= len < 8 ? 8 - len : 0; /* there are eight bytes before them, if there are more than eight at all */
        len = len < 8 ? 8 : len;
        hash ^= hash_word(at);
        end = hash_word(at + len - 8);
    } else if (len >= 4) {
        hash ^= hash_half(at) << 32 | hash_half(at + len - 4);
    } else if (len > 0) {
        hash ^= (uint64_t)(unsigned char)at[0] << 16 | (uint64_t)(unsigned char)at[len / 2] << 8 |
                (uint64_t)(unsigned char)at[len - 1];
    }
    return hash_mix(hash_mix(hash, end ^ ~seed), text.len ^ UINT64_C(0x9e3779b97f4a7c15)); /* not zero for any length */
}

#endif
