/* Where a row says what a member is for people and for facts, a plan says it for a processor: what is asked for at each
 * member of each message stands in it side by side. */
#include "event/scan_plan.h"

#include <assert.h>
#include <endian.h>

#include "event/event.h"
#include "event/field.h"

/* Contract 2.4, as decode.c has it; a limit that is exceeded is no business of the scanner. */
#define ATTRIBUTE(json, member)                                                                                        \
    .name = (json), .name_len = sizeof(json) - 1, .offset = offsetof(struct scan_envelope, member)

static const struct shape_member ENVELOPE_MEMBERS[] = {
    {ATTRIBUTE("specversion", specversion), .required = true, .kind = SHAPE_TEXT, .max = 3},
    {ATTRIBUTE("id", id), .required = true, .kind = SHAPE_TEXT, .max = EVENT_ID_BYTES_MAX},
    {ATTRIBUTE("source", source), .required = true, .kind = SHAPE_TEXT, .max = EVENT_SOURCE_BYTES_MAX},
    {ATTRIBUTE("type", type), .required = true, .kind = SHAPE_TEXT, .max = EVENT_TYPE_BYTES_MAX},
    {ATTRIBUTE("time", time_ms), .required = true, .kind = SHAPE_TIME},
    {ATTRIBUTE("datacontenttype", datacontenttype), .kind = SHAPE_TEXT, .max = UINT32_MAX},
    {.name = "data", .name_len = 4, .required = true, .kind = SCAN_DATA},
};
static const struct shape ENVELOPE = {.members = ENVELOPE_MEMBERS,
                                      .count = sizeof ENVELOPE_MEMBERS / sizeof ENVELOPE_MEMBERS[0],
                                      .bytes = sizeof(struct scan_envelope)};

static struct scan_object *add_object(struct scan_plan *plan, const struct shape *shape);

static uint64_t word_of(struct slice text) {
    uint64_t word = 0;
    memcpy(&word, text.data, text.len < sizeof word ? text.len : sizeof word);
    return le64toh(word);
}

static const struct scan_choice *add_choices(struct scan_plan *plan, const struct shape_member *row) {
    struct scan_choice *choices = &plan->choices[plan->choice_count];
    assert(plan->choice_count + row->max <= SCAN_CHOICES_MAX);
    for (uint32_t i = 0; i < row->max; i++) {
        struct slice name = slice_of(row->names[i]);
        choices[i] = (struct scan_choice){word_of(name), name};
    }
    plan->choice_count += row->max;
    return choices;
}

static void put_lead(struct scan_member *member, const struct shape_member *row) {
    enum { BESIDE_BYTES = 4, COMPARED_BYTES = 24 };
    char *text = member->lead.text;
    size_t len = row->name_len + (size_t)BESIDE_BYTES;
    assert(len <= COMPARED_BYTES);
    text[1] = '"';
    memcpy(text + 2, row->name, row->name_len);
    text[len - 2] = '"';
    text[len - 1] = ':';
    memset(member->lead.mask + 1, 0xff, len - 1);
    member->lead_bytes = (uint8_t)len;
    member->name = (struct slice){row->name, row->name_len};
}

static struct scan_class class_of(unsigned classes) {
    struct scan_class class = {{0}};
    for (int byte = 0; byte < 0x80; byte++) {
        if ((text_class((char)byte) & classes) != 0) {
            class.low[byte % 16] |= (uint8_t)(1 << byte / 16);
        }
    }
    return class;
}

static struct scan_member member_of(struct scan_plan *plan, const struct shape_member *row) {
    struct scan_member member = {.kind = row->kind,
                                 .noted = row->has != 0 || row->set != SET_NONE,
                                 .set = row->set,
                                 .opens = row->opens,
                                 .classes = row->classes,
                                 .offset = row->offset,
                                 .has = row->has,
                                 .min = row->min,
                                 .max = row->max};
    if (row->name != NULL) {
        put_lead(&member, row);
    } else {
        /* No text is it: what is compared holds no zero byte but behind the message. */
        memset(member.lead.mask, 0xff, sizeof member.lead.mask);
    }
    if (row->kind == SHAPE_HS) {
        member.classes = CLASS_DIGIT;
        member.min = 6;
        member.max = 13;
    }
    member.class = class_of(member.classes);
    if (row->kind == SHAPE_CHOICE) {
        member.choices = add_choices(plan, row);
    } else if (row->kind == SHAPE_OBJECT || row->kind == SHAPE_LIST) {
        member.of = add_object(plan, row->of);
    } else if (row->kind == SHAPE_TRAIN || row->kind == SHAPE_OTHER) {
        member.of = add_object(plan, &SHAPE_OF_TRAIN);
    }
    return member;
}

/* False when two of the words are in one place. Of a name that is not there the word is 0. */
static bool put_places(struct scan_table *table, const uint64_t *words, size_t count) {
    uint32_t taken = 0;
    memset(table->places, 0, sizeof table->places);
    for (size_t i = 0; i < count; i++) {
        size_t place = (size_t)((words[i] * table->factor) >> (64 - SCAN_PLACE_BITS));
        if (words[i] != 0 && (taken >> place & 1) != 0) {
            return false;
        }
        if (words[i] != 0) {
            taken |= UINT32_C(1) << place;
            table->places[place] = (uint8_t)i;
        }
    }
    return true;
}

/* The first odd factor of a fixed row of them that tells all words apart; there is one, unless two are equal. */
static void fill_table(struct scan_table *table, const uint64_t *words, size_t count) {
    enum { TRIES_MAX = 1000000 };
    table->factor = UINT64_C(0x9e3779b97f4a7c15);
    for (int tries = 0; !put_places(table, words, count); tries++) {
        assert(tries < TRIES_MAX);
        table->factor = table->factor * UINT64_C(0x5851f42d4c957f2d) + 2;
    }
}

static void fill_names(struct scan_object *object) {
    uint64_t words[SHAPE_MEMBERS_MAX] = {0};
    for (uint32_t i = 0; i < object->count; i++) {
        char text[sizeof(uint64_t)] = "";
        struct slice name = object->members[i].name;
        if (name.data != NULL) {
            memcpy(text, name.data, name.len < sizeof text ? name.len : sizeof text);
            if (name.len < sizeof text) {
                text[name.len] = '"';
            }
            words[i] = scan_name_word(word_of((struct slice){text, sizeof text}));
        }
    }
    fill_table(&object->table, words, object->count);
}

/* Shapes that several rows name are laid out once. */
static struct scan_object *add_object(struct scan_plan *plan, const struct shape *shape) {
    for (size_t i = 0; i < plan->object_count; i++) {
        if (plan->objects[i].shape == shape) {
            return &plan->objects[i];
        }
    }
    assert(plan->object_count < SCAN_OBJECTS_MAX && plan->member_count + shape->count <= SCAN_MEMBERS_MAX);
    struct scan_object *object = &plan->objects[plan->object_count++];
    struct scan_member *members = &plan->members[plan->member_count];
    plan->member_count += shape->count;
    *object = (struct scan_object){.members = members,
                                   .first = members,
                                   .shape = shape,
                                   .count = shape->count,
                                   .bytes = shape->bytes,
                                   .scalar = shape->scalar};
    for (uint32_t i = 0; i < shape->count; i++) {
        const struct shape_member *row = &shape->members[i];
        members[i] = member_of(plan, row);
        members[i].bit = UINT32_C(1) << i;
        members[i].next = &members[(i + 1) % shape->count];
        object->required |= (uint32_t)(row->required && row->name != NULL) << i;
        object->fallback |= (uint32_t)(row->fallback != NULL) << i;
    }
    fill_names(object);
    return object;
}

void scan_plan_make(struct scan_plan *plan) {
    memset(plan, 0, sizeof *plan);
    for (int byte = 0; byte < 256; byte++) {
        unsigned classes = text_class((char)byte);
        bool in_place = (classes & CLASS_UPPER) != 0 || (byte >= '2' && byte <= '9');
        plan->classes[byte] = (uint8_t)(classes | (in_place ? SCAN_CLASS_PLACE : 0));
    }
    plan->envelope = add_object(plan, &ENVELOPE);
    uint64_t words[EVENT_TYPE_COUNT];
    for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
        plan->types[type] = add_object(plan, &EVENT_TYPES[type].data);
        plan->type_names[type] = slice_of(EVENT_TYPES[type].name);
        words[type] = scan_type_word(plan->type_names[type]);
    }
    fill_table(&plan->type_table, words, EVENT_TYPE_COUNT);
}
