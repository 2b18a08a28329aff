#include "train/fact_pool.h"

#include <assert.h>

/* FACT_REF_COMMON is beyond the pool of a fact that shares; one that does not has no such mark. */
static bool is_common(const struct fact_pool *pool, uint32_t ref) {
    return pool->commons != NULL && (ref & FACT_REF_COMMON) != 0;
}

static uint32_t number_of(uint32_t ref) {
    return ref & ~(uint32_t)FACT_REF_COMMON;
}

static uint32_t use(struct fact_pool *pool, uint32_t ref) {
    struct fact_uses *uses = pool->uses;
    if (uses->count == sizeof uses->numbers / sizeof uses->numbers[0]) {
        pool->is_full = true;
        return 0;
    }
    uses->numbers[uses->count++] = (uint16_t)number_of(ref);
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
    return hash_short(text, pool->commons == NULL ? 0 : pool->commons->seed);
}

static uint32_t keep_own(struct fact_pool *pool, struct slice text, uint64_t hashed) {
    unsigned char head[FACT_STRING_HEAD_BYTES_MAX];
    size_t head_bytes = fact_string_head(text, head);
    uint32_t *recent = &pool->recent[hashed & (pool->recent_count - 1)];
    if (*recent == 0 || !fact_string_is(pool->at + *recent, head, head_bytes, text)) {
        *recent = add(pool, text, head, head_bytes);
    }
    return *recent;
}

uint32_t fact_pool_keep(struct fact_pool *pool, struct slice text) {
    if (text.data == NULL) {
        return 0;
    }
    assert(text.len <= FACT_STRING_BYTES_MAX);
    uint64_t hashed = hash(pool, text);
    uint32_t common = find(pool, text, hashed);
    return common != 0 ? use(pool, common) : keep_own(pool, text, hashed);
}

uint32_t fact_pool_keep_again(struct fact_pool *pool, uint32_t ref) {
    return is_common(pool, ref) ? use(pool, ref) : ref;
}

uint32_t fact_pool_find(struct fact_pool *pool, struct slice text) {
    uint32_t common = find(pool, text, hash(pool, text));
    return common == 0 ? 0 : use(pool, common);
}

uint32_t fact_pool_key(struct fact_pool *pool, uint32_t ref) {
    if (!is_common(pool, ref)) {
        return 0;
    }
    uint32_t key = pool->commons->strings[number_of(ref)].key;
    return key == COMMONS_NONE ? 0 : use(pool, key | FACT_REF_COMMON);
}

void fact_pool_set_key(struct fact_pool *pool, uint32_t ref, uint32_t key) {
    if (is_common(pool, ref) && is_common(pool, key)) {
        commons_set_key(pool->commons, number_of(ref), number_of(key));
    }
}
