/* An arena: many small pieces of memory that are released together. Blocks are kept on reset, so that a steady load
 * allocates nothing. Not thread-safe: one owner at a time. */
#ifndef CARAVAN_BASE_ARENA_H
#define CARAVAN_BASE_ARENA_H

#include <stddef.h>

#include "base/slice.h"

struct arena_block;

/* Zero-initialised is a valid empty arena. */
struct arena {
    struct arena_block *first;   /* all blocks, in order of use */
    struct arena_block *current; /* the one being filled; NULL before the first piece */
    size_t used;                 /* bytes used in `current` */
    size_t bytes;                /* held in blocks */
    size_t block_bytes;          /* of a block, unless one piece needs more; 0: 64 KiB. From ALLOC_HUGE_BYTES on blocks
                                    are multiples of that and lie in huge pages */
};

void arena_init(struct arena *arena);
/* Frees every block; the arena is empty and usable again. */
void arena_release(struct arena *arena);
/* Forgets every piece and keeps the blocks, but those beyond `keep_bytes_max` in all are freed. */
void arena_reset(struct arena *arena, size_t keep_bytes_max);
/* `bytes` bytes aligned to 16, not cleared, valid until reset or release. Aborts without memory (base/alloc.h). */
void *arena_take(struct arena *arena, size_t bytes);
/* As arena_take for `count` objects of `size` bytes (product checked), all zero. */
void *arena_zeroed(struct arena *arena, size_t count, size_t size);
/* A copy of the slice's bytes. */
struct slice arena_copy(struct arena *arena, struct slice text);
/* Bytes held in blocks. */
size_t arena_bytes(const struct arena *arena);
/* Bytes of the blocks that pieces were taken from since the last reset. */
size_t arena_filled(const struct arena *arena);

#endif
