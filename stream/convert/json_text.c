/* Parsing keeps no positions, so what one event of a large document was cannot be cut out of its bytes. */
#include "convert/json_text.h"

#include "encode/json_put.h"

/* A document nests at most JSON_DEPTH_MAX levels, and so does this. */
static void put_container(struct buffer *out, const struct json_value *value) {
    struct slice name;
    const struct json_value *item;
    bool object = json_kind(value) == JSON_OBJECT;
    buffer_append_byte(out, object ? '{' : '[');
    for (struct json_walk walk = json_walk(value); json_step(&walk, &name, &item);) {
        if (object) {
            json_put_name(out, name);
        } else {
            json_put_next(out);
        }
        json_text_put(out, item);
    }
    buffer_append_byte(out, object ? '}' : ']');
}

void json_text_put(struct buffer *out, const struct json_value *value) {
    switch (json_kind(value)) {
    case JSON_NULL: JSON_PUT(out, "null"); break;
    case JSON_FALSE: json_put_bool(out, false); break;
    case JSON_TRUE: json_put_bool(out, true); break;
    case JSON_NUMBER: buffer_append_slice(out, json_number(value)); break;
    case JSON_STRING: json_put_text(out, json_text(value)); break;
    case JSON_ARRAY:
    case JSON_OBJECT: put_container(out, value); break;
    }
}
