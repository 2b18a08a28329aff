/* The steps from a train's registers to its record, in the order in which record_derive takes them. For the derive_*.c
 * files and record.c only. Everything lives in the scratch arena. */
#ifndef CARAVAN_CORE_DERIVE_H
#define CARAVAN_CORE_DERIVE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "core/fact_view.h"
#include "core/record.h"
#include "core/register.h"

/* A register's newest fact, beside its key's text. */
struct derive_entry {
    struct slice text;
    const struct fact *fact;
};

/* The registers of one kind, by text. */
struct derive_list {
    struct derive_entry *entries;
    size_t count;
};

/* An active manifest. */
struct derive_manifest {
    const struct fact *fact;
    struct fact_manifest view;
    size_t rank;                        /* its place among the active manifests, oldest first */
    struct derive_claim *used_on_train; /* linked by next_used */
    size_t used_count, goods_count;     /* of the claims in that list, their goods */
};

/* A container entry of an active manifest. */
struct derive_claim {
    struct derive_manifest *manifest;
    struct fact_container box;
    struct derive_claim *next_used; /* of the same manifest */
};

/* A container that the composition lists. */
struct derive_slot {
    struct slice number, wagon;
    uint32_t position;
    bool empty;
};

/* A container number that is claimed or listed. */
struct derive_place {
    struct slice number;
    struct derive_claim **claims; /* newest first; when on the train, the first used_count are the used ones */
    size_t claim_count, used_count;
    const struct derive_slot *slot; /* NULL: not listed */
    bool on_train;
};

struct derive {
    const struct train *train;
    struct arena *arena;
    struct record *record;

    struct derive_list lists[REGISTER_KIND_COUNT];
    const struct fact *composition, *arrival; /* NULL: none */
    struct derive_manifest *manifests;        /* active, by waybill */
    size_t manifest_count;
    size_t claim_count;
    struct derive_slot *slots; /* by number */
    size_t slot_count, wagon_count;
    struct derive_place *places; /* by number */
    size_t place_count;

    struct record_alert *alerts;
    size_t alert_count;
};

/* Sorts the train's registers into lists; fills the record's facts and composition, arrival, manifests and slots.
 * Returns the latest time of the facts that a clearance rests on. */
int64_t derive_registers(struct derive *derive);
/* The fact of a register, or NULL. */
const struct fact *derive_find(const struct derive *derive, unsigned kind, struct slice text);
/* The active manifest of a waybill, or NULL; the place of a container number, or NULL. */
const struct derive_manifest *derive_find_manifest(const struct derive *derive, struct slice waybill);
const struct derive_place *derive_find_place(const struct derive *derive, struct slice number);
/* True when some used claim of it is on the train. */
static inline bool derive_is_live(const struct derive_manifest *manifest) {
    return manifest->used_on_train != NULL;
}

/* Brings claims and slots together: who is on the train, which claims are used (spec section 4). */
void derive_places(struct derive *derive);
/* The record's containers, missing, off_train and what is counted of them; alerts about them. */
void derive_containers(struct derive *derive);
/* Alerts of one place: claims, mismatches, empties (spec section 4), seals and doors (section 5). */
void derive_place_alerts(struct derive *derive, const struct derive_place *place);
/* Sorts the alerts into the record. */
void derive_alerts_end(struct derive *derive);
/* The record's open controls. */
void derive_controls(struct derive *derive);
/* The record's declarations and what is summed from them. */
void derive_declarations(struct derive *derive);
/* The lines of `count` goods and their sums, into *declaration. */
void derive_lines(struct derive *derive, struct fact_goods *goods, size_t count,
                  struct record_declaration *declaration);
/* Sums by currency; sorts `items` in place. */
struct record_moneys derive_sum_moneys(struct record_money *items, size_t count);

/* What the claims show of a container: the value of the newest used claim that has one (spec section 4, rule 2); false
 * when none has. */
bool derive_shown(const struct derive_place *place, enum alert_field field, struct record_value *shown);
/* The value that one claim has. */
bool derive_claim_value(const struct derive_claim *claim, enum alert_field field, struct record_value *value);

/* The sorted waybills of `count` claims. */
const struct slice *derive_claim_waybills(struct derive *derive, struct derive_claim *const *claims, size_t count);
/* For qsort. */
int derive_order_slices(const void *a, const void *b);

/* Adds, and ends the program where the sum would not fit: no valid train reaches that. */
static inline void derive_add(uint64_t *sum, uint64_t value) {
    bool overflow = __builtin_add_overflow(*sum, value, sum);
    assert(!overflow);
    (void)overflow;
}

#endif
