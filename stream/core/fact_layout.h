/* How a packed fact lies in its bytes. For the files that write, read and check facts; nobody else.
 *
 *   header, FACT_HEADER_BYTES  fixed places, below
 *   source, id                 their lengths stand in the header
 *   body                       by type: fields of fixed width, and references to strings
 *   pool                       a zero byte, then strings, each behind a byte with its length; repeats may stand once
 *
 * All numbers are little-endian. A reference is an offset in the pool, 0 for an absent string; 2 bytes, or 4 where
 * the pool may be longer than that reaches (FACT_FLAG_WIDE). Bodies, in order of their fields (R: a reference):
 *
 *   transmitted  R waybill, R contract?, R product, R normalised product, R party code, R party name, R party aeo?,
 *                country 2, then `count` containers:
 *                number 11, size type 4, FACT_BOX_* 1, tare 5, goods 2, R seal?, R wagon?, then its goods:
 *                R hs, R description, R normalised description, package type 3, currency 3, packages 4, gross 5, net 5,
 *                value 7
 *   deleted      R waybill
 *   composed     `count` wagons: R wagon, position 1, slots 1, then its slots: number 11, empty 1
 *   arrived      place 5, arrived_at 8
 *   control      R ref?
 *   declaration  lodged_at 8, `count` x R waybill
 *   application  R application, `count` x R waybill
 *   tracked      container 11, latitude 4, longitude 4, R place?, R seal?
 *
 * The party is the domestic one. What no record needs is not kept (foreign parties, places of waybills, notes,
 * reasons). */
#ifndef CARAVAN_CORE_FACT_LAYOUT_H
#define CARAVAN_CORE_FACT_LAYOUT_H

#include <stdint.h>

#include "core/fact.h"

enum {
    FACT_AT_BYTES = 0,         /* 4: the whole fact */
    FACT_AT_POOL = 4,          /* 4: where the pool begins */
    FACT_AT_MESSAGE_BYTES = 8, /* 4 */
    FACT_AT_TYPE = 12,         /* 1 */
    FACT_AT_FLAGS = 13,        /* 1 */
    FACT_AT_CHOICE = 14,       /* 1: direction, control kind, step or tracking event */
    FACT_AT_SCOPE = 15,        /* 1: of a control */
    FACT_AT_OUTCOME = 16,      /* 1: of a control */
    FACT_AT_ID_BYTES = 17,     /* 1 */
    FACT_AT_SOURCE_BYTES = 18, /* 2 */
    FACT_AT_COUNT = 20,        /* 2: containers, wagons or waybills */
    FACT_AT_SPARE = 22,        /* 2: zero */
    FACT_AT_TIME = 24,         /* 8 */
    FACT_AT_HASH_HIGH = 32,    /* 8 */
    FACT_AT_HASH_LOW = 40,     /* 8 */
    FACT_AT_ORIGIN = 48,       /* 8 */
    FACT_HEADER_BYTES = 56
};

enum { FACT_FLAG_WIDE = 1, FACT_FLAG_POSITION = 2 };
enum { FACT_BOX_LCL = 1, FACT_BOX_TARE = 2 };

enum {
    FACT_NARROW_BYTES = 2,
    FACT_WIDE_BYTES = 4,
    FACT_NARROW_POOL_MAX = 1 << 16,
    FACT_MASS_BYTES = 5,  /* below 10^12 thousandths */
    FACT_MONEY_BYTES = 7, /* below 10^16 ten-thousandths */
    FACT_SIZE_TYPE_BYTES = 4,
    FACT_PACKAGE_TYPE_BYTES = 3, /* one of two letters ends with a zero byte */
    FACT_CURRENCY_BYTES = 3,
    FACT_COUNTRY_BYTES = 2,
    FACT_STRING_BYTES_MAX = 255
};

/* Without the references. */
enum {
    FACT_CONTAINER_FIXED = CONTAINER_NUMBER_BYTES + FACT_SIZE_TYPE_BYTES + 1 + FACT_MASS_BYTES + 2,
    FACT_CONTAINER_REFS = 2,
    FACT_GOODS_FIXED = FACT_PACKAGE_TYPE_BYTES + FACT_CURRENCY_BYTES + 4 + 2 * FACT_MASS_BYTES + FACT_MONEY_BYTES,
    FACT_GOODS_REFS = 3,
    FACT_MANIFEST_FIXED = FACT_COUNTRY_BYTES,
    FACT_MANIFEST_REFS = 7,
    FACT_WAGON_FIXED = 2,
    FACT_WAGON_REFS = 1,
    FACT_SLOT_FIXED = CONTAINER_NUMBER_BYTES + 1,
    FACT_ARRIVED_FIXED = PLACE_BYTES + 8,
    FACT_LODGED_FIXED = 8,
    FACT_TRACKED_FIXED = CONTAINER_NUMBER_BYTES + 4 + 4,
    FACT_TRACKED_REFS = 2
};

static inline const unsigned char *fact_at(const struct fact *fact, size_t offset) {
    return (const unsigned char *)fact + offset;
}

/* The unsigned number of `bytes` <= 8 bytes at `at`. */
static inline uint64_t layout_load(const unsigned char *at, int bytes) {
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++) {
        value |= (uint64_t)at[i] << (8 * i);
    }
    return value;
}

static inline void layout_store(unsigned char *at, uint64_t value, int bytes) {
    for (int i = 0; i < bytes; i++) {
        at[i] = (unsigned char)(value >> (8 * i));
    }
}

static inline unsigned fact_byte(const struct fact *fact, size_t offset) {
    return *fact_at(fact, offset);
}

static inline size_t fact_count(const struct fact *fact) {
    return (size_t)layout_load(fact_at(fact, FACT_AT_COUNT), 2);
}

static inline size_t fact_body_offset(const struct fact *fact) {
    return FACT_HEADER_BYTES + (size_t)layout_load(fact_at(fact, FACT_AT_SOURCE_BYTES), 2) +
           fact_byte(fact, FACT_AT_ID_BYTES);
}

static inline size_t fact_ref_bytes(const struct fact *fact) {
    return (fact_byte(fact, FACT_AT_FLAGS) & FACT_FLAG_WIDE) != 0 ? FACT_WIDE_BYTES : FACT_NARROW_BYTES;
}

#endif
