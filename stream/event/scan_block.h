/* A run of bytes looked at as one: where a string ends, and what is in it until then. One of these forms is compiled
 * in, by what the compiler is told of the processor (scan_walk.c): AVX2, SSE2, NEON, or plain words. Loads read
 * SCAN_BLOCK_BYTES from where they are told, so that many must be there. Internal to event/scan*.c. */
#ifndef CARAVAN_EVENT_SCAN_BLOCK_H
#define CARAVAN_EVENT_SCAN_BLOCK_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

/* Marks of a block's bytes, the first byte's lowest. Above the first mark of `ends` the others may be wrong. */
struct scan_look {
    uint64_t ends; /* a quote, or what a plain string has not: a backslash, a control character, U+007F */
    uint64_t high; /* bytes of characters that are not ASCII */
};

/* The bytes that a token may have, for scan_strangers: bit h of low[n] says whether h * 16 + n is one of them. */
struct scan_class {
    uint8_t low[16];
};

enum { SCAN_CONTROL_LAST = 0x1f, SCAN_DELETE = 0x7f };

static inline uint64_t scan_load(const char *at) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return le64toh(word);
}

#if defined(__AVX2__) && !defined(SCAN_PORTABLE)

#include <immintrin.h>

enum { SCAN_BLOCK_BYTES = 32, SCAN_MARK_BITS = 1 };

static inline struct scan_look scan_look(const char *at) {
    __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)at);
    __m256i last = _mm256_set1_epi8(SCAN_CONTROL_LAST);
    __m256i ends = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('"')),
                                   _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\')));
    ends = _mm256_or_si256(ends, _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(SCAN_DELETE)));
    ends = _mm256_or_si256(ends, _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, last), bytes));
    return (struct scan_look){(uint32_t)_mm256_movemask_epi8(ends), (uint32_t)_mm256_movemask_epi8(bytes)};
}

#define SCAN_HAS_STRANGERS

/* Marks of the bytes that are none of the class. Each upper half of a byte has a bit of its own; those from 0x80 on
 * have none. */
static inline uint64_t scan_strangers(const char *at, const struct scan_class *class) {
    __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)at);
    __m256i low = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)class->low));
    __m256i high = _mm256_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, -128,
                                    0, 0, 0, 0, 0, 0, 0, 0);
    __m256i half = _mm256_set1_epi8(0x0f);
    __m256i bits = _mm256_and_si256(_mm256_shuffle_epi8(low, _mm256_and_si256(bytes, half)),
                                    _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half)));
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(bits, _mm256_setzero_si256()));
}

#elif defined(__SSE2__) && !defined(SCAN_PORTABLE)

#include <emmintrin.h>

enum { SCAN_BLOCK_BYTES = 16, SCAN_MARK_BITS = 1 };

static inline struct scan_look scan_look(const char *at) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i last = _mm_set1_epi8(SCAN_CONTROL_LAST);
    __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    ends = _mm_or_si128(ends, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(SCAN_DELETE)));
    ends = _mm_or_si128(ends, _mm_cmpeq_epi8(_mm_min_epu8(bytes, last), bytes));
    return (struct scan_look){(uint32_t)_mm_movemask_epi8(ends), (uint32_t)_mm_movemask_epi8(bytes)};
}

#elif defined(__ARM_NEON) && defined(__aarch64__) && !defined(SCAN_PORTABLE)

#include <arm_neon.h>

enum { SCAN_BLOCK_BYTES = 16, SCAN_MARK_BITS = 4 };

/* Half a byte of marks for a byte: NEON has no movemask. */
static inline uint64_t scan_marks(uint8x16_t flags) {
    return vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(flags), 4)), 0);
}

static inline struct scan_look scan_look(const char *at) {
    uint8x16_t bytes = vld1q_u8((const uint8_t *)at);
    uint8x16_t ends = vorrq_u8(vceqq_u8(bytes, vdupq_n_u8('"')), vceqq_u8(bytes, vdupq_n_u8('\\')));
    ends = vorrq_u8(ends, vceqq_u8(bytes, vdupq_n_u8(SCAN_DELETE)));
    ends = vorrq_u8(ends, vcleq_u8(bytes, vdupq_n_u8(SCAN_CONTROL_LAST)));
    return (struct scan_look){scan_marks(ends), scan_marks(vcgeq_u8(bytes, vdupq_n_u8(0x80)))};
}

#define SCAN_HAS_STRANGERS

/* As that for AVX2. */
static inline uint64_t scan_strangers(const char *at, const struct scan_class *class) {
    static const uint8_t HIGH[16] = {1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t bytes = vld1q_u8((const uint8_t *)at);
    uint8x16_t low = vqtbl1q_u8(vld1q_u8(class->low), vandq_u8(bytes, vdupq_n_u8(0x0f)));
    uint8x16_t high = vqtbl1q_u8(vld1q_u8(HIGH), vshrq_n_u8(bytes, 4));
    return scan_marks(vceqq_u8(vandq_u8(low, high), vdupq_n_u8(0)));
}

#else

enum { SCAN_BLOCK_BYTES = 8, SCAN_MARK_BITS = 8 };

#define SCAN_EACH(byte) (UINT64_C(0x0101010101010101) * (uint64_t)(byte))

/* Marks the highest bit of the bytes below `bound` <= 0x80: they borrow when it is taken from them. What is marked
 * above the first may be wrong, since the borrow goes on. */
static inline uint64_t scan_below(uint64_t word, unsigned bound) {
    return (word - SCAN_EACH(bound)) & ~word & SCAN_EACH(0x80);
}

static inline struct scan_look scan_look(const char *at) {
    uint64_t word = scan_load(at);
    uint64_t ends = scan_below(word ^ SCAN_EACH('"'), 1) | scan_below(word ^ SCAN_EACH('\\'), 1) |
                    scan_below(word ^ SCAN_EACH(SCAN_DELETE), 1) | scan_below(word, SCAN_CONTROL_LAST + 1);
    return (struct scan_look){ends, word & SCAN_EACH(0x80)};
}

#endif

/* The byte of the first mark; there is one. */
static inline unsigned scan_first(uint64_t marks) {
    return (unsigned)__builtin_ctzll(marks) / SCAN_MARK_BITS;
}

#endif
