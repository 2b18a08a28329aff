#include "core/seen.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { WAYS = 4, DAYS_BITS = 20 };

/* Time and date in one word: an entry costs 24 bytes. */
struct way {
    struct hash128 mark;
    uint64_t when; /* time_ms << DAYS_BITS | days; 0: empty, since no event is of 1970 */
};

/* Newest first; the last one is forgotten. */
struct set {
    struct way ways[WAYS];
};

struct seen {
    uint64_t seed;
    uint64_t set_count; /* a power of two, or 0 */
    struct set *sets;
};

struct seen *seen_new(uint64_t entries) {
    struct seen *seen = alloc_zeroed(1, sizeof *seen);
    seen->seed = hash_random_seed();
    if (entries > 0) {
        seen->set_count = 1;
        while (seen->set_count * WAYS < entries) {
            seen->set_count *= 2;
            assert(seen->set_count <= UINT64_MAX / WAYS / 2);
        }
        seen->sets = alloc_zeroed(seen->set_count, sizeof *seen->sets);
    }
    return seen;
}

void seen_free(struct seen *seen) {
    if (seen != NULL) {
        free(seen->sets);
        free(seen);
    }
}

struct hash128 seen_mark(const struct seen *seen, struct hash128 message, struct slice key) {
    uint64_t absent = key.data == NULL;
    message.high ^= hash_seeded(key, seen->seed + absent);
    message.low += hash_seeded(key, ~seen->seed - absent);
    return message;
}

static struct set *set_of(const struct seen *seen, struct hash128 mark) {
    struct slice bytes = {(const char *)&mark, sizeof mark};
    return &seen->sets[hash_seeded(bytes, seen->seed) & (seen->set_count - 1)];
}

bool seen_find(const struct seen *seen, struct hash128 mark, struct seen_entry *entry) {
    if (seen->set_count == 0) {
        return false;
    }
    const struct set *set = set_of(seen, mark);
    for (int i = 0; i < WAYS; i++) {
        const struct way *way = &set->ways[i];
        if (way->when != 0 && hash_equal(way->mark, mark)) {
            entry->mark = mark;
            entry->time_ms = (int64_t)(way->when >> DAYS_BITS);
            entry->train_date_days = (int32_t)(way->when & ((1u << DAYS_BITS) - 1));
            return true;
        }
    }
    return false;
}

void seen_put(struct seen *seen, const struct seen_entry *entry) {
    assert(entry->time_ms > 0 && entry->time_ms >> (63 - DAYS_BITS) == 0);
    assert(entry->train_date_days >= 0 && entry->train_date_days >> DAYS_BITS == 0);
    if (seen->set_count == 0) {
        return;
    }
    struct set *set = set_of(seen, entry->mark);
    memmove(&set->ways[1], &set->ways[0], (WAYS - 1) * sizeof set->ways[0]);
    set->ways[0].mark = entry->mark;
    set->ways[0].when = (uint64_t)entry->time_ms << DAYS_BITS | (uint64_t)entry->train_date_days;
}

uint64_t seen_memory_bytes(const struct seen *seen) {
    return sizeof *seen + seen->set_count * sizeof *seen->sets;
}
