/* Strings of a fact, each behind its length, as they lie in its pool (fact_layout.h), or beside it, where they are
 * common ones. For the files that write facts. */
#ifndef CARAVAN_TRAIN_FACT_POOL_H
#define CARAVAN_TRAIN_FACT_POOL_H

#include <string.h>

#include "base/hash.h"
#include "train/fact_strings.h"

enum {
    FACT_POOL_RECENT = 256,
    FACT_POOL_RECENT_FEW = 64, /* for a fact that fits in a chunk; less to clear */
    FACT_STRING_HEAD_BYTES_MAX = 2
};

/* Which common strings a fact names: a number for each reference. */
struct fact_uses {
    size_t count;
    uint16_t numbers[FACT_SHARED_BYTES_MAX / FACT_NARROW_BYTES];
};

struct fact_pool {
    unsigned char *at;
    size_t bytes, bytes_max;
    bool is_full;            /* there was no room for a string, or a use */
    struct commons *commons; /* NULL: all strings are its own */
    uint32_t owner;          /* commons_find's */
    struct fact_uses *uses;
    /* The last own string of each hash, as a reference: so most that repeat stand once, in constant time whatever they
     * are. Seeded only where strings are shared: on its way the same event must always become the same bytes, and
     * an aimed collision only costs space. */
    uint32_t recent[FACT_POOL_RECENT];
    size_t recent_count; /* of which so many are used; a power of two */
};

/* The length as it stands in front of a string; how many bytes that takes. */
static inline size_t fact_string_head(struct slice text, unsigned char head[FACT_STRING_HEAD_BYTES_MAX]) {
    if (text.len <= FACT_SHORT_STRING_MAX) {
        head[0] = (unsigned char)text.len;
        return 1;
    }
    head[0] = (unsigned char)(text.len | 0x80);
    head[1] = (unsigned char)(text.len >> 7);
    return 2;
}

/* True when the string at `there` is `text`, whose head is given. The length is compared with the bytes, so a string
 * that only begins like another one is not taken for it. */
static inline bool fact_string_is(const unsigned char *there, const unsigned char *head, size_t head_bytes,
                                  struct slice text) {
    return there[0] == head[0] && (head_bytes == 1 || there[1] == head[1]) &&
           memcmp(there + head_bytes, text.data, text.len) == 0;
}

/* A pool of the zero byte alone, with room for `bytes_max`, at least 1, at `at`. */
static inline void fact_pool_begin(struct fact_pool *pool, unsigned char *at, size_t bytes_max, size_t recent_count) {
    memset(pool->recent, 0, recent_count * sizeof pool->recent[0]);
    pool->recent_count = recent_count;
    pool->is_full = false;
    pool->commons = NULL;
    pool->at = at;
    pool->at[0] = 0;
    pool->bytes = 1;
    pool->bytes_max = bytes_max;
}

/* After it, strings may be common ones. `commons` may be NULL; else `uses`, which begins empty, gets one for each
 * reference to them. */
static inline void fact_pool_share(struct fact_pool *pool, struct commons *commons, uint32_t owner,
                                   struct fact_uses *uses) {
    pool->commons = commons;
    pool->owner = owner;
    pool->uses = uses;
    uses->count = 0;
}

/* The reference of a string, common or one that stands in the pool from now on; 0 for one whose data is NULL, and where
 * there is no room. It goes into the pool behind all others; what stood under its hash before is forgotten, not moved.
 */
uint32_t fact_pool_keep(struct fact_pool *pool, struct slice text);
/* The same of a string whose reference is known. */
uint32_t fact_pool_keep_again(struct fact_pool *pool, uint32_t ref);
/* The normalised form of a kept string whose reference is given, kept too, where it is known; else 0. */
uint32_t fact_pool_key(struct fact_pool *pool, uint32_t ref);
/* Makes it known, of two that were kept. */
void fact_pool_set_key(struct fact_pool *pool, uint32_t ref, uint32_t key);
/* The reference of a string that is common, else 0. */
uint32_t fact_pool_find(struct fact_pool *pool, struct slice text);

#endif
