/* A fact's way into a chunk and out of it: strings that are common become references to those, and its own again. For
 * the files of the train. */
#ifndef CARAVAN_TRAIN_FACT_SHARE_H
#define CARAVAN_TRAIN_FACT_SHARE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "train/commons.h"
#include "train/fact.h"

enum {
    FACT_SHARED_BYTES_MAX = 4080, /* what a chunk has room for */
    FACT_SHARING_POOL_MAX = 4096,
    FACT_SHARING_STRINGS_MAX = 256
};

/* A fact with its strings shared, before it is where it will be. */
struct fact_sharing {
    size_t bytes;
    size_t string_count;
    struct {
        uint16_t ref; /* what it becomes */
        uint16_t uses;
    } strings[FACT_SHARING_STRINGS_MAX];
    uint16_t map[FACT_SHARING_POOL_MAX]; /* by place in the fact's own pool, which string begins there, from 1 */
    unsigned char fact[FACT_SHARED_BYTES_MAX];
};

/* Makes it of a whole fact as fact_pack made it. `commons` may be NULL; `owner` as there. False when it is too large
 * for a chunk, or its pool is not as fact_pack makes them: it stays as it is. */
bool fact_share(struct fact_sharing *sharing, const struct fact *fact, struct commons *commons, uint32_t owner);
/* Writes it to `to`, sharing->bytes long; room, place and live registers are zero. From here on its strings are used.
 */
void fact_share_end(const struct fact_sharing *sharing, struct commons *commons, unsigned char *to);
/* A shared fact in its place goes: its strings are used once less. */
void fact_unuse(const struct fact *fact);
/* Appends the fact, shared or not, as fact_pack made it, byte for byte. */
void fact_unshare(const struct fact *fact, struct buffer *out);

#endif
