/* What the arrays of a record hold (contract 5.15). Plain structs; slices point into the train's facts or into the
 * scratch arena that the record was derived in. */
#ifndef CARAVAN_RECORD_RECORD_PARTS_H
#define CARAVAN_RECORD_RECORD_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/decimal.h"
#include "base/hash.h"
#include "base/slice.h"
#include "event/event.h"
#include "record/record_kinds.h"

struct record_money { /* by currency, sorted */
    struct slice currency;
    uint128 amount; /* millionths */
};

struct record_moneys {
    const struct record_money *items;
    size_t count;
};

struct record_line {
    struct slice hs; /* optional */
    struct slice description, package_type;
    struct slice currency; /* optional; without it there is no value */
    uint64_t packages;
    uint128 gross_kg, net_kg, value; /* millionths */
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
    uint64_t packages;
    uint128 gross_kg, net_kg;
    struct record_moneys values;
    bool aeo, aeo_partner;
    enum declared declared;
    bool advance, released;
};

struct record_tally {
    int64_t at_ms;
    struct event_tally tally;
};

struct record_container {
    struct slice number, size_type;
    enum load load;
    struct slice seal, wagon; /* optional */
    uint32_t position;        /* 0: absent */
    uint64_t tare_kg;
    const struct slice *waybills;
    size_t waybill_count;
    const struct slice *dangerous; /* declared UN numbers */
    size_t dangerous_count;
    bool has_tally;
    struct record_tally tally;
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
    struct slice authority;
    enum control_outcome outcome;
    int64_t at_ms;
};

struct record_accepted { /* a control that another customs' pass closed */
    struct record_control control;
    struct slice by;
    int64_t at_ms; /* of the fact by `by` */
};

struct record_link {
    enum link_role role;
    struct slice number, date, port; /* of the other train */
    const struct slice *containers;
    size_t container_count;
};

struct record_value { /* of a container-mismatch */
    struct slice waybill;
    struct slice text; /* for every field but tare_kg */
    uint64_t tare_kg;
};

struct record_alert {
    enum alert_kind kind;
    struct slice container;
    enum alert_field field;       /* container-mismatch, tally-mismatch */
    const struct slice *waybills; /* container-claimed-twice */
    size_t waybill_count;
    const struct record_value *values;
    size_t value_count;
    struct slice expected, found; /* seal-changed; link-missing has no found */
    uint128 declared, counted;    /* tally-mismatch, by the field */
    const struct slice *un;       /* dangerous-undeclared, dangerous-unchecked */
    size_t un_count;
};

#endif
