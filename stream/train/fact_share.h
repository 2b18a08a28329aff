/* A fact's way into a chunk and out of it: strings that are common become references to those, and its own again. For
 * the files of the train. */
#ifndef CARAVAN_TRAIN_FACT_SHARE_H
#define CARAVAN_TRAIN_FACT_SHARE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "train/fact.h"
#include "train/fact_pool.h"

/* Of a fact that may fit, before it is known; most take a third. */
enum { FACT_SHARING_BODY_MAX = 1 << 14 };

/* A fact with its strings shared, before it is where it will be. Some 30 KB, of which few are ever touched. */
struct fact_sharing {
    struct fact_pool pool;
    bool tight; /* in which form it is tried */
    size_t body_bytes;
    struct fact_uses uses;
    unsigned char own[FACT_SHARED_BYTES_MAX];  /* the pool's strings */
    unsigned char body[FACT_SHARING_BODY_MAX]; /* what stands in front of them, header first */
};

/* Of an event (fact_pack.c), or of a whole fact. `commons` may be NULL; `owner` as there. False when it is too large
 * for a chunk: it stays as it is, and nothing was used. */
bool fact_share_event(struct fact_sharing *sharing, const struct event *event, uint64_t origin, struct commons *commons,
                      uint32_t owner);
bool fact_share(struct fact_sharing *sharing, const struct fact *fact, struct commons *commons, uint32_t owner);

/* For those two. The body is written in between, its strings kept in the pool, and its header filled with what any fact
 * has; `source_ref` is the source's length, or the common string that it is. */
void fact_sharing_begin(struct fact_sharing *sharing, struct commons *commons, uint32_t owner);
bool fact_sharing_end(struct fact_sharing *sharing, size_t body_bytes, unsigned source_ref);

/* The length of one that was shared. */
static inline size_t fact_sharing_bytes(const struct fact_sharing *sharing) {
    return sharing->body_bytes + sharing->pool.bytes;
}

/* Writes it to `to`; room, place and live registers are zero. From here on its strings are used. */
void fact_sharing_put(const struct fact_sharing *sharing, unsigned char *to);
/* A shared fact in its place goes: its strings are used once less. */
void fact_unuse(const struct fact *fact);
/* Appends the fact, shared or not, as fact_pack made it, byte for byte. */
void fact_unshare(const struct fact *fact, struct buffer *out);

#endif
