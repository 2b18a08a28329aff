/* Walks the rows of a type beside the JSON. A row says what a member must be and where it goes, and decode_value is the
 * one place that turns the first into the second. Nesting is that of the rows, not of the message, so recursion
 * ends. */
#include "event/decode_data.h"

#include <stdio.h>

#include "base/decimal.h"

static bool decode_object(const struct field *object, const struct shape *shape, void *out);

/* Contract 2.5. The key is built here and not taken from the message's own key: the two are compared later
 * (KEY_MISMATCH). */
static bool decode_train(const struct field *field, struct slice *key, int32_t *date_days) {
    struct event_train train;
    if (!decode_object(field, &SHAPE_OF_TRAIN, &train)) {
        return false;
    }
    *key = event_train_key(&train, field->context->arena);
    *date_days = train.date.days;
    return true;
}

/* ---- repeats */

static bool twice(const struct field *field, const struct shape_member *member, const void *at) {
    static const char *const WHAT[SET_COUNT] = {[SET_CONTAINERS] = "container",
                                                [SET_POSITIONS] = "position",
                                                [SET_UN] = "UN number",
                                                [SET_WAGONS] = "wagon",
                                                [SET_WAYBILLS] = "waybill"};
    char number[16];
    struct slice text = {number, 0};
    if (shape_is_text(member)) {
        text = *(const struct slice *)at;
    } else {
        text.len = (size_t)snprintf(number, sizeof number, "%u", (unsigned)*(const uint32_t *)at);
    }
    return field_fail(field, REJECT_BAD_FIELD, "%s %.*s is listed twice", WHAT[member->set], (int)text.len, text.data);
}

/* A number goes into its set as its bytes, so that two spellings are one. */
static bool check_once(const struct field *field, const struct shape_member *member, const void *at) {
    struct slice text = {at, sizeof(uint32_t)};
    if (shape_is_text(member)) {
        text = *(const struct slice *)at;
    }
    return field_set_add(field->context, (enum shape_set)member->set, text) || twice(field, member, at);
}

/* ---- values */

/* Room for all elements is taken at once: what the sets hold points into it. A list opens its sets for everything in
 * it: a composition's wagons share one set of containers, so that two wagons cannot have the same one (contract
 * 2.11). */
static bool decode_list(const struct field *list, const struct shape_member *member, struct event_list *out) {
    const struct shape *of = member->of;
    struct field_walk walk;
    if (!field_array(list, member->min, member->max, &walk)) {
        return false;
    }
    for (int set = 1; member->opens != 0 && set < SET_COUNT; set++) {
        if ((member->opens >> set & 1) != 0) {
            list->context->sets[set] = (struct field_set){NULL, 0, 0};
        }
    }
    char *items = arena_take(list->context->arena, walk.count * of->bytes);
    for (struct field element; field_step(&walk, &element);) {
        if (!decode_object(&element, of, items + element.index * of->bytes)) {
            return false;
        }
    }
    *out = (struct event_list){items, walk.count};
    return true;
}

static bool decode_choice(const struct field *field, const struct shape_member *member, unsigned *out) {
    int choice;
    if (!field_choice(field, member->names, (int)member->max, &choice)) {
        return false;
    }
    *out = (unsigned)choice;
    return true;
}

static bool decode_value(const struct field *field, const struct shape_member *member, void *at) {
    struct event *event = field->context->event;
    switch ((enum shape_kind)member->kind) {
    case SHAPE_TEXT: return field_text(field, member->max, at);
    case SHAPE_TOKEN: return field_token(field, member->min, member->max, member->classes, at);
    case SHAPE_PLACE: return field_place(field, at);
    case SHAPE_CONTAINER: return field_container(field, at);
    case SHAPE_SIZE_TYPE: return field_size_type(field, at);
    case SHAPE_HS: return field_hs(field, at);
    case SHAPE_DATE: return field_date(field, at);
    /* The other train's date must be one, but nobody counts in its days. */
    case SHAPE_OTHER: return decode_train(field, at, &(int32_t){0});
    case SHAPE_TRAIN: return decode_train(field, &event->train_key, &event->train_date_days);
    case SHAPE_CHOICE: return decode_choice(field, member, at);
    case SHAPE_BOOLEAN: return field_boolean(field, at);
    case SHAPE_TIME: return field_time(field, at);
    case SHAPE_COUNT: return field_count(field, member->min, member->max, at);
    case SHAPE_MASS: return field_decimal(field, DECIMAL_MASS_DIGITS, DECIMAL_MASS_PLACES, at);
    case SHAPE_MONEY: return field_decimal(field, DECIMAL_MONEY_DIGITS, DECIMAL_MONEY_PLACES, at);
    case SHAPE_DEGREES: return field_degrees(field, (int)member->max, at);
    case SHAPE_OBJECT: return decode_object(field, member->of, at);
    case SHAPE_LIST: return decode_list(field, member, at);
    }
    return false;
}

/* The set last: a value that breaks its own rule is told as that, not as a repeat. */
static bool decode_member(const struct field *field, const struct shape_member *member, void *out) {
    void *at = shape_at(out, member->offset);
    if (!decode_value(field, member, at)) {
        return false;
    }
    if (member->has != 0) {
        *(bool *)shape_at(out, member->has) = true;
    }
    return member->set == SET_NONE || check_once(field, member, at);
}

/* Absent members stay zero: texts without data, false, 0. */
static bool decode_object(const struct field *object, const struct shape *shape, void *out) {
    struct field fields[SHAPE_MEMBERS_MAX];
    memset(out, 0, shape->bytes);
    if (shape->scalar) {
        return decode_member(object, &shape->members[0], out);
    }
    if (!field_members(object, shape->members, shape->count, fields)) {
        return false;
    }
    for (size_t i = 0; i < shape->count; i++) {
        const struct shape_member *member = &shape->members[i];
        if (!field_is_absent(&fields[i])) {
            if (!decode_member(&fields[i], member, out)) {
                return false;
            }
            /* A default that a fact keeps as if it had been written, so goods with and without it are one line
             * (contract 2.10, 5.5). */
        } else if (member->fallback != NULL) {
            *(struct slice *)shape_at(out, member->offset) = slice_of(member->fallback);
        }
    }
    /* After all rows, since a rule over several members needs each of them to be right by itself. */
    return shape->finish == NULL || shape->finish(object->context, fields, out);
}

bool decode_data(const struct field *data, struct event *event) {
    if (!decode_object(data, &EVENT_TYPES[event->type].data, &event->data)) {
        return false;
    }
    event->registers = registers_of(event->type, &event->data);
    return true;
}
