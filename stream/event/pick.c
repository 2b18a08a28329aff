/* For documents that others wrote, maybe by another version: nothing is required, and nothing that is wrong is an
 * error. The first member of a name counts. */
#include "event/pick.h"

const struct json_value *pick(const struct json_value *object, const char *name) {
    struct slice found;
    const struct json_value *value;
    if (object != NULL && json_kind(object) == JSON_OBJECT) {
        for (struct json_walk walk = json_walk(object); json_step(&walk, &found, &value);) {
            if (slice_equal(found, slice_of(name))) {
                return value;
            }
        }
    }
    return NULL;
}

/* Numbers as they are written: 128 bits of a sum would not fit into any type of JSON libraries (contract 1.4). */
struct slice pick_text_of(const struct json_value *value) {
    if (value != NULL && json_kind(value) == JSON_STRING) {
        return json_text(value);
    }
    return value != NULL && json_kind(value) == JSON_NUMBER ? json_number(value) : SLICE("");
}

struct slice pick_text(const struct json_value *object, const char *name) {
    return pick_text_of(pick(object, name));
}

bool pick_flag(const struct json_value *object, const char *name) {
    const struct json_value *value = pick(object, name);
    return value != NULL && json_kind(value) == JSON_TRUE;
}

struct json_walk pick_walk(const struct json_value *object, const char *name) {
    const struct json_value *value = pick(object, name);
    bool list = value != NULL && (json_kind(value) == JSON_ARRAY || json_kind(value) == JSON_OBJECT);
    return list ? json_walk(value) : (struct json_walk){0};
}

size_t pick_count(const struct json_value *object, const char *name) {
    return pick_walk(object, name).left;
}
