/* Memory that is there or the program ends: a worker that cannot allocate cannot keep its promises, and a restart
 * loses nothing (contract 7.8). Every function prints one sentence to stderr and aborts on failure.
 * Thread-safe as malloc is. */
#ifndef CARAVAN_BASE_ALLOC_H
#define CARAVAN_BASE_ALLOC_H

#include <stddef.h>

/* `bytes` bytes, not cleared; the caller owns them and gives them to free(). bytes == 0 gives a valid pointer. */
void *alloc_bytes(size_t bytes);
/* `count` objects of `size` bytes, all zero; the product is checked for overflow. */
void *alloc_zeroed(size_t count, size_t size);
enum { ALLOC_HUGE_BYTES = 2 * 1024 * 1024 };
/* As alloc_zeroed, for a table that is looked at here and there: one of 4 MiB or more lies in huge pages where the
 * system gives them to who asks, since looking up where a page is would cost more than what is in it. */
void *alloc_table(size_t count, size_t size);
/* `bytes` bytes, a multiple of ALLOC_HUGE_BYTES, not cleared, in huge pages where the system gives them to who asks:
 * for what is written from one end to the other again and again. The caller gives them to free(). */
void *alloc_huge(size_t bytes);
/* From here on a heap that a new thread gets is its own as a whole, page for page as it is written, and not for more
 * with a system call each: for a program whose threads gather much. Before the first thread. */
void alloc_whole_heaps(void);
/* As realloc for `count` objects of `size` bytes; `old` may be NULL. */
void *alloc_resize(void *old, size_t count, size_t size);
/* A copy of `len` bytes at `data`, owned by the caller, with a NUL byte behind it. */
char *alloc_copy(const char *data, size_t len);

#endif
