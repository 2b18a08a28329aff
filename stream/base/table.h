/* A hash table of nodes that live inside their owners: chained, growing by doubling. Whoever has the keys hashes them,
 * seeded where they come from outside (base/hash.h hash_seeded). Zero-initialised is a valid empty table. One owner at
 * a time. */
#ifndef CARAVAN_BASE_TABLE_H
#define CARAVAN_BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct table_node {
    struct table_node *next; /* in its bucket */
    uint64_t hash;
};

struct table {
    struct table_node **buckets;
    size_t bucket_count; /* 0 or a power of two */
    size_t count;
};

/* Frees the buckets, not the nodes. */
void table_release(struct table *table);
/* The node with this hash for which `is` says yes, or NULL. */
struct table_node *table_find(const struct table *table, uint64_t hash, struct slice key,
                              bool (*is)(const struct table_node *node, struct slice key));
/* Begins to fetch the bucket of a hash from memory. */
void table_expect(const struct table *table, uint64_t hash);
/* The first node of that bucket, whatever its key is, or NULL; no node is read. */
struct table_node *table_first(const struct table *table, uint64_t hash);
/* Adds a node that is not in; its key must not be in either. */
void table_add(struct table *table, struct table_node *node, uint64_t hash);
/* Takes out a node that is in. */
void table_remove(struct table *table, struct table_node *node);
/* Memory of the buckets. */
size_t table_bytes(const struct table *table);

#endif
