/* The one-clearance record of a train, derived from its registers (spec sections 4 and 5): a pure function of the set
 * of live facts and the rules. Plain structs; slices point into the train's facts or into the scratch arena. Nothing
 * here knows JSON. */
#ifndef CARAVAN_CORE_RECORD_H
#define CARAVAN_CORE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/decimal.h"
#include "base/hash.h"
#include "base/slice.h"
#include "core/record_kinds.h"
#include "core/rules.h"
#include "core/train.h"
#include "event/event.h"

struct record_money { /* by currency, sorted */
    struct slice currency;
    uint128 amount; /* ten-thousandths */
};

struct record_moneys {
    const struct record_money *items;
    size_t count;
};

struct record_line {
    struct slice hs, description, package_type, currency;
    uint64_t packages;
    uint64_t gross_kg, net_kg; /* thousandths; a train's sums stay below 2^63 (checked) */
    uint128 value;
    uint64_t merged;
};

struct record_declaration {
    struct hash128 id;
    enum direction direction;
    struct event_party party;
    struct slice contract; /* optional */
    struct slice product;
    struct slice application; /* optional */
    const struct slice *waybills;
    size_t waybill_count;
    const struct slice *containers;
    size_t container_count;
    const struct record_line *lines;
    size_t line_count;
    uint64_t packages, gross_kg, net_kg;
    struct record_moneys values;
    bool aeo;
    enum declared declared;
    bool advance;
};

struct record_container {
    struct slice number, size_type;
    enum load load;
    struct slice seal, wagon; /* optional */
    uint32_t position;        /* 0: absent */
    uint64_t tare_kg;
    const struct slice *waybills;
    size_t waybill_count;
    bool has_last;
    enum tracking last_event;
    int64_t last_at_ms;
    struct slice last_place; /* optional */
    bool last_has_position;
    int32_t last_latitude, last_longitude;
};

struct record_control {
    enum control_scope scope;
    struct slice ref; /* optional */
    enum control_kind kind;
    enum control_outcome outcome;
    int64_t at_ms;
};

struct record_value { /* of a container-mismatch */
    struct slice waybill;
    struct slice text; /* for every field but tare_kg */
    uint64_t tare_kg;
};

struct record_alert {
    enum alert_kind kind;
    struct slice container;
    enum alert_field field;       /* container-mismatch only */
    const struct slice *waybills; /* container-claimed-twice only */
    size_t waybill_count;
    const struct record_value *values;
    size_t value_count;
    struct slice expected, found; /* seal-changed only */
};

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
        uint64_t packages, gross_kg, net_kg, tare_kg;
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
    const struct record_control *controls;
    size_t control_count;
    const struct record_alert *alerts;
    size_t alert_count;
};

/* Derives the record of a train with at least one live fact. Everything lives in `scratch` (and the train) until the
 * arena is reset or the train changes. Time is O(n log n) in the train's size, also for hostile trains. */
const struct record *record_derive(const struct train *train, struct rules rules, struct arena *scratch);

#endif
