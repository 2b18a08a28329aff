/* Events of a plan as JSON text (contract 2), appended to a buffer: no formatting library in the hot path. Each
 * function appends one whole line: the key and a TAB where keys are asked for, the message, a LF. */
#ifndef CARAVAN_WORKLOAD_WRITE_H
#define CARAVAN_WORKLOAD_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "event/event.h"
#include "workload/plan.h"
#include "workload/rng.h"

/* `rng` gives ids and spellings; it must not be the plan's. */
struct writer {
    struct buffer *out;
    struct rng *rng;
    const struct plan *plan;
    const uint32_t *rates; /* of the options: what is spelled otherwise */
    bool keyed;
};

/* One version of a waybill: every goods line `extra_g` heavier than in the plan. */
void write_transmitted(struct writer *writer, int64_t time_ms, const struct plan_waybill *waybill, uint32_t extra_g);
void write_deleted(struct writer *writer, int64_t time_ms, const struct plan_waybill *waybill);

enum write_composition {
    WRITE_FINAL,       /* as planned */
    WRITE_OTHER_GAUGE, /* on other wagons, back to front */
    WRITE_SHORT        /* without the last wagons */
};
void write_composed(struct writer *writer, int64_t time_ms, enum write_composition how);

void write_arrived(struct writer *writer, int64_t time_ms);

struct write_control {
    enum control_scope scope;
    struct slice ref; /* but for the train */
    enum control_kind kind;
    enum control_outcome outcome;
    const char *authority;          /* NULL: that of the port, untold */
    const struct catalog_un *found; /* NULL: nothing */
};
/* A failed one gets a note of its own. */
void write_control(struct writer *writer, int64_t time_ms, const struct write_control *control);

struct write_declaration {
    enum declaration_step step;
    const uint32_t *waybills; /* indices into the plan's */
    size_t count;
    uint64_t number;
};
void write_declared(struct writer *writer, int64_t time_ms, const struct write_declaration *declaration);
/* A refusal says why. */
void write_decided(struct writer *writer, int64_t time_ms, uint64_t number, enum decision_outcome outcome);
void write_applied(struct writer *writer, int64_t time_ms, uint32_t application, const uint32_t *waybills,
                   size_t count);

struct write_tally {
    struct slice container;
    bool has_packages, has_gross, damaged;
    uint64_t packages, gross_g;
    struct slice seal; /* data NULL: none */
};
void write_tally(struct writer *writer, int64_t time_ms, const struct write_tally *tally);

/* `left_behind`: one more number, which is on no plan's train; NULL: none. */
void write_linked(struct writer *writer, int64_t time_ms, const struct plan_link *link, const char *left_behind);

struct write_tracking {
    const struct plan_container *container;
    enum tracking what;
    const struct place *place;
    struct slice seal; /* data NULL where none is shown */
};
void write_tracked(struct writer *writer, int64_t time_ms, const struct write_tracking *tracking);

/* The parts of an event's text that invalid.c also needs. */
void write_key(struct writer *writer);
void write_train(struct writer *writer); /* the object */
void write_uuid(struct writer *writer);
void write_time(struct writer *writer, int64_t ms);

/* The text of a waybill's number: at most WRITE_WAYBILL_BYTES_MAX bytes; returns how many. */
enum { WRITE_WAYBILL_BYTES_MAX = 16 };
size_t write_waybill_number(const struct plan_waybill *waybill, char out[WRITE_WAYBILL_BYTES_MAX]);

#endif
