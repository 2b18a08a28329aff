#include "event/envelope.h"

#include <strings.h>

#include "base/utf8.h"

#define ATTRIBUTE(literal)                                                                                             \
    { .name = (literal), .name_len = sizeof(literal) - 1, .required = true }

/* Contract 2.4. Other attributes and extensions are members like any other: ignored. */
static const struct shape_member ENVELOPE[ENVELOPE_COUNT] = {
    [ENVELOPE_SPECVERSION] = ATTRIBUTE("specversion"),
    [ENVELOPE_ID] = ATTRIBUTE("id"),
    [ENVELOPE_SOURCE] = ATTRIBUTE("source"),
    [ENVELOPE_TYPE] = ATTRIBUTE("type"),
    [ENVELOPE_TIME] = ATTRIBUTE("time"),
    [ENVELOPE_DATA] = ATTRIBUTE("data"),
    [ENVELOPE_DATACONTENTTYPE] = {.name = "datacontenttype", .name_len = sizeof("datacontenttype") - 1},
};

/* ---- what they must be */

/* "application/json", whatever its case, alone or with parameters: spaces only before a ';'. A charset would be a
 * parameter; JSON is UTF-8 whatever it says, so parameters are not read. */
static bool is_json_type(struct slice type) {
    static const char json[] = "application/json";
    size_t len = sizeof json - 1;
    if (type.len < len || strncasecmp(type.data, json, len) != 0) {
        return false;
    }
    size_t at = len;
    while (at < type.len && type.data[at] == ' ') {
        at++;
    }
    return type.len == len || (at < type.len && type.data[at] == ';');
}

static bool check_datacontenttype(const struct field *field) {
    struct slice type;
    return field_is_absent(field) ||
           (field_text(field, SIZE_MAX, &type) &&
            (is_json_type(type) || field_fail(field, REJECT_BAD_ENVELOPE, "datacontenttype must be application/json")));
}

/* The string "1.0", not the number: CloudEvents says so, and 1.0 as a number would not survive every JSON library. */
static bool check_specversion(const struct field *field) {
    return (json_kind(field->value) == JSON_STRING && slice_equal(json_text(field->value), SLICE("1.0"))) ||
           field_fail(field, REJECT_BAD_ENVELOPE, "specversion must be \"1.0\"");
}

/* All attributes but what `type` and `data` hold; *type gets the type's text. */
static bool check(const struct field *fields, struct event *event, struct slice *type) {
    return check_specversion(&fields[ENVELOPE_SPECVERSION]) &&
           field_text(&fields[ENVELOPE_ID], EVENT_ID_BYTES_MAX, &event->id) &&
           field_text(&fields[ENVELOPE_SOURCE], EVENT_SOURCE_BYTES_MAX, &event->source) &&
           field_text(&fields[ENVELOPE_TYPE], EVENT_TYPE_BYTES_MAX, type) &&
           field_time(&fields[ENVELOPE_TIME], &event->time_ms) &&
           check_datacontenttype(&fields[ENVELOPE_DATACONTENTTYPE]);
}

/* What is wrong with the envelope is BAD_ENVELOPE, but for a repeated attribute (contract 8.2). */
static bool fail(const struct field *root) {
    struct reject *reject = root->context->reject;
    if (reject->reason != REJECT_DUPLICATE_MEMBER) {
        reject->reason = REJECT_BAD_ENVELOPE;
    }
    return false;
}

/* Only when all attributes are right: a repeated or missing one is told whatever the type is. */
static bool find_type(const struct field *field, struct slice type, struct event *event) {
    int index = event_type_of(type);
    if (index < 0) {
        return field_fail(field, REJECT_UNKNOWN_TYPE, "there is no event type %.*s", (int)type.len, type.data);
    }
    event->type = (enum event_type)index;
    return true;
}

/* ---- where they stand */

bool envelope_of_object(const struct field *root, struct field *data, struct event *event) {
    struct field fields[ENVELOPE_COUNT];
    struct slice type;
    if (json_kind(root->value) != JSON_OBJECT) {
        return field_fail(root, REJECT_BAD_ENVELOPE, "the message must be a JSON object");
    }
    if (!field_members(root, ENVELOPE, ENVELOPE_COUNT, fields) || !check(fields, event, &type) ||
        !field_object(&fields[ENVELOPE_DATA])) {
        return fail(root);
    }
    *data = fields[ENVELOPE_DATA];
    return find_type(&fields[ENVELOPE_TYPE], type, event);
}

/* As a member of a JSON object would be found: a repeat first, then what is absent, which a null header is too. */
static bool find_header(const struct field *field, const struct binary *binary, int attribute,
                        const struct json_value **value) {
    struct slice text = binary->attributes[attribute];
    const char *name = binary_header_name(attribute);
    if (binary->headers[attribute] > 1) {
        return field_fail(field, REJECT_DUPLICATE_MEMBER, "the header %s appears twice", name);
    }
    if (text.data == NULL) {
        return !ENVELOPE[attribute].required ||
               field_fail(field, REJECT_BAD_ENVELOPE, "the header %s is missing", name);
    }
    /* What json.h gives is UTF-8; a header may be anything. */
    if (!utf8_is_valid(text)) {
        return field_fail(field, REJECT_BAD_ENVELOPE, "the header %s is not UTF-8", name);
    }
    *value = json_from_text(text, field->context->arena);
    return true;
}

/* All but `data`. */
static bool find_headers(const struct field *root, const struct binary *binary, struct field *fields) {
    for (int i = 0; i < ENVELOPE_COUNT; i++) {
        fields[i] = (struct field){.context = root->context, .up = root, .name = ENVELOPE[i].name};
        if (i != ENVELOPE_DATA && !find_header(&fields[i], binary, i, &fields[i].value)) {
            return false;
        }
    }
    return true;
}

bool envelope_headers_alone(const struct field *root, const struct binary *binary) {
    struct field fields[ENVELOPE_COUNT];
    struct slice type;
    return find_headers(root, binary, fields) && check(fields, root->context->event, &type);
}

bool envelope_of_headers(const struct field *root, const struct binary *binary, struct field *data,
                         struct event *event) {
    struct field fields[ENVELOPE_COUNT];
    struct slice type;
    if (!find_headers(root, binary, fields) || !check(fields, event, &type)) {
        return fail(root);
    }
    *data = fields[ENVELOPE_DATA];
    data->value = root->value;
    return (field_object(data) || fail(root)) && find_type(&fields[ENVELOPE_TYPE], type, event);
}
