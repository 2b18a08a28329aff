/* What is known of a train between its registers and its record. For the derive_*.c files, record.c and kept.c only. */
#ifndef CARAVAN_RECORD_DERIVE_STATE_H
#define CARAVAN_RECORD_DERIVE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/sort.h"
#include "event/register.h"
#include "record/record.h"
#include "train/fact.h"

/* A register's newest fact, beside its key's text. */
struct derive_entry {
    struct sort_key key; /* of the text */
    struct slice text;   /* in the fact, or in the arena (outlives_facts). Of a control: the ref */
    const struct fact *fact;
};

/* The registers of one kind, by text (and authority). */
struct derive_list {
    struct derive_entry *entries;
    size_t count, capacity;
};

/* An active manifest. */
struct derive_manifest {
    const struct fact *fact;
    struct slice number;
    const struct event_waybill *view; /* in the scratch arena */
    struct event_list containers;
    size_t rank;                        /* its place among the active manifests, oldest first */
    struct derive_claim *used_on_train; /* linked by next_used */
    size_t used_count, goods_count;     /* of the claims in that list, their goods */
    size_t declaration;                 /* which of the record's it belongs to, if it is live */
};

/* A container entry of an active manifest. */
struct derive_claim {
    struct derive_manifest *manifest;
    struct event_container box;
    struct derive_claim *next_used; /* of the same manifest */
};

/* A container that the composition lists. */
struct derive_slot {
    struct slice number, wagon;
    uint32_t position;
    bool empty, domestic;
};

/* A container number that is claimed or listed. */
struct derive_container {
    struct slice number;
    struct derive_claim **claims; /* newest first; when on the train, the first used_count are the used ones */
    size_t claim_count, used_count;
    const struct derive_slot *slot; /* NULL: not listed */
    bool on_train;
    bool touched;                   /* kept.c: something changed that its alerts or reports come from */
    struct record_container *shown; /* in the record; NULL: it is not */
};

/* What a declaration adds to the train's standing. */
struct derive_standing {
    unsigned reasons;   /* bits of enum record_reason */
    int64_t reached_ms; /* the latest time at which a waybill of it reached what is required (contract 5.13) */
};

struct derive {
    const struct train *train;
    struct arena *arena;   /* of all that the record and this struct point to, but: */
    struct arena *scratch; /* of the lines and values of declarations, and of what nobody needs afterwards */
    struct record *record;
    bool outlives_facts; /* it is used again when facts that it was made of are gone (kept.c) */
    char *texts;         /* where the next key goes then */

    struct derive_list lists[REGISTER_KIND_COUNT];
    const struct fact *composition, *arrival; /* NULL: none */
    struct derive_manifest *manifests;        /* active, by waybill */
    size_t manifest_count;
    size_t claim_count;
    struct derive_slot *slots; /* by number */
    size_t slot_count, wagon_count;
    struct derive_container *containers; /* by number */
    size_t container_count;

    struct record_alert *alerts;
    size_t alert_count, alert_capacity;

    struct record_declaration *declarations; /* the record's */
    struct derive_standing *standings;       /* of each of them */
    int64_t ground_ms;                       /* the latest time of a register that a clearance rests on */
};

#endif
