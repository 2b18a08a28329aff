/* What a planned train (plan.h) carries: goods, the claims on containers that they belong to, the containers. Plain
 * data. */
#ifndef CARAVAN_WORKLOAD_PLAN_CARGO_H
#define CARAVAN_WORKLOAD_PLAN_CARGO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"
#include "workload/catalog.h"

enum {
    PLAN_SEAL_BYTES = 9,  /* all seals are that long */
    PLAN_GRAM_PLACES = 3, /* of masses, in kilograms */
    PLAN_MONEY_PLACES = 4
};

struct plan_goods {
    const struct catalog_goods *what;
    const struct catalog_un *un; /* declared; NULL: none */
    bool without_hs, without_value;
    uint32_t packages;
    uint64_t gross_g, net_g;
    uint64_t value; /* ten-thousandths */
};

struct plan_claim {
    struct plan_claim *next; /* of the same waybill */
    uint32_t container;      /* its index */
    bool used;               /* the goods count, if the container is on the train */
    bool other_seal;         /* shows a seal of its own: a mismatch */
    struct plan_goods *goods;
    size_t goods_count;
};

enum plan_container_kind {
    CONTAINER_LOADED,
    CONTAINER_EMPTY,
    CONTAINER_INLAND,
    CONTAINER_MISSING,
    CONTAINER_OFF_TRAIN
};

/* What a container's tally tells; both at once where nothing is wrong. */
enum plan_tally { TALLY_NONE, TALLY_RIGHT, TALLY_PACKAGES_WRONG, TALLY_MASS_WRONG };

struct plan_container {
    enum plan_container_kind kind;
    char number[CONTAINER_NUMBER_BYTES];
    const char *size_type;
    uint32_t teu;    /* hundredths */
    uint32_t tare_g; /* 0: absent */
    bool has_seal;
    char seal[PLAN_SEAL_BYTES], new_seal[PLAN_SEAL_BYTES];
    uint32_t wagon, position; /* of the last composition; wagon: its index */
    bool listed_empty;        /* loaded, but the composition says empty */
    bool listed_domestic;     /* loaded, but the composition says inland */
    bool seal_changed;        /* found with new_seal */
    bool door_opened;         /* without an inspection */
    bool has_owner;
    uint32_t owner;             /* waybill; loaded ones */
    bool shared;                /* by several waybills: all claims are LCL */
    uint64_t packages, gross_g; /* of its used claims; loaded ones */
    enum plan_tally tally;
    uint64_t tally_packages, tally_gross_g;
    bool dangerous;  /* some are declared */
    bool unchecked;  /* and nobody looks at them */
    bool undeclared; /* spray that only a scan tells */
};

#endif
