/* What a train says of itself, its registers one by one, and what somebody who watches it may read. */
#include <assert.h>

#include "base/timestamp.h"
#include "train/train_state.h"

struct slice train_number(const struct train *train) {
    return (struct slice){train->key, train->number_len};
}

struct slice train_date(const struct train *train) {
    return (struct slice){train->key + train->number_len + 1, DATE_TEXT_BYTES};
}

struct slice train_port(const struct train *train) {
    return (struct slice){train->key + train->key_len - PLACE_BYTES, PLACE_BYTES};
}

int32_t train_date_days(const struct train *train) {
    return train->date_days;
}

size_t train_live_bytes(const struct train *train) {
    return train->live_bytes;
}

struct hash128 train_hash_sum(const struct train *train) {
    return train->hash_sum;
}

bool train_has(const struct train *train, struct hash128 hash) {
    const struct fact *fact;
    size_t index;
    for (size_t at = 0; train_next_register(train, &at, &fact, &index);) {
        if (hash_equal(fact_hash(fact), hash)) {
            return true;
        }
    }
    return false;
}

bool train_next_register(const struct train *train, size_t *at, const struct fact **fact, size_t *index) {
    while (*at < train->slot_count) {
        uint64_t slot = train->slots[(*at)++];
        if (slot != 0) {
            *fact = slot_fact(train, slot);
            *index = slot_register(slot);
            return true;
        }
    }
    return false;
}

void train_watch(struct train *train, struct train_changes *changes) {
    train->watch = changes;
}

void train_register(const struct train *train, uint32_t noted, const struct fact **fact, size_t *index) {
    assert(noted < train->slot_count && train->slots[noted] != 0);
    *fact = slot_fact(train, train->slots[noted]);
    *index = slot_register(train->slots[noted]);
}
