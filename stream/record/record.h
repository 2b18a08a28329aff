/* The one-clearance record of a train, derived from its registers (contract 4 and 5): a pure function of the set
 * of live facts and the rules. Plain structs; slices point into the train's facts or into the scratch arena. Nothing
 * here knows JSON. */
#ifndef CARAVAN_RECORD_RECORD_H
#define CARAVAN_RECORD_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/decimal.h"
#include "base/slice.h"
#include "event/event.h"
#include "record/record_parts.h"
#include "record/rules.h"
#include "train/train.h"

struct record {
    struct slice number, date, port; /* of the train */
    struct rules rules;
    enum record_status status;
    unsigned reasons; /* bits 1u << enum record_reason */
    bool arrived;
    int64_t arrived_at_ms;
    struct slice arrived_place;
    int64_t cleared_at_ms; /* when cleared */
    uint64_t clearance_seconds;
    uint64_t fact_count;
    int64_t first_at_ms, last_at_ms;
    struct {
        uint64_t waybills, declarations, containers, empty_containers, wagons;
        uint64_t teu; /* hundredths */
        uint64_t packages;
        uint128 gross_kg, net_kg, tare_kg;
        struct record_moneys values;
    } totals;
    const struct record_declaration *declarations;
    size_t declaration_count;
    const struct record_container *containers;
    size_t container_count;
    const struct slice *missing;
    size_t missing_count;
    const struct slice *off_train;
    size_t off_train_count;
    const struct slice *domestic;
    size_t domestic_count;
    const struct record_control *controls; /* open ones */
    size_t control_count;
    const struct record_accepted *accepted;
    size_t accepted_count;
    const struct record_link *links;
    size_t link_count;
    const struct record_alert *alerts;
    size_t alert_count;
};

/* Derives the record of a train with at least one live fact. Everything lives in `scratch` (and the train) until the
 * arena is reset or the train changes. Time is O(n log n) in the train's size, also for hostile trains. */
const struct record *record_derive(const struct train *train, struct rules rules, struct arena *scratch);

#endif
