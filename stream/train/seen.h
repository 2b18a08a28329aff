/* Recently seen valid events of a partition, so that a byte-identical redelivery is dropped before it is decoded
 * (contract 3.4). An accelerator only: the join is idempotent without it. Bounded: a fixed number of entries, the
 * oldest or a colliding one is overwritten. Seeded at creation, so that nobody can aim a collision. Single owner. */
#ifndef CARAVAN_TRAIN_SEEN_H
#define CARAVAN_TRAIN_SEEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/slice.h"

struct seen;

/* `entries` is rounded up to whole sets; 0 gives a table that remembers nothing. */
struct seen *seen_new(uint64_t entries);
void seen_free(struct seen *seen);

struct seen_entry {
    struct hash128 mark;     /* seen_mark of value and key */
    int64_t time_ms;         /* the event's, for TIME_IN_FUTURE */
    int32_t train_date_days; /* for TOO_LATE */
};

/* Identity of a delivery: the message's XXH3-128 combined with the seeded hash of the key (key.data NULL: no key). */
struct hash128 seen_mark(const struct seen *seen, struct hash128 message, struct slice key);
/* Begins to fetch what seen_find will look at first, for a mark that is asked for soon: a table is larger than what the
 * processor keeps at hand. */
void seen_expect(const struct seen *seen, struct hash128 mark);
/* When that has come: whether the mark seems to be remembered. If so, begins to fetch the rest. */
bool seen_expect_found(const struct seen *seen, struct hash128 mark);
/* True and *entry filled when remembered. */
bool seen_find(const struct seen *seen, struct hash128 mark, struct seen_entry *entry);
void seen_put(struct seen *seen, const struct seen_entry *entry);
uint64_t seen_memory_bytes(const struct seen *seen);
/* That of a table made for so many entries. */
uint64_t seen_bytes_of(uint64_t entries);

#endif
