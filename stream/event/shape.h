/* How an event type is described: once, as data (types.c). Decoding, packing, reading and checking facts, and
 * registers all walk the same rows, so what a row says is true everywhere or nowhere. Static data; safe from any
 * thread. */
#ifndef CARAVAN_EVENT_SHAPE_H
#define CARAVAN_EVENT_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"
#include "event/register.h"

struct field;
struct field_context;

/* What a value must be, and the C type that it becomes. The order matters: texts first (shape_is_text). */
enum shape_kind {
    SHAPE_TEXT,      /* struct slice: min..max bytes without control characters */
    SHAPE_TOKEN,     /* struct slice: min..max bytes of `classes` */
    SHAPE_PLACE,     /* struct slice: UN/LOCODE */
    SHAPE_CONTAINER, /* struct slice: a container's number */
    SHAPE_SIZE_TYPE, /* struct slice: ISO 6346 size and type */
    SHAPE_HS,        /* struct slice: digits of the Harmonized System */
    SHAPE_DATE,      /* struct event_date: a day of the calendar */
    SHAPE_OTHER,     /* struct slice: the key of another train; JSON is an object */
    SHAPE_TRAIN,     /* the event's own train, into the event itself */
    SHAPE_CHOICE,    /* an enumeration: one of the first `max` names */
    SHAPE_BOOLEAN,   /* bool */
    SHAPE_TIME,      /* int64_t: milliseconds since 1970 */
    SHAPE_COUNT,     /* uint32_t: min..max */
    SHAPE_MASS,      /* uint64_t: 10^-DECIMAL_MASS_PLACES kg */
    SHAPE_MONEY,     /* uint64_t: 10^-DECIMAL_MONEY_PLACES of a currency */
    SHAPE_DEGREES,   /* int32_t: -max..max degrees, in 10^-DECIMAL_DEGREE_PLACES */
    SHAPE_OBJECT,    /* the struct of `of` */
    SHAPE_LIST       /* struct event_list of `of`, min..max elements */
};

/* Sets of which no member may repeat. A list opens them anew; a member's value goes into one. */
enum shape_set { SET_NONE, SET_CONTAINERS, SET_POSITIONS, SET_UN, SET_WAGONS, SET_WAYBILLS, SET_COUNT };

/* What a fact keeps of a member, in the order of the rows. `width` is how: 0 a reference to a string, else so many
 * bytes in place. What no record needs is dropped. */
enum shape_keep { SHAPE_DROPPED, SHAPE_KEPT, SHAPE_KEYED /* and behind it normalised, in the next slice */ };

struct shape_member {
    const char *name; /* in JSON; NULL: not there, but made by the shape's `finish` */
    uint8_t name_len;
    bool required;
    uint8_t kind; /* enum shape_kind */
    uint8_t keep; /* enum shape_keep */
    uint8_t width;
    uint8_t set;              /* enum shape_set: the value stands at most once in it */
    uint8_t opens;            /* of a list: bits 1 << enum shape_set */
    uint16_t classes;         /* of a token */
    uint16_t offset;          /* in the shape's struct */
    uint16_t has;             /* where a bool says whether it is there; 0: nowhere */
    uint32_t min, max;        /* by kind */
    const char *fallback;     /* of a text that is absent; NULL: data NULL */
    const char *const *names; /* of a choice */
    const struct shape *of;   /* of an object or list */
};

/* An object of JSON and the struct that it becomes. */
struct shape {
    const struct shape_member *members;
    uint8_t count;
    bool scalar; /* no object: the one member is the element itself */
    uint16_t bytes;
    /* Rules over several members, and members without a name; NULL: none (finish.h). */
    bool (*finish)(struct field_context *context, const struct field *fields, void *out);
};

enum { SHAPE_MEMBERS_MAX = 16, SHAPE_REGISTERS_MAX = 3, SHAPE_PICKS_MAX = 2 };

/* A register that a type writes (contract 2.6). */
struct shape_register {
    enum register_kind kind; /* the first of its kinds, + for each pick: its value x stride */
    struct {
        uint16_t offset; /* of a choice in the type's struct */
        uint8_t stride;  /* 0: no pick */
    } picks[SHAPE_PICKS_MAX];
    bool has_text;
    bool each;            /* the text is a list of texts: a register each */
    uint16_t text;        /* offset of a slice, or of an event_list of slices */
    uint16_t when_offset; /* written only when this choice... */
    uint32_t when;        /* ...is one of these bits; 0: always */
};

struct event_description {
    const char *name;
    struct shape data;
    struct shape_register registers[SHAPE_REGISTERS_MAX]; /* the first is always written */
    uint8_t register_count;
    /* What a fact of this type promises beside its rows, `text` being its register's; NULL: nothing. */
    bool (*holds)(const union event_data *data, struct slice text);
};

extern const struct event_description EVENT_TYPES[EVENT_TYPE_COUNT];
/* Of the object that a train is in every type. */
extern const struct shape SHAPE_OF_TRAIN;
/* Of the elements of lists, which are read from a fact one by one. */
extern const struct shape SHAPE_OF_CONTAINERS, SHAPE_OF_GOODS, SHAPE_OF_WAGONS, SHAPE_OF_SLOTS;
extern const struct shape SHAPE_OF_WAYBILL_NUMBERS, SHAPE_OF_CONTAINER_NUMBERS, SHAPE_OF_UN_NUMBERS;

static inline bool shape_is_text(const struct shape_member *member) {
    return member->kind <= SHAPE_OTHER;
}

static inline void *shape_at(void *out, size_t offset) {
    return (char *)out + offset;
}

static inline const void *shape_from(const void *data, size_t offset) {
    return (const char *)data + offset;
}

#include "event/shape_number.h"

#endif
