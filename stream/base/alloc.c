#include "base/alloc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *present(void *memory, size_t bytes) {
    if (memory == NULL) {
        fprintf(stderr, "caravan: out of memory (%zu bytes asked for)\n", bytes);
        abort();
    }
    return memory;
}

static size_t product(size_t count, size_t size) {
    if (size != 0 && count > SIZE_MAX / size) {
        present(NULL, SIZE_MAX);
    }
    return count * size;
}

void *alloc_bytes(size_t bytes) {
    return present(malloc(bytes == 0 ? 1 : bytes), bytes);
}

void *alloc_zeroed(size_t count, size_t size) {
    size_t bytes = product(count, size);
    return present(calloc(bytes == 0 ? 1 : bytes, 1), bytes);
}

void *alloc_resize(void *old, size_t count, size_t size) {
    size_t bytes = product(count, size);
    return present(realloc(old, bytes == 0 ? 1 : bytes), bytes);
}

char *alloc_copy(const char *data, size_t len) {
    char *copy = alloc_bytes(len + 1);
    if (len != 0) {
        memcpy(copy, data, len);
    }
    copy[len] = '\0';
    return copy;
}
