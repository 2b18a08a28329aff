/* What lies in a packed fact, for whoever derives from it. Every slice points into the fact. The fact must be a whole
 * one (made by fact_pack or passed by fact_check) of the type that a function's name says. Pure. */
#ifndef CARAVAN_CORE_FACT_VIEW_H
#define CARAVAN_CORE_FACT_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "core/fact.h"
#include "event/event.h"

/* What decides which of two facts is newer (spec section 3). */
struct fact_rank {
    int64_t time_ms;
    struct slice source, id;
    struct hash128 hash;
};

struct fact_rank fact_rank(const struct fact *fact);
/* <0 when a is older, 0 when they are the same event. */
int fact_rank_compare(const struct fact_rank *a, const struct fact_rank *b);

/* Where reading goes on inside a fact. */
struct fact_cursor {
    const struct fact *fact;
    const unsigned char *at;
};

struct fact_manifest {
    struct slice waybill;
    enum direction direction;
    struct slice contract; /* optional */
    struct slice product;
    struct slice product_key; /* normalised (spec section 5) */
    struct event_party party; /* the domestic one */
    size_t container_count;
    struct fact_cursor containers;
};

struct fact_container {
    struct slice number, size_type;
    enum load load;
    struct slice seal, wagon; /* optional */
    bool has_tare;
    uint64_t tare_kg;
    size_t goods_count;
    struct fact_cursor goods;
};

struct fact_goods {
    struct slice hs, description, description_key; /* the last one normalised */
    struct slice package_type, currency;
    uint32_t packages;
    uint64_t gross_kg, net_kg, value;
};

struct fact_wagon {
    struct slice wagon;
    uint32_t position;
    size_t slot_count;
    struct fact_cursor slots;
};

struct fact_tracked {
    struct slice container;
    enum tracking event;
    struct slice place; /* optional */
    struct slice seal;  /* of sealed and resealed */
    bool has_position;
    int32_t latitude, longitude;
};

struct fact_manifest fact_manifest(const struct fact *fact);
/* The next container, wagon and so on; the cursor must have one left, by the count that stands beside it. Goods are
 * skipped. */
struct fact_container fact_next_container(struct fact_cursor *cursor);
struct fact_goods fact_next_goods(struct fact_cursor *cursor);

size_t fact_wagon_count(const struct fact *fact);
struct fact_cursor fact_wagons(const struct fact *fact);
struct fact_wagon fact_next_wagon(struct fact_cursor *cursor);
struct event_slot fact_next_slot(struct fact_cursor *cursor);

struct slice fact_arrived_place(const struct fact *fact);
int64_t fact_arrived_at_ms(const struct fact *fact);

enum control_outcome fact_control_outcome(const struct fact *fact);

int64_t fact_lodged_at_ms(const struct fact *fact);

/* Of an application. */
size_t fact_listed_count(const struct fact *fact);
struct slice fact_listed_waybill(const struct fact *fact, size_t i);

struct fact_tracked fact_tracked(const struct fact *fact);

#endif
