/* Each checker says the rule in the sentence when it fails, and where: the chain of fields up to the root is the
 * pointer. A field is a few words on the stack, so a deep one costs no more than a shallow one. */
#include "event/field.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/decimal.h"
#include "base/hash.h"
#include "base/timestamp.h"
#include "event/container.h"
#include "event/shape_text.h"

/* The largest count, 10^9, has ten digits (contract 1.3). */
enum { COUNT_DIGITS = 10, CONTROL_LAST = 0x1F, CONTROL_DELETE = 0x7F, SET_SLOTS_MIN = 8 };

/* ---- failing */

/* What does not fit is left out: pointers are cut, never refused. */
static void append(char *out, size_t *len, char c) {
    if (*len < REJECT_POINTER_BYTES_MAX) {
        out[(*len)++] = c;
    }
}

/* Writes the pointer of a field (RFC 6901) behind *len. Member names here hold neither ~ nor /. */
static void write_pointer(const struct field *field, char *out, size_t *len) {
    if (field->up == NULL) {
        return;
    }
    write_pointer(field->up, out, len);
    char index[24];
    snprintf(index, sizeof index, "%zu", field->index);
    append(out, len, '/');
    for (const char *at = field->name != NULL ? field->name : index; *at != '\0'; at++) {
        append(out, len, *at);
    }
}

/* Only here does the chain of fields become text, so a good message pays nothing for it. */
bool field_fail(const struct field *field, enum reject_reason reason, const char *format, ...) {
    char pointer[REJECT_POINTER_BYTES_MAX + 1];
    char message[REJECT_FORMATTED_BYTES];
    size_t len = 0;
    va_list args;
    write_pointer(field, pointer, &len);
    pointer[len] = '\0';
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    reject_set(field->context->reject, reason, pointer, "%s", message);
    return false;
}

static const char *shown_name(const struct field *field) {
    return field->name != NULL ? field->name : "an element";
}

static bool bad(const struct field *field, const char *rule) {
    return field_fail(field, REJECT_BAD_FIELD, "%s must be %s", shown_name(field), rule);
}

/* ---- objects and lists */

/* Where the member of this name stands among the rows; `count` when no row names it. Names are few and short, so
 * looking at each beats any table; senders mostly write them in the contract's order, so the search begins behind the
 * last one found. */
static size_t find_member(const struct shape_member *members, size_t count, size_t from, struct slice name) {
    for (size_t step = 0; step < count; step++) {
        size_t i = from + step < count ? from + step : from + step - count;
        const struct shape_member *member = &members[i];
        if (name.len == member->name_len && member->name != NULL &&
            (name.len == 0 || name.data[0] == member->name[0]) && memcmp(name.data, member->name, name.len) == 0) {
            return i;
        }
    }
    return count;
}

bool field_object(const struct field *field) {
    return json_kind(field->value) == JSON_OBJECT || bad(field, "an object");
}

/* Lets fields[i] be members[i] of the object, and fails for one that stands there twice. */
static bool find_members(const struct field *object, const struct shape_member *members, size_t count,
                         struct field *fields) {
    struct json_walk walk = json_walk(object->value);
    struct slice name;
    const struct json_value *value;
    size_t next = 0;
    for (size_t i = 0; i < count; i++) {
        fields[i].context = object->context;
        fields[i].value = NULL;
        fields[i].up = object;
        fields[i].name = members[i].name;
    }
    while (json_step(&walk, &name, &value)) {
        size_t i = find_member(members, count, next, name);
        if (i == count) {
            continue;
        }
        next = i + 1;
        if (!field_is_absent(&fields[i])) {
            return field_fail(&fields[i], REJECT_DUPLICATE_MEMBER, "%s appears twice", members[i].name);
        }
        fields[i].value = value;
    }
    return true;
}

/* Contract 1.9: a repeat first, since after it nobody knows which of the two was meant. */
bool field_members(const struct field *object, const struct shape_member *members, size_t count, struct field *fields) {
    if (!field_object(object) || !find_members(object, members, count, fields)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        /* Many serialisers write null for what they have not. */
        if (!field_is_absent(&fields[i]) && json_kind(fields[i].value) == JSON_NULL) {
            fields[i].value = NULL;
        }
        if (field_is_absent(&fields[i])) {
            if (members[i].required && members[i].name != NULL) {
                return field_fail(&fields[i], REJECT_MISSING_FIELD, "%s is missing", members[i].name);
            }
        }
    }
    return true;
}

/* Too long is told before any element is looked at (contract 8.3), so a hostile list costs nothing. */
bool field_array(const struct field *field, size_t min, size_t max, struct field_walk *walk) {
    if (json_kind(field->value) != JSON_ARRAY) {
        return bad(field, "an array");
    }
    *walk = (struct field_walk){field, json_walk(field->value), json_count(field->value), 0};
    if (walk->count > max) {
        return field_fail(field, REJECT_LIMIT_EXCEEDED, "%s has %zu elements; at most %zu are allowed", field->name,
                          walk->count, max);
    }
    return walk->count >= min ||
           field_fail(field, REJECT_BAD_FIELD, "%s must have %zu to %zu elements", field->name, min, max);
}

/* An array's element has an index and no name, which is how a pointer tells them apart. */
bool field_step(struct field_walk *walk, struct field *element) {
    struct slice name;
    *element = (struct field){walk->array->context, NULL, walk->array, NULL, walk->next++};
    return json_step(&walk->json, &name, &element->value);
}

static void put_slot(struct field_set *set, uint64_t seed, struct slice text) {
    size_t at = (size_t)hash_seeded(text, seed) & (set->slot_count - 1);
    while (set->slots[at].data != NULL) {
        at = (at + 1) & (set->slot_count - 1);
    }
    set->slots[at] = text;
}

/* By four, since the old slots stay in the arena: all of them together are a third of the last. */
static void grow_set(struct field_set *set, struct field_context *context) {
    struct field_set grown = {.slot_count = set->slot_count == 0 ? SET_SLOTS_MIN : set->slot_count * 4,
                              .used = set->used};
    grown.slots = arena_zeroed(context->arena, grown.slot_count, sizeof *grown.slots);
    for (size_t i = 0; i < set->slot_count; i++) {
        if (set->slots[i].data != NULL) {
            put_slot(&grown, context->seed, set->slots[i]);
        }
    }
    *set = grown;
}

/* Open addressing, at most half full. */
bool field_set_add(struct field_context *context, enum shape_set which, struct slice text) {
    struct field_set *set = &context->sets[which];
    if (set->used * 2 >= set->slot_count) {
        grow_set(set, context);
    }
    size_t at = (size_t)hash_seeded(text, context->seed) & (set->slot_count - 1);
    while (set->slots[at].data != NULL) {
        if (slice_equal(set->slots[at], text)) {
            return false;
        }
        at = (at + 1) & (set->slot_count - 1);
    }
    set->slots[at] = text;
    set->used++;
    return true;
}

/* ---- strings */

/* Contract 1.1. Bytes from 0x80 on belong to characters of more than one byte and are none of these. */
static bool has_control(struct slice text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c <= CONTROL_LAST || c == CONTROL_DELETE) {
            return true;
        }
    }
    return false;
}

/* Contract 1.1: also an optional text has at least one byte. `max` counts bytes, not characters: what is stored is
 * bytes. */
bool field_text(const struct field *field, size_t max, struct slice *out) {
    if (json_kind(field->value) != JSON_STRING) {
        return bad(field, "a string");
    }
    *out = json_text(field->value);
    if (out->len == 0 || out->len > max) {
        return field_fail(field, REJECT_BAD_FIELD, "%s must have 1 to %zu bytes, not %zu", shown_name(field), max,
                          out->len);
    }
    return !has_control(*out) || bad(field, "text without control characters");
}

/* ASCII by comparison and not isupper and the like, which follow the locale. */
unsigned text_class(char c) {
    if (c >= 'A' && c <= 'Z') {
        return CLASS_UPPER;
    }
    if (c >= 'a' && c <= 'z') {
        return CLASS_LOWER;
    }
    if (c >= '0' && c <= '9') {
        return CLASS_DIGIT;
    }
    switch (c) {
    case '-': return CLASS_DASH;
    case '/': return CLASS_SLASH;
    case '.': return CLASS_DOT;
    case '_': return CLASS_UNDERSCORE;
    default: return 0;
    }
}

static bool is_of(struct slice text, unsigned classes) {
    for (size_t i = 0; i < text.len; i++) {
        if ((text_class(text.data[i]) & classes) == 0) {
            return false;
        }
    }
    return true;
}

/* The sentence lists the allowed characters, so that whoever reads it need not look for the rule. */
bool field_token(const struct field *field, size_t min, size_t max, unsigned classes, struct slice *out) {
    if (json_kind(field->value) != JSON_STRING) {
        return bad(field, "a string");
    }
    *out = json_text(field->value);
    if (out->len < min || out->len > max || !is_of(*out, classes)) {
        struct buffer allowed = {0};
        char least[32] = "";
        if (min < max) {
            snprintf(least, sizeof least, "%zu to ", min);
        }
        shape_write_classes(classes, &allowed);
        field_fail(field, REJECT_BAD_FIELD, "%s must be %s%zu characters of%.*s", shown_name(field), least, max,
                   (int)allowed.len, allowed.data);
        buffer_release(&allowed);
        return false;
    }
    return true;
}

enum { WAYBILL_BYTES_MAX = 70, WAYBILL_CLASSES = CLASS_UPPER | CLASS_DIGIT | CLASS_SLASH | CLASS_DASH };

bool text_is_waybill(struct slice text) {
    return text.len >= 1 && text.len <= WAYBILL_BYTES_MAX && is_of(text, WAYBILL_CLASSES);
}

bool field_waybill(const struct field *field, struct slice *out) {
    return field_token(field, 1, WAYBILL_BYTES_MAX, WAYBILL_CLASSES, out);
}

/* Contract 1.7: by its form. A list of ports would refuse those that open next year. */
bool field_place(const struct field *field, struct slice *out) {
    if (!field_token(field, PLACE_BYTES, PLACE_BYTES, CLASS_UPPER | CLASS_DIGIT, out)) {
        return false;
    }
    bool good = is_of((struct slice){out->data, 2}, CLASS_UPPER);
    for (size_t i = 2; i < PLACE_BYTES; i++) {
        good = good && out->data[i] != '0' && out->data[i] != '1';
    }
    return good || bad(field, "a UN/LOCODE: two letters, then three of A-Z and 2-9");
}

/* Contract 1.8. */
bool text_is_container(struct slice text) {
    return text.len == CONTAINER_NUMBER_BYTES && is_of((struct slice){text.data, 4}, CLASS_UPPER) &&
           is_of((struct slice){text.data + 4, 7}, CLASS_DIGIT);
}

bool field_container(const struct field *field, struct slice *out) {
    if (json_kind(field->value) != JSON_STRING) {
        return bad(field, "a string");
    }
    *out = json_text(field->value);
    return text_is_container(*out) || bad(field, "a container number: four letters, seven digits");
}

/* The first character decides how many TEU the container is (contract 5.6). */
bool field_size_type(const struct field *field, struct slice *out) {
    if (!field_token(field, 4, 4, CLASS_UPPER | CLASS_DIGIT, out)) {
        return false;
    }
    return container_teu(*out) != 0 || bad(field, "a size type that begins with 1-4, A-H or K-N or P");
}

/* Contract 2.10: six digits are the world's, eight to thirteen a customs' own. */
bool field_hs(const struct field *field, struct slice *out) {
    if (json_kind(field->value) != JSON_STRING) {
        return bad(field, "a string");
    }
    *out = json_text(field->value);
    bool length = out->len == 6 || out->len == 8 || out->len == 10 || out->len == 13;
    return (length && is_of(*out, CLASS_DIGIT)) || bad(field, "6, 8, 10 or 13 digits");
}

/* The names are the contract's, in lower case and compared as they are. */
bool field_choice(const struct field *field, const char *const *names, int count, int *out) {
    *out = json_kind(field->value) == JSON_STRING ? event_name_index(names, count, json_text(field->value)) : -1;
    if (*out >= 0) {
        return true;
    }
    char list[REJECT_MESSAGE_BYTES_MAX] = "";
    size_t len = 0;
    for (int i = 0; i < count && len < sizeof list; i++) {
        len += (size_t)snprintf(list + len, sizeof list - len, "%s%s", i == 0 ? "" : ", ", names[i]);
    }
    return field_fail(field, REJECT_BAD_FIELD, "%s must be one of %s", field->name, list);
}

/* ---- the rest */

bool field_boolean(const struct field *field, bool *out) {
    *out = json_kind(field->value) == JSON_TRUE;
    return *out || json_kind(field->value) == JSON_FALSE || bad(field, "true or false");
}

bool field_time(const struct field *field, int64_t *out_ms) {
    return (json_kind(field->value) == JSON_STRING && timestamp_parse(json_text(field->value), out_ms)) ||
           bad(field, "an RFC 3339 time of the years 2000 to 2099, such as 2020-12-18T09:14:07.123Z");
}

bool field_date(const struct field *field, struct event_date *out) {
    if (json_kind(field->value) != JSON_STRING || !date_parse(json_text(field->value), &out->days)) {
        return bad(field, "a calendar date YYYY-MM-DD of the years 2000 to 2099");
    }
    out->text = json_text(field->value);
    return true;
}

/* Never through a double: 0.1 kg twice must be 0.2 kg, and digests compare bytes. */
bool field_decimal(const struct field *field, int whole_digits, int places, uint64_t *out) {
    if (json_kind(field->value) == JSON_NUMBER && decimal_parse(json_number(field->value), whole_digits, places, out)) {
        return true;
    }
    return field_fail(field, REJECT_BAD_FIELD,
                      "%s must be a number from 0 on, below 10^%d, with at most %d digits behind the point",
                      field->name, whole_digits, places);
}

bool field_count(const struct field *field, uint32_t min, uint32_t max, uint32_t *out) {
    uint64_t number;
    if (json_kind(field->value) == JSON_NUMBER && decimal_parse(json_number(field->value), COUNT_DIGITS, 0, &number) &&
        number >= min && number <= max) {
        *out = (uint32_t)number;
        return true;
    }
    return field_fail(field, REJECT_BAD_FIELD, "%s must be a whole number from %u to %u", field->name, (unsigned)min,
                      (unsigned)max);
}

/* Contract 1.3. What is behind the sixth digit is cut off after the range was looked at: 90.0000001 is wrong, not
 * 90. */
bool field_degrees(const struct field *field, int limit, int32_t *out) {
    int64_t number;
    if (json_kind(field->value) == JSON_NUMBER &&
        decimal_parse_cut(json_number(field->value), limit, DECIMAL_DEGREE_PLACES, &number)) {
        *out = (int32_t)number;
        return true;
    }
    return field_fail(field, REJECT_BAD_FIELD, "%s must be a number from -%d to %d", field->name, limit, limit);
}
