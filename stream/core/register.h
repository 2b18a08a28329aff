/* The registers of a train (spec section 2): which ones an event or a fact writes, and what tells them apart. Pure. */
#ifndef CARAVAN_CORE_REGISTER_H
#define CARAVAN_CORE_REGISTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "core/fact.h"
#include "event/event.h"

enum { REGISTERS_PER_EVENT_MAX = 500 };

/* A kind for everything in a register's name that is not outside text. */
enum register_kind {
    REGISTER_MANIFEST,
    REGISTER_COMPOSITION,
    REGISTER_ARRIVAL,
    REGISTER_SUMMARY, /* declaration[waybill, summary] */
    REGISTER_FULL,    /* declaration[waybill, full] */
    REGISTER_APPLICATION,
    REGISTER_TRACKED,
    REGISTER_SEAL,
    REGISTER_OPENED,
    REGISTER_CONTROL, /* the first of SCOPE_COUNT * KIND_COUNT */
    REGISTER_KIND_COUNT = REGISTER_CONTROL + SCOPE_COUNT * KIND_COUNT
};

struct register_key {
    unsigned kind;     /* enum register_kind */
    struct slice text; /* waybill, container, application or ref; empty where there is none */
};

static inline unsigned register_control_kind(enum control_scope scope, enum control_kind kind) {
    return REGISTER_CONTROL + (unsigned)scope * KIND_COUNT + (unsigned)kind;
}

unsigned register_step_kind(enum declaration_step step);
/* Whether a tracking event writes seal[container]. */
bool register_takes_seal(enum tracking event);
/* Of the registers of a tracking event: `tracked` and, behind it, `seal` or `opened` for the events that write one. */
size_t register_count_tracked(enum tracking event);
unsigned register_tracked_kind(enum tracking event, size_t i);

/* As fact_register_count and fact_register, before packing. */
size_t register_count(const struct event *event);
struct register_key register_of(const struct event *event, size_t i);

/* The key of register i < fact_register_count(fact); its text points into the fact. */
struct register_key fact_register(const struct fact *fact, size_t i);

/* Appends a readable name, e.g. `declaration[SMGS1,summary]`. */
void register_name(struct register_key key, struct buffer *out);

#endif
