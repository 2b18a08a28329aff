/* One valid event, decoded (spec section 2). Plain values; every slice points into the message or into the arena that
 * decode_event was given and is valid as long as both. No JSON here. */
#ifndef CARAVAN_EVENT_EVENT_H
#define CARAVAN_EVENT_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/slice.h"
#include "event/kinds.h"

struct event_party {
    struct slice code, name, country;
    struct slice aeo; /* data NULL: absent (so for every optional slice below) */
};

struct event_goods {
    struct slice hs, description;
    struct slice package_type; /* "PK" where absent */
    struct slice currency;
    uint32_t packages;
    uint64_t gross_kg, net_kg; /* thousandths */
    uint64_t value;            /* ten-thousandths */
};

struct event_container {
    struct slice number, size_type;
    enum load load;
    struct slice seal, wagon; /* optional */
    bool has_tare;
    uint64_t tare_kg; /* thousandths */
    const struct event_goods *goods;
    size_t goods_count; /* 1-500 */
};

struct event_transmitted {
    struct slice waybill;
    enum direction direction;
    struct slice contract; /* optional */
    struct slice product;
    struct event_party consignor, consignee;
    struct slice origin, destination;
    const struct event_container *containers;
    size_t container_count; /* 1-200, numbers distinct */
};

struct event_deleted {
    struct slice waybill;
    struct slice reason; /* optional */
};

struct event_slot {
    struct slice container;
    bool empty;
};

struct event_wagon {
    struct slice wagon;
    uint32_t position; /* 1-120 */
    const struct event_slot *slots;
    size_t slot_count; /* 0-4 */
};

struct event_composed {
    const struct event_wagon *wagons; /* wagons, positions and containers distinct */
    size_t wagon_count;               /* 1-120 */
};

struct event_arrived {
    struct slice place;
    int64_t arrived_at_ms;
};

struct event_control {
    enum control_scope scope;
    struct slice ref; /* absent for SCOPE_TRAIN */
    enum control_kind kind;
    enum control_outcome outcome;
    struct slice note; /* optional */
};

struct event_declaration {
    enum declaration_step step;
    const struct slice *waybills; /* distinct */
    size_t waybill_count;         /* 1-500 */
    int64_t lodged_at_ms;
    struct slice declaration_number; /* optional */
};

struct event_application {
    struct slice application;
    const struct slice *waybills; /* distinct */
    size_t waybill_count;         /* 0-500; none: withdrawn */
};

struct event_tracked {
    struct slice container;
    enum tracking event;
    struct slice place, seal, wagon; /* optional */
    bool has_position;
    int32_t latitude, longitude; /* millionths of a degree */
};

struct event {
    enum event_type type;
    struct slice id, source;
    int64_t time_ms;
    struct slice train_key;  /* "number|YYYY-MM-DD|PORT" */
    int32_t train_date_days; /* since 1970-01-01 */
    struct hash128 hash;     /* of the whole message value; set by whoever has it (pipeline), not by decode */
    size_t message_bytes;    /* length of the message value */
    union {
        struct event_transmitted transmitted;
        struct event_deleted deleted;
        struct event_composed composed;
        struct event_arrived arrived;
        struct event_control control;
        struct event_declaration declaration;
        struct event_application application;
        struct event_tracked tracked;
    } data;
};

#endif
