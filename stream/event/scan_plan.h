/* The rows of types.c laid out for scanning (scan.h): names as words that are compared at once, numbers of choices by
 * their first bytes, objects by pointer. Made once for a scanner, which notes in it in which order members come.
 * Internal to event/scan*.c. */
#ifndef CARAVAN_EVENT_SCAN_PLAN_H
#define CARAVAN_EVENT_SCAN_PLAN_H

#include "event/scan_lead.h"
#include "event/shape.h"

enum {
    SCAN_PLACE_BITS = 5,    /* of a table of names */
    SCAN_OBJECTS_MAX = 40,  /* all types together */
    SCAN_MEMBERS_MAX = 160, /* of all objects */
    SCAN_CHOICES_MAX = 48,
    SCAN_CLASS_PLACE = 128,    /* beside CLASS_UPPER and so on: what a place ends in (contract 1.7) */
    SCAN_DATA = SHAPE_LIST + 1 /* a kind beyond enum shape_kind: the envelope's `data` */
};

/* A name of a choice: no two of one choice have both the length and the first eight bytes in common. */
struct scan_choice {
    uint64_t word;
    struct slice name;
};

struct scan_member {
    /* What stands in front of a value where nobody writes spaces: a comma or bracket, which does not count, and
     * `"name":`. */
    struct scan_lead lead;
    struct slice name; /* data NULL: not in JSON */
    uint8_t lead_bytes;
    uint8_t kind; /* enum shape_kind, or SCAN_DATA */
    bool noted;   /* has `has` or `set` */
    uint8_t set, opens;
    uint16_t classes, offset, has;
    struct scan_class class; /* of a token: `classes`, to look at many bytes at once */
    uint32_t min, max;
    uint32_t bit;                      /* in its object's masks */
    const struct scan_choice *choices; /* `max` of them */
    struct scan_object *of;
    struct scan_member *next; /* what came behind it the last time */
};

/* Names are found by a word of their bytes: no two of a table are in one place, so that a look at one name decides. */
struct scan_table {
    uint64_t factor;                      /* scan_place */
    uint8_t places[1 << SCAN_PLACE_BITS]; /* which name; where there is none, any other */
};

struct scan_object {
    struct scan_member *members;
    struct scan_member *first; /* what it began with the last time */
    struct scan_table table;
    const struct shape *shape;
    uint32_t count;
    uint32_t required; /* a bit a member */
    uint32_t fallback; /* of members that are something when they are absent */
    uint16_t bytes;
    bool scalar;
};

/* What the envelope becomes (contract 2.4). */
struct scan_envelope {
    struct slice specversion, id, source, type, datacontenttype;
    int64_t time_ms;
};

struct scan_plan {
    struct scan_object *envelope;
    struct scan_object *types[EVENT_TYPE_COUNT];
    struct slice type_names[EVENT_TYPE_COUNT];
    struct scan_table type_table;
    uint8_t classes[256]; /* of each byte */
    struct scan_object objects[SCAN_OBJECTS_MAX];
    struct scan_member members[SCAN_MEMBERS_MAX];
    struct scan_choice choices[SCAN_CHOICES_MAX];
    size_t object_count, member_count, choice_count;
};

static inline size_t scan_place(const struct scan_table *table, uint64_t word) {
    return table->places[(word * table->factor) >> (64 - SCAN_PLACE_BITS)];
}

/* Of a member's name, by its first eight bytes: what is behind its closing quote does not count. */
static inline uint64_t scan_name_word(uint64_t word) {
    uint64_t quotes = word ^ (UINT64_C(0x0101010101010101) * '"');
    quotes = (quotes - UINT64_C(0x0101010101010101)) & ~quotes & (UINT64_C(0x0101010101010101) * 0x80);
    return word & (quotes ^ (quotes - 1)); /* all bits up to the first mark; without one all */
}

/* Of a type's name, which has 8 bytes at least: they differ at their ends, or in length. */
static inline uint64_t scan_type_word(struct slice name) {
    return scan_load(name.data + name.len - sizeof(uint64_t)) + name.len;
}

/* Points into itself: it may not be moved. */
void scan_plan_make(struct scan_plan *plan);

#endif
