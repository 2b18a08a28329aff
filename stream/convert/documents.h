/* Cuts a stream of bytes into JSON documents, one behind the other: a pretty one over many lines, or one a line, or
 * both. Brackets are counted, nothing is checked; whether it is JSON says whoever takes it. Where that one says no, the
 * bytes are looked at again line by line, so that one broken line costs no other. Memory is bounded by
 * DOCUMENTS_BYTES_MAX. One thread. */
#ifndef CARAVAN_CONVERT_DOCUMENTS_H
#define CARAVAN_CONVERT_DOCUMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

enum { DOCUMENTS_BYTES_MAX = 64 * 1024 * 1024 };

struct documents_taker {
    void *context;
    /* A document that begins on `line`; false, and nothing done, where it is not JSON. */
    bool (*take)(void *context, struct slice text, uint64_t line);
    /* Whole lines that are none. */
    void (*broken)(void *context, struct slice text, uint64_t line);
};

struct documents;

/* `taker` outlives it. */
struct documents *documents_new(const struct documents_taker *taker);
void documents_free(struct documents *documents);
void documents_feed(struct documents *documents, struct slice bytes);
/* The file ends here: what is open is broken. The next feed begins another file, at line 1. */
void documents_end(struct documents *documents);

#endif
