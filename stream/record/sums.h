/* Sums that never wrap around: no valid train reaches the end of these types (contract 1.4), and one that did ends the
 * program. */
#ifndef CARAVAN_RECORD_SUMS_H
#define CARAVAN_RECORD_SUMS_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/decimal.h"

static inline void derive_add(uint64_t *sum, uint64_t value) {
    bool overflow = __builtin_add_overflow(*sum, value, sum);
    assert(!overflow);
    (void)overflow;
}

/* Of exact decimals. */
static inline void derive_add_wide(uint128 *sum, uint128 value) {
    *sum += value;
    assert(*sum >= value);
}

#endif
