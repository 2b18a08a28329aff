/* The registers of a train (contract 2.6): their kinds, and which ones an event writes. Pure. */
#ifndef CARAVAN_EVENT_REGISTER_H
#define CARAVAN_EVENT_REGISTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "event/kinds.h"

enum { REGISTERS_PER_EVENT_MAX = 500 };

/* A kind for everything in a register's name that is not outside text. */
enum register_kind {
    REGISTER_MANIFEST,
    REGISTER_COMPOSITION,
    REGISTER_ARRIVAL,
    REGISTER_SUMMARY, /* declaration[waybill, summary], and in the order of enum declaration_step: */
    REGISTER_FULL,    /* declaration[waybill, full] */
    REGISTER_APPLICATION,
    REGISTER_DECISION,
    REGISTER_TALLY,
    REGISTER_LINK_FROM, /* link[role, other], in the order of enum link_role */
    REGISTER_LINK_TO,
    REGISTER_TRACKED,
    REGISTER_SEAL,
    REGISTER_OPENED,
    REGISTER_CONTROL, /* the first of SCOPE_COUNT * KIND_COUNT; its text is the authority and the ref behind it */
    REGISTER_KIND_COUNT = REGISTER_CONTROL + SCOPE_COUNT * KIND_COUNT
};

struct register_key {
    unsigned kind;     /* enum register_kind */
    struct slice text; /* waybill, container, number, key of a train ...; empty where there is none */
};

/* Those that one event writes: either one for each of `texts`, all of one kind; or with one text one of `kind` and,
 * unless it is 0, one of `second` too. */
struct event_registers {
    uint8_t kind, second;
    uint16_t count;    /* of texts: 1 to REGISTERS_PER_EVENT_MAX */
    bool listed;       /* `list` are the texts, else `text` is the one */
    struct slice text; /* data NULL: none */
    const struct slice *list;
};

static inline unsigned register_control_kind(enum control_scope scope, enum control_kind kind) {
    return REGISTER_CONTROL + (unsigned)scope * KIND_COUNT + (unsigned)kind;
}

static inline size_t registers_count(const struct event_registers *registers) {
    return registers->second != 0 ? 2 : registers->count;
}

/* The key of register i < registers_count. */
static inline struct register_key registers_key(const struct event_registers *registers, size_t i) {
    if (registers->listed) {
        return (struct register_key){registers->kind, registers->list[i]};
    }
    return (struct register_key){i == 0 ? registers->kind : registers->second, registers->text};
}

union event_data;

/* Those of an event of this type with this data, by its description (types.c). The texts are the data's. */
struct event_registers registers_of(enum event_type type, const union event_data *data);

/* Appends a readable name, e.g. `declaration[SMGS1,summary]`. */
void register_name(struct register_key key, struct buffer *out);

#endif
