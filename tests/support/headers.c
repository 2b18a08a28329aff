#include "support/headers.h"

#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static struct slice copy(struct slice text) {
    return text.data == NULL ? text : (struct slice){alloc_copy(text.data, text.len), text.len};
}

void headers_add(struct headers *headers, struct slice name, struct slice value) {
    assert(headers->count < HEADERS_MAX);
    headers->of[headers->count++] = (struct message_header){copy(name), copy(value)};
}

void headers_add_text(struct headers *headers, const char *text) {
    const char *equals = strchr(text, '=');
    struct slice none = {NULL, 0};
    if (equals == NULL) {
        headers_add(headers, slice_of(text), none);
    } else {
        headers_add(headers, (struct slice){text, (size_t)(equals - text)}, slice_of(equals + 1));
    }
}

struct headers *headers_copy(const struct headers *headers) {
    if (headers == NULL) {
        return NULL;
    }
    struct headers *out = alloc_zeroed(1, sizeof *out);
    for (size_t i = 0; i < headers->count; i++) {
        headers_add(out, headers->of[i].name, headers->of[i].value);
    }
    return out;
}

void headers_drop(struct headers *headers) {
    struct message_header *last = &headers->of[--headers->count];
    free((char *)(uintptr_t)last->name.data);
    free((char *)(uintptr_t)last->value.data);
}

void headers_clear(struct headers *headers) {
    while (headers->count > 0) {
        headers_drop(headers);
    }
}

void headers_free(struct headers *headers) {
    if (headers != NULL) {
        headers_clear(headers);
        free(headers);
    }
}

size_t headers_of(const struct message *message, struct arena *arena, const struct message_header **out) {
    const struct headers *headers = message->owner;
    (void)arena;
    *out = headers == NULL ? NULL : headers->of;
    return headers == NULL ? 0 : headers->count;
}

/* The object that begins at `at`, up to its own closing brace. */
static struct slice object_at(const char *at) {
    const char *end = at;
    int depth = 0;
    bool quoted = false;
    do {
        if (*end == '"') {
            quoted = !quoted;
        } else if (quoted && *end == '\\') {
            end++;
        } else if (!quoted) {
            depth += (*end == '{') - (*end == '}');
        }
        end++;
    } while (depth > 0);
    return (struct slice){at, (size_t)(end - at)};
}

struct slice headers_from_event(struct slice event, struct headers *headers) {
    static const char *const names[][2] = {{"specversion", "ce_specversion"},
                                           {"id", "ce_id"},
                                           {"source", "ce_source"},
                                           {"type", "ce_type"},
                                           {"time", "ce_time"},
                                           {"datacontenttype", "content-type"}};
    static const char data[] = "\"data\":{";
    json_t *root = json_loadb(event.data, event.len, 0, NULL);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const json_t *value = json_object_get(root, names[i][0]);
        if (value != NULL) {
            headers_add(headers, slice_of(names[i][1]),
                        (struct slice){json_string_value(value), json_string_length(value)});
        }
    }
    json_decref(root);
    const char *at = memmem(event.data, event.len, data, sizeof data - 1);
    assert(at != NULL);
    return object_at(at + sizeof data - 2);
}
