/* Where the facts of a train lie: in chunks, one behind the other, with their strings shared. A fact does not move
 * while it is live, but at fact_store_tidy. Single owner, the train's. */
#ifndef CARAVAN_TRAIN_FACT_STORE_H
#define CARAVAN_TRAIN_FACT_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "train/fact_layout.h"

enum {
    FACT_STORE_CHUNK_BYTES_MIN = 512, /* most trains have a few events only, and there are many trains */
    FACT_STORE_CHUNK_BYTES_MAX = 4096,
    FACT_STORE_UNIT = 8, /* facts begin at multiples of it */
    FACT_STORE_HOLE_SIZES = 5,
};

/* A place is a chunk's number and where in it, in units. */
enum { FACT_STORE_PLACE_BITS = 9 };

struct fact_sharing;

struct fact_store {
    struct commons *commons; /* NULL: no string is shared */
    struct fact_chunk **chunks;
    uint32_t chunk_count, chunk_capacity;
    uint32_t open, open_bytes;             /* what is free of the last chunk: its place, how much */
    uint32_t vacant;                       /* the last chunk of which only its header is there + 1, 0 for none */
    uint32_t holes[FACT_STORE_HOLE_SIZES]; /* places + 1 of the last hole of each size; 0: none */
    uint32_t facts;                        /* live ones */
    size_t hole_bytes, chunk_bytes;
};

/* `commons`, or NULL, outlives the store. */
void fact_store_init(struct fact_store *store, struct commons *commons);
/* Frees the memory. Strings of facts that were not dropped stay used. */
void fact_store_release(struct fact_store *store);
/* Copies a whole fact in, as fact_pack made it; the place is its until it is dropped. */
uint32_t fact_store_put(struct fact_store *store, const struct fact *fact);
/* The same of what fact_pack would make of an event, in two steps: so that what the second one needs can come from
 * memory during the first. Between them no fact is dropped. False: it is too large for a chunk, and put by the last
 * one. */
bool fact_store_pack(const struct fact_store *store, struct fact_sharing *packed, const struct event *event,
                     uint64_t origin);
uint32_t fact_store_put_packed(struct fact_store *store, const struct fact_sharing *packed);
uint32_t fact_store_put_large(struct fact_store *store, const struct event *event, uint64_t origin);
void fact_store_drop(struct fact_store *store, uint32_t place);
/* Fetches from memory where a fact of about so many bytes will go; before that, where this is told. */
void fact_store_expect(const struct fact_store *store, size_t bytes);
static inline void fact_store_expect_chunk(const struct fact_store *store) {
    if (store->chunk_count > 0) {
        __builtin_prefetch(store->chunks + (store->open >> FACT_STORE_PLACE_BITS));
    }
}
/* Memory held beside the struct. */
size_t fact_store_bytes(const struct fact_store *store);

/* True when so much lies free in holes that the facts had better move together. Deaths make holes, and it takes as many
 * as pay for it. */
bool fact_store_is_loose(const struct fact_store *store);
/* For moving a store together: empties `store`, and what was in is in `from`. Then one after the other: the place in
 * `to` of the fact that was at `place`, the same whenever it is asked. From the first call on `from` is only good for
 * this, and for being released. */
void fact_store_begin_move(struct fact_store *store, struct fact_store *from);
uint32_t fact_store_move(struct fact_store *from, uint32_t place, struct fact_store *to);

static inline struct fact *fact_store_at(const struct fact_store *store, uint32_t place) {
    unsigned char *chunk = (unsigned char *)store->chunks[place >> FACT_STORE_PLACE_BITS];
    return (struct fact *)(chunk + (place & ((1u << FACT_STORE_PLACE_BITS) - 1)) * FACT_STORE_UNIT);
}

/* How many registers a fact in the store is the newest of. */
static inline size_t fact_store_live(const struct fact *fact) {
    return (size_t)layout_load(fact_at(fact, FACT_AT_LIVE), 2);
}

static inline void fact_store_set_live(struct fact *fact, size_t count) {
    layout_store((unsigned char *)fact + FACT_AT_LIVE, count, 2);
}

#endif
