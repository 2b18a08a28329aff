/* What a train is made of. For the files of the train itself; others use train.h, and train_next_register to read all
 * registers. */
#ifndef CARAVAN_TRAIN_TRAIN_STATE_H
#define CARAVAN_TRAIN_TRAIN_STATE_H

#include "train/fact.h"
#include "train/fact_registers.h"
#include "train/fact_store.h"
#include "train/train.h"

/* Registers are the slots of an open-addressing table; they never go away. A slot is 0 when empty, else the place of
 * the newest fact (fact_store.h) + 1 (32 bits), a tag of the key's hash (23 bits) and which of the fact's registers it
 * is (9 bits): the key itself is read from the fact. */
enum { SLOT_PLACE_SHIFT = 32, SLOT_TAG_SHIFT = 9, SLOT_REGISTER_MASK = (1 << SLOT_TAG_SHIFT) - 1, SLOT_TAG_BITS = 23 };

struct train {
    uint64_t seed;
    uint64_t *slots;
    size_t slot_count, used; /* `used` are not empty */
    struct fact_store facts;
    size_t live_bytes;
    int64_t newest_ms; /* of all events that ever joined */
    int32_t date_days;
    struct hash128 hash_sum;
    struct train_changes *watch; /* NULL: nobody looks */
    size_t number_len, key_len;
    char key[TRAIN_KEY_BYTES_MAX];
};

static inline uint32_t slot_place(uint64_t slot) {
    return (uint32_t)(slot >> SLOT_PLACE_SHIFT) - 1;
}

/* The newest fact of the register in this slot. */
static inline const struct fact *slot_fact(const struct train *train, uint64_t slot) {
    return fact_store_at(&train->facts, slot_place(slot));
}

static inline size_t slot_register(uint64_t slot) {
    return (size_t)(slot & SLOT_REGISTER_MASK);
}

/* As train_join, of a whole fact (fact_check) without limit; it is copied. */
enum join_result train_join_fact(struct train *train, const struct fact *fact, struct join_effect *effect);

/* The newest fact of a register that a watch noted, and which of its registers it is. */
void train_register(const struct train *train, uint32_t noted, const struct fact **fact, size_t *index);

/* The registers of a train one by one, in an order that means nothing: *at is 0 before the first. False after the last.
 */
bool train_next_register(const struct train *train, size_t *at, const struct fact **fact, size_t *index);

#endif
