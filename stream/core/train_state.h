/* What a train is made of. For the files of the train itself; others use train.h, and train_next_register to read all
 * registers. */
#ifndef CARAVAN_CORE_TRAIN_STATE_H
#define CARAVAN_CORE_TRAIN_STATE_H

#include "core/fact.h"
#include "core/register.h"
#include "core/train.h"

/* A fact in its own piece of heap, or a free place. */
struct holding {
    struct fact *fact; /* NULL: free */
    uint32_t live;     /* registers that it is the newest of; of a free place: the next free one + 1, 0 for none */
};

/* Registers are the slots of an open-addressing table; they never go away. A slot is 0 when empty, else the place of
 * the newest fact + 1 (32 bits), a tag of the key's hash (23 bits) and which of the fact's registers it is (9 bits):
 * the key itself is read from the fact. */
enum { SLOT_PLACE_SHIFT = 32, SLOT_TAG_SHIFT = 9, SLOT_REGISTER_MASK = (1 << SLOT_TAG_SHIFT) - 1, SLOT_TAG_BITS = 23 };

struct train {
    uint64_t seed;
    uint64_t *slots;
    size_t slot_count; /* a power of two, or 0 */
    size_t used;       /* slots that are not empty */
    struct holding *holdings;
    uint32_t holding_count, holding_capacity, free_holding; /* the last one + 1, 0 for none */
    int32_t date_days;
    size_t live_events, live_bytes, memory_bytes;
    struct hash128 hash_sum;
    size_t number_len, key_len;
    char key[TRAIN_KEY_BYTES_MAX];
};

static inline uint32_t slot_place(uint64_t slot) {
    return (uint32_t)(slot >> SLOT_PLACE_SHIFT) - 1;
}

static inline size_t slot_register(uint64_t slot) {
    return (size_t)(slot & SLOT_REGISTER_MASK);
}

/* As train_join, of a whole fact (fact_check) without limit; it is copied. */
enum join_result train_join_fact(struct train *train, const struct fact *fact, struct join_effect *effect);

/* The registers of a train one by one, in an order that means nothing: *at is 0 before the first. False after the last.
 */
bool train_next_register(const struct train *train, size_t *at, const struct fact **fact, size_t *index);

#endif
