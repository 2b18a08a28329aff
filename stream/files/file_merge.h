/* The merge over files: reads events, drives the lanes, and holds every train at the end (contract 6.7).
 * Each lane remembers repeats on its own, so duplicate and stale depend on --jobs a little (9.3).
 * Memory grows with state and with the longest line, not with input. Called from one thread, which reads, routes and
 * writes rejects; the lanes work beside it. */
#ifndef CARAVAN_FILES_FILE_MERGE_H
#define CARAVAN_FILES_FILE_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "encode/counters.h"
#include "flow/outbox.h"
#include "train/train.h"

struct file_merge;

enum { FILE_MERGE_ERROR_BYTES = 512 };

struct file_merge_options {
    const char *const *files; /* "-": standard input; borrowed */
    size_t file_count;
    bool keyed;
    unsigned jobs;              /* lanes, 1-64 */
    uint64_t message_bytes_max; /* limits.message_bytes */
    void *context;
    /* Each rejected message, in input order, as a dead letter: its bytes and why (output.letter); may be NULL. */
    void (*rejected)(void *context, const struct output *letter);
    /* Now and then, from the reading thread; may be NULL. `size` is 0 when unknown. */
    void (*progress)(void *context, uint64_t events, uint64_t position, uint64_t size);
};

/* Where a message stood, as message.offset and fact_origin have it. */
static inline size_t file_merge_file(uint64_t origin) {
    return (size_t)(origin >> 40);
}
static inline uint64_t file_merge_line(uint64_t origin) {
    return origin & ((UINT64_C(1) << 40) - 1);
}

/* Reads all files. On an I/O error: NULL, `error` says file and line. Free with file_merge_free. */
struct file_merge *file_merge_run(const struct file_merge_options *options, char error[FILE_MERGE_ERROR_BYTES]);
void file_merge_free(struct file_merge *merge);

/* Every train, sorted by the bytes of its key. */
size_t file_merge_train_count(const struct file_merge *merge);
const struct train *file_merge_train(const struct file_merge *merge, size_t i);
const struct counters *file_merge_counters(const struct file_merge *merge);

#endif
