/* A list of blocks that are filled one behind the other. A reset goes back to the first one, so whoever uses an arena
 * for one message after another takes no memory from the system once it has met the usual ones. */
#include "base/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"

/* ALIGN is that of max_align_t where this runs, so whatever C has may lie in a piece. What is larger than a block gets
 * one of its own. */
enum { ALIGN = 16, BLOCK_BYTES = 64 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t size; /* of data */
    _Alignas(ALIGN) unsigned char data[];
};

void arena_init(struct arena *arena) {
    *arena = (struct arena){0};
}

void arena_release(struct arena *arena) {
    arena_reset(arena, 0);
}

void arena_reset(struct arena *arena, size_t keep_bytes_max) {
    /* Never above keep_bytes_max, so the difference below does not wrap. */
    size_t kept = 0;
    struct arena_block **link = &arena->first;
    while (*link != NULL) {
        struct arena_block *block = *link;
        /* Blocks that are freed and mapped again fault page by page, so some are kept; a huge one for one message is
         * not. */
        if (block->size > keep_bytes_max - kept) {
            *link = block->next;
            arena->bytes -= sizeof *block + block->size;
            free(block);
        } else {
            kept += block->size;
            link = &block->next;
        }
    }
    arena->current = NULL;
    arena->used = 0;
}

/* For a piece of so many bytes, and others behind it. */
static struct arena_block *new_block(struct arena *arena, size_t bytes) {
    size_t usual = arena->block_bytes == 0 ? BLOCK_BYTES : arena->block_bytes;
    struct arena_block *block;
    if (usual < ALLOC_HUGE_BYTES) {
        size_t size = bytes > usual ? bytes : usual;
        block = alloc_bytes(sizeof *block + size);
        block->size = size;
    } else {
        size_t whole = sizeof *block + bytes > usual ? sizeof *block + bytes : usual;
        whole = (whole + ALLOC_HUGE_BYTES - 1) / ALLOC_HUGE_BYTES * ALLOC_HUGE_BYTES;
        block = alloc_huge(whole);
        block->size = whole - sizeof *block;
    }
    arena->bytes += sizeof *block + block->size;
    return block;
}

/* Makes the block behind `current` one of at least `bytes`, and current. */
static void advance(struct arena *arena, size_t bytes) {
    struct arena_block **link = arena->current == NULL ? &arena->first : &arena->current->next;
    if (*link == NULL || (*link)->size < bytes) {
        /* Put in front of blocks that are too small here and fit what comes later. */
        struct arena_block *block = new_block(arena, bytes);
        block->next = *link;
        *link = block;
    }
    /* What is left of the block before is given up: a piece lies in one block. */
    arena->current = *link;
    arena->used = 0;
}

void *arena_take(struct arena *arena, size_t bytes) {
    /* So that rounding up does not wrap. */
    assert(bytes <= SIZE_MAX / 2);
    size_t rounded = (bytes + ALIGN - 1) / ALIGN * ALIGN;
    if (arena->current == NULL || arena->current->size - arena->used < rounded) {
        advance(arena, rounded);
    }
    void *piece = arena->current->data + arena->used;
    arena->used += rounded;
    return piece;
}

void *arena_zeroed(struct arena *arena, size_t count, size_t size) {
    assert(size == 0 || count <= SIZE_MAX / 2 / size);
    void *piece = arena_take(arena, count * size);
    memset(piece, 0, count * size);
    return piece;
}

struct slice arena_copy(struct arena *arena, struct slice text) {
    char *copy = arena_take(arena, text.len);
    if (text.len != 0) {
        memcpy(copy, text.data, text.len);
    }
    return (struct slice){copy, text.len};
}

size_t arena_bytes(const struct arena *arena) {
    return arena->bytes;
}

size_t arena_filled(const struct arena *arena) {
    size_t bytes = 0;
    if (arena->current != NULL) {
        for (const struct arena_block *block = arena->first; block != arena->current->next; block = block->next) {
            bytes += sizeof *block + block->size;
        }
    }
    return bytes;
}
