/* Sorting by the first sixteen bytes of what is sorted by, as numbers: nearly always they decide, and then a comparison
 * reads no text. Pure; safe from any thread. */
#ifndef CARAVAN_BASE_SORT_H
#define CARAVAN_BASE_SORT_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/slice.h"

/* Of two keys the smaller one comes first, by `high` and then by `low`. */
struct sort_key {
    uint64_t high, low;
};

struct sort_item {
    struct sort_key key;
    const void *of; /* what it is the key of */
};

enum { SORT_TEXT_BYTES = 16 /* of a text that are in its key */ };

static inline uint64_t sort_load(const char *at) {
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return be64toh(value);
}

/* Of a text below eight bytes. */
static inline uint64_t sort_load_short(struct slice text) {
    uint32_t first, last;
    uint64_t value = 0;
    if (text.len >= sizeof first) { /* both overlap where it is shorter than eight */
        memcpy(&first, text.data, sizeof first);
        memcpy(&last, text.data + text.len - sizeof last, sizeof last);
        return (uint64_t)be32toh(first) << 32 | (uint32_t)((uint64_t)be32toh(last) << (8 * (8 - text.len)));
    }
    for (size_t i = 0; i < text.len; i++) {
        value |= (uint64_t)(unsigned char)text.data[i] << (56 - 8 * i);
    }
    return value;
}

/* Zeros stand behind a text that is shorter. So texts whose keys differ are in the order of their keys (slice_compare),
 * whatever their bytes are; of those whose keys are equal nothing is known but where sort_is_whole. */
static inline struct sort_key sort_key_of(struct slice text) {
    if (text.len >= SORT_TEXT_BYTES) {
        return (struct sort_key){sort_load(text.data), sort_load(text.data + 8)};
    }
    if (text.len > 8) {
        return (struct sort_key){sort_load(text.data), sort_load(text.data + text.len - 8)
                                                           << (8 * (SORT_TEXT_BYTES - text.len))};
    }
    return (struct sort_key){text.len == 8 ? sort_load(text.data) : sort_load_short(text), 0};
}

/* <0, 0 or >0. */
static inline int sort_compare(struct sort_key a, struct sort_key b) {
    if (a.high != b.high) {
        return a.high < b.high ? -1 : 1;
    }
    return (a.low > b.low) - (a.low < b.low);
}

/* As slice_compare, of texts with their keys. */
static inline int sort_compare_texts(struct sort_key a_key, struct slice a, struct sort_key b_key, struct slice b) {
    int order = sort_compare(a_key, b_key);
    if (order != 0 || (a.len == b.len && a.len <= SORT_TEXT_BYTES)) {
        return order;
    }
    return slice_compare(a, b);
}

/* Sorts `count` items by their keys; where these are equal as `tie` orders what they are of, which may be NULL: then
 * they stay in the order in which they were. `spare` has room for as many, and is overwritten. O(n log n), O(n) where
 * they are in order already. */
void sort_items(struct sort_item *items, size_t count, struct sort_item *spare,
                int (*tie)(const void *a, const void *b));

#endif
