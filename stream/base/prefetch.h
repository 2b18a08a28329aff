/* Memory that will be read soon begins to come into the processor's cache: what waits for memory waits less. Only a
 * hint: any address does, and nothing is read. Any thread. */
#ifndef CARAVAN_BASE_PREFETCH_H
#define CARAVAN_BASE_PREFETCH_H

#include <stddef.h>

enum { PREFETCH_LINE_BYTES = 64 /* of the caches of all processors that this runs on; a wrong one costs only time */ };

/* The first `bytes` > 0 from `at` on. */
static inline void prefetch(const void *at, size_t bytes) {
    const char *from = at;
    for (size_t line = 0; line < bytes; line += PREFETCH_LINE_BYTES) {
        __builtin_prefetch(from + line);
    }
    __builtin_prefetch(from + bytes - 1); /* it may begin in the middle of a line */
}

#endif
