/* A fact goes behind the last one in the open chunk. Where a fact died is a hole, and so is what is left of a chunk
 * that had no room for the next one. They are listed by size, and a fact may take the first one that it fits in.
 * Neighbouring holes do not become one; when many are too small for what comes, the train moves its facts together
 * (fact_store_is_loose). A fact that is not shared, mostly because it is larger than a chunk, is alone in one of its
 * own length. */
#include "train/fact_store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/prefetch.h"
#include "train/fact_share.h"

enum {
    HOLE_BYTES_MIN = 64, /* no fact is shorter; what is left of a hole below that goes with the fact */
    HOLE_FIRST_BYTES = 128,
    HOLES_LOOKED_AT = 8,
    CHUNKS_MIN = 4,
    GROWTH = 16,       /* a chunk is at most one part in so many of all */
    HOLES_SHARE = 128, /* and holes are not looked into before they are one in so many, and so many bytes: */
    HOLES_LEAST = 256,
    AT_NEXT = 8, /* 4: of a hole, the place of the next one of its size + 1 */
    AT_MOVED = 8 /* 4: of a fact that was moved to another store and has no bytes here, its place there */
};

static_assert(FACT_STORE_CHUNK_BYTES_MAX <= FACT_STORE_UNIT << FACT_STORE_PLACE_BITS, "a place reaches all of a chunk");
static_assert(sizeof(struct fact_chunk) % FACT_STORE_UNIT == 0, "facts behind the header are aligned");
static_assert((int)HOLE_BYTES_MIN >= (int)FACT_HEADER_BYTES, "a hole has room for what is noted in it");

void fact_store_init(struct fact_store *store, struct commons *commons) {
    *store = (struct fact_store){.commons = commons};
}

void fact_store_release(struct fact_store *store) {
    for (uint32_t i = 0; i < store->chunk_count; i++) {
        free(store->chunks[i]);
    }
    free(store->chunks);
    fact_store_init(store, store->commons);
}

size_t fact_store_bytes(const struct fact_store *store) {
    return store->chunk_bytes + store->chunk_capacity * sizeof(struct fact_chunk *);
}

/* ---- holes */

static unsigned char *bytes_at(const struct fact_store *store, uint32_t place) {
    return (unsigned char *)fact_store_at(store, place);
}

static size_t room_at(const struct fact_store *store, uint32_t place) {
    return (size_t)layout_load(bytes_at(store, place) + FACT_AT_ROOM, 2);
}

/* Of two sizes each hole of the upper one is larger than any of the lower. */
static unsigned hole_size(size_t bytes) {
    unsigned size = 0;
    while (size + 1 < FACT_STORE_HOLE_SIZES && bytes >= (size_t)HOLE_FIRST_BYTES << size) {
        size++;
    }
    return size;
}

static void add_hole(struct fact_store *store, uint32_t place, size_t bytes) {
    uint32_t *first = &store->holes[hole_size(bytes)];
    layout_store(bytes_at(store, place) + AT_NEXT, *first, 4);
    layout_store(bytes_at(store, place) + FACT_AT_ROOM, bytes, 2);
    *first = place + 1;
    store->hole_bytes += bytes;
}

/* Takes the first hole of a size out of its list that has room, of the few that are looked at; false without one. */
static bool find_hole(struct fact_store *store, unsigned size, size_t bytes, uint32_t *place) {
    uint32_t before = 0;
    uint32_t at = store->holes[size];
    for (int i = 0; at != 0 && i < HOLES_LOOKED_AT; i++) {
        uint32_t next = (uint32_t)layout_load(bytes_at(store, at - 1) + AT_NEXT, 4);
        if (room_at(store, at - 1) >= bytes) {
            if (before == 0) {
                store->holes[size] = next;
            } else {
                layout_store(bytes_at(store, before - 1) + AT_NEXT, next, 4);
            }
            *place = at - 1;
            return true;
        }
        before = at;
        at = next;
    }
    return false;
}

/* ---- chunks */

static struct fact_chunk *chunk_new(struct fact_store *store, size_t bytes) {
    struct fact_chunk *chunk = alloc_bytes(bytes);
    *chunk = (struct fact_chunk){store->commons, (uint32_t)bytes, 0};
    store->chunk_bytes += bytes;
    return chunk;
}

/* Gives it a number; the place of what is first in it. */
static uint32_t add_chunk(struct fact_store *store, struct fact_chunk *chunk) {
    uint32_t number = store->vacant - 1;
    if (store->vacant != 0) {
        store->vacant = store->chunks[number]->next;
        free(store->chunks[number]);
    } else {
        if (store->chunk_count == store->chunk_capacity) {
            store->chunk_capacity = store->chunk_capacity == 0 ? CHUNKS_MIN : store->chunk_capacity * 2;
            store->chunks = alloc_resize(store->chunks, store->chunk_capacity, sizeof(struct fact_chunk *));
        }
        number = store->chunk_count++;
    }
    assert(number < UINT32_MAX >> FACT_STORE_PLACE_BITS);
    store->chunks[number] = chunk;
    return number << FACT_STORE_PLACE_BITS | sizeof *chunk / FACT_STORE_UNIT;
}

/* Its number waits for another one, so what is left of it tells the next number that does. */
static void free_chunk(struct fact_store *store, uint32_t number) {
    struct fact_chunk **chunk = &store->chunks[number];
    store->chunk_bytes -= (*chunk)->bytes;
    *chunk = alloc_resize(*chunk, 1, sizeof **chunk);
    (*chunk)->next = store->vacant;
    store->vacant = number + 1;
}

/* Longer with the train, so that what is not yet used of the last one is a small part of all. */
static size_t next_chunk_bytes(const struct fact_store *store, size_t bytes) {
    size_t least = sizeof(struct fact_chunk) + bytes;
    size_t usual = store->chunk_bytes / GROWTH;
    usual = usual > FACT_STORE_CHUNK_BYTES_MAX ? FACT_STORE_CHUNK_BYTES_MAX : usual;
    size_t larger = usual > least ? usual : least;
    return (larger + FACT_STORE_CHUNK_BYTES_MIN - 1) / FACT_STORE_CHUNK_BYTES_MIN * FACT_STORE_CHUNK_BYTES_MIN;
}

/* ---- room for one fact */

/* The rest of a hole that is more than the fact needs. */
static size_t split_hole(struct fact_store *store, uint32_t place, size_t bytes) {
    size_t room = room_at(store, place);
    store->hole_bytes -= room;
    if (room - bytes < HOLE_BYTES_MIN) {
        return room;
    }
    add_hole(store, place + (uint32_t)(bytes / FACT_STORE_UNIT), room - bytes);
    return bytes;
}

/* What is left of the open chunk becomes a hole. */
static void open_chunk(struct fact_store *store, size_t bytes) {
    size_t whole = next_chunk_bytes(store, bytes);
    if (store->open_bytes >= HOLE_BYTES_MIN) {
        add_hole(store, store->open, store->open_bytes);
    }
    store->open = add_chunk(store, chunk_new(store, whole));
    store->open_bytes = (uint32_t)(whole - sizeof(struct fact_chunk));
}

/* Holes only when there are enough of them: to read what is in one waits for memory, and to write behind the last fact
 * does not. */
static bool uses_holes(const struct fact_store *store) {
    return store->hole_bytes > HOLES_LEAST + store->chunk_bytes / HOLES_SHARE;
}

/* Of holes the first one that may be taken: it says where the next one is. */
void fact_store_expect(const struct fact_store *store, size_t bytes) {
    if (bytes == 0 || bytes > FACT_SHARED_BYTES_MAX) { /* what is larger goes alone */
        return;
    }
    uint32_t hole = uses_holes(store) ? store->holes[hole_size(bytes)] : 0;
    if (hole != 0) {
        prefetch(bytes_at(store, hole - 1), bytes);
    } else if (store->open_bytes > 0) {
        prefetch(bytes_at(store, store->open), bytes < store->open_bytes ? bytes : store->open_bytes);
    }
}

/* *room: how many of the bytes from there on are the fact's. */
static uint32_t take_room(struct fact_store *store, size_t bytes, size_t *room) {
    uint32_t place = 0;
    if (uses_holes(store)) {
        for (unsigned size = hole_size(bytes); size < FACT_STORE_HOLE_SIZES; size++) {
            if (find_hole(store, size, bytes, &place)) {
                *room = split_hole(store, place, bytes);
                return place;
            }
        }
    }
    if (store->open_bytes < bytes) {
        open_chunk(store, bytes);
    }
    place = store->open;
    *room = store->open_bytes - bytes < HOLE_BYTES_MIN ? store->open_bytes : bytes;
    store->open += (uint32_t)(*room / FACT_STORE_UNIT);
    store->open_bytes -= (uint32_t)*room;
    return place;
}

static size_t rounded(size_t bytes) {
    return (bytes + FACT_STORE_UNIT - 1) / FACT_STORE_UNIT * FACT_STORE_UNIT;
}

/* Tells trains apart, mostly. */
static uint32_t owner_of(const struct fact_store *store) {
    return (uint32_t)((uintptr_t)store / sizeof *store);
}

/* Of a shared fact that was copied to its place. */
static void settle(struct fact_store *store, uint32_t place, size_t room) {
    unsigned char *fact = bytes_at(store, place);
    unsigned char *chunk = (unsigned char *)store->chunks[place >> FACT_STORE_PLACE_BITS];
    layout_store(fact + FACT_AT_ROOM, room, 2);
    layout_store(fact + FACT_AT_PLACE, (size_t)(fact - chunk), 2);
}

static uint32_t put_alone(struct fact_store *store, const struct fact *fact) {
    struct fact_chunk *chunk = chunk_new(store, sizeof *chunk + fact_bytes(fact));
    memcpy(chunk + 1, fact, fact_bytes(fact));
    return add_chunk(store, chunk);
}

static uint32_t put_shared(struct fact_store *store, const struct fact_sharing *sharing) {
    size_t room;
    uint32_t place = take_room(store, rounded(fact_sharing_bytes(sharing)), &room);
    fact_sharing_put(sharing, bytes_at(store, place));
    settle(store, place, room);
    return place;
}

uint32_t fact_store_put(struct fact_store *store, const struct fact *fact) {
    struct fact_sharing sharing;
    store->facts++;
    if (fact_share(&sharing, fact, store->commons, owner_of(store))) {
        return put_shared(store, &sharing);
    }
    uint32_t place = put_alone(store, fact);
    fact_store_set_live(fact_store_at(store, place), 0);
    return place;
}

bool fact_store_pack(const struct fact_store *store, struct fact_sharing *packed, const struct event *event,
                     uint64_t origin) {
    return fact_share_event(packed, event, origin, store->commons, owner_of(store));
}

uint32_t fact_store_put_packed(struct fact_store *store, const struct fact_sharing *packed) {
    store->facts++;
    return put_shared(store, packed);
}

uint32_t fact_store_put_large(struct fact_store *store, const struct event *event, uint64_t origin) {
    struct buffer packed = {0};
    store->facts++;
    fact_pack(event, origin, &packed);
    uint32_t place = put_alone(store, (const struct fact *)packed.data);
    buffer_release(&packed);
    return place;
}

void fact_store_drop(struct fact_store *store, uint32_t place) {
    const struct fact *fact = fact_store_at(store, place);
    store->facts--;
    if (fact_is_shared(fact)) {
        fact_unuse(fact);
        add_hole(store, place, room_at(store, place));
    } else {
        free_chunk(store, place >> FACT_STORE_PLACE_BITS);
    }
}

/* ---- moving together */

bool fact_store_is_loose(const struct fact_store *store) {
    return store->hole_bytes > FACT_STORE_CHUNK_BYTES_MAX + store->chunk_bytes / 2;
}

void fact_store_begin_move(struct fact_store *store, struct fact_store *from) {
    *from = *store;
    fact_store_init(store, from->commons);
}

static uint32_t copy(struct fact_store *to, const struct fact *fact) {
    to->facts++;
    if (!fact_is_shared(fact)) {
        return put_alone(to, fact);
    }
    size_t room;
    uint32_t place = take_room(to, rounded(fact_bytes(fact)), &room);
    memcpy(bytes_at(to, place), fact, fact_bytes(fact));
    settle(to, place, room);
    return place;
}

uint32_t fact_store_move(struct fact_store *from, uint32_t place, struct fact_store *to) {
    const struct fact *fact = fact_store_at(from, place);
    unsigned char *bytes = bytes_at(from, place);
    if (fact_bytes(fact) > 0) {
        uint32_t there = copy(to, fact);
        layout_store(bytes + FACT_AT_BYTES, 0, 4);
        layout_store(bytes + AT_MOVED, there, 4);
    }
    return (uint32_t)layout_load(bytes + AT_MOVED, 4);
}
