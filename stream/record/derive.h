/* The steps from a train's registers to its record, in the order in which record_derive takes them. For the derive_*.c
 * files, record.c and kept.c only. */
#ifndef CARAVAN_RECORD_DERIVE_H
#define CARAVAN_RECORD_DERIVE_H

#include "record/derive_state.h"
#include "record/sums.h"
#include "train/fact_view.h"

/* Sorts the train's registers into lists; fills the record's facts and composition, arrival, manifests and slots. */
void derive_registers(struct derive *derive);
/* `bytes` of what was made in the scratch arena, in the arena of what stays. */
void *derive_keep(const struct derive *derive, void *made, size_t bytes);
/* Brings a register of the lists up to its newest fact; one that is not in comes in. For what outlives facts. */
void derive_take(struct derive *derive, struct register_key key, const struct fact *fact);
/* Of a control's register: it stands in front of the ref, as in the register's key. */
static inline struct slice derive_authority(const struct derive_entry *entry) {
    return (struct slice){entry->text.data - COUNTRY_BYTES, COUNTRY_BYTES};
}
/* The fact of the register with this text in a list that has some, or NULL. */
const struct fact *derive_find_in(const struct derive_list *list, struct slice text);
/* The fact of a register, or NULL. Not of a control. Of most kinds most trains have nothing. */
static inline const struct fact *derive_find(const struct derive *derive, unsigned kind, struct slice text) {
    return derive->lists[kind].count == 0 ? NULL : derive_find_in(&derive->lists[kind], text);
}
/* The active manifest of a waybill, or NULL; what is known of a container number, or NULL. */
const struct derive_manifest *derive_find_manifest(const struct derive *derive, struct slice waybill);
const struct derive_container *derive_find_container(const struct derive *derive, struct slice number);
/* True when some used claim of it is on the train. */
static inline bool derive_is_live(const struct derive_manifest *manifest) {
    return manifest->used_on_train != NULL;
}

/* Brings claims and slots together: who is on the train, which claims are used (contract 4.A to 4.1). */
void derive_claims(struct derive *derive);
/* The record's containers, missing, off_train and what is counted of them; alerts about them. */
void derive_containers(struct derive *derive);
/* What reports, and not papers, say of a container that is shown: its seal, tally and last event. */
void derive_reports(const struct derive *derive, const struct derive_container *container);
/* Alerts of one container: claims, mismatches, empties (contract 4.1 to 4.3), seals and doors (5.7, 5.8). */
void derive_container_alerts(struct derive *derive, const struct derive_container *container);
/* A new alert; valid until the next one. */
struct record_alert *derive_alert(struct derive *derive, enum alert_kind kind, struct slice container);
/* Of a container: tally and dangerous goods (contract 5.16, 5.17). */
void derive_cargo_alerts(struct derive *derive, const struct derive_container *container);
/* Tallies of containers that nobody lists or claims. */
void derive_unexpected_tallies(struct derive *derive);
/* The UN numbers that the used claims of a container declare, sorted, each once. */
const struct slice *derive_declared_un(struct derive *derive, const struct derive_container *container, size_t *count);
/* The record's links, and alerts about them (contract 5.18). */
void derive_links(struct derive *derive);
/* Sorts the alerts into the record. */
void derive_alerts_end(struct derive *derive);
/* The part of a list of controls that is about `ref`. */
struct derive_list derive_find_ref(const struct derive_list *list, struct slice ref);
/* The newest facts of one control, by authority. `ref` is empty for a train. */
static inline struct derive_list derive_find_controls(const struct derive *derive, enum control_scope scope,
                                                      enum control_kind kind, struct slice ref) {
    const struct derive_list *list = &derive->lists[register_control_kind(scope, kind)];
    return list->count == 0 ? *list : derive_find_ref(list, ref);
}
/* The record's open and accepted controls. */
void derive_controls(struct derive *derive);
/* The record's declarations and what is summed from them. */
void derive_declarations(struct derive *derive);
/* Fills declared, advance and released of a declaration whose waybills are known, and its standing (contract 5.10,
 * 5.11, 5.13, 5.20). */
void derive_declared(const struct derive *derive, struct record_declaration *declaration,
                     struct derive_standing *standing);
/* Facts, reasons, status and clearance, from everything else (contract 5.11 to 5.13). */
void derive_end(struct derive *derive);
/* All steps, over a struct that is empty but for train, arenas and record (with the rules). */
void derive_all(struct derive *derive);
/* The lines of `count` goods and their sums, into *declaration. */
void derive_lines(struct derive *derive, const struct event_goods *goods, size_t count,
                  struct record_declaration *declaration);
/* Sums by currency; sorts `items` in place. */
struct record_moneys derive_sum_moneys(struct record_money *items, size_t count);

/* Whether a claim tells this. Optional members are absent, not empty: what a claim does not tell cannot contradict. */
static inline bool derive_claim_tells(const struct derive_claim *claim, enum alert_field field) {
    switch (field) {
    case FIELD_SEAL: return claim->box.seal.data != NULL;
    case FIELD_SIZE_TYPE: return claim->box.size_type.data != NULL;
    case FIELD_WAGON: return claim->box.wagon.data != NULL;
    case FIELD_TARE_KG: return claim->box.has_tare;
    default: return false;
    }
}
/* The newest used claim of a container that tells this (contract 4.2), or NULL. Claims lie newest first. */
static inline const struct derive_claim *derive_shown(const struct derive_container *container,
                                                      enum alert_field field) {
    for (size_t i = 0; i < container->used_count; i++) {
        if (derive_claim_tells(container->claims[i], field)) {
            return container->claims[i];
        }
    }
    return NULL;
}

/* The sorted waybills of `count` claims. */
const struct slice *derive_claim_waybills(struct derive *derive, struct derive_claim *const *claims, size_t count);
/* Sorts texts where they lie. */
void derive_sort_texts(struct derive *derive, struct slice *texts, size_t count);
/* Sorts texts and drops what repeats; how many are left. */
size_t derive_distinct_texts(struct derive *derive, struct slice *texts, size_t count);
/* Sorts `count` items (base/sort.h). */
void derive_sort(struct derive *derive, struct sort_item *items, size_t count,
                 int (*tie)(const void *a, const void *b));

#endif
