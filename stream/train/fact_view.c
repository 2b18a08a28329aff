/* Reading needs no bounds: a fact was packed here, or fact_check has walked over every length in it. Accessors walk the
 * rows of a type once and fill the struct that decoding fills; texts point into the fact. Lists are left as cursors: a
 * manifest of 200 containers with 500 goods each is never spread out as a whole. */
#include "train/fact_view.h"

#include "event/rows.h"
#include "train/fact_number.h"
#include "train/fact_strings.h"

static struct fact_cursor cursor_at(const struct fact *fact, const void *at) {
    const struct commons *commons = fact_is_shared(fact) ? fact_commons(fact) : NULL;
    return (struct fact_cursor){.at = at,
                                .pool = fact_at(fact, fact_pool_offset(fact)),
                                .common = commons == NULL ? NULL : commons->strings,
                                .wide = fact_ref_bytes(fact) == FACT_WIDE_BYTES,
                                .tight = fact_is_tight(fact)};
}

struct fact_cursor fact_list(const struct fact *fact, struct event_list list) {
    return cursor_at(fact, list.items);
}

/* A cursor has no end: whoever reads counts the elements. */
static inline uint64_t take_number(struct fact_cursor *cursor, int bytes) {
    uint64_t value = layout_load(cursor->at, bytes);
    cursor->at += bytes;
    return value;
}

/* A text that fills less than its place ends with zero bytes; an absent one has no byte but these. */
static inline struct slice take_inline(struct fact_cursor *cursor, const struct shape_member *member) {
    struct slice text = {(const char *)cursor->at, member->width};
    cursor->at += member->width;
    if (text.data[0] == '\0') {
        return (struct slice){NULL, 0};
    }
    while (text.data[text.len - 1] == '\0') {
        text.len--;
    }
    return text;
}

/* As fact_string. No copy: the text lives as long as the fact does. */
static inline struct slice take_string(struct fact_cursor *cursor) {
    uint64_t ref = cursor->wide ? take_number(cursor, FACT_WIDE_BYTES) : take_number(cursor, FACT_NARROW_BYTES);
    if (ref == 0) {
        return (struct slice){NULL, 0};
    }
    if (cursor->common != NULL && (ref & FACT_REF_COMMON) != 0) {
        return fact_string_at(cursor->common[ref & ~(uint64_t)FACT_REF_COMMON].bytes);
    }
    return fact_string_at(cursor->pool + ref);
}

/* The normalised form of a keyed text is the slice behind it in every struct of event/event.h. */
static inline void take_text(struct fact_cursor *cursor, const struct shape_member *member, struct slice *out) {
    if (member->width > 0) {
        out[0] = take_inline(cursor, member);
        return;
    }
    out[0] = take_string(cursor);
    if (member->keep == SHAPE_KEYED) {
        out[1] = take_string(cursor);
    }
}

/* The length in bytes lets a reader pass over a list that it does not need. */
static inline void take_list(struct fact_cursor *cursor, bool tight, struct event_list *out) {
    struct fact_list_head head = fact_list_head(cursor->at, tight);
    cursor->at += fact_list_head_bytes(tight);
    *out = (struct event_list){.count = head.count, .items = cursor->at};
    cursor->at += head.bytes;
}

static void take_members(struct fact_cursor *cursor, const struct shape *shape, void *out);

/* What is dropped stays zero, as a member that was absent does. `tight`: the cursor's, said apart so that the compiler
 * may know it. */
static inline __attribute__((always_inline)) void
take_member(struct fact_cursor *cursor, const struct shape_member *member, bool tight, void *out) {
    void *at = shape_at(out, member->offset);
    if (member->keep == SHAPE_DROPPED) {
        return;
    }
    if (shape_is_text(member)) {
        take_text(cursor, member, at);
    } else if (member->kind == SHAPE_OBJECT) {
        struct fact_cursor inner = *cursor; /* the other one need not be in memory */
        take_members(&inner, member->of, at);
        cursor->at = inner.at;
    } else if (member->kind == SHAPE_LIST) {
        take_list(cursor, tight, at);
    } else {
        shape_set_number(member, take_number(cursor, fact_number_bytes(member, tight)), out);
    }
}

static void take_members(struct fact_cursor *from, const struct shape *shape, void *out) {
    struct fact_cursor cursor = *from;
    for (size_t i = 0; i < shape->count; i++) {
        take_member(&cursor, &shape->members[i], cursor.tight, out);
    }
    from->at = cursor.at;
}

/* As take_members, of rows that the compiler sees: of each row only its loads and stores are left. */
static inline __attribute__((always_inline)) void take_rows(struct fact_cursor *from, const struct shape_member *rows,
                                                            size_t count, bool tight, void *out) {
    struct fact_cursor cursor = *from;
#pragma GCC unroll 16
    for (size_t i = 0; i < count; i++) {
        take_member(&cursor, &rows[i], tight, out);
    }
    from->at = cursor.at;
}

#define TAKE_ROWS(cursor, rows, out)                                                                                   \
    ((cursor)->tight ? take_rows((cursor), (rows), sizeof(rows) / sizeof(rows)[0], true, (out))                        \
                     : take_rows((cursor), (rows), sizeof(rows) / sizeof(rows)[0], false, (out)))

/* All of a struct that the rows of its type fill. */
static void take_all(const struct fact *fact, void *out) {
    const struct shape *shape = &EVENT_TYPES[fact_type(fact)].data;
    struct fact_cursor cursor = cursor_at(fact, fact_at(fact, fact_body_offset(fact)));
    memset(out, 0, shape->bytes);
    take_members(&cursor, shape, out);
}

/* Only as much is cleared as this type fills: the union is as large as its largest member. */
void fact_data(const struct fact *fact, union event_data *out) {
    take_all(fact, out);
}

/* Here and below, initialised by one member for the sake of all others, which are zero by it. */
struct event_container fact_next_container(struct fact_cursor *cursor) {
    struct event_container container = {.has_tare = false};
    TAKE_ROWS(cursor, CONTAINER_MEMBERS, &container);
    return container;
}

/* Not given back by value: there are more of these than of all else, and they are large. */
void fact_next_goods(struct fact_cursor *cursor, struct event_goods *out) {
    *out = (struct event_goods){.packages = 0};
    TAKE_ROWS(cursor, GOODS_MEMBERS, out);
}

struct event_wagon fact_next_wagon(struct fact_cursor *cursor) {
    struct event_wagon wagon = {.position = 0};
    TAKE_ROWS(cursor, WAGON_MEMBERS, &wagon);
    return wagon;
}

struct event_slot fact_next_slot(struct fact_cursor *cursor) {
    struct event_slot slot = {.empty = false};
    TAKE_ROWS(cursor, SLOT_MEMBERS, &slot);
    return slot;
}

/* Waybills differ in length and stand as references; containers and UN numbers stand in place. */
struct slice fact_next_waybill(struct fact_cursor *cursor) {
    return take_string(cursor);
}

struct slice fact_next_number(struct fact_cursor *cursor) {
    struct slice number;
    take_members(cursor, &SHAPE_OF_CONTAINER_NUMBERS, &number);
    return number;
}

struct slice fact_next_un(struct fact_cursor *cursor) {
    struct slice number;
    take_members(cursor, &SHAPE_OF_UN_NUMBERS, &number);
    return number;
}

/* Here and below the type is the caller's to know: it found the fact in a register of that type. */
void fact_transmitted(const struct fact *fact, struct event_transmitted *out) {
    take_all(fact, out);
    /* Not kept twice: the number is the text of the register. */
    out->waybill.number = fact_text(fact, 0);
}

struct event_list fact_wagons(const struct fact *fact) {
    union event_data data;
    fact_data(fact, &data);
    return data.composed.wagons;
}

struct event_arrived fact_arrived(const struct fact *fact) {
    union event_data data;
    fact_data(fact, &data);
    return data.arrived;
}

/* The text is the authority, two letters, and the ref behind it (event/finish.c); without a ref it is of the train. */
struct event_control fact_control(const struct fact *fact) {
    union event_data data;
    fact_data(fact, &data);
    struct slice key = fact_text(fact, 0);
    data.control.authority = (struct slice){key.data, COUNTRY_BYTES};
    if (key.len > COUNTRY_BYTES) {
        data.control.ref = (struct slice){key.data + COUNTRY_BYTES, key.len - COUNTRY_BYTES};
    }
    return data.control;
}

struct event_declaration fact_declaration(const struct fact *fact) {
    union event_data data;
    fact_data(fact, &data);
    return data.declaration;
}

enum decision_outcome fact_decision(const struct fact *fact) {
    union event_data data;
    fact_data(fact, &data);
    return data.decision.outcome;
}

struct event_tally fact_tally(const struct fact *fact) {
    union event_data data;
    fact_data(fact, &data);
    return data.tally;
}

struct event_link fact_link(const struct fact *fact) {
    union event_data data;
    fact_data(fact, &data);
    /* This too is the register's text. */
    data.link.other = fact_text(fact, 0);
    return data.link;
}

struct event_list fact_listed(const struct fact *fact) {
    union event_data data;
    fact_data(fact, &data);
    return data.application.waybills;
}

struct event_tracked fact_tracked(const struct fact *fact) {
    union event_data data;
    fact_data(fact, &data);
    return data.tracked;
}
