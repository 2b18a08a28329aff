/* A hash table of fixed size without chains: the mark picks a set of seven entries, and a new one takes the place of
 * the oldest of its set. So what is remembered is bounded, no call allocates, and nothing has to be kept in order of
 * age over the whole. Of a table that is a third full, sets of seven lose one entry of two hundred. */
#include "train/seen.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/prefetch.h"

/* Times of 43 bits reach beyond 2099 (contract 1.5), days of 20 bits too. */
enum { WAYS = 7, DAYS_BITS = 20 };

/* What decides about an entry nearly always is one cache line of its set, and what is left lies in one of two others.
 */
struct set {
    _Alignas(PREFETCH_LINE_BYTES) uint64_t lows[WAYS]; /* of marks */
    uint64_t oldest;                                   /* the way that is taken next */
    struct rest {
        uint64_t high; /* of the mark */
        uint64_t when; /* time_ms << DAYS_BITS | days; 0: an empty way, since no event is of 1970 */
    } rests[WAYS];
};

struct seen {
    uint64_t seed;
    uint64_t factor;    /* odd, and secret like the seed */
    uint64_t set_count; /* below 2^32 */
    void *memory;
    struct set *sets; /* in it, from the beginning of a cache line on */
};

static uint64_t set_count_of(uint64_t entries) {
    uint64_t count = entries / WAYS + (entries % WAYS > 0);
    assert(count <= UINT32_MAX);
    return count;
}

struct seen *seen_new(uint64_t entries) {
    struct seen *seen = alloc_zeroed(1, sizeof *seen);
    seen->seed = hash_random_seed();
    seen->factor = hash_random_seed() | 1;
    seen->set_count = set_count_of(entries);
    if (entries > 0) {
        seen->memory = alloc_table(seen->set_count * sizeof *seen->sets + PREFETCH_LINE_BYTES, 1);
        size_t before = -(uintptr_t)seen->memory % PREFETCH_LINE_BYTES;
        seen->sets = (struct set *)((char *)seen->memory + before);
    }
    return seen;
}

void seen_free(struct seen *seen) {
    if (seen != NULL) {
        free(seen->memory);
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
    return &seen->sets[(product >> 32) * seen->set_count >> 32];
}

void seen_expect(const struct seen *seen, struct hash128 mark) {
    if (seen->set_count > 0) {
        __builtin_prefetch(set_of(seen, mark)->lows);
    }
}

bool seen_expect_found(const struct seen *seen, struct hash128 mark) {
    if (seen->set_count == 0) {
        return false;
    }
    const struct set *set = set_of(seen, mark);
    for (int i = 0; i < WAYS; i++) {
        if (set->lows[i] == mark.low) {
            __builtin_prefetch(&set->rests[i]);
            return true;
        }
    }
    return false;
}

bool seen_find(const struct seen *seen, struct hash128 mark, struct seen_entry *entry) {
    if (seen->set_count == 0) {
        return false;
    }
    const struct set *set = set_of(seen, mark);
    for (int i = 0; i < WAYS; i++) {
        const struct rest *rest = &set->rests[i];
        if (set->lows[i] == mark.low && rest->high == mark.high && rest->when != 0) {
            entry->mark = mark;
            entry->time_ms = (int64_t)(rest->when >> DAYS_BITS);
            entry->train_date_days = (int32_t)(rest->when & ((1u << DAYS_BITS) - 1));
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
    /* Nothing asks whether it is there already: it was looked up before, and a second copy only ages the others. */
    struct set *set = set_of(seen, entry->mark);
    uint64_t way = set->oldest;
    set->oldest = way + 1 == WAYS ? 0 : way + 1;
    set->lows[way] = entry->mark.low;
    set->rests[way].high = entry->mark.high;
    set->rests[way].when = (uint64_t)entry->time_ms << DAYS_BITS | (uint64_t)entry->train_date_days;
}

uint64_t seen_memory_bytes(const struct seen *seen) {
    return sizeof *seen + seen->set_count * sizeof *seen->sets;
}

uint64_t seen_bytes_of(uint64_t entries) {
    return sizeof(struct seen) + set_count_of(entries) * sizeof(struct set);
}
