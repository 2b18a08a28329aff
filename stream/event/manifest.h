/* A transmitted manifest (contract 2.7 to 2.10, 2.16), and what other types have in common with it. */
#ifndef CARAVAN_EVENT_MANIFEST_H
#define CARAVAN_EVENT_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "event/kinds.h"

/* Elements of a list: in an event an array of their structs, in a packed fact packed ones (train/fact_view.h). */
struct event_list {
    const void *items;
    size_t count;
};

struct event_party {
    struct slice code, name, country;
    struct slice aeo; /* data NULL: absent (so for every optional slice below) */
};

struct event_un { /* an entry of dangerous goods (contract 2.16) */
    struct slice un;
    struct slice class_; /* optional */
};

struct event_goods {
    struct slice hs; /* optional */
    struct slice description;
    struct slice description_key; /* normalised (contract 5.3); only read from a fact */
    struct slice package_type;    /* "PK" where absent */
    struct slice currency;        /* optional */
    uint32_t packages;
    uint64_t gross_kg, net_kg;   /* millionths */
    bool has_value;              /* with a currency, and only then */
    uint64_t value;              /* millionths */
    struct event_list dangerous; /* struct event_un, 0-99, distinct */
};

struct event_container {
    struct slice number, size_type;
    enum load load;
    struct slice seal, wagon; /* optional */
    bool has_tare;
    uint64_t tare_kg;        /* millionths */
    struct event_list goods; /* struct event_goods, 1-500 */
    struct event_list un;    /* struct slice: the UN numbers of its goods, sorted, distinct */
};

struct event_waybill {
    struct slice number;
    enum direction direction;
    struct slice contract; /* optional */
    struct slice product;
    struct slice product_key; /* normalised; only read from a fact */
    struct event_party consignor, consignee;
    struct event_party declarant; /* optional: code's data NULL */
    struct event_party party;     /* the acting one (contract 2.8) */
    struct slice partner_aeo;     /* country of its counterpart where that has an aeo; else data NULL */
    struct slice origin, destination;
};

struct event_transmitted {
    struct event_waybill waybill;
    struct event_list containers; /* struct event_container, 1-200, numbers distinct */
};

#endif
