#include "support/other_json.h"

#include <jansson.h>
#include <stdint.h>

static json_t *inside(const struct other_json *value) {
    return (json_t *)(uintptr_t)value;
}

static struct other_json *outside(json_t *value) {
    return (struct other_json *)(void *)value;
}

enum other_verdict other_json_parse(struct slice text, struct other_json **out) {
    json_error_t error;
    json_t *root = json_loadb(text.data, text.len, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, &error);
    *out = outside(root);
    if (root != NULL) {
        return OTHER_TAKES;
    }
    switch (json_error_code(&error)) {
    case json_error_numeric_overflow: return OTHER_NUMBER_OVERFLOW;
    case json_error_null_byte_in_key: return OTHER_NUL_IN_NAME;
    default: return OTHER_REFUSES;
    }
}

void other_json_free(struct other_json *value) {
    json_decref(inside(value));
}

struct other_json *other_json_null(void) {
    return outside(json_null());
}

struct other_json *other_json_boolean(bool value) {
    return outside(json_boolean(value));
}

struct other_json *other_json_number(double value) {
    return outside(json_real(value));
}

struct other_json *other_json_text(struct slice text) {
    return outside(json_stringn(text.len == 0 ? "" : text.data, text.len));
}

struct other_json *other_json_array(void) {
    return outside(json_array());
}

struct other_json *other_json_object(void) {
    return outside(json_object());
}

bool other_json_append(struct other_json *array, struct other_json *value) {
    return json_array_append_new(inside(array), inside(value)) == 0;
}

bool other_json_set(struct other_json *object, struct slice name, struct other_json *value) {
    return json_object_setn_new(inside(object), name.len == 0 ? "" : name.data, name.len, inside(value)) == 0;
}

bool other_json_equal(const struct other_json *a, const struct other_json *b) {
    return json_equal(inside(a), inside(b)) == 1;
}
