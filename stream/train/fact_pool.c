#include "train/fact_pool.h"

#include <assert.h>

/* FACT_REF_COMMON is beyond the pool of a fact that shares; one that does not has no such mark. */
static bool is_common(const struct fact_pool *pool, uint32_t ref) {
    return pool->commons != NULL && (ref & FACT_REF_COMMON) != 0;
}

static const unsigned char *string_at(const struct fact_pool *pool, uint32_t ref) {
    return is_common(pool, ref) ? pool->commons->strings[ref & ~(uint32_t)FACT_REF_COMMON].bytes : pool->at + ref;
}

static uint32_t use(struct fact_pool *pool, uint32_t ref) {
    struct fact_uses *uses = pool->uses;
    if (uses->count == sizeof uses->numbers / sizeof uses->numbers[0]) {
        pool->is_full = true;
        return 0;
    }
    uses->numbers[uses->count++] = (uint16_t)(ref & ~(uint32_t)FACT_REF_COMMON);
    return ref;
}

static uint32_t add(struct fact_pool *pool, struct slice text, const unsigned char *head, size_t head_bytes) {
    if (head_bytes + text.len > pool->bytes_max - pool->bytes) {
        pool->is_full = true;
        return 0;
    }
    uint32_t ref = (uint32_t)pool->bytes;
    memcpy(pool->at + ref, head, head_bytes);
    memcpy(pool->at + ref + head_bytes, text.data, text.len);
    pool->bytes += head_bytes + text.len;
    return ref;
}

static uint32_t find(struct fact_pool *pool, struct slice text, uint64_t hash) {
    uint32_t number = pool->commons == NULL ? COMMONS_NONE : commons_find(pool->commons, text, hash, pool->owner);
    return number == COMMONS_NONE ? 0 : number | FACT_REF_COMMON;
}

static uint64_t hash(const struct fact_pool *pool, struct slice text) {
    return hash_seeded(text, pool->commons == NULL ? 0 : pool->commons->seed);
}

uint32_t fact_pool_keep(struct fact_pool *pool, struct slice text) {
    unsigned char head[FACT_STRING_HEAD_BYTES_MAX];
    if (text.data == NULL) {
        return 0;
    }
    assert(text.len <= FACT_STRING_BYTES_MAX);
    size_t head_bytes = fact_string_head(text, head);
    uint64_t hashed = hash(pool, text);
    uint32_t *recent = &pool->recent[hashed & (pool->recent_count - 1)];
    if (*recent == 0 || !fact_string_is(string_at(pool, *recent), head, head_bytes, text)) {
        uint32_t common = find(pool, text, hashed);
        *recent = common != 0 ? common : add(pool, text, head, head_bytes);
    }
    return fact_pool_keep_again(pool, *recent);
}

uint32_t fact_pool_keep_again(struct fact_pool *pool, uint32_t ref) {
    return is_common(pool, ref) ? use(pool, ref) : ref;
}

uint32_t fact_pool_find(struct fact_pool *pool, struct slice text) {
    uint32_t common = find(pool, text, hash(pool, text));
    return common == 0 ? 0 : use(pool, common);
}
