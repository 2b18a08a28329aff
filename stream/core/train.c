#include "core/train.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/timestamp.h"
#include "core/fact_view.h"
#include "core/train_state.h"

enum {
    SLOTS_MIN = 4,
    HOLDINGS_MIN = 4,
    HEAP_ALIGN = 16, /* what a piece of heap costs beside its bytes: rounding and a word for its size */
    HEAP_HEADER = 8
};

#define NOWHERE UINT32_MAX

/* One event on its way in. */
struct join {
    const struct event *event; /* or NULL: `fact` is what comes */
    const struct fact *fact;
    uint64_t origin; /* of the event */
    struct fact_rank rank;
    size_t message_bytes;
    bool is_live; /* byte-identical to a live event */
    size_t won;   /* registers that it becomes the newest of: */
    uint16_t registers[REGISTERS_PER_EVENT_MAX];
    uint64_t hashes[REGISTERS_PER_EVENT_MAX];
    uint32_t slots[REGISTERS_PER_EVENT_MAX]; /* NOWHERE: a new register */
};

static size_t heap_bytes(size_t bytes) {
    return (bytes + HEAP_HEADER + HEAP_ALIGN - 1) / HEAP_ALIGN * HEAP_ALIGN;
}

struct train *train_new(struct slice key, uint64_t seed) {
    assert(key.len <= TRAIN_KEY_BYTES_MAX);
    const char *bar = memchr(key.data, '|', key.len);
    assert(bar != NULL && key.len == (size_t)(bar - key.data) + 1 + DATE_TEXT_BYTES + 1 + PLACE_BYTES);
    struct train *train = alloc_zeroed(1, sizeof *train);
    train->seed = seed;
    train->key_len = key.len;
    train->number_len = (size_t)(bar - key.data);
    memcpy(train->key, key.data, key.len);
    train->memory_bytes = heap_bytes(sizeof *train);
    bool is_date = date_parse(train_date(train), &train->date_days);
    assert(is_date);
    (void)is_date;
    return train;
}

void train_free(struct train *train) {
    if (train == NULL) {
        return;
    }
    for (uint32_t i = 0; i < train->holding_count; i++) {
        free(train->holdings[i].fact);
    }
    free(train->holdings);
    free(train->slots);
    free(train);
}

struct slice train_key(const struct train *train) {
    return (struct slice){train->key, train->key_len};
}

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

size_t train_live_events(const struct train *train) {
    return train->live_events;
}

size_t train_live_bytes(const struct train *train) {
    return train->live_bytes;
}

struct hash128 train_hash_sum(const struct train *train) {
    return train->hash_sum;
}

size_t train_memory_bytes(const struct train *train) {
    return train->memory_bytes;
}

bool train_has(const struct train *train, struct hash128 hash) {
    for (uint32_t i = 0; i < train->holding_count; i++) {
        if (train->holdings[i].fact != NULL && hash_equal(fact_hash(train->holdings[i].fact), hash)) {
            return true;
        }
    }
    return false;
}

bool train_next_register(const struct train *train, size_t *at, const struct fact **fact, size_t *index) {
    while (*at < train->slot_count) {
        uint64_t slot = train->slots[(*at)++];
        if (slot != 0) {
            *fact = train->holdings[slot_place(slot)].fact;
            *index = slot_register(slot);
            return true;
        }
    }
    return false;
}

/* ---- the table of registers */

static uint64_t key_hash(const struct train *train, struct register_key key) {
    return hash_seeded(key.text, train->seed + key.kind);
}

static uint64_t slot_tag(uint64_t hash) {
    return hash >> (64 - SLOT_TAG_BITS);
}

static uint64_t slot_make(uint32_t place, uint64_t hash, size_t index) {
    assert(index <= SLOT_REGISTER_MASK);
    return ((uint64_t)place + 1) << SLOT_PLACE_SHIFT | slot_tag(hash) << SLOT_TAG_SHIFT | index;
}

static struct register_key slot_key(const struct train *train, uint64_t slot) {
    return fact_register(train->holdings[slot_place(slot)].fact, slot_register(slot));
}

static bool slot_is(const struct train *train, uint64_t slot, uint64_t hash, struct register_key key) {
    if ((slot >> SLOT_TAG_SHIFT & ((1u << SLOT_TAG_BITS) - 1)) != slot_tag(hash)) {
        return false;
    }
    struct register_key there = slot_key(train, slot);
    return there.kind == key.kind && slice_equal(there.text, key.text);
}

/* The slot of a register, or NOWHERE. */
static uint32_t find_slot(const struct train *train, uint64_t hash, struct register_key key) {
    if (train->slot_count == 0) {
        return NOWHERE;
    }
    size_t mask = train->slot_count - 1;
    for (size_t at = hash & mask; train->slots[at] != 0; at = (at + 1) & mask) {
        if (slot_is(train, train->slots[at], hash, key)) {
            return (uint32_t)at;
        }
    }
    return NOWHERE;
}

static void put_slot(uint64_t *slots, size_t count, uint64_t hash, uint64_t slot) {
    size_t at = hash & (count - 1);
    while (slots[at] != 0) {
        at = (at + 1) & (count - 1);
    }
    slots[at] = slot;
}

/* Makes room for `more` registers: at most three quarters of the slots are used. */
static void reserve_slots(struct train *train, size_t more) {
    size_t count = train->slot_count == 0 ? SLOTS_MIN : train->slot_count;
    while ((train->used + more) * 4 > count * 3) {
        count *= 2;
    }
    if (count == train->slot_count) {
        return;
    }
    assert(count < NOWHERE);
    uint64_t *slots = alloc_zeroed(count, sizeof *slots);
    for (size_t i = 0; i < train->slot_count; i++) {
        if (train->slots[i] != 0) {
            put_slot(slots, count, key_hash(train, slot_key(train, train->slots[i])), train->slots[i]);
        }
    }
    train->memory_bytes += heap_bytes(count * sizeof *slots);
    train->memory_bytes -= train->slot_count == 0 ? 0 : heap_bytes(train->slot_count * sizeof *slots);
    free(train->slots);
    train->slots = slots;
    train->slot_count = count;
}

/* ---- the facts */

static uint32_t take_place(struct train *train) {
    if (train->free_holding != 0) {
        uint32_t place = train->free_holding - 1;
        train->free_holding = train->holdings[place].live;
        return place;
    }
    if (train->holding_count == train->holding_capacity) {
        uint32_t capacity = train->holding_capacity == 0 ? HOLDINGS_MIN : train->holding_capacity * 2;
        assert(capacity > train->holding_capacity);
        train->holdings = alloc_resize(train->holdings, capacity, sizeof *train->holdings);
        train->memory_bytes += heap_bytes(capacity * sizeof *train->holdings);
        train->memory_bytes -=
            train->holding_capacity == 0 ? 0 : heap_bytes(train->holding_capacity * sizeof *train->holdings);
        train->holding_capacity = capacity;
    }
    return train->holding_count++;
}

/* The bytes that will be kept: packed from the event, or a copy of the fact that came. */
static struct fact *make_fact(const struct join *join) {
    struct buffer packed = {0};
    if (join->event != NULL) {
        fact_pack(join->event, join->origin, &packed);
    } else {
        buffer_append(&packed, join->fact, fact_bytes(join->fact));
    }
    return alloc_resize(packed.data, packed.len, 1);
}

static uint32_t hold(struct train *train, const struct join *join) {
    struct fact *fact = make_fact(join);
    uint32_t place = take_place(train);
    train->holdings[place] = (struct holding){fact, 0};
    train->live_events++;
    train->live_bytes += join->message_bytes;
    train->memory_bytes += heap_bytes(fact_bytes(fact));
    train->hash_sum = hash_add(train->hash_sum, join->rank.hash);
    return place;
}

/* A register turns to another fact; the last one that does ends the life of this one. */
static void lose(struct train *train, uint32_t place) {
    struct holding *holding = &train->holdings[place];
    assert(holding->live > 0);
    if (--holding->live > 0) {
        return;
    }
    train->live_events--;
    train->live_bytes -= fact_message_bytes(holding->fact);
    train->memory_bytes -= heap_bytes(fact_bytes(holding->fact));
    train->hash_sum = hash_subtract(train->hash_sum, fact_hash(holding->fact));
    free(holding->fact);
    *holding = (struct holding){NULL, train->free_holding};
    train->free_holding = place + 1;
}

/* ---- joining */

static struct register_key join_key(const struct join *join, size_t i) {
    return join->event != NULL ? register_of(join->event, i) : fact_register(join->fact, i);
}

/* Which registers it becomes the newest of. Changes nothing. */
static void contest(const struct train *train, struct join *join) {
    size_t count = join->event != NULL ? register_count(join->event) : fact_register_count(join->fact);
    assert(count >= 1 && count <= REGISTERS_PER_EVENT_MAX);
    for (size_t i = 0; i < count; i++) {
        struct register_key key = join_key(join, i);
        uint64_t hash = key_hash(train, key);
        uint32_t slot = find_slot(train, hash, key);
        if (slot != NOWHERE) {
            const struct fact *newest = train->holdings[slot_place(train->slots[slot])].fact;
            struct fact_rank rank = fact_rank(newest);
            join->is_live = join->is_live || (hash_equal(join->rank.hash, rank.hash) &&
                                              join->message_bytes == fact_message_bytes(newest));
            if (fact_rank_compare(&join->rank, &rank) <= 0) {
                continue;
            }
        }
        join->registers[join->won] = (uint16_t)i;
        join->hashes[join->won] = hash;
        join->slots[join->won++] = slot;
    }
}

/* The message bytes of the facts that would die. */
static size_t dying_bytes(struct train *train, const struct join *join) {
    size_t bytes = 0;
    for (size_t i = 0; i < join->won; i++) {
        if (join->slots[i] != NOWHERE) {
            struct holding *holding = &train->holdings[slot_place(train->slots[join->slots[i]])];
            bytes += --holding->live == 0 ? fact_message_bytes(holding->fact) : 0;
        }
    }
    for (size_t i = 0; i < join->won; i++) {
        if (join->slots[i] != NOWHERE) {
            train->holdings[slot_place(train->slots[join->slots[i]])].live++;
        }
    }
    return bytes;
}

/* Spec section 7: more than the limit, and more than before. */
static bool is_too_much(struct train *train, const struct join *join, size_t bytes_max) {
    if (join->message_bytes <= bytes_max && train->live_bytes <= bytes_max - join->message_bytes) {
        return false;
    }
    size_t dying = dying_bytes(train, join);
    size_t after = train->live_bytes - dying + join->message_bytes;
    return after > bytes_max && after > train->live_bytes;
}

static void take_register(struct train *train, const struct join *join, size_t i, uint32_t place) {
    uint64_t slot = slot_make(place, join->hashes[i], join->registers[i]);
    if (join->slots[i] == NOWHERE) {
        reserve_slots(train, 1);
        put_slot(train->slots, train->slot_count, join->hashes[i], slot);
        train->used++;
    } else {
        uint32_t loser = slot_place(train->slots[join->slots[i]]);
        train->slots[join->slots[i]] = slot;
        lose(train, loser);
    }
    train->holdings[place].live++;
}

/* Known slots first, because a new register may move them all. */
static void take_registers(struct train *train, const struct join *join) {
    uint32_t place = hold(train, join);
    for (size_t i = 0; i < join->won; i++) {
        if (join->slots[i] != NOWHERE) {
            take_register(train, join, i, place);
        }
    }
    for (size_t i = 0; i < join->won; i++) {
        if (join->slots[i] == NOWHERE) {
            take_register(train, join, i, place);
        }
    }
}

static enum join_result run(struct train *train, struct join *join, size_t bytes_max, struct join_effect *effect) {
    *effect = (struct join_effect){0};
    contest(train, join);
    if (join->won == 0) {
        return join->is_live ? JOIN_DUPLICATE : JOIN_STALE;
    }
    if (is_too_much(train, join, bytes_max)) {
        return JOIN_LIMIT;
    }
    size_t events = train->live_events;
    size_t bytes = train->live_bytes;
    size_t memory = train->memory_bytes;
    struct hash128 sum = train->hash_sum;
    take_registers(train, join);
    effect->live_events = (int64_t)train->live_events - (int64_t)events;
    effect->live_bytes = (int64_t)train->live_bytes - (int64_t)bytes;
    effect->memory_bytes = (int64_t)train->memory_bytes - (int64_t)memory;
    effect->hash_sum = hash_subtract(train->hash_sum, sum);
    return JOIN_ACCEPTED;
}

enum join_result train_join(struct train *train, const struct event *event, uint64_t origin, size_t train_bytes_max,
                            struct join_effect *effect) {
    struct join join;
    join.event = event;
    join.fact = NULL;
    join.origin = origin;
    join.rank = (struct fact_rank){event->time_ms, event->source, event->id, event->hash};
    join.message_bytes = event->message_bytes;
    join.is_live = false;
    join.won = 0;
    return run(train, &join, train_bytes_max, effect);
}

enum join_result train_join_fact(struct train *train, const struct fact *fact, struct join_effect *effect) {
    struct join join;
    join.event = NULL;
    join.fact = fact;
    join.origin = fact_origin(fact);
    join.rank = fact_rank(fact);
    join.message_bytes = fact_message_bytes(fact);
    join.is_live = false;
    join.won = 0;
    return run(train, &join, SIZE_MAX, effect);
}
