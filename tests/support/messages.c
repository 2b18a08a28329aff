#include "support/messages.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "support/examples.h"
#include "workload/workload.h"

enum { TRAINS = 6, COUNT_MAX = 20000, MEMBERS_MAX = 64 };

static void add(struct messages *messages, struct slice text) {
    if (messages->count < COUNT_MAX && text.len <= MESSAGES_BYTES_MAX) {
        buffer_append_slice(&messages->items[messages->count++], text);
    }
}

static bool add_line(void *context, struct slice line) {
    add(context, (struct slice){line.data, line.len - 1});
    return true;
}

static void add_examples(struct messages *messages, const char *folder) {
    struct examples examples = {0};
    examples_read(&examples, folder);
    for (size_t i = 0; i < examples.count; i++) {
        add(messages, buffer_slice(&examples.items[i].text));
    }
    examples_release(&examples);
}

void messages_make(struct messages *messages) {
    struct workload_options options = workload_preset(PRESET_SMALL);
    struct workload_truth truth;
    struct random random = {1};
    *messages = (struct messages){alloc_zeroed(COUNT_MAX, sizeof *messages->items), 0};
    add_examples(messages, "valid");
    add_examples(messages, "invalid");
    for (int i = 0; i < MESSAGES_RANDOM_EVENTS; i++) {
        random_event(&random, &messages->items[messages->count++]);
    }
    workload_set_trains(&options, TRAINS);
    if (!workload_generate(&options, (struct workload_sink){add_line, messages}, &truth)) {
        abort();
    }
}

void messages_release(struct messages *messages) {
    for (size_t i = 0; i < messages->count; i++) {
        buffer_release(&messages->items[i]);
    }
    free(messages->items);
}

struct slice messages_pick(const struct messages *messages, struct random *random) {
    return buffer_slice(&messages->items[random_below(random, messages->count)]);
}

/* ---- written otherwise */

static void write_space(struct random *random, struct buffer *out) {
    static const char *const SPACES[] = {" ", "\n", "\t", "\r\n", "   "};
    if (random_below(random, 6) == 0) {
        buffer_append_text(out, SPACES[random_below(random, 5)]);
    }
}

static void write_string(struct slice text, struct random *random, struct buffer *out) {
    bool escape = random_below(random, 4) == 0;
    buffer_append_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c < ' ' || (escape && c < 0x80 && random_below(random, 3) == 0)) {
            buffer_printf(out, "\\u%04x", (unsigned)c);
        } else {
            buffer_append_text(out, c == '"' || c == '\\' ? "\\" : "");
            buffer_append_byte(out, (char)c);
        }
    }
    buffer_append_byte(out, '"');
}

static void write_comma(bool *any, struct buffer *out) {
    buffer_append_text(out, *any ? "," : "");
    *any = true;
}

static void write_more(struct random *random, bool *any, struct buffer *out) {
    static const char *const MORE[] = {
        "\"wagon\":null", "\"load\" : null", "\"x\":[1,-2.5e3,{\"y\":[[],{}]},\"\\u00e9\\n\"]",
        "\"\":true",      "\"seal\":null",   "\"ext\":{\"a\":null,\"b\":\"\xe4\xb8\xad\"}"};
    if (random_below(random, 8) == 0) {
        write_comma(any, out);
        buffer_append_text(out, MORE[random_below(random, 6)]);
    }
}

static void write_members(const struct json_value *value, struct random *random, struct buffer *out) {
    struct slice names[MEMBERS_MAX];
    const struct json_value *values[MEMBERS_MAX];
    size_t order[MEMBERS_MAX], count = 0;
    bool any = false;
    struct json_walk walk = json_walk(value);
    while (count < MEMBERS_MAX && json_step(&walk, &names[count], &values[count])) {
        count++;
    }
    random_order(random, order, count);
    for (size_t i = 0; i < count; i++) {
        write_more(random, &any, out);
        write_comma(&any, out);
        write_space(random, out);
        write_string(names[order[i]], &(struct random){1}, out);
        write_space(random, out);
        buffer_append_byte(out, ':');
        messages_rewrite(values[order[i]], random, out);
    }
}

static void write_elements(const struct json_value *value, struct random *random, struct buffer *out) {
    struct slice name;
    const struct json_value *element;
    struct json_walk walk = json_walk(value);
    bool any = false;
    while (json_step(&walk, &name, &element)) {
        write_comma(&any, out);
        messages_rewrite(element, random, out);
    }
}

void messages_rewrite(const struct json_value *value, struct random *random, struct buffer *out) {
    write_space(random, out);
    switch (json_kind(value)) {
    case JSON_NULL: buffer_append_text(out, "null"); break;
    case JSON_FALSE: buffer_append_text(out, "false"); break;
    case JSON_TRUE: buffer_append_text(out, "true"); break;
    case JSON_NUMBER: buffer_append_slice(out, json_number(value)); break;
    case JSON_STRING: write_string(json_text(value), random, out); break;
    case JSON_ARRAY:
        buffer_append_byte(out, '[');
        write_elements(value, random, out);
        buffer_append_byte(out, ']');
        break;
    case JSON_OBJECT:
        buffer_append_byte(out, '{');
        write_members(value, random, out);
        buffer_append_byte(out, '}');
        break;
    }
    write_space(random, out);
}
