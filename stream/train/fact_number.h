/* Numbers and lists in the body of a fact (fact_layout.h), which are narrower in a tight one. For the files that write
 * and read facts. */
#ifndef CARAVAN_TRAIN_FACT_NUMBER_H
#define CARAVAN_TRAIN_FACT_NUMBER_H

#include "event/shape.h"
#include "train/fact_layout.h"

/* Most goods are below a thousand tons, 281 million of a currency and 16 million packages. */
enum {
    FACT_TIGHT_MASS_BYTES = 5,
    FACT_TIGHT_MONEY_BYTES = 6,
    FACT_TIGHT_TIME_BYTES = 6,
    FACT_TIGHT_COUNT_BYTES = 3,
    FACT_TIGHT_LIST_HEAD_BYTES = 3, /* the fact fits in a chunk, so neither number is above its length: */
    FACT_TIGHT_LIST_BITS = 12
};

static inline bool fact_is_tight(const struct fact *fact) {
    return (fact_byte(fact, FACT_AT_FLAGS) & FACT_FLAG_TIGHT) != 0;
}

/* Of a number. */
static inline int fact_number_bytes(const struct shape_member *member, bool tight) {
    int bytes = member->width;
    switch (tight ? (int)member->kind : -1) {
    case SHAPE_MASS: return FACT_TIGHT_MASS_BYTES;
    case SHAPE_MONEY: return FACT_TIGHT_MONEY_BYTES;
    case SHAPE_TIME: return FACT_TIGHT_TIME_BYTES;
    case SHAPE_COUNT: return bytes < FACT_TIGHT_COUNT_BYTES ? bytes : FACT_TIGHT_COUNT_BYTES;
    default: return bytes;
    }
}

static inline size_t fact_list_head_bytes(bool tight) {
    return tight ? FACT_TIGHT_LIST_HEAD_BYTES : FACT_LIST_HEAD_BYTES;
}

/* How many elements, and the bytes that they take. */
struct fact_list_head {
    size_t count, bytes;
};

static inline struct fact_list_head fact_list_head(const unsigned char *at, bool tight) {
    if (tight) {
        size_t both = (size_t)layout_load(at, FACT_TIGHT_LIST_HEAD_BYTES);
        return (struct fact_list_head){both & ((1u << FACT_TIGHT_LIST_BITS) - 1), both >> FACT_TIGHT_LIST_BITS};
    }
    return (struct fact_list_head){(size_t)layout_load(at, FACT_LIST_COUNT_BYTES),
                                   (size_t)layout_load(at + FACT_LIST_COUNT_BYTES,
                                                       FACT_LIST_HEAD_BYTES - FACT_LIST_COUNT_BYTES)};
}

/* What has no place in a tight one is of a fact that does not fit in a chunk, and nobody will read it. */
static inline void fact_put_list_head(unsigned char *at, bool tight, size_t count, size_t bytes) {
    if (tight) {
        layout_store(at, count | bytes << FACT_TIGHT_LIST_BITS, FACT_TIGHT_LIST_HEAD_BYTES);
    } else {
        layout_store(at, count, FACT_LIST_COUNT_BYTES);
        layout_store(at + FACT_LIST_COUNT_BYTES, bytes, FACT_LIST_HEAD_BYTES - FACT_LIST_COUNT_BYTES);
    }
}

/* What of a number has no place in so many bytes. */
static inline uint64_t fact_number_rest(uint64_t number, int bytes) {
    return bytes == 8 ? 0 : number >> (8 * bytes);
}

#endif
