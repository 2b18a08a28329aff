/* How a packed fact lies in its bytes. For the files that write, read and check facts; nobody else.
 *
 *   header, FACT_HEADER_BYTES  fixed places, below
 *   source, id                 their lengths stand in the header
 *   registers                  FACT_AT_TEXTS references: the texts of the registers that the event writes
 *   body                       what the rows of its type (event/types.c) say is kept, in their order
 *   pool                       a zero byte, then strings, each behind its length; repeats may stand once
 *
 * In the body a text stands in place, filled up with zero bytes (an absent one is nothing else), or as a reference; a
 * keyed one as two, the second to its normalised form. A number stands in place, as shape_number gives it; of an object
 * stand its members; a list is its count in 2 bytes, the length of what follows in 4, and its elements.
 *
 * All numbers are little-endian. A reference is an offset in the pool, 0 for an absent string; 2 bytes, or 4 where
 * the pool may be longer than that reaches (FACT_FLAG_WIDE). A string's length takes one byte, or two when it is above
 * FACT_SHORT_STRING_MAX: the low 7 bits with the highest bit set, then the rest.
 *
 * That is a fact on its way. In a train most facts share strings with other trains (FACT_FLAG_SHARED, fact_share.h). A
 * reference with FACT_REF_COMMON is then the number of a string of commons.h, and so is the source's length, which then
 * has nothing behind the header; what else are lengths of 4 bytes are two of 2, since such a fact lies in a chunk
 * (fact_store.h): the fact's, its own bytes, where its pool begins, where in the chunk it begins; and nearly all of
 * these are tight too (FACT_FLAG_TIGHT, fact_number.h). */
#ifndef CARAVAN_TRAIN_FACT_LAYOUT_H
#define CARAVAN_TRAIN_FACT_LAYOUT_H

#include <endian.h>
#include <stdbool.h>
#include <string.h>

#include "train/fact.h"

enum {
    FACT_AT_BYTES = 0,         /* 4: the whole fact */
    FACT_AT_POOL = 4,          /* 4: where the pool begins */
    FACT_AT_MESSAGE_BYTES = 8, /* 4 */
    FACT_AT_TYPE = 12,         /* 1 */
    FACT_AT_FLAGS = 13,        /* 1 */
    FACT_AT_KIND = 14,         /* 1: enum register_kind of the registers */
    FACT_AT_SECOND = 15,       /* 1: of a second register with the same text; 0: none */
    FACT_AT_TEXTS = 16,        /* 2 */
    FACT_AT_SOURCE_BYTES = 18, /* 2 */
    FACT_AT_ID_BYTES = 20,     /* 1 */
    FACT_AT_LIVE = 21,         /* 2: in a train, the registers that it is the newest of; else zero */
    FACT_AT_SPARE = 23,        /* 1: zero */
    FACT_AT_TIME = 24,         /* 8 */
    FACT_AT_HASH_HIGH = 32,    /* 8 */
    FACT_AT_HASH_LOW = 40,     /* 8 */
    FACT_AT_ORIGIN = 48,       /* 8 */
    FACT_HEADER_BYTES = 56
};

enum { FACT_FLAG_WIDE = 1, FACT_FLAG_SHARED = 2, FACT_FLAG_TIGHT = 4 };

/* Of one with shared strings. */
enum {
    FACT_AT_ROOM = FACT_AT_BYTES + 2,
    FACT_AT_PLACE = FACT_AT_POOL + 2,
    FACT_REF_COMMON = 1 << 15,   /* beyond each length of a source, and each place in the pool of a fact in a chunk */
    FACT_SHARED_BYTES_MAX = 4080 /* what a chunk has room for */
};

/* Memory of a train in which facts lie. */
struct fact_chunk {
    struct commons *commons; /* NULL: none */
    uint32_t bytes;          /* of the whole */
    uint32_t next;           /* fact_store.c */
};

enum {
    FACT_NARROW_BYTES = 2,
    FACT_WIDE_BYTES = 4,
    FACT_NARROW_POOL_MAX = 1 << 16,
    FACT_LIST_COUNT_BYTES = 2,
    FACT_LIST_HEAD_BYTES = 2 + 4,
    FACT_SHORT_STRING_MAX = 127,
    FACT_STRING_BYTES_MAX = (1 << 15) - 1
};

static inline const unsigned char *fact_at(const struct fact *fact, size_t offset) {
    return (const unsigned char *)fact + offset;
}

/* The unsigned number of `bytes` <= 8 bytes at `at`. One load for each width that is usual: deriving a record reads
 * thousands of numbers. */
static inline uint64_t layout_load(const unsigned char *at, int bytes) {
    uint64_t value = 0;
    uint32_t half;
    uint16_t quarter;
    switch (bytes) {
    case 1: return *at;
    case 2: memcpy(&quarter, at, sizeof quarter); return le16toh(quarter);
    case 3: memcpy(&quarter, at, sizeof quarter); return le16toh(quarter) | (uint64_t)at[2] << 16;
    case 4: memcpy(&half, at, sizeof half); return le32toh(half);
    case 5:
    case 6:
    case 7: memcpy(&half, at + bytes - 4, sizeof half), value = le32toh(half), bytes -= 4; break;
    case 8: memcpy(&value, at, sizeof value); return le64toh(value);
    default: break;
    }
    while (bytes > 0) {
        value = value << 8 | at[--bytes];
    }
    return value;
}

static inline void layout_store(unsigned char *at, uint64_t value, int bytes) {
    uint64_t little = htole64(value); /* its first bytes are the lowest */
    switch (bytes) {
    case 2: memcpy(at, &little, 2); break;
    case 4: memcpy(at, &little, 4); break;
    case 8: memcpy(at, &little, 8); break;
    default: memcpy(at, &little, (size_t)bytes); break;
    }
}

static inline unsigned fact_byte(const struct fact *fact, size_t offset) {
    return *fact_at(fact, offset);
}

static inline size_t fact_text_count(const struct fact *fact) {
    return (size_t)layout_load(fact_at(fact, FACT_AT_TEXTS), 2);
}

static inline bool fact_is_shared(const struct fact *fact) {
    return (fact_byte(fact, FACT_AT_FLAGS) & FACT_FLAG_SHARED) != 0;
}

/* Where the pool begins, from the fact's beginning. */
static inline size_t fact_pool_offset(const struct fact *fact) {
    return (size_t)layout_load(fact_at(fact, FACT_AT_POOL), fact_is_shared(fact) ? 2 : 4);
}

/* The source's length, or what it is instead. */
static inline unsigned fact_source_ref(const struct fact *fact) {
    return (unsigned)layout_load(fact_at(fact, FACT_AT_SOURCE_BYTES), 2);
}

/* Of the source, as it stands in the fact. */
static inline size_t fact_source_bytes(const struct fact *fact) {
    return fact_is_shared(fact) && (fact_source_ref(fact) & FACT_REF_COMMON) != 0 ? 0 : fact_source_ref(fact);
}

static inline size_t fact_registers_offset(const struct fact *fact) {
    return FACT_HEADER_BYTES + fact_source_bytes(fact) + fact_byte(fact, FACT_AT_ID_BYTES);
}

static inline size_t fact_ref_bytes(const struct fact *fact) {
    return (fact_byte(fact, FACT_AT_FLAGS) & FACT_FLAG_WIDE) != 0 ? FACT_WIDE_BYTES : FACT_NARROW_BYTES;
}

#endif
