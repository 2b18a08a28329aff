/* A packed fact: everything of one event that a train keeps, as one contiguous, pointer-free piece of bytes that starts
 * with struct fact. The same bytes are the state in memory and in a checkpoint (machine-independent: little-endian,
 * fixed-width; readable at any alignment or copied to an aligned place by whoever loads them). Pure; a fact never
 * changes once packed. */
#ifndef CARAVAN_TRAIN_FACT_H
#define CARAVAN_TRAIN_FACT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "event/event.h"

struct fact; /* opaque bytes */

/* Appends `event` packed. `origin` is where its first accepted copy stood (an offset, or file and line packed by the
 * caller): shown by --facts, no part of any record. Returns the bytes appended. */
size_t fact_pack(const struct event *event, uint64_t origin, struct buffer *out);

/* Whole length in bytes, from the header. */
size_t fact_bytes(const struct fact *fact);
/* True when the `len` bytes at `bytes` begin with a whole, self-consistent fact: every length inside stays inside and
 * every enumeration is in range, so that no accessor can read outside. For bytes from outside (checkpoints). */
bool fact_check(const void *bytes, size_t len);

enum event_type fact_type(const struct fact *fact);
int64_t fact_time_ms(const struct fact *fact);
struct hash128 fact_hash(const struct fact *fact);
size_t fact_message_bytes(const struct fact *fact);
uint64_t fact_origin(const struct fact *fact);
struct slice fact_source(const struct fact *fact);
struct slice fact_id(const struct fact *fact);

/* What decides which of two facts is newer (contract 3.1): time, source, id, hash, in this order. */
struct fact_rank {
    int64_t time_ms;
    struct slice source, id; /* point into the fact */
    struct hash128 hash;
};

struct fact_rank fact_rank(const struct fact *fact);
/* <0 when a is older, 0 when they are the same event. */
int fact_rank_compare(const struct fact_rank *a, const struct fact_rank *b);
int fact_compare(const struct fact *a, const struct fact *b);

#endif
