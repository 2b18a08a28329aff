/* The final truth of one train, planned before its story is told: who claims what, which claim wins, when each fact
 * came. The story (story.h) may add noise only where it cannot change this. Knows nothing of JSON or of the order of
 * messages.
 *
 * What makes the truth certain:
 * - each loaded container has an owner, whose claim is always used; further claims are LCL beside an LCL owner, or FCL
 * and older than the owner's last transmission;
 * - goods of other claims are planned never to count: of waybills deleted at the end, and of containers that the last
 * composition does not list;
 * - the sends of a waybill, the compositions of a train and the steps of a control stand apart in time, so that no tie
 * decides. */
#ifndef CARAVAN_WORKLOAD_PLAN_H
#define CARAVAN_WORKLOAD_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "event/event.h"
#include "workload/catalog.h"
#include "workload/options.h"
#include "workload/plan_cargo.h"
#include "workload/places.h"
#include "workload/rng.h"

enum {
    PLAN_WAYBILLS_MAX = WORKLOAD_WAYBILLS_MAX, /* of a train */
    PLAN_CONTAINERS_MAX = 140,                 /* loaded, missing, empty and off the train */
    PLAN_SENDS_MAX = 8,                        /* of a waybill */
    PLAN_TEU_MAX = 110                         /* of a train: about 55 wagons */
};

/* A group of waybills that merge: one shipper's cargo under one contract. */
struct plan_group {
    const struct catalog_company *party; /* domestic */
    uint32_t contract;                   /* number; 0: none */
    const struct catalog_goods *what;    /* product and most goods */
    uint8_t hs_digits;
    bool chinese; /* product and descriptions are written in Chinese */
};

struct plan_send {
    int64_t time_ms;
    bool delete;    /* else a transmission */
    uint32_t extra; /* grams more in every goods line than in the truth; 0 in the last one */
};

struct plan_waybill {
    uint32_t number;
    const struct plan_group *group;
    const struct catalog_company *partner; /* abroad */
    const struct catalog_company *other;   /* in transit: who receives it; the group's party declares it */
    struct plan_claim *claims;             /* newest first */
    uint32_t claim_count;
    uint8_t spelling; /* how the product is written: the same after normalising */
    bool ghost;       /* deleted at the end */
    bool declared;
    struct plan_send sends[PLAN_SENDS_MAX]; /* ascending in time; the last one is the truth */
    uint32_t send_count;
};

/* Containers that another train handed over (from), or took on (to): `count` of the plan's from `first` on. */
struct plan_link {
    enum link_role role;
    const struct plan *other;
    uint32_t first, count;
};
enum { PLAN_LINKS_MAX = 4 };

struct plan {
    uint64_t index; /* of the train in the workload */
    int32_t day;    /* since 1970 */
    char key[TRAIN_KEY_BYTES_MAX + 1];
    char number[18], date[11];
    const struct place *port;
    const char *neighbour;                /* country behind the port */
    enum direction direction;             /* exit or entry: which way it runs */
    bool transit;                         /* and its cargo only passes through */
    const struct place *china, *abroad;   /* ends of the line */
    int64_t start_ms, arrived_ms, end_ms; /* end: the clearing event, or when the story stops */
    bool arrives, composed;
    bool covered;   /* every waybill is declared */
    bool unchecked; /* has a container that is: no paper of the whole train is looked at either */
    bool stray;     /* a tally of a container that is not on it */
    struct plan_group *groups;
    size_t group_count;
    struct plan_waybill *waybills;
    size_t waybill_count, ghost_count; /* ghosts stand behind the others, in addition */
    struct plan_container *containers;
    size_t container_count; /* all kinds; loaded ones first */
    size_t loaded_count;
    uint32_t wagon_count; /* of the last composition */
    uint64_t wagon_base;  /* first wagon's number */
    uint64_t gross_g;     /* what totals.gross_kg must be */
    uint64_t teu;         /* what totals.teu must be; hundredths */
    struct plan_link links[PLAN_LINKS_MAX];
    size_t link_count;
};

/* What is decided outside: which train, and its part of the totals. */
struct plan_request {
    uint64_t index;
    uint32_t index_of_day;
    int32_t day;               /* days since 1970 */
    uint64_t gross_g;          /* at least 1 gram a goods entry; 0: any */
    uint64_t teu;              /* whole TEU, 1 to PLAN_TEU_MAX; 0: any */
    const struct plan *beside; /* runs the same way through the same port; NULL: none */
};

/* Plans one train; everything lives in `arena` until it is reset. The same for the same options' plan rates, seed and
 * request. */
struct plan *plan_train(const struct workload_options *options, const struct catalog *catalog,
                        const struct plan_request *request, struct arena *arena);

#endif
