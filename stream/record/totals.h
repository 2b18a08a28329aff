/* What one train adds to a traffic row, and the row (contract 6.5). Exact: additions and subtractions undo
 * each other. Pure values. */
#ifndef CARAVAN_RECORD_TOTALS_H
#define CARAVAN_RECORD_TOTALS_H

#include <stdbool.h>
#include <stdint.h>

#include "record/record.h"

struct totals_direction {
    uint64_t cleared, clearance_seconds;
};

/* All zero is the empty sum. A train's share has trains == 1. Sums of 2^40 trains at a train's bounds fit. */
struct totals {
    uint64_t trains, open;
    uint64_t cleared, held, incomplete;
    uint64_t waybills, declarations, containers;
    uint64_t teu;     /* hundredths */
    uint128 gross_kg; /* millionths */
    uint64_t clearance_seconds;
    struct totals_direction entry, exit, transit;
};

/* The share of a train with this record. */
struct totals totals_of(const struct record *record);
void totals_add(struct totals *sum, const struct totals *share);
/* `share` must be part of `sum`. */
void totals_subtract(struct totals *sum, const struct totals *share);
bool totals_equal(const struct totals *a, const struct totals *b);

#endif
