#include "base/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"

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
    size_t kept = 0;
    struct arena_block **link = &arena->first;
    while (*link != NULL) {
        struct arena_block *block = *link;
        if (block->size > keep_bytes_max - kept) {
            *link = block->next;
            free(block);
        } else {
            kept += block->size;
            link = &block->next;
        }
    }
    arena->current = NULL;
    arena->used = 0;
}

/* Makes the block behind `current` one of at least `bytes`, and current. */
static void advance(struct arena *arena, size_t bytes) {
    struct arena_block **link = arena->current == NULL ? &arena->first : &arena->current->next;
    if (*link == NULL || (*link)->size < bytes) {
        size_t size = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
        struct arena_block *block = alloc_bytes(sizeof *block + size);
        block->next = *link;
        block->size = size;
        *link = block;
    }
    arena->current = *link;
    arena->used = 0;
}

void *arena_take(struct arena *arena, size_t bytes) {
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
    size_t bytes = 0;
    for (const struct arena_block *block = arena->first; block != NULL; block = block->next) {
        bytes += block->size + sizeof *block;
    }
    return bytes;
}
