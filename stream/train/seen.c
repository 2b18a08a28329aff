/* A hash table of fixed size without chains: the mark picks a set of four entries, and a new one pushes the oldest of
 * its set out. So what is remembered is bounded, no call allocates, and nothing has to be kept in order of age over the
 * whole. */
#include "train/seen.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/prefetch.h"

/* Times of 43 bits reach beyond 2099 (contract 1.5), days of 20 bits too. Four entries are one and a half cache
 * lines. */
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
    uint64_t factor;    /* odd, and secret like the seed */
    uint64_t set_count; /* a power of two, or 0 */
    int set_bits;       /* 2^set_bits sets */
    struct set *sets;
};

/* A power of two, since a mask picks the set. */
static uint64_t set_count_of(uint64_t entries) {
    uint64_t count = entries > 0;
    while (count * WAYS < entries) {
        count *= 2;
        assert(count <= UINT64_MAX / WAYS / 2);
    }
    return count;
}

struct seen *seen_new(uint64_t entries) {
    struct seen *seen = alloc_zeroed(1, sizeof *seen);
    seen->seed = hash_random_seed();
    seen->factor = hash_random_seed() | 1;
    seen->set_count = set_count_of(entries);
    seen->set_bits = seen->set_count == 0 ? 0 : __builtin_ctzll(seen->set_count);
    if (entries > 0) {
        seen->sets = alloc_table(seen->set_count, sizeof *seen->sets);
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
    /* A repeat under another key is no repeat: contract 3.4 has it rejected like the first one would be. No key differs
     * from an empty one. */
    return hash_add(message, hash128_seeded(key, seen->seed + (key.data == NULL)));
}

/* By the highest bits of a product with a secret factor: whoever chooses messages does not choose their sets. Marks of
 * two seen entries are never alike in their lower half by chance. */
static struct set *set_of(const struct seen *seen, struct hash128 mark) {
    uint64_t product = (mark.low ^ seen->seed) * seen->factor;
    return &seen->sets[seen->set_bits == 0 ? 0 : product >> (64 - seen->set_bits)];
}

void seen_expect(const struct seen *seen, struct hash128 mark) {
    if (seen->set_count > 0) {
        prefetch(set_of(seen, mark), sizeof(struct set));
    }
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
    /* Nothing asks whether it is there already: it was looked up before, and a second copy only ages the others. */
    memmove(&set->ways[1], &set->ways[0], (WAYS - 1) * sizeof set->ways[0]);
    set->ways[0].mark = entry->mark;
    set->ways[0].when = (uint64_t)entry->time_ms << DAYS_BITS | (uint64_t)entry->train_date_days;
}

uint64_t seen_memory_bytes(const struct seen *seen) {
    return sizeof *seen + seen->set_count * sizeof *seen->sets;
}

uint64_t seen_bytes_of(uint64_t entries) {
    return sizeof(struct seen) + set_count_of(entries) * sizeof(struct set);
}
