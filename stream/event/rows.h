/* The rows of what stands in lists by the hundred: goods, containers, wagons and their slots; and the words that all
 * rows are made of. In a header, so that who packs them into facts and reads them there is compiled along them
 * (train/fact_pack.c, fact_view.c). For types.c and those files only. */
#ifndef CARAVAN_EVENT_ROWS_H
#define CARAVAN_EVENT_ROWS_H

#include <stddef.h>

#include "event/classes.h"
#include "event/shape.h"

#define MEMBER(owner, json, member)                                                                                    \
    .name = (json), .name_len = sizeof(json) - 1, .offset = offsetof(struct owner, member)
#define MADE(owner, member) .offset = offsetof(struct owner, member)
#define REQUIRED .required = true
#define HAS(owner, member) .has = offsetof(struct owner, member)

#define TEXT(most) .kind = SHAPE_TEXT, .min = 1, .max = (most)
#define TOKEN(least, most, set) .kind = SHAPE_TOKEN, .min = (least), .max = (most), .classes = (set)
#define WAYBILL TOKEN(1, 70, CLASS_UPPER | CLASS_DIGIT | CLASS_SLASH | CLASS_DASH)
#define WAGON TOKEN(1, 16, CLASS_UPPER | CLASS_DIGIT | CLASS_DASH)
#define PLACE .kind = SHAPE_PLACE
#define CONTAINER .kind = SHAPE_CONTAINER
#define CHOICE(list, count) .kind = SHAPE_CHOICE, .names = (list), .max = (count)
#define BOOLEAN .kind = SHAPE_BOOLEAN
#define TIME .kind = SHAPE_TIME
#define COUNT(least, most) .kind = SHAPE_COUNT, .min = (least), .max = (most)
#define MASS .kind = SHAPE_MASS
#define MONEY .kind = SHAPE_MONEY
#define DEGREES(most) .kind = SHAPE_DEGREES, .max = (most)
#define OBJECT(shape) .kind = SHAPE_OBJECT, .of = &(shape)
#define LIST(shape, least, most) .kind = SHAPE_LIST, .of = &(shape), .min = (least), .max = (most)

/* How a fact keeps it: a string by reference, or so many bytes in place. */
#define KEPT .keep = SHAPE_KEPT
#define KEYED .keep = SHAPE_KEYED
#define KEPT_IN(bytes) .keep = SHAPE_KEPT, .width = (bytes)

#define ONCE(which) .set = (which)
#define OPENS(sets) .opens = (sets)
#define IN(which) (1u << (which))

#define SHAPE(owner, rows) .members = (rows), .count = sizeof(rows) / sizeof(rows)[0], .bytes = sizeof(struct owner)

enum {
    /* What the largest value takes: a mass is below 10^16 of its units, money below 10^18, degrees up to 3.6 * 10^8;
     * where they may be absent one more is needed, which fits too (event/shape.h). */
    MASS_BYTES = 7,
    MONEY_BYTES = 8,
    COUNT_BYTES = 4,
    TIME_BYTES = 8,
    DEGREES_BYTES = 4,
    COUNT_MAX = 1000000000,
    UN_MAX = 99,
    UN_NUMBERS_MAX = 10000 /* of four digits */
};

/* ---- the rows */

/* Contract 2.16. A fact keeps the numbers alone, sorted, in a member of its own. */
static const struct shape_member UN_MEMBERS[] = {
    {MEMBER(event_un, "un", un), REQUIRED, TOKEN(UN_BYTES, UN_BYTES, CLASS_DIGIT), ONCE(SET_UN)},
    {MEMBER(event_un, "class", class_), TOKEN(1, 8, CLASS_DIGIT | CLASS_UPPER | CLASS_DOT)},
};
static const struct shape UN_ENTRIES = {SHAPE(event_un, UN_MEMBERS)};

/* Contract 2.10. */
static const struct shape_member GOODS_MEMBERS[] = {
    {MEMBER(event_goods, "hs", hs), .kind = SHAPE_HS, KEPT},
    {MEMBER(event_goods, "description", description), REQUIRED, TEXT(512), KEYED},
    {MEMBER(event_goods, "packages", packages), REQUIRED, COUNT(0, COUNT_MAX), KEPT_IN(COUNT_BYTES)},
    {MEMBER(event_goods, "package_type", package_type), TOKEN(2, 3, CLASS_UPPER | CLASS_DIGIT), .fallback = "PK",
     KEPT_IN(3)},
    {MEMBER(event_goods, "gross_kg", gross_kg), REQUIRED, MASS, KEPT_IN(MASS_BYTES)},
    {MEMBER(event_goods, "net_kg", net_kg), MASS, KEPT_IN(MASS_BYTES)},
    {MEMBER(event_goods, "value", value), MONEY, HAS(event_goods, has_value), KEPT_IN(MONEY_BYTES)},
    {MEMBER(event_goods, "currency", currency), TOKEN(3, 3, CLASS_UPPER), KEPT_IN(3)},
    {MEMBER(event_goods, "dangerous", dangerous), LIST(UN_ENTRIES, 0, UN_MAX), OPENS(IN(SET_UN))},
};

/* Contract 2.9. Goods may repeat: a waybill says the same twice when it has the same twice. */
static const struct shape_member CONTAINER_MEMBERS[] = {
    {MEMBER(event_container, "number", number), REQUIRED, CONTAINER, ONCE(SET_CONTAINERS),
     KEPT_IN(CONTAINER_NUMBER_BYTES)},
    {MEMBER(event_container, "size_type", size_type), REQUIRED, .kind = SHAPE_SIZE_TYPE, KEPT_IN(4)},
    {MEMBER(event_container, "load", load), CHOICE(LOAD_NAMES, LOAD_COUNT), KEPT_IN(1)},
    {MEMBER(event_container, "seal", seal), TEXT(32), KEPT},
    {MEMBER(event_container, "wagon", wagon), WAGON, KEPT},
    {MEMBER(event_container, "tare_kg", tare_kg), MASS, HAS(event_container, has_tare), KEPT_IN(MASS_BYTES)},
    {MEMBER(event_container, "goods", goods), REQUIRED, LIST(SHAPE_OF_GOODS, 1, 500), KEPT},
    {MADE(event_container, un), LIST(SHAPE_OF_UN_NUMBERS, 0, UN_NUMBERS_MAX), KEPT},
};

/* Contract 2.11. A wagon, a position and a container stand at most once in the whole composition, not only in their
 * wagon. */
static const struct shape_member SLOT_MEMBERS[] = {
    {MEMBER(event_slot, "number", number), REQUIRED, CONTAINER, ONCE(SET_CONTAINERS), KEPT_IN(CONTAINER_NUMBER_BYTES)},
    {MEMBER(event_slot, "empty", empty), BOOLEAN, KEPT_IN(1)},
    {MEMBER(event_slot, "domestic", domestic), BOOLEAN, KEPT_IN(1)},
};

static const struct shape_member WAGON_MEMBERS[] = {
    {MEMBER(event_wagon, "wagon", wagon), REQUIRED, WAGON, ONCE(SET_WAGONS), KEPT},
    {MEMBER(event_wagon, "position", position), REQUIRED, COUNT(1, 120), ONCE(SET_POSITIONS), KEPT_IN(1)},
    {MEMBER(event_wagon, "containers", slots), REQUIRED, LIST(SHAPE_OF_SLOTS, 0, 4), KEPT},
};

#endif
