/* An event names things, a step and a place; ours names one container. So an event of many becomes many, in the order
 * of their list. JSON-LD is read as the JSON that it is: the context is not followed, and the names that the standard's
 * own contexts give are known. */
#include "convert/epcis.h"

#include "convert/epcis_name.h"
#include "convert/tracking.h"
#include "event/pick.h"

/* Steps of the Core Business Vocabulary that say where a container is. */
static const struct {
    const char *step;
    enum tracking what;
} STEPS[] = {
    {"loading", TRACKING_LOADED},   {"unloading", TRACKING_UNLOADED},        {"departing", TRACKING_DEPARTED},
    {"arriving", TRACKING_ARRIVED}, {"sensor_reporting", TRACKING_POSITION},
};

static int step_of(const struct json_value *event) {
    struct slice word = epcis_word(pick_text(event, "bizStep"));
    for (size_t i = 0; i < sizeof STEPS / sizeof STEPS[0]; i++) {
        if (slice_equal(word, slice_of(STEPS[i].step))) {
            return (int)STEPS[i].what;
        }
    }
    return -1;
}

static struct slice type_of(const struct json_value *event) {
    struct slice type = pick_text(event, "type");
    return epcis_word(type.len > 0 ? type : pick_text(event, "@type"));
}

/* The list of what is moved: the things themselves, or what is put on something. */
static const struct json_value *things_of(const struct json_value *event) {
    return pick(event, slice_equal(type_of(event), SLICE("ObjectEvent")) ? "epcList" : "childEPCs");
}

/* ---- place and position */

static struct slice id_of(const struct json_value *object) {
    struct slice id = pick_text(object, "id");
    return id.len > 0 ? id : pick_text(object, "@id");
}

/* What a sensor measured, where it says latitude and longitude. */
static void put_measured(struct tracking_event *to, const struct json_value *event) {
    struct slice name;
    const struct json_value *element, *report;
    for (struct json_walk outer = pick_walk(event, "sensorElementList"); json_step(&outer, &name, &element);) {
        for (struct json_walk inner = pick_walk(element, "sensorReport"); json_step(&inner, &name, &report);) {
            struct slice component = epcis_word(pick_text(report, "component")), value = pick_text(report, "value");
            if (value.len > 0 && slice_equal(component, SLICE("latitude"))) {
                to->latitude = value;
            } else if (value.len > 0 && slice_equal(component, SLICE("longitude"))) {
                to->longitude = value;
            }
        }
    }
}

static void put_where(struct convert *convert, struct tracking_event *to, const struct json_value *event) {
    struct slice id = id_of(pick(event, "readPoint"));
    if (id.len == 0) {
        id = id_of(pick(event, "bizLocation"));
    }
    put_measured(to, event);
    if (!epcis_geo(id, &to->latitude, &to->longitude) && id.len > 0) {
        /* The whole name may be mapped by an option; else the code within it. */
        to->place = convert_place(convert, epcis_place(id));
        if (to->place.data == NULL) {
            convert_lose_place(convert);
        }
    }
}

/* ---- one event */

static bool is_wanted(const struct convert *convert, struct slice container) {
    return container.data != NULL && tracking_is_wanted(convert, container);
}

static void put_events(struct convert *convert, const struct json_value *event, enum tracking what) {
    struct slice name, id = pick_text(event, "eventID");
    const struct json_value *thing;
    struct tracking_event to = {.source = SLICE("/epcis"), .what = what};
    to.id = id.len == 0 ? (struct slice){NULL, 0} : id;
    to.time = pick_text(event, "eventTime");
    put_where(convert, &to, event);
    /* A sensor may report anything: heat, a shock. */
    if (what == TRACKING_POSITION && to.latitude.data == NULL) {
        convert_pass(convert, CONVERT_OTHER);
        return;
    }
    const struct json_value *things = things_of(event);
    for (struct json_walk walk = json_walk(things); json_step(&walk, &name, &thing);) {
        to.container = epcis_container(pick_text_of(thing));
        if (is_wanted(convert, to.container)) {
            to.part = to.container;
            tracking_put(convert, &to);
        }
    }
}

static bool names_container(const struct convert *convert, const struct json_value *things) {
    struct slice name;
    const struct json_value *thing;
    if (things == NULL || json_kind(things) != JSON_ARRAY) {
        return false;
    }
    for (struct json_walk walk = json_walk(things); json_step(&walk, &name, &thing);) {
        if (is_wanted(convert, epcis_container(pick_text_of(thing)))) {
            return true;
        }
    }
    return false;
}

/* What is taken out of the world, or off something, was not moved by that; unloading is a step of its own. */
static bool is_movement(const struct json_value *event, int what) {
    bool object = slice_equal(type_of(event), SLICE("ObjectEvent"));
    bool aggregation = slice_equal(type_of(event), SLICE("AggregationEvent"));
    bool removed = slice_equal(pick_text(event, "action"), SLICE("DELETE"));
    return what >= 0 && ((object && !removed) || aggregation);
}

static bool is_event_type(struct slice type) {
    static const char *const types[] = {"ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent",
                                        "AssociationEvent"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (slice_equal(type, slice_of(types[i]))) {
            return true;
        }
    }
    return false;
}

/* An event planned for later does not exist in EPCIS; one that its writer takes back does. */
static void read_event(struct convert *convert, const struct json_value *event) {
    int what = step_of(event);
    if (!is_event_type(type_of(event))) {
        convert_refuse(convert, REJECT_BAD_FIELD, "", "it is no EPCIS event: its type is none");
    } else if (pick(event, "errorDeclaration") != NULL) {
        convert_pass(convert, CONVERT_WITHDRAWN);
    } else if (!is_movement(event, what) || !names_container(convert, things_of(event))) {
        convert_pass(convert, CONVERT_OTHER);
    } else {
        put_events(convert, event, (enum tracking)what);
    }
}

void epcis_take(struct convert *convert, const struct json_value *document, uint64_t line) {
    static const char answer[] = "/epcisBody/queryResults/resultsBody/eventList";
    const struct json_value *body = pick(document, "epcisBody");
    const struct json_value *asked = pick(pick(pick(body, "queryResults"), "resultsBody"), "eventList");
    const struct json_value *list = pick(body, "eventList"), *one = pick(body, "event");
    if (list != NULL) {
        tracking_each(convert, list, "/epcisBody/eventList", line, read_event);
    } else if (asked != NULL) {
        tracking_each(convert, asked, answer, line, read_event);
    } else if (one != NULL) {
        tracking_each(convert, one, "/epcisBody/event", line, read_event);
    } else {
        tracking_each(convert, document, "", line, read_event);
    }
}
