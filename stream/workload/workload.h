/* A seeded workload: the same options give the same bytes on any machine, and after the merge exactly the totals of the
 * options, whatever the rates of noise. Memory is that of one train, and of the mixer. */
#ifndef CARAVAN_WORKLOAD_WORKLOAD_H
#define CARAVAN_WORKLOAD_WORKLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/decimal.h"
#include "workload/mixer.h"
#include "workload/options.h"
#include "workload/story.h"

/* What the merge must find. Sums of whole workloads: WORKLOAD_TRAINS_MAX trains stay below 2^64 in each. */
struct workload_truth {
    uint64_t trains, waybills; /* waybills: live ones */
    uint64_t unarrived;        /* trains that must be `open` */
    uint64_t containers;       /* claimed and on a train */
    uint128 gross_g;
    uint64_t teu;   /* hundredths */
    uint64_t bytes; /* of all lines */
    struct story_counts counts;
};

/* Gives every line to `sink`, each whole, in the order of the options; fills *truth. False when the sink stopped it. */
bool workload_generate(const struct workload_options *options, struct workload_sink sink, struct workload_truth *truth);

#endif
