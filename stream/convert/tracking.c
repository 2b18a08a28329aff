/* Latitude and longitude are texts in one standard and numbers in another; ours are numbers, cut at six digits
 * (contract 2.15), so they are written as what a worker would make of them. */
#include "convert/tracking.h"

#include <stdio.h>

#include "convert/json_text.h"
#include "encode/json_put.h"

enum { POINTER_BYTES = 96, LATITUDE_MAX = 90, LONGITUDE_MAX = 180 };

/* What is no number goes out as the text that it is, for decoding to refuse. */
static void json_put_degrees(struct buffer *out, struct slice degrees, int limit) {
    int64_t millionths;
    if (decimal_parse_cut(degrees, limit, DECIMAL_DEGREE_PLACES, &millionths)) {
        json_put_signed(out, millionths, DECIMAL_DEGREE_PLACES);
    } else {
        json_put_text(out, degrees);
    }
}

static void put_members(struct buffer *out, const struct tracking_event *event) {
    JSON_OPTIONAL(out, "container", event->container);
    JSON_MEMBER(out, "event", word, TRACKING_NAMES[event->what]);
    JSON_OPTIONAL(out, "place", event->place);
    JSON_OPTIONAL(out, "seal", event->seal);
    JSON_OPTIONAL(out, "wagon", event->wagon);
    if (event->latitude.data != NULL) {
        JSON_MEMBER(out, "latitude", degrees, event->latitude, LATITUDE_MAX);
    }
    if (event->longitude.data != NULL) {
        JSON_MEMBER(out, "longitude", degrees, event->longitude, LONGITUDE_MAX);
    }
}

/* The id is made of the source's, or of everything that the event says: the same event under another name would be
 * another fact, and the same name for another event could not be told from a repeat (contract 3.1). */
static void put_id(struct buffer *id, const struct tracking_event *event) {
    if (event->id.data != NULL) {
        buffer_append_slice(id, event->id);
    } else {
        struct buffer said = {0};
        buffer_append_byte(&said, '{');
        JSON_OPTIONAL(&said, "time", event->time);
        put_members(&said, event);
        char hex[HASH_HEX_BYTES];
        hash_write(hash_of(buffer_slice(&said)), hex);
        buffer_append(id, hex, sizeof hex);
        buffer_release(&said);
    }
    buffer_append_byte(id, '/');
    buffer_append_slice(id, event->part);
}

bool tracking_is_wanted(const struct convert *convert, struct slice container) {
    struct convert_train train;
    return convert_train_of(convert, container, &train);
}

void tracking_put(struct convert *convert, const struct tracking_event *event) {
    struct buffer id = {0};
    put_id(&id, event);
    struct convert_envelope envelope = {.type = EVENT_TRACKED,
                                        .source = event->source,
                                        .id = buffer_slice(&id),
                                        .time = event->time};
    convert_train_of(convert, event->container, &envelope.train);
    put_members(convert_event(convert, &envelope), event);
    convert_event_end(convert);
    buffer_release(&id);
}

static void read_one(struct convert *convert, const struct json_value *event, const char *pointer, uint64_t line,
                     tracking_reader *read) {
    struct buffer text = {0};
    json_text_put(&text, event);
    convert_begin(convert, &(struct convert_origin){line, slice_of(pointer), buffer_slice(&text)});
    if (json_kind(event) == JSON_OBJECT) {
        read(convert, event);
    } else {
        convert_refuse(convert, REJECT_BAD_FIELD, "", "an event is an object");
    }
    convert_end(convert);
    buffer_release(&text);
}

void tracking_each(struct convert *convert, const struct json_value *value, const char *path, uint64_t line,
                   tracking_reader *read) {
    char pointer[POINTER_BYTES];
    struct slice name;
    const struct json_value *item;
    if (json_kind(value) != JSON_ARRAY) {
        read_one(convert, value, path, line, read);
        return;
    }
    size_t index = 0;
    for (struct json_walk walk = json_walk(value); json_step(&walk, &name, &item); index++) {
        snprintf(pointer, sizeof pointer, "%s/%zu", path, index);
        read_one(convert, item, pointer, line, read);
    }
}
