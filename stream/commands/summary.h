/* The summary table of `caravan merge --summary`: sums over all records, for a person. One owner. */
#ifndef CARAVAN_COMMANDS_SUMMARY_H
#define CARAVAN_COMMANDS_SUMMARY_H

#include <stdint.h>
#include <stdio.h>

#include "base/hash.h"
#include "encode/counters.h"
#include "record/record.h"
#include "train/train.h"

struct summary { /* all zero: nothing yet */
    uint64_t by_status[STATUS_COUNT];
    uint64_t trains, waybills, declarations, containers, alerts, controls;
    uint64_t teu;            /* hundredths */
    uint128 gross_kg;        /* with DECIMAL_MASS_PLACES */
    uint64_t live_events;    /* contract 7.N, over all trains */
    struct hash128 hash_sum; /* S */
};

void summary_add(struct summary *summary, const struct train *train, const struct record *record);
/* Prints the table; its last line is `live: N S`. */
void summary_print(const struct summary *summary, const struct counters *counters, double seconds, FILE *to);

#endif
