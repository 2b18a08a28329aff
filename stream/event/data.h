/* The data of each event type (contract 2.6): plain values, as decoding makes them and as facts give them back. A row a
 * member is in types.c. */
#ifndef CARAVAN_EVENT_DATA_H
#define CARAVAN_EVENT_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "event/kinds.h"
#include "event/manifest.h"

/* The parts of a train's key (contract 2.5), as events write them. */
struct event_date {
    struct slice text;
    int32_t days; /* since 1970-01-01 */
};

struct event_train {
    struct slice number;
    struct event_date date;
    struct slice port;
};

struct event_deleted {
    struct slice waybill;
    struct slice reason; /* optional */
};

struct event_slot {
    struct slice number;
    bool empty, domestic;
};

struct event_wagon {
    struct slice wagon;
    uint32_t position;       /* 1-120 */
    struct event_list slots; /* struct event_slot, 0-4 */
};

struct event_composed {
    struct event_list wagons; /* struct event_wagon, 1-120; wagons, positions and containers distinct */
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
    struct slice authority;  /* two letters; that of the port where the event names none */
    struct event_list found; /* struct event_un, 0-99, distinct */
    struct event_list un;    /* struct slice: the numbers found in a container, sorted */
    struct slice note;       /* optional */
    struct slice key;        /* authority and ref, one behind the other: the register's text */
};

struct event_declaration {
    enum declaration_step step;
    struct event_list waybills; /* struct slice, 1-500, distinct */
    int64_t lodged_at_ms;
    struct slice declaration_number; /* optional */
};

struct event_decision {
    struct slice declaration_number;
    enum decision_outcome outcome;
    struct slice reason; /* optional */
};

struct event_tally {
    struct slice container;
    bool has_packages, has_gross, damaged;
    uint32_t packages;
    uint64_t gross_kg; /* millionths */
    struct slice seal; /* optional */
};

struct event_link {
    enum link_role role;
    struct slice other;           /* the other train's key */
    struct event_list containers; /* struct slice, 0-480, distinct; none: withdrawn */
};

struct event_application {
    struct slice application;
    struct event_list waybills; /* struct slice, 0-500, distinct; none: withdrawn */
};

struct event_tracked {
    struct slice container;
    enum tracking event;
    struct slice place, wagon;        /* optional */
    struct slice seal;                /* of sealed and resealed alone */
    bool has_position, has_longitude; /* both or none */
    int32_t latitude, longitude;      /* millionths of a degree */
};

union event_data {
    struct event_transmitted transmitted;
    struct event_deleted deleted;
    struct event_composed composed;
    struct event_arrived arrived;
    struct event_control control;
    struct event_declaration declaration;
    struct event_decision decision;
    struct event_application application;
    struct event_tally tally;
    struct event_link link;
    struct event_tracked tracked;
};

#endif
