/* A borrowed run of bytes: never owned, never terminated. Pure values, safe from any thread. */
#ifndef CARAVAN_BASE_SLICE_H
#define CARAVAN_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* `data` may be NULL only when `len` is 0. An absent optional string has data == NULL; an empty one has not. */
struct slice {
    const char *data;
    size_t len;
};

/* A slice over a string literal. */
#define SLICE(literal) ((struct slice){(literal), sizeof(literal) - 1})

static inline struct slice slice_of(const char *text) {
    return (struct slice){text, strlen(text)};
}

static inline bool slice_equal(struct slice a, struct slice b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* Orders by bytes, the shorter first when one is a prefix of the other (contract 1.2). <0, 0 or >0. */
static inline int slice_compare(struct slice a, struct slice b) {
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n == 0 ? 0 : memcmp(a.data, b.data, n);
    return c != 0 ? c : (a.len > b.len) - (a.len < b.len);
}

#endif
