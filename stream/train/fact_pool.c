#include "train/fact_pool.h"

#include <assert.h>

uint32_t fact_pool_keep(struct fact_pool *pool, struct slice text) {
    unsigned char head[FACT_STRING_HEAD_BYTES_MAX];
    if (text.data == NULL) {
        return 0;
    }
    assert(text.len <= FACT_STRING_BYTES_MAX);
    size_t head_bytes = fact_string_head(text, head);
    uint32_t *recent = &pool->recent[hash_seeded(text, 0) % FACT_POOL_RECENT];
    if (*recent == 0 || !fact_string_is(pool->at + *recent, head, head_bytes, text)) {
        assert(head_bytes + text.len <= pool->bytes_max - pool->bytes);
        *recent = (uint32_t)pool->bytes;
        memcpy(pool->at + pool->bytes, head, head_bytes);
        memcpy(pool->at + pool->bytes + head_bytes, text.data, text.len);
        pool->bytes += head_bytes + text.len;
    }
    return *recent;
}
