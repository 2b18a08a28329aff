/* The strings of a fact, its own and common ones, and the texts of its registers (fact_layout.h). For the files that
 * write, read and check facts; nobody else. */
#ifndef CARAVAN_TRAIN_FACT_STRINGS_H
#define CARAVAN_TRAIN_FACT_STRINGS_H

#include "train/commons.h"
#include "train/fact_layout.h"

/* Where the bytes of a string begin behind its length. */
static inline size_t layout_string_head(size_t len) {
    return len <= FACT_SHORT_STRING_MAX ? 1 : 2;
}

/* The string at this place, behind its length. */
static inline struct slice fact_string_at(const unsigned char *string) {
    if (*string <= FACT_SHORT_STRING_MAX) {
        return (struct slice){(const char *)string + 1, *string};
    }
    return (struct slice){(const char *)string + 2, (size_t)(*string & 0x7F) | (size_t)string[1] << 7};
}

/* Of a shared fact. */
static inline struct commons *fact_commons(const struct fact *fact) {
    const void *chunk = fact_at(fact, 0) - layout_load(fact_at(fact, FACT_AT_PLACE), 2);
    return ((const struct fact_chunk *)chunk)->commons;
}

/* The string that a reference names; data is NULL where there is none. */
static inline struct slice fact_string(const struct fact *fact, uint64_t ref) {
    if (ref == 0) {
        return (struct slice){NULL, 0};
    }
    if (fact_is_shared(fact) && (ref & FACT_REF_COMMON) != 0) {
        return fact_string_at(fact_commons(fact)->strings[ref & ~(uint64_t)FACT_REF_COMMON].bytes);
    }
    return fact_string_at(fact_at(fact, fact_pool_offset(fact) + (size_t)ref));
}

/* The text of register i < fact_text_count. */
static inline struct slice fact_text(const struct fact *fact, size_t i) {
    size_t ref_bytes = fact_ref_bytes(fact);
    const unsigned char *at = fact_at(fact, fact_registers_offset(fact) + i * ref_bytes);
    return fact_string(fact, layout_load(at, (int)ref_bytes));
}

static inline size_t fact_body_offset(const struct fact *fact) {
    return fact_registers_offset(fact) + fact_text_count(fact) * fact_ref_bytes(fact);
}

#endif
