/* Allocation that does not come back without memory: callers need no path for a failure that no test would ever
 * walk. */
#include "base/alloc.h"

#include <assert.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static void *present(void *memory, size_t bytes) {
    if (memory == NULL) {
        fprintf(stderr, "caravan: out of memory (%zu bytes asked for)\n", bytes);
        /* Nothing can be done without memory, and nothing is lost: as after a kill, the next life goes on where the
         * last commit ended. */
        abort();
    }
    return memory;
}

/* A count that comes from a file or a broker must not wrap into a small allocation. */
static size_t product(size_t count, size_t size) {
    if (size != 0 && count > SIZE_MAX / size) {
        present(NULL, SIZE_MAX);
    }
    return count * size;
}

void *alloc_bytes(size_t bytes) {
    /* malloc(0) may be NULL and mean nothing. */
    return present(malloc(bytes == 0 ? 1 : bytes), bytes);
}

void *alloc_zeroed(size_t count, size_t size) {
    size_t bytes = product(count, size);
    return present(calloc(bytes == 0 ? 1 : bytes, 1), bytes);
}

void *alloc_table(size_t count, size_t size) {
    enum { PAGE_BYTES = 4096, LARGE_BYTES = 2 * ALLOC_HUGE_BYTES };
    char *table = alloc_zeroed(count, size);
    size_t bytes = count * size;
    if (bytes >= LARGE_BYTES) {
        size_t before = (PAGE_BYTES - (uintptr_t)table % PAGE_BYTES) % PAGE_BYTES;
        /* A wish: where it is not granted, the table is as good, only slower. */
        (void)madvise(table + before, bytes - before, MADV_HUGEPAGE);
    }
    return table;
}

void *alloc_huge(size_t bytes) {
    assert(bytes % ALLOC_HUGE_BYTES == 0);
    void *memory = present(aligned_alloc(ALLOC_HUGE_BYTES, bytes), bytes);
    (void)madvise(memory, bytes, MADV_HUGEPAGE); /* a wish, as above */
    return memory;
}

void alloc_whole_heaps(void) {
#ifdef __GLIBC__
    enum { HEAP_BYTES = 64 * 1024 * 1024 /* of each heap of a thread: as far as its addresses are set aside */ };
    /* What is not written takes no memory. */
    (void)mallopt(M_TOP_PAD, HEAP_BYTES);
#endif
}

void *alloc_resize(void *old, size_t count, size_t size) {
    size_t bytes = product(count, size);
    return present(realloc(old, bytes == 0 ? 1 : bytes), bytes);
}

char *alloc_copy(const char *data, size_t len) {
    /* With a NUL behind it, for libraries that want a C string; one inside stays where it is. */
    char *copy = alloc_bytes(len + 1);
    if (len != 0) {
        memcpy(copy, data, len);
    }
    copy[len] = '\0';
    return copy;
}
