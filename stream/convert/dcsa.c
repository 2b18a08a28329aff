/* The versions differ in where things stand, hardly in what they are, so each value is looked for in both places. What
 * a version has beyond that is ignored, as the contract ignores members that it does not name (contract 1.9). */
#include "convert/dcsa.h"

#include "convert/tracking.h"
#include "event/pick.h"

/* Codes of equipment events that are a fact of the train's. */
static const struct {
    const char *code;
    enum tracking what;
} CODES[] = {
    {"GTIN", TRACKING_GATE_IN},  {"GTOT", TRACKING_GATE_OUT}, {"LOAD", TRACKING_LOADED},
    {"DISC", TRACKING_UNLOADED}, {"RSEA", TRACKING_RESEALED}, {"CROS", TRACKING_BORDER_CROSSED},
};

static struct slice absent(void) {
    return (struct slice){NULL, 0};
}

/* A text that is there; an empty one is as good as none. */
static struct slice text_in(const struct json_value *object, const char *name) {
    struct slice text = pick_text(object, name);
    return text.len == 0 ? absent() : text;
}

static struct slice either(struct slice a, struct slice b) {
    return a.data != NULL ? a : b;
}

/* ---- where 2.2 and 3.0 differ */

struct parts {
    const struct json_value *event, *kind, *equipment, *call, *location;
};

static struct parts parts_of(const struct json_value *event) {
    const struct json_value *kind = pick(event, "eventClassification");
    const struct json_value *equipment = pick(event, "equipmentDetails");
    const struct json_value *call = pick(event, "transportCall");
    return (struct parts){event, kind != NULL ? kind : event, equipment != NULL ? equipment : event,
                          call != NULL ? call : pick(pick(event, "transportDetails"), "transportCall"),
                          pick(event, "eventLocation")};
}

static struct slice type_of(const struct parts *parts) {
    return either(text_in(parts->kind, "eventTypeCode"), text_in(parts->kind, "eventType"));
}

static struct slice mode_of(const struct parts *parts) {
    return either(text_in(parts->call, "modeOfTransport"), text_in(parts->call, "modeOfTransportCode"));
}

/* Of several the customs' own, else the first: an event of ours has one. */
static struct slice seal_of(const struct parts *parts) {
    struct slice name, first = absent();
    const struct json_value *seal;
    const struct json_value *holder = pick(parts->equipment, "seals") != NULL ? parts->equipment : parts->event;
    for (struct json_walk walk = pick_walk(holder, "seals"); json_step(&walk, &name, &seal);) {
        struct slice number = either(text_in(seal, "number"), text_in(seal, "sealNumber"));
        struct slice from = either(text_in(seal, "source"), text_in(seal, "sealSource"));
        if (slice_equal(from, SLICE("CUS")) && number.data != NULL) {
            return number;
        }
        first = either(first, number);
    }
    return first;
}

/* ---- one event */

/* From 3.0 on ids are unique for the party that an event comes from. */
static void put_source(struct buffer *source, const struct parts *parts) {
    struct slice party = text_in(pick(pick(parts->event, "eventRouting"), "originatingParty"), "partyCode");
    buffer_append_text(source, "/dcsa");
    buffer_append(source, "/", party.data == NULL ? 0 : 1);
    buffer_append_slice(source, party);
}

static void put_position(struct tracking_event *to, const struct parts *parts) {
    const struct json_value *degrees = pick(parts->location, "geoCoordinate");
    degrees = degrees != NULL ? degrees : parts->location;
    to->latitude = text_in(degrees, "latitude");
    to->longitude = text_in(degrees, "longitude");
}

/* A seal that is told beside a movement is a fact of its own, and the movement sorts behind it, so that it is the last
 * that was heard of the container (contract 3.1). */
static void put_events(struct convert *convert, const struct parts *parts, enum tracking what) {
    struct buffer source = {0};
    put_source(&source, parts);
    struct tracking_event event = {
        .id = text_in(parts->event, "eventID"),
        .source = buffer_slice(&source),
        .time = text_in(parts->event, "eventDateTime"),
        .container = text_in(parts->equipment, "equipmentReference"),
        .seal = seal_of(parts),
        .wagon = text_in(pick(parts->call, "railTransport"), "railCarReference"),
    };
    struct slice place = either(text_in(parts->location, "UNLocationCode"), text_in(parts->call, "UNLocationCode"));
    event.place = place.data == NULL ? place : convert_place(convert, place);
    if (place.data != NULL && event.place.data == NULL) {
        convert_lose_place(convert);
    }
    put_position(&event, parts);
    if (event.seal.data != NULL && what != TRACKING_RESEALED) {
        event.part = SLICE("1");
        event.what = TRACKING_SEALED;
        tracking_put(convert, &event);
    }
    event.part = SLICE("2");
    event.what = what;
    tracking_put(convert, &event);
    buffer_release(&source);
}

static int code_of(const struct parts *parts) {
    struct slice code = text_in(parts->kind, "equipmentEventTypeCode");
    for (size_t i = 0; i < sizeof CODES / sizeof CODES[0]; i++) {
        if (slice_equal(code, slice_of(CODES[i].code))) {
            return (int)CODES[i].what;
        }
    }
    return -1;
}

/* Loading and discharge of a ship or a lorry are not the train's; a gate is passed by lorry and still is. */
static bool is_by_rail(const struct parts *parts, int what) {
    struct slice mode = mode_of(parts);
    bool moves = what == (int)TRACKING_LOADED || what == (int)TRACKING_UNLOADED;
    return !moves || mode.data == NULL || slice_equal(mode, SLICE("RAIL")) || slice_equal(mode, SLICE("MULTIMODAL"));
}

static void read_event(struct convert *convert, const struct json_value *event) {
    struct parts parts = parts_of(event);
    struct slice classifier = text_in(parts.kind, "eventClassifierCode");
    int what = code_of(&parts);
    if (pick_flag(event, "isRetracted")) {
        convert_pass(convert, CONVERT_WITHDRAWN);
    } else if (type_of(&parts).data == NULL) {
        convert_refuse(convert, REJECT_BAD_FIELD, "", "it is no DCSA event: it has no eventType");
    } else if (!slice_equal(type_of(&parts), SLICE("EQUIPMENT")) || what < 0 || !is_by_rail(&parts, what) ||
               !tracking_is_wanted(convert, text_in(parts.equipment, "equipmentReference"))) {
        convert_pass(convert, CONVERT_OTHER);
    } else if (slice_equal(classifier, SLICE("PLN")) || slice_equal(classifier, SLICE("EST"))) {
        convert_pass(convert, CONVERT_FORECAST);
    } else if (!slice_equal(classifier, SLICE("ACT"))) {
        convert_refuse(convert, REJECT_BAD_FIELD, "", "its eventClassifierCode is none of ACT, EST and PLN");
    } else {
        put_events(convert, &parts, (enum tracking)what);
    }
}

void dcsa_take(struct convert *convert, const struct json_value *document, uint64_t line) {
    const struct json_value *events = pick(document, "events");
    tracking_each(convert, events != NULL ? events : document, events != NULL ? "/events" : "", line, read_event);
}
