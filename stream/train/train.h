/* A train: its registers, each holding its newest fact (contract 0 to 3). Single owner, no locks, no clock. */
#ifndef CARAVAN_TRAIN_TRAIN_H
#define CARAVAN_TRAIN_TRAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/hash.h"
#include "base/slice.h"
#include "event/event.h"
#include "train/fact.h"

struct train;
struct commons;

/* False when `key` has not the shape "number|date|port" of a train's key. */
bool train_key_parse(struct slice key, int32_t *date_days);
/* `key` has that shape (copied); `seed` for the tables keyed by outside strings. */
struct train *train_new(struct slice key, uint64_t seed);
/* The same of one that shares strings with others of its owner; `commons` (commons.h) outlives it. */
struct train *train_new_in(struct commons *commons, struct slice key, uint64_t seed);
void train_free(struct train *train);

struct slice train_key(const struct train *train);
struct slice train_number(const struct train *train);
struct slice train_date(const struct train *train);
struct slice train_port(const struct train *train);
int32_t train_date_days(const struct train *train);

enum join_result {
    JOIN_ACCEPTED,  /* became the newest of at least one register */
    JOIN_DUPLICATE, /* byte-identical to a live event of this train */
    JOIN_STALE,     /* anything else that changed nothing */
    JOIN_LIMIT      /* would hold more than the limit and more than before; nothing changed (contract 7.6) */
};

/* What a join did to the sums that others keep: live events added and dropped, their hashes. */
struct join_effect {
    int64_t live_events;     /* change of the number of live events */
    struct hash128 hash_sum; /* change of the sum of their hashes, modulo 2^128 */
    int64_t live_bytes;      /* change of the sum of their message values */
    int64_t memory_bytes;    /* change of train_memory_bytes */
};

/* Joins one event of this train. train_bytes_max: limits.train_bytes, SIZE_MAX for none. *effect is always filled. */
enum join_result train_join(struct train *train, const struct event *event, uint64_t origin, size_t train_bytes_max,
                            struct join_effect *effect);

/* What turned in a train since somebody looked, so that what is derived from it need not be derived anew. Zero is:
 * nothing turned. */
enum { TRAIN_CHANGES_MAX = 256 }; /* two declarations of a large train */
struct train_changes {
    size_t count;
    bool lost; /* more turned than is told here */
    bool any_died;
    int64_t died_first_ms, died_last_ms;   /* if so: of the facts that died */
    uint32_t registers[TRAIN_CHANGES_MAX]; /* that turned to another fact, repeats too: for train_register */
};

/* From here on joins note in *changes what they turn, until another one is given, or NULL. It is the caller's. */
void train_watch(struct train *train, struct train_changes *changes);

/* Live events, the sum of their message values, the sum of their hashes; memory held. */
size_t train_live_events(const struct train *train);
size_t train_live_bytes(const struct train *train);
struct hash128 train_hash_sum(const struct train *train);
size_t train_memory_bytes(const struct train *train);
/* True when a live event's message has this hash. Looks at every live event: for what is seldom asked. */
bool train_has(const struct train *train, struct hash128 hash);

/* Visits each live fact once, in an order that depends on the set of live facts only (by hash), with the registers that
 * it is the newest of: `registers` are indexes for fact_register_name (fact_registers.h). */
void train_each(const struct train *train,
                void (*visit)(void *context, const struct fact *fact, const size_t *registers, size_t register_count),
                void *context);

/* Packs the train's state: its live facts, in the order of their hashes, one after the other (no header, no key): the
 * same state gives the same bytes. Appends to `out`; returns the number of facts. */
size_t train_pack(const struct train *train, struct buffer *out);
/* Begins to fetch from memory what a join reads first; whoever calls it joins a little later, or never. */
void train_expect(const struct train *train);
/* The same when that has come. */
void train_expect_join(const struct train *train);

/* Takes facts packed by train_pack into an empty or non-empty train (a join of facts; commutative). False when the
 * bytes are damaged (then the train may hold some of them). *effect sums over all. */
bool train_unpack(struct train *train, struct slice facts, struct join_effect *effect);

#endif
