/* Reading needs no bounds: a fact was packed here, or fact_check has walked over every length in it. Accessors walk the
 * rows of a type once and fill the struct that decoding fills; texts point into the fact. Lists are left as cursors: a
 * manifest of 200 containers with 500 goods each is never spread out as a whole. */
#include "train/fact_view.h"

#include "event/shape.h"
#include "train/fact_strings.h"

/* A cursor has no end: whoever reads counts the elements. */
static uint64_t take_number(struct fact_cursor *cursor, int bytes) {
    uint64_t value = layout_load(cursor->at, bytes);
    cursor->at += bytes;
    return value;
}

/* A text that fills less than its place ends with zero bytes; an absent one has no byte but these. */
static struct slice take_inline(struct fact_cursor *cursor, const struct shape_member *member) {
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

/* No copy: the text lives as long as the fact does. */
static struct slice take_string(struct fact_cursor *cursor) {
    return fact_string(cursor->fact, take_number(cursor, (int)fact_ref_bytes(cursor->fact)));
}

/* The normalised form of a keyed text is the slice behind it in every struct of event/event.h. */
static void take_text(struct fact_cursor *cursor, const struct shape_member *member, struct slice *out) {
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
static void take_list(struct fact_cursor *cursor, struct event_list *out) {
    out->count = (size_t)take_number(cursor, FACT_LIST_COUNT_BYTES);
    size_t bytes = (size_t)take_number(cursor, FACT_LIST_HEAD_BYTES - FACT_LIST_COUNT_BYTES);
    out->items = cursor->at;
    cursor->at += bytes;
}

/* What is dropped stays zero, as a member that was absent does. */
static void take_members(struct fact_cursor *cursor, const struct shape *shape, void *out) {
    for (size_t i = 0; i < shape->count; i++) {
        const struct shape_member *member = &shape->members[i];
        void *at = shape_at(out, member->offset);
        if (member->keep == SHAPE_DROPPED) {
            continue;
        }
        if (shape_is_text(member)) {
            take_text(cursor, member, at);
        } else if (member->kind == SHAPE_OBJECT) {
            take_members(cursor, member->of, at);
        } else if (member->kind == SHAPE_LIST) {
            take_list(cursor, at);
        } else {
            shape_set_number(member, take_number(cursor, member->width), out);
        }
    }
}

/* Only as much is cleared as this type fills: the union is as large as its largest member. */
void fact_data(const struct fact *fact, union event_data *out) {
    const struct shape *shape = &EVENT_TYPES[fact_type(fact)].data;
    struct fact_cursor cursor = {fact, fact_at(fact, fact_body_offset(fact))};
    memset(out, 0, shape->bytes);
    take_members(&cursor, shape, out);
}

/* Here and below, initialised by one member for the sake of all others, which are zero by it. */
struct event_container fact_next_container(struct fact_cursor *cursor) {
    struct event_container container = {.has_tare = false};
    take_members(cursor, &SHAPE_OF_CONTAINERS, &container);
    return container;
}

struct event_goods fact_next_goods(struct fact_cursor *cursor) {
    struct event_goods goods = {.packages = 0};
    take_members(cursor, &SHAPE_OF_GOODS, &goods);
    return goods;
}

struct event_wagon fact_next_wagon(struct fact_cursor *cursor) {
    struct event_wagon wagon = {.position = 0};
    take_members(cursor, &SHAPE_OF_WAGONS, &wagon);
    return wagon;
}

struct event_slot fact_next_slot(struct fact_cursor *cursor) {
    struct event_slot slot = {.empty = false};
    take_members(cursor, &SHAPE_OF_SLOTS, &slot);
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
struct event_transmitted fact_transmitted(const struct fact *fact) {
    union event_data data;
    fact_data(fact, &data);
    /* Not kept twice: the number is the text of the register. */
    data.transmitted.waybill.number = fact_text(fact, 0);
    return data.transmitted;
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
