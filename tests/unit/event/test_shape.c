/* The rows of types.c fit together: whoever writes a row that cannot be kept, packed or told apart finds it here. */
#include <criterion/criterion.h>
#include <string.h>

#include "event/shape.h"

static void check_width(const char *where, const struct shape_member *member) {
    if (shape_is_text(member)) {
        cr_expect(member->width == 0 || member->keep == SHAPE_KEPT, "%s: a keyed text stands by reference", where);
        cr_expect(member->width == 0 || member->kind != SHAPE_TOKEN || member->width == member->max,
                  "%s: its place is not as long as it may be", where);
        cr_expect(member->kind != SHAPE_TEXT || member->width == 0, "%s: text stands by reference", where);
        return;
    }
    bool nested = member->kind == SHAPE_OBJECT || member->kind == SHAPE_LIST;
    cr_expect_eq(nested, member->width == 0, "%s", where);
    cr_expect(nested || member->width == 8 || shape_number_max(member) >> (8 * member->width) == 0,
              "%s: %u bytes are too few", where, member->width);
}

static void check_shape(const char *where, const struct shape *shape) {
    cr_assert_leq(shape->count, SHAPE_MEMBERS_MAX);
    for (size_t i = 0; i < shape->count; i++) {
        const struct shape_member *member = &shape->members[i];
        const char *name = member->name != NULL ? member->name : where;
        cr_expect_lt(member->offset, shape->bytes, "%s", name);
        cr_expect(member->name == NULL || strlen(member->name) == member->name_len, "%s", name);
        for (size_t k = 0; k < i && member->name != NULL; k++) {
            cr_expect(shape->members[k].name == NULL || strcmp(shape->members[k].name, member->name) != 0, "%s", name);
        }
        if (member->keep != SHAPE_DROPPED) {
            check_width(name, member);
        }
        if (member->kind == SHAPE_OBJECT || member->kind == SHAPE_LIST) {
            check_shape(name, member->of);
        }
        cr_expect(member->set == SET_NONE || shape_is_text(member) || member->kind == SHAPE_COUNT, "%s", name);
    }
}

Test(shape, rows_fit_together) {
    for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
        cr_assert_leq(EVENT_TYPES[type].data.bytes, sizeof(union event_data));
        check_shape(EVENT_TYPES[type].name, &EVENT_TYPES[type].data);
        cr_expect_eq(EVENT_TYPES[type].data.members[0].kind, SHAPE_TRAIN, "every type has a train");
        cr_expect_eq(event_type_of(slice_of(EVENT_TYPES[type].name)), type);
    }
}

/* 1 to SHAPE_REGISTERS_MAX, and the kind of the first is never that of another type's, but for manifests. */
Test(shape, registers_have_kinds_of_their_own) {
    for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
        const struct event_description *description = &EVENT_TYPES[type];
        cr_assert(description->register_count >= 1 && description->register_count <= SHAPE_REGISTERS_MAX);
        for (int i = 1; i < description->register_count; i++) {
            cr_expect_neq(description->registers[i].when, 0, "%s", description->name);
            cr_expect_neq((int)description->registers[i].kind, 0, "%s", description->name);
        }
        for (int other = 0; other < type; other++) {
            cr_expect(description->registers[0].kind == REGISTER_MANIFEST ||
                          description->registers[0].kind != EVENT_TYPES[other].registers[0].kind,
                      "%s", description->name);
        }
    }
}

/* An absent number and a zero are two values, and each comes back. */
Test(shape, numbers_come_back) {
    for (size_t i = 0; i < SHAPE_OF_CONTAINERS.count; i++) {
        const struct shape_member *member = &SHAPE_OF_CONTAINERS.members[i];
        if (member->has == 0) {
            continue;
        }
        struct event_container box = {.has_tare = false}, back = {.has_tare = false};
        cr_expect_eq(shape_number(member, &box), 0);
        box.has_tare = true;
        cr_expect_eq(shape_number(member, &box), 1);
        box.tare_kg = 77;
        shape_set_number(member, shape_number(member, &box), &back);
        cr_expect(back.has_tare && back.tare_kg == 77);
        cr_expect_gt(shape_number_max(member), 78);
    }
}
