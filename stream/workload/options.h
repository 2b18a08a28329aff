/* What a workload is made of. One table names, explains and defaults every rate. */
#ifndef CARAVAN_WORKLOAD_OPTIONS_H
#define CARAVAN_WORKLOAD_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* X(enum suffix, option name, per million in the presets of whole years, per million in `small`, help) */
#define WORKLOAD_RATE_MAP(X)                                                                                           \
    X(DUPLICATES, "duplicates", 100000, 150000, "messages that come again, byte for byte")                             \
    X(RETRANSMISSIONS, "retransmissions", 60000, 100000, "waybills sent again unchanged, as a new event")              \
    X(AMENDMENTS, "amendments", 80000, 150000, "waybills amended after they were sent")                                \
    X(DELETES, "deletes", 20000, 40000, "waybills deleted; half of them are sent again afterwards")                    \
    X(SHARED, "shared", 60000, 120000, "containers that several waybills share (LCL)")                                 \
    X(CLASHES, "clashes", 300, 4000, "containers that two waybills claim whole (FCL)")                                 \
    X(MISMATCHES, "mismatches", 300, 4000, "containers with a seal, door or listing that contradicts")                 \
    X(MISSING, "missing", 500, 4000, "containers that are missing, or claimed but not on the train")                   \
    X(RECOMPOSITIONS, "recompositions", 450000, 500000, "trains composed again (and again at this rate)")              \
    X(UNCOMPOSED, "uncomposed", 5000, 50000, "trains whose composition never comes")                                   \
    X(UNARRIVED, "unarrived", 5000, 80000, "trains that have not arrived when the story ends")                         \
    X(CONTROLS, "controls", 40000, 80000, "waybills with a control on them or on a container")                         \
    X(OPEN_CONTROLS, "open-controls", 15000, 30000, "controls that stay open")                                         \
    X(ELSEWHERE, "elsewhere", 100000, 200000, "controls by customs of the neighbouring country")                       \
    X(PASSED_ELSEWHERE, "passed-elsewhere", 300000, 400000, "of those that stay open: passed by the neighbour's")      \
    X(DANGEROUS, "dangerous", 15000, 40000, "containers with dangerous goods that are declared")                       \
    X(UNCHECKED, "unchecked", 5000, 20000, "of these: nobody looks at papers or goods")                                \
    X(UNDECLARED, "undeclared", 50, 1500, "containers with 2.4 t of fragrance spray (UN 1950) that only a scan tells") \
    X(TALLIES, "tallies", 50000, 150000, "containers that are counted and weighed")                                    \
    X(MISCOUNTS, "miscounts", 4000, 15000, "of these: packages or mass beyond what may differ")                        \
    X(STRAYS, "strays", 500, 10000, "trains with a tally of a container that is not theirs")                           \
    X(DECLARATIONS, "declarations", 970000, 850000, "trains whose waybills are all declared")                          \
    X(REFUSALS, "refusals", 10000, 60000, "declarations that customs refuse, and that are lodged again")               \
    X(UNREPAIRED, "unrepaired", 30000, 200000, "of the refused: not lodged again")                                     \
    X(RELEASES, "releases", 300000, 500000, "declarations that a decision releases")                                   \
    X(LATE_FULL, "late-full", 200000, 300000, "of those in two steps: the full one up to 14 days after the clearance") \
    X(APPLICATIONS, "applications", 200000, 300000, "trains with applications to merge")                               \
    X(INLAND, "inland", 20000, 150000, "trains with inland boxes, which need no manifest")                             \
    X(TRANSIT, "transit", 5000, 80000, "trains in transit")                                                            \
    X(LINKED, "linked", 0, 0, "pairs of trains that were three and become three again, told in addition")              \
    X(LEFT_BEHIND, "left-behind", 20000, 200000, "links that name a container which stayed at the gauge break")        \
    X(BARE, "bare", 10000, 50000, "goods without HS code, or without value")                                           \
    X(IRREGULAR, "irregular", 300, 6000, "containers whose number is not regular")                                     \
    X(NULLS, "nulls", 10000, 60000, "absent members that are written as null")                                         \
    X(SPELLINGS, "spellings", 10000, 60000, "numbers that are spelled otherwise: 1.50, 15e-1")                         \
    X(TRACKING, "tracking", 400000, 600000, "containers that are tracked, each by a few events")                       \
    X(INVALID, "invalid", 10000, 30000, "invalid messages, in addition to the others")                                 \
    X(OVERSIZED, "oversized", 500, 5000, "of the invalid ones: above 1 MiB (unless 0, at least one)")

enum workload_rate {
#define WORKLOAD_RATE_ENUM(suffix, name, year, small, help) RATE_##suffix,
    WORKLOAD_RATE_MAP(WORKLOAD_RATE_ENUM)
#undef WORKLOAD_RATE_ENUM
        RATE_COUNT
};

extern const char *const WORKLOAD_RATE_NAMES[RATE_COUNT];
extern const char *const WORKLOAD_RATE_HELP[RATE_COUNT];

enum {
    WORKLOAD_YEARS_MAX = 10,
    WORKLOAD_TRAINS_MAX = 100000000,
    WORKLOAD_WAYBILLS_MAX = 4000,
    WORKLOAD_WINDOW_MAX = 10000000
};

struct workload_year {
    int year;
    uint64_t trains;
    uint64_t gross_g; /* exact sum of totals.gross_kg of its trains, in grams; 0: any */
    uint64_t teu;     /* exact sum of totals.teu of its trains, whole TEU; 0: any */
};

enum workload_preset { PRESET_SMALL, PRESET_XINJIANG_2020, PRESET_CHINA_2020, PRESET_XINJIANG_2011_2020, PRESET_COUNT };
extern const char *const WORKLOAD_PRESET_NAMES[PRESET_COUNT];

enum workload_order {
    ORDER_STORY,  /* trains one after the other, each as it happened */
    ORDER_TRAIN,  /* trains one after the other, each shuffled */
    ORDER_WINDOW, /* shuffled within `window` messages */
    ORDER_ALL     /* shuffled as a whole: holds the whole workload in memory */
};

struct workload_options {
    uint64_t seed;
    struct workload_year years[WORKLOAD_YEARS_MAX];
    size_t year_count;
    bool xinjiang;                       /* only ports of Xinjiang */
    uint32_t waybills_min, waybills_max; /* of a train, before scaling */
    uint64_t scale;             /* of a million: waybills, containers and so events of a train; never the totals */
    uint32_t rates[RATE_COUNT]; /* of a million */
    enum workload_order order;
    uint64_t window;
    bool keyed; /* lines are KEY, TAB, message */
};

/* The options of a preset: all but seed 0, scale 1, order of the story, no keys. */
struct workload_options workload_preset(enum workload_preset preset);

/* Makes the workload `trains` trains long, spread over its years as before, and keeps each year's averages: its totals
 * are scaled with its trains and rounded down to whole grams or TEU. 1 <= trains <= WORKLOAD_TRAINS_MAX; call it once.
 */
void workload_set_trains(struct workload_options *options, uint64_t trains);

#endif
