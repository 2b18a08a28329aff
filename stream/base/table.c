/* Chains and not open addressing: nodes live inside their owners and never move, so pointers to them stay good while
 * the table grows. */
#include "base/table.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/prefetch.h"

enum { BUCKETS_MIN = 16 };

void table_release(struct table *table) {
    free(table->buckets);
    *table = (struct table){0};
}

static struct table_node **bucket_of(const struct table *table, uint64_t hash) {
    /* The count is a power of two, and the low bits of XXH3 are as good as all of them. */
    return &table->buckets[hash & (table->bucket_count - 1)];
}

struct table_node *table_find(const struct table *table, uint64_t hash, struct slice key,
                              bool (*is)(const struct table_node *node, struct slice key)) {
    if (table->bucket_count == 0) {
        return NULL;
    }
    for (struct table_node *node = *bucket_of(table, hash); node != NULL; node = node->next) {
        /* The whole hash first: a key is compared only where it is all but certain to be this one. */
        if (node->hash == hash && is(node, key)) {
            return node;
        }
    }
    return NULL;
}

void table_expect(const struct table *table, uint64_t hash) {
    if (table->bucket_count > 0) {
        prefetch(bucket_of(table, hash), sizeof(struct table_node *));
    }
}

struct table_node *table_first(const struct table *table, uint64_t hash) {
    return table->bucket_count == 0 ? NULL : *bucket_of(table, hash);
}

static void put(struct table *table, struct table_node *node) {
    struct table_node **bucket = bucket_of(table, node->hash);
    node->next = *bucket;
    *bucket = node;
}

static void grow(struct table *table) {
    /* All at once, which is seldom; a node carries its hash, so no key is hashed again. */
    struct table old = *table;
    table->bucket_count = old.bucket_count == 0 ? BUCKETS_MIN : old.bucket_count * 2;
    table->buckets = alloc_zeroed(table->bucket_count, sizeof(struct table_node *));
    for (size_t i = 0; i < old.bucket_count; i++) {
        for (struct table_node *node = old.buckets[i], *next; node != NULL; node = next) {
            next = node->next;
            put(table, node);
        }
    }
    free(old.buckets);
}

void table_add(struct table *table, struct table_node *node, uint64_t hash) {
    /* Chains of one on average. It never shrinks: what was held once may be held again. */
    if (table->count == table->bucket_count) {
        grow(table);
    }
    node->hash = hash;
    put(table, node);
    table->count++;
}

void table_remove(struct table *table, struct table_node *node) {
    struct table_node **at = bucket_of(table, node->hash);
    while (*at != node) {
        assert(*at != NULL);
        at = &(*at)->next;
    }
    *at = node->next;
    table->count--;
}

size_t table_bytes(const struct table *table) {
    return table->bucket_count * sizeof(struct table_node *);
}
