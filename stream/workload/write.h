/* Events of a plan as JSON text (spec section 2), appended to a buffer: no formatting library in the hot path. Each
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

/* `ref` is empty for the train. */
void write_control(struct writer *writer, int64_t time_ms, enum control_scope scope, struct slice ref,
                   enum control_kind kind, enum control_outcome outcome);

/* `waybills`: indices into the plan's. */
void write_declared(struct writer *writer, int64_t time_ms, enum declaration_step step, const uint32_t *waybills,
                    size_t count);
void write_applied(struct writer *writer, int64_t time_ms, uint32_t application, const uint32_t *waybills,
                   size_t count);

/* `seal` has data NULL where none is shown. */
void write_tracked(struct writer *writer, int64_t time_ms, const struct plan_container *container, enum tracking what,
                   const struct place *place, struct slice seal);

/* The parts of an event's text that invalid.c also needs. */
void write_key(struct writer *writer);
void write_train(struct writer *writer); /* the object */
void write_uuid(struct writer *writer);
void write_time(struct writer *writer, int64_t ms);

/* The text of a waybill's number: at most WRITE_WAYBILL_BYTES_MAX bytes; returns how many. */
enum { WRITE_WAYBILL_BYTES_MAX = 16 };
size_t write_waybill_number(const struct plan_waybill *waybill, char out[WRITE_WAYBILL_BYTES_MAX]);

#endif
