/* The checkers that decoding is made of: members of an object, elements of a list, and values by their rules (contract
 * 1 and 2). Internal to event/. Whoever returns false has filled the message's reject. */
#ifndef CARAVAN_EVENT_FIELD_H
#define CARAVAN_EVENT_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "event/classes.h"
#include "event/event.h"
#include "event/json.h"
#include "event/reject.h"
#include "event/shape.h"

/* A set of strings, to find repeats in linear time whatever a sender chooses. All zero: nothing in it. */
struct field_set {
    struct slice *slots; /* count is a power of two, or 0 */
    size_t slot_count, used;
};

/* What reading one message needs. */
struct field_context {
    struct arena *arena;
    struct reject *reject;
    uint64_t seed; /* of the sets */
    struct event *event;
    struct field_set sets[SET_COUNT];
};

/* A value of the message and where it stands: a chain on the C stack up to the root, so a field lives no longer than
 * the one it is in. The chain becomes text only when something is wrong. */
struct field {
    struct field_context *context;
    const struct json_value *value; /* NULL: absent */
    const struct field *up;         /* NULL: the root */
    const char *name;               /* as a member; NULL: an element, or the root */
    size_t index;                   /* as an element */
};

static inline bool field_is_absent(const struct field *field) {
    return field->value == NULL;
}

/* Turns the message away: the pointer is the field's (where an absent one should stand). Always false. */
__attribute__((format(printf, 3, 4))) bool field_fail(const struct field *field, enum reject_reason reason,
                                                      const char *format, ...);

/* Finds the named members of what must be an object: fields[i] is members[i], absent where it has no name. Fails for a
 * repeated named member and an absent required one, null being absent; others are ignored. */
bool field_members(const struct field *object, const struct shape_member *members, size_t count, struct field *fields);
bool field_object(const struct field *field);

/* The way through an array, in order. */
struct field_walk {
    const struct field *array;
    struct json_walk json;
    size_t count; /* all its elements */
    size_t next;  /* index */
};
/* Begins at an array of min..max elements; longer is LIMIT_EXCEEDED. */
bool field_array(const struct field *field, size_t min, size_t max, struct field_walk *walk);
/* False at the end. */
bool field_step(struct field_walk *walk, struct field *element);

/* Text of 1..max bytes without control characters. */
bool field_text(const struct field *field, size_t max, struct slice *out);

/* The class of an ASCII character; 0: none of them. */
unsigned text_class(char c);
bool text_is_waybill(struct slice text);
bool text_is_container(struct slice text);
/* Text of min..max bytes, all of the classes. */
bool field_token(const struct field *field, size_t min, size_t max, unsigned classes, struct slice *out);
bool field_waybill(const struct field *field, struct slice *out);
bool field_place(const struct field *field, struct slice *out);
/* By its form alone; whether it is regular is for the record to say. */
bool field_container(const struct field *field, struct slice *out);
bool field_size_type(const struct field *field, struct slice *out);
bool field_hs(const struct field *field, struct slice *out);
/* One of `count` names; *out is its index. */
bool field_choice(const struct field *field, const char *const *names, int count, int *out);
bool field_boolean(const struct field *field, bool *out);
bool field_time(const struct field *field, int64_t *out_ms);
bool field_date(const struct field *field, struct event_date *out);
/* A JSON number, by its value: from 0, below 10^whole_digits, exactly in 10^-places. */
bool field_decimal(const struct field *field, int whole_digits, int places, uint64_t *out);
/* A whole number, min..max. */
bool field_count(const struct field *field, uint32_t min, uint32_t max, uint32_t *out);
/* -limit..limit degrees, in millionths, cut off there. */
bool field_degrees(const struct field *field, int limit, int32_t *out);

/* False when it was in already. */
bool field_set_add(struct field_context *context, enum shape_set set, struct slice text);

#endif
