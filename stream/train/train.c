/* Registers are an open-addressing table of slots, each the place of its newest fact; facts lie in a store beside it,
 * since one may be the newest of several registers and dies with the last. A join first finds out, changing nothing,
 * which registers it wins; then the limit is looked at; then it is done as a whole. */
#include "train/train.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash_short.h"
#include "base/prefetch.h"
#include "base/timestamp.h"
#include "train/commons.h"
#include "train/fact_share.h"
#include "train/train_state.h"

enum {
    SLOTS_MIN = 4,
    HEAP_ALIGN = 16, /* what a piece of heap costs beside its bytes: rounding and a word for its size */
    HEAP_HEADER = 8,
    FACT_SHARE = 3, /* most facts take a third of their messages' bytes */
    MOVED_MAX = 32
};

#define NOWHERE UINT32_MAX

/* One event on its way in. */
struct join {
    const struct event *event; /* or NULL: `fact` is what comes */
    const struct fact *fact;
    uint64_t origin; /* of the event */
    struct fact_rank rank;
    size_t message_bytes;
    bool is_early;  /* the event was packed before it was known to win */
    bool is_packed; /* into `packed`, else it is too large for that */
    bool is_live;   /* byte-identical to a live event */
    size_t won;     /* registers that it becomes the newest of: */
    uint16_t registers[REGISTERS_PER_EVENT_MAX];
    uint32_t tags[REGISTERS_PER_EVENT_MAX];  /* of all its registers, until those are known that it wins */
    uint32_t slots[REGISTERS_PER_EVENT_MAX]; /* NOWHERE: a new register */
    struct fact_sharing packed;
};

/* What the bound on state counts must be near what the process takes, so the allocator's own share is in it. */
static size_t heap_bytes(size_t bytes) {
    return (bytes + HEAP_HEADER + HEAP_ALIGN - 1) / HEAP_ALIGN * HEAP_ALIGN;
}

/* `|date|port`: both have one length, so the number is what stands in front (contract 2.2). */
enum { KEY_TAIL_BYTES = 1 + DATE_TEXT_BYTES + 1 + PLACE_BYTES };

/* Three parts and no more: a number has no '|' (contract 2.5), so a key with another one is nobody's. */
bool train_key_parse(struct slice key, int32_t *date_days) {
    if (key.len <= KEY_TAIL_BYTES || key.len > TRAIN_KEY_BYTES_MAX) {
        return false;
    }
    size_t number_len = key.len - KEY_TAIL_BYTES;
    const char *tail = key.data + number_len;
    return memchr(key.data, '|', key.len) == tail && tail[1 + DATE_TEXT_BYTES] == '|' &&
           memchr(tail + 1 + DATE_TEXT_BYTES + 1, '|', PLACE_BYTES) == NULL &&
           date_parse((struct slice){tail + 1, DATE_TEXT_BYTES}, date_days);
}

struct train *train_new(struct slice key, uint64_t seed) {
    return train_new_in(NULL, key, seed);
}

struct train *train_new_in(struct commons *commons, struct slice key, uint64_t seed) {
    struct train *train = alloc_zeroed(1, sizeof *train);
    bool is_key = train_key_parse(key, &train->date_days);
    assert(is_key);
    (void)is_key;
    train->seed = seed;
    train->key_len = key.len;
    train->number_len = key.len - KEY_TAIL_BYTES;
    memcpy(train->key, key.data, key.len);
    fact_store_init(&train->facts, commons);
    return train;
}

/* One register less is turned to this fact: true when none is. */
static bool is_last(struct train *train, uint32_t place) {
    struct fact *fact = fact_store_at(&train->facts, place);
    size_t live = fact_store_live(fact);
    assert(live > 0);
    fact_store_set_live(fact, live - 1);
    return live == 1;
}

void train_free(struct train *train) {
    if (train == NULL) {
        return;
    }
    for (size_t i = 0; i < train->slot_count && train->facts.commons != NULL; i++) {
        if (train->slots[i] != 0 && is_last(train, slot_place(train->slots[i]))) {
            fact_store_drop(&train->facts, slot_place(train->slots[i]));
        }
    }
    fact_store_release(&train->facts);
    free(train->slots);
    free(train);
}

void train_expect(const struct train *train) {
    prefetch(train, sizeof *train);
}

void train_expect_join(const struct train *train) {
    fact_store_expect_chunk(&train->facts);
}

struct slice train_key(const struct train *train) {
    return (struct slice){train->key, train->key_len};
}

size_t train_live_events(const struct train *train) {
    return train->facts.facts;
}

size_t train_memory_bytes(const struct train *train) {
    return heap_bytes(sizeof *train) + (train->slot_count == 0 ? 0 : heap_bytes(train->slot_count * sizeof(uint64_t))) +
           fact_store_bytes(&train->facts);
}

/* ---- what is noted for whoever watches */

/* Slots are noted and not facts, since the fact may be gone again when somebody looks. */
static void note_turned(struct train *train, size_t slot) {
    struct train_changes *watch = train->watch;
    if (watch == NULL) {
        return;
    }
    if (watch->count == TRAIN_CHANGES_MAX) {
        watch->lost = true;
    } else {
        watch->registers[watch->count++] = (uint32_t)slot;
    }
}

/* Where what is noted stood before the table grew. */
struct moved {
    size_t count;
    uint32_t from[MOVED_MAX];
};

/* Few, since each is looked for at each slot; more are lost. */
static struct moved begin_moving(struct train *train) {
    struct train_changes *watch = train->watch;
    struct moved moved = {.count = 0};
    if (watch != NULL && watch->count > MOVED_MAX) {
        watch->lost = true;
    } else if (watch != NULL) {
        moved.count = watch->count;
        memcpy(moved.from, watch->registers, watch->count * sizeof moved.from[0]);
    }
    return moved;
}

static void note_moved(struct train *train, const struct moved *moved, size_t from, size_t to) {
    for (size_t i = 0; i < moved->count; i++) {
        if (moved->from[i] == from) {
            train->watch->registers[i] = (uint32_t)to;
        }
    }
}

/* Only the outermost times matter: the record tells the first and the last of the live ones (contract 5.15). */
static void note_died(struct train *train, int64_t time_ms) {
    struct train_changes *watch = train->watch;
    if (watch != NULL) {
        watch->died_first_ms = watch->any_died && watch->died_first_ms < time_ms ? watch->died_first_ms : time_ms;
        watch->died_last_ms = watch->any_died && watch->died_last_ms > time_ms ? watch->died_last_ms : time_ms;
        watch->any_died = true;
    }
}

/* ---- the table of registers */

/* Seeded: keys are text from outside, and nobody may aim collisions that make a table slow. */
static uint32_t key_tag(const struct train *train, struct register_key key) {
    return (uint32_t)(hash_short(key.text, train->seed + key.kind) >> (64 - SLOT_TAG_BITS));
}

static uint32_t slot_tag(uint64_t slot) {
    return (uint32_t)(slot >> SLOT_TAG_SHIFT) & ((1u << SLOT_TAG_BITS) - 1);
}

/* A place + 1, so that no slot in use is 0. */
static uint64_t slot_make(uint32_t place, uint32_t tag, size_t index) {
    assert(index <= SLOT_REGISTER_MASK);
    return ((uint64_t)place + 1) << SLOT_PLACE_SHIFT | (uint64_t)tag << SLOT_TAG_SHIFT | index;
}

/* Where a register is looked for first. By its tag alone, so that a larger table is filled without reading a fact. */
static size_t first_slot(size_t count, uint32_t tag) {
    return (size_t)((uint64_t)tag * count >> SLOT_TAG_BITS);
}

/* The tag spares reading the fact for nearly all slots that are another register's. */
static bool slot_is(const struct train *train, uint64_t slot, uint32_t tag, struct register_key key) {
    if (slot_tag(slot) != tag) {
        return false;
    }
    struct register_key there = fact_register(slot_fact(train, slot), slot_register(slot));
    return there.kind == key.kind && slice_equal(there.text, key.text);
}

/* The slot of a register, or NOWHERE. */
static uint32_t find_slot(const struct train *train, uint32_t tag, struct register_key key) {
    if (train->slot_count == 0) {
        return NOWHERE;
    }
    size_t count = train->slot_count;
    for (size_t at = first_slot(count, tag); train->slots[at] != 0; at = at + 1 < count ? at + 1 : 0) {
        if (slot_is(train, train->slots[at], tag, key)) {
            return (uint32_t)at;
        }
    }
    return NOWHERE;
}

/* Where it stands then. */
static size_t put_slot(uint64_t *slots, size_t count, uint64_t slot) {
    size_t at = first_slot(count, slot_tag(slot));
    while (slots[at] != 0) {
        at = at + 1 < count ? at + 1 : 0;
    }
    slots[at] = slot;
    return at;
}

/* Makes room for `more` registers: at most four fifths of the slots are used, and soon after a table has grown no less
 * than half. It only grows: registers never go away (contract 0.1). */
static void reserve_slots(struct train *train, size_t more) {
    size_t count = train->slot_count == 0 ? SLOTS_MIN : train->slot_count;
    while ((train->used + more) * 5 > count * 4) {
        count += count / 2;
    }
    if (count == train->slot_count) {
        return;
    }
    assert(count < NOWHERE);
    uint64_t *slots = alloc_zeroed(count, sizeof *slots);
    struct moved moved = begin_moving(train);
    for (size_t i = 0; i < train->slot_count; i++) {
        if (train->slots[i] != 0) {
            note_moved(train, &moved, i, put_slot(slots, count, train->slots[i]));
        }
    }
    free(train->slots);
    train->slots = slots;
    train->slot_count = count;
}

/* ---- the facts */

/* Whoever watches has read facts where they were. */
static void move_together(struct train *train) {
    struct fact_store old;
    fact_store_begin_move(&train->facts, &old);
    for (size_t i = 0; i < train->slot_count; i++) {
        if (train->slots[i] != 0) {
            uint64_t place = fact_store_move(&old, slot_place(train->slots[i]), &train->facts);
            train->slots[i] = (place + 1) << SLOT_PLACE_SHIFT | (train->slots[i] & UINT32_MAX);
        }
    }
    fact_store_release(&old);
    if (train->watch != NULL) {
        train->watch->lost = true;
    }
}

static void pack(const struct train *train, struct join *join) {
    join->is_packed = fact_store_pack(&train->facts, &join->packed, join->event, join->origin);
}

static uint32_t put(struct train *train, struct join *join) {
    if (join->event == NULL) {
        return fact_store_put(&train->facts, join->fact);
    }
    if (!join->is_early) {
        pack(train, join);
    }
    return join->is_packed ? fact_store_put_packed(&train->facts, &join->packed)
                           : fact_store_put_large(&train->facts, join->event, join->origin);
}

/* From here on the fact counts, though no register points to it yet: each caller turns one to it at once. */
static uint32_t hold(struct train *train, struct join *join) {
    if (fact_store_is_loose(&train->facts)) {
        move_together(train);
    }
    uint32_t place = put(train, join);
    train->newest_ms = join->rank.time_ms > train->newest_ms ? join->rank.time_ms : train->newest_ms;
    train->live_bytes += join->message_bytes;
    train->hash_sum = hash_add(train->hash_sum, join->rank.hash);
    return place;
}

/* One register more is turned to it. */
static void gain(struct train *train, uint32_t place) {
    struct fact *fact = fact_store_at(&train->facts, place);
    fact_store_set_live(fact, fact_store_live(fact) + 1);
}

/* A register turns to another fact; the last one that does ends the life of this one. */
static void lose(struct train *train, uint32_t place) {
    const struct fact *fact = fact_store_at(&train->facts, place);
    if (!is_last(train, place)) {
        return;
    }
    train->live_bytes -= fact_message_bytes(fact);
    train->hash_sum = hash_subtract(train->hash_sum, fact_hash(fact));
    note_died(train, fact_time_ms(fact));
    fact_store_drop(&train->facts, place);
}

/* ---- joining */

static struct register_key join_key(const struct join *join, size_t i) {
    return join->event != NULL ? registers_key(&join->event->registers, i) : fact_register(join->fact, i);
}

/* Time decides nearly always, and then the rest of the fact need not be read. */
static bool is_newer(const struct fact_rank *rank, const struct fact *fact) {
    if (rank->time_ms != fact_time_ms(fact)) {
        return rank->time_ms > fact_time_ms(fact);
    }
    struct fact_rank other = fact_rank(fact);
    return fact_rank_compare(rank, &other) > 0;
}

static size_t register_count(const struct join *join) {
    return join->event != NULL ? registers_count(&join->event->registers) : fact_register_count(join->fact);
}

static void look(const struct train *train, struct join *join) {
    size_t count = register_count(join);
    assert(count >= 1 && count <= REGISTERS_PER_EVENT_MAX);
    for (size_t i = 0; i < count; i++) {
        join->tags[i] = key_tag(train, join_key(join, i));
        if (train->slot_count > 0) {
            __builtin_prefetch(train->slots + first_slot(train->slot_count, join->tags[i]));
        }
    }
}

/* Which registers it becomes the newest of. Changes nothing. Thousands of events may be older than what is here, so
 * nothing is allocated, or packed without need, before one is known to win. */
static void contest(const struct train *train, struct join *join) {
    size_t count = register_count(join);
    for (size_t i = 0; i < count; i++) {
        struct register_key key = join_key(join, i);
        uint32_t tag = join->tags[i];
        uint32_t slot = find_slot(train, tag, key);
        if (slot != NOWHERE) {
            const struct fact *newest = slot_fact(train, train->slots[slot]);
            /* 3.3: a repeat of a live event is a duplicate. The length beside the hash costs nothing. */
            join->is_live = join->is_live || (hash_equal(join->rank.hash, fact_hash(newest)) &&
                                              join->message_bytes == fact_message_bytes(newest));
            /* 3.1: the newer one stays, whichever came first: this is all of the merge that is needed for its order not
             * to matter. */
            if (!is_newer(&join->rank, newest)) {
                continue;
            }
        }
        join->registers[join->won] = (uint16_t)i;
        join->tags[join->won] = tag;
        join->slots[join->won++] = slot;
    }
}

/* The message bytes of the facts that would die. A fact dies with the last of its registers, and one event may take
 * several of them: so the counts go down as if it were done, and up again. */
static size_t dying_bytes(struct train *train, const struct join *join) {
    size_t bytes = 0;
    for (size_t i = 0; i < join->won; i++) {
        if (join->slots[i] != NOWHERE) {
            uint32_t place = slot_place(train->slots[join->slots[i]]);
            bytes += is_last(train, place) ? fact_message_bytes(fact_store_at(&train->facts, place)) : 0;
        }
    }
    for (size_t i = 0; i < join->won; i++) {
        if (join->slots[i] != NOWHERE) {
            gain(train, slot_place(train->slots[join->slots[i]]));
        }
    }
    return bytes;
}

static bool is_within(const struct train *train, const struct join *join, size_t bytes_max) {
    return join->message_bytes <= bytes_max && train->live_bytes <= bytes_max - join->message_bytes;
}

/* Contract 7.6: more than the limit, and more than before. */
static bool is_too_much(struct train *train, const struct join *join, size_t bytes_max) {
    if (is_within(train, join, bytes_max)) {
        return false;
    }
    /* 7.6: an event that takes the place of others may be let in above the limit, as long as the train does not grow:
     * else a train at its limit could never be amended down. */
    size_t dying = dying_bytes(train, join);
    size_t after = train->live_bytes - dying + join->message_bytes;
    return after > bytes_max && after > train->live_bytes;
}

/* Turns one register to the new fact; the one that it had may die of it. */
static void take_register(struct train *train, const struct join *join, size_t i, uint32_t place) {
    uint64_t slot = slot_make(place, join->tags[i], join->registers[i]);
    if (join->slots[i] == NOWHERE) {
        reserve_slots(train, 1);
        note_turned(train, put_slot(train->slots, train->slot_count, slot));
        train->used++;
    } else {
        uint32_t loser = slot_place(train->slots[join->slots[i]]);
        train->slots[join->slots[i]] = slot;
        note_turned(train, join->slots[i]);
        lose(train, loser);
    }
    gain(train, place);
}

/* Known slots first, because a new register may move them all. */
static void take_registers(struct train *train, struct join *join) {
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

/* What is looked at later comes from memory while something else is done. An event that is newer than all that came is
 * the newest of each of its registers, so nothing is packed in vain. */
static void prepare(const struct train *train, struct join *join, size_t bytes_max) {
    look(train, join);
    fact_store_expect(&train->facts, join->message_bytes / FACT_SHARE);
    join->is_early = join->event != NULL && join->rank.time_ms > train->newest_ms && is_within(train, join, bytes_max);
    if (join->is_early) {
        pack(train, join);
    }
}

static enum join_result run(struct train *train, struct join *join, size_t bytes_max, struct join_effect *effect) {
    *effect = (struct join_effect){0};
    prepare(train, join, bytes_max);
    contest(train, join);
    assert(!join->is_early || join->won == register_count(join));
    if (join->won == 0) {
        return join->is_live ? JOIN_DUPLICATE : JOIN_STALE;
    }
    if (is_too_much(train, join, bytes_max)) {
        return JOIN_LIMIT;
    }
    /* Others keep sums over many trains (N and S of a partition, its memory), so the difference is told, not the state.
     */
    size_t events = train_live_events(train);
    size_t bytes = train->live_bytes;
    size_t memory = train_memory_bytes(train);
    struct hash128 sum = train->hash_sum;
    take_registers(train, join);
    effect->live_events = (int64_t)train_live_events(train) - (int64_t)events;
    effect->live_bytes = (int64_t)train->live_bytes - (int64_t)bytes;
    effect->memory_bytes = (int64_t)train_memory_bytes(train) - (int64_t)memory;
    effect->hash_sum = hash_subtract(train->hash_sum, sum);
    return JOIN_ACCEPTED;
}

/* The struct is filled member by member: its arrays take 5 KB, and clearing them would cost more than the join. */
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
