#include "event/fields.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/decimal.h"
#include "base/hash.h"
#include "base/timestamp.h"

enum { COUNT_DIGITS = 10, DEGREE_DIGITS = 3, CONTROL_LAST = 0x1F, CONTROL_DELETE = 0x7F };

/* ---- failing */

static void append(char *out, size_t *len, char c) {
    if (*len < REJECT_POINTER_BYTES_MAX) {
        out[(*len)++] = c;
    }
}

/* Writes the pointer of `path` (RFC 6901) behind *len. Member names here hold neither ~ nor /. */
static void write_pointer(const struct fields_path *path, char *out, size_t *len) {
    if (path == NULL) {
        return;
    }
    write_pointer(path->up, out, len);
    char index[24];
    snprintf(index, sizeof index, "%zu", path->index);
    append(out, len, '/');
    for (const char *at = path->name != NULL ? path->name : index; *at != '\0'; at++) {
        append(out, len, *at);
    }
}

bool fields_fail(struct fields_context *ctx, enum reject_reason reason, const struct fields_path *path,
                 const char *format, ...) {
    char pointer[REJECT_POINTER_BYTES_MAX + 1];
    char message[REJECT_MESSAGE_BYTES_MAX + 1];
    size_t len = 0;
    va_list args;
    write_pointer(path, pointer, &len);
    pointer[len] = '\0';
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    reject_set(ctx->reject, reason, pointer, "%s", message);
    return false;
}

static bool bad(struct fields_context *ctx, const struct fields_path *path, const char *rule) {
    return fields_fail(ctx, REJECT_BAD_FIELD, path, "%s must be %s", path->name != NULL ? path->name : "an element",
                       rule);
}

/* ---- objects and lists */

static size_t find_member(const struct fields_member *members, size_t count, struct slice name) {
    for (size_t i = 0; i < count; i++) {
        if (name.len == members[i].len && memcmp(name.data, members[i].name, name.len) == 0) {
            return i;
        }
    }
    return count;
}

bool fields_collect(struct fields_context *ctx, const struct json_value *object, const struct fields_path *path,
                    const struct fields_member *members, size_t count, const struct json_value **values) {
    struct json_walk walk = json_walk(object);
    struct slice name;
    const struct json_value *value;
    memset(values, 0, count * sizeof *values);
    while (json_step(&walk, &name, &value)) {
        size_t i = find_member(members, count, name);
        if (i == count) {
            continue;
        }
        if (values[i] != NULL) {
            return fields_fail(ctx, REJECT_DUPLICATE_MEMBER, FIELDS_MEMBER(path, members[i].name), "%s appears twice",
                               members[i].name);
        }
        values[i] = value;
    }
    for (size_t i = 0; i < count; i++) {
        if (values[i] == NULL && members[i].required) {
            return fields_fail(ctx, REJECT_MISSING_FIELD, FIELDS_MEMBER(path, members[i].name), "%s is missing",
                               members[i].name);
        }
        if (values[i] != NULL && json_kind(values[i]) == JSON_NULL) {
            return fields_fail(ctx, REJECT_BAD_FIELD, FIELDS_MEMBER(path, members[i].name), "%s must not be null",
                               members[i].name);
        }
    }
    return true;
}

bool fields_object(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path) {
    return json_kind(value) == JSON_OBJECT || bad(ctx, path, "an object");
}

bool fields_array(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                  size_t min, size_t max) {
    if (json_kind(value) != JSON_ARRAY) {
        return bad(ctx, path, "an array");
    }
    if (json_count(value) > max) {
        return fields_fail(ctx, REJECT_LIMIT_EXCEEDED, path, "%s has %zu elements; at most %zu are allowed", path->name,
                           json_count(value), max);
    }
    return json_count(value) >= min ||
           fields_fail(ctx, REJECT_BAD_FIELD, path, "%s must have %zu to %zu elements", path->name, min, max);
}

struct fields_set fields_set_new(struct fields_context *ctx, size_t count_max) {
    size_t slots = 4;
    while (slots < count_max * 2) {
        slots *= 2;
    }
    return (struct fields_set){arena_zeroed(ctx->arena, slots, sizeof(struct slice)), slots - 1};
}

bool fields_set_add(struct fields_context *ctx, struct fields_set *set, struct slice text) {
    size_t at = (size_t)hash_seeded(text, ctx->seed) & set->mask;
    while (set->slots[at].data != NULL) {
        if (slice_equal(set->slots[at], text)) {
            return false;
        }
        at = (at + 1) & set->mask;
    }
    set->slots[at] = text;
    return true;
}

/* ---- strings */

static bool has_control(struct slice text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c <= CONTROL_LAST || c == CONTROL_DELETE) {
            return true;
        }
    }
    return false;
}

bool fields_text(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path, size_t max,
                 struct slice *out) {
    if (json_kind(value) != JSON_STRING) {
        return bad(ctx, path, "a string");
    }
    *out = json_text(value);
    if (out->len == 0 || out->len > max) {
        return fields_fail(ctx, REJECT_BAD_FIELD, path, "%s must have 1 to %zu bytes, not %zu",
                           path->name != NULL ? path->name : "an element", max, out->len);
    }
    return !has_control(*out) || bad(ctx, path, "text without control characters");
}

static unsigned class_of(char c) {
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
        if ((class_of(text.data[i]) & classes) == 0) {
            return false;
        }
    }
    return true;
}

bool fields_token(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                  size_t min, size_t max, unsigned classes, struct slice *out) {
    if (json_kind(value) != JSON_STRING) {
        return bad(ctx, path, "a string");
    }
    *out = json_text(value);
    if (out->len < min || out->len > max || !is_of(*out, classes)) {
        char least[32] = "";
        if (min < max) {
            snprintf(least, sizeof least, "%zu to ", min);
        }
        return fields_fail(ctx, REJECT_BAD_FIELD, path, "%s must be %s%zu characters of%s%s%s%s%s%s%s",
                           path->name != NULL ? path->name : "an element", least, max,
                           classes & CLASS_UPPER ? " A-Z" : "", classes & CLASS_LOWER ? " a-z" : "",
                           classes & CLASS_DIGIT ? " 0-9" : "", classes & CLASS_DASH ? " -" : "",
                           classes & CLASS_SLASH ? " /" : "", classes & CLASS_DOT ? " ." : "",
                           classes & CLASS_UNDERSCORE ? " _" : "");
    }
    return true;
}

bool fields_waybill(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                    struct slice *out) {
    return fields_token(ctx, value, path, 1, 32, CLASS_UPPER | CLASS_DIGIT | CLASS_SLASH | CLASS_DASH, out);
}

bool fields_wagon(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                  struct slice *out) {
    return fields_token(ctx, value, path, 1, 16, CLASS_UPPER | CLASS_DIGIT | CLASS_DASH, out);
}

bool fields_place(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                  struct slice *out) {
    if (!fields_token(ctx, value, path, PLACE_BYTES, PLACE_BYTES, CLASS_UPPER | CLASS_DIGIT, out)) {
        return false;
    }
    bool good = is_of((struct slice){out->data, 2}, CLASS_UPPER);
    for (size_t i = 2; i < PLACE_BYTES; i++) {
        good = good && out->data[i] != '0' && out->data[i] != '1';
    }
    return good || bad(ctx, path, "a UN/LOCODE: two letters, then three of A-Z and 2-9");
}

/* ISO 6346: letters count 10, 12, 13 ... 38 (no multiples of 11), weights double from the left. */
static int check_digit(const char *number) {
    int sum = 0;
    for (int i = 0; i < 10; i++) {
        int value = number[i] - '0';
        if (i < 4) {
            value = 10 + (number[i] - 'A');
            value += (value >= 11) + (value >= 21) + (value >= 31);
        }
        sum += value << i;
    }
    return sum % 11 % 10;
}

bool fields_container(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                      struct slice *out) {
    if (json_kind(value) != JSON_STRING) {
        return bad(ctx, path, "a string");
    }
    *out = json_text(value);
    bool good = out->len == CONTAINER_NUMBER_BYTES && is_of((struct slice){out->data, 4}, CLASS_UPPER) &&
                (out->data[3] == 'U' || out->data[3] == 'J' || out->data[3] == 'Z') &&
                is_of((struct slice){out->data + 4, 7}, CLASS_DIGIT);
    if (!good) {
        return bad(ctx, path, "a container number of ISO 6346: three letters, U, J or Z, seven digits");
    }
    return check_digit(out->data) == out->data[10] - '0' ||
           fields_fail(ctx, REJECT_BAD_FIELD, path, "the check digit of container %.*s must be %d", (int)out->len,
                       out->data, check_digit(out->data));
}

bool fields_size_type(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                      struct slice *out) {
    if (!fields_token(ctx, value, path, 4, 4, CLASS_UPPER | CLASS_DIGIT, out)) {
        return false;
    }
    return memchr("1234LM", out->data[0], 6) != NULL ||
           bad(ctx, path, "a size type that begins with 1, 2, 3, 4, L or M");
}

bool fields_hs(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
               struct slice *out) {
    if (json_kind(value) != JSON_STRING) {
        return bad(ctx, path, "a string");
    }
    *out = json_text(value);
    bool length = out->len == 6 || out->len == 8 || out->len == 10 || out->len == 13;
    return (length && is_of(*out, CLASS_DIGIT)) || bad(ctx, path, "6, 8, 10 or 13 digits");
}

bool fields_choice(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                   const char *const *names, int count, int *out) {
    *out = json_kind(value) == JSON_STRING ? event_name_index(names, count, json_text(value)) : -1;
    if (*out >= 0) {
        return true;
    }
    char list[REJECT_MESSAGE_BYTES_MAX] = "";
    size_t len = 0;
    for (int i = 0; i < count && len < sizeof list; i++) {
        len += (size_t)snprintf(list + len, sizeof list - len, "%s%s", i == 0 ? "" : ", ", names[i]);
    }
    return fields_fail(ctx, REJECT_BAD_FIELD, path, "%s must be one of %s", path->name, list);
}

/* ---- the rest */

bool fields_boolean(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                    bool *out) {
    *out = json_kind(value) == JSON_TRUE;
    return *out || json_kind(value) == JSON_FALSE || bad(ctx, path, "true or false");
}

bool fields_time(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                 int64_t *out_ms) {
    return (json_kind(value) == JSON_STRING && timestamp_parse(json_text(value), out_ms)) ||
           bad(ctx, path, "an RFC 3339 time of the years 2000 to 2099, such as 2020-12-18T09:14:07.123Z");
}

bool fields_date(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                 struct slice *out, int32_t *out_days) {
    if (json_kind(value) != JSON_STRING || !date_parse(json_text(value), out_days)) {
        return bad(ctx, path, "a calendar date YYYY-MM-DD of the years 2000 to 2099");
    }
    *out = json_text(value);
    return true;
}

bool fields_decimal(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                    int whole_digits, int places, uint64_t *out) {
    if (json_kind(value) == JSON_NUMBER && decimal_parse(json_number(value), whole_digits, places, out)) {
        return true;
    }
    return fields_fail(
        ctx, REJECT_BAD_FIELD, path,
        "%s must be a number without sign and exponent, below 10^%d, with at most %d digits behind the point",
        path->name, whole_digits, places);
}

bool fields_count(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                  uint32_t min, uint32_t max, uint32_t *out) {
    uint64_t number;
    if (json_kind(value) == JSON_NUMBER && decimal_parse(json_number(value), COUNT_DIGITS, 0, &number) &&
        number >= min && number <= max) {
        *out = (uint32_t)number;
        return true;
    }
    return fields_fail(ctx, REJECT_BAD_FIELD, path, "%s must be an integer from %u to %u", path->name, (unsigned)min,
                       (unsigned)max);
}

bool fields_degrees(struct fields_context *ctx, const struct json_value *value, const struct fields_path *path,
                    int limit, int32_t *out) {
    int64_t number;
    int64_t bound = (int64_t)limit * 1000000;
    if (json_kind(value) == JSON_NUMBER &&
        decimal_parse_signed(json_number(value), DEGREE_DIGITS, DECIMAL_DEGREE_PLACES, &number) && number >= -bound &&
        number <= bound) {
        *out = (int32_t)number;
        return true;
    }
    return fields_fail(ctx, REJECT_BAD_FIELD, path,
                       "%s must be a number from -%d to %d with at most 6 digits behind the point", path->name, limit,
                       limit);
}
