#include "event/decode_data.h"

enum {
    TRAIN_NUMBER_BYTES_MAX = 17,
    NOTE_BYTES_MAX = 200,
    NUMBER_BYTES_MAX = 32, /* declaration numbers, seals */
    APPLICATION_BYTES_MAX = 64,
    WAYBILLS_MAX = 500,
    REASON_DIGITS = 3,
    LATITUDE_MAX = 90,
    LONGITUDE_MAX = 180
};

/* The members of data by type; `train` is the first of each. */
static const struct {
    struct fields_member members[FIELDS_MEMBERS_MAX];
    size_t count;
} DATA[EVENT_TYPE_COUNT] = {
    [EVENT_TRANSMITTED] = {{FIELDS_REQUIRED("train"), FIELDS_REQUIRED("waybill"), FIELDS_REQUIRED("containers")}, 3},
    [EVENT_DELETED] = {{FIELDS_REQUIRED("train"), FIELDS_REQUIRED("waybill"), FIELDS_OPTIONAL("reason")}, 3},
    [EVENT_COMPOSED] = {{FIELDS_REQUIRED("train"), FIELDS_REQUIRED("wagons")}, 2},
    [EVENT_ARRIVED] = {{FIELDS_REQUIRED("train"), FIELDS_REQUIRED("place"), FIELDS_REQUIRED("arrived_at")}, 3},
    [EVENT_CONTROL] = {{FIELDS_REQUIRED("train"), FIELDS_REQUIRED("scope"), FIELDS_OPTIONAL("ref"),
                        FIELDS_REQUIRED("kind"), FIELDS_REQUIRED("outcome"), FIELDS_OPTIONAL("note")},
                       6},
    [EVENT_DECLARATION] = {{FIELDS_REQUIRED("train"), FIELDS_REQUIRED("step"), FIELDS_REQUIRED("waybills"),
                            FIELDS_REQUIRED("lodged_at"), FIELDS_OPTIONAL("declaration_number")},
                           5},
    [EVENT_APPLICATION] = {{FIELDS_REQUIRED("train"), FIELDS_REQUIRED("application"), FIELDS_REQUIRED("waybills")}, 3},
    [EVENT_TRACKED] = {{FIELDS_REQUIRED("train"), FIELDS_REQUIRED("container"), FIELDS_REQUIRED("event"),
                        FIELDS_OPTIONAL("place"), FIELDS_OPTIONAL("seal"), FIELDS_OPTIONAL("wagon"),
                        FIELDS_OPTIONAL("latitude"), FIELDS_OPTIONAL("longitude")},
                       8},
};

static bool decode_train(struct fields_context *ctx, const struct json_value *train, const struct fields_path *path,
                         struct event *event) {
    static const struct fields_member members[] = {FIELDS_REQUIRED("number"), FIELDS_REQUIRED("date"),
                                                   FIELDS_REQUIRED("port")};
    const struct json_value *values[3];
    struct slice part[3];
    if (!fields_object(ctx, train, path) || !fields_collect(ctx, train, path, members, 3, values) ||
        !fields_token(ctx, values[0], FIELDS_MEMBER(path, "number"), 1, TRAIN_NUMBER_BYTES_MAX,
                      CLASS_UPPER | CLASS_DIGIT | CLASS_DASH, &part[0]) ||
        !fields_date(ctx, values[1], FIELDS_MEMBER(path, "date"), &part[1], &event->train_date_days) ||
        !fields_place(ctx, values[2], FIELDS_MEMBER(path, "port"), &part[2])) {
        return false;
    }
    char *key = arena_take(ctx->arena, TRAIN_KEY_BYTES_MAX);
    size_t len = 0;
    for (int i = 0; i < 3; i++) {
        memcpy(key + len, part[i].data, part[i].len);
        len += part[i].len;
        if (i < 2) {
            key[len++] = '|';
        }
    }
    event->train_key = (struct slice){key, len};
    return true;
}

static bool decode_deleted(struct fields_context *ctx, const struct json_value *const *values,
                           const struct fields_path *path, struct event_deleted *out) {
    static const struct fields_member members[] = {FIELDS_REQUIRED("number")};
    const struct fields_path *waybill = FIELDS_MEMBER(path, "waybill");
    const struct json_value *number;
    if (!fields_object(ctx, values[0], waybill) || !fields_collect(ctx, values[0], waybill, members, 1, &number) ||
        !fields_waybill(ctx, number, FIELDS_MEMBER(waybill, "number"), &out->waybill)) {
        return false;
    }
    return values[1] == NULL || fields_token(ctx, values[1], FIELDS_MEMBER(path, "reason"), REASON_DIGITS,
                                             REASON_DIGITS, CLASS_DIGIT, &out->reason);
}

static bool decode_arrived(struct fields_context *ctx, const struct json_value *const *values,
                           const struct fields_path *path, struct event_arrived *out) {
    return fields_place(ctx, values[0], FIELDS_MEMBER(path, "place"), &out->place) &&
           fields_time(ctx, values[1], FIELDS_MEMBER(path, "arrived_at"), &out->arrived_at_ms);
}

static bool decode_ref(struct fields_context *ctx, const struct json_value *ref, const struct fields_path *path,
                       struct event_control *out) {
    if (out->scope == SCOPE_TRAIN) {
        return ref == NULL || fields_fail(ctx, REJECT_BAD_FIELD, path, "ref must be absent when scope is train");
    }
    if (ref == NULL) {
        return fields_fail(ctx, REJECT_MISSING_FIELD, path, "ref is missing: the number of the %s",
                           CONTROL_SCOPE_NAMES[out->scope]);
    }
    return out->scope == SCOPE_WAYBILL ? fields_waybill(ctx, ref, path, &out->ref)
                                       : fields_container(ctx, ref, path, &out->ref);
}

static bool decode_control(struct fields_context *ctx, const struct json_value *const *values,
                           const struct fields_path *path, struct event_control *out) {
    int scope;
    int kind;
    int outcome;
    if (!fields_choice(ctx, values[0], FIELDS_MEMBER(path, "scope"), CONTROL_SCOPE_NAMES, SCOPE_COUNT, &scope)) {
        return false;
    }
    out->scope = (enum control_scope)scope;
    if (!decode_ref(ctx, values[1], FIELDS_MEMBER(path, "ref"), out) ||
        !fields_choice(ctx, values[2], FIELDS_MEMBER(path, "kind"), CONTROL_KIND_NAMES, KIND_COUNT, &kind) ||
        !fields_choice(ctx, values[3], FIELDS_MEMBER(path, "outcome"), CONTROL_OUTCOME_NAMES, OUTCOME_COUNT,
                       &outcome)) {
        return false;
    }
    out->kind = (enum control_kind)kind;
    out->outcome = (enum control_outcome)outcome;
    return values[4] == NULL || fields_text(ctx, values[4], FIELDS_MEMBER(path, "note"), NOTE_BYTES_MAX, &out->note);
}

/* A list of distinct waybill numbers. */
static bool decode_waybills(struct fields_context *ctx, const struct json_value *list, const struct fields_path *path,
                            size_t min, const struct slice **out, size_t *count) {
    if (!fields_array(ctx, list, path, min, WAYBILLS_MAX)) {
        return false;
    }
    struct slice *waybills = arena_take(ctx->arena, json_count(list) * sizeof *waybills);
    struct fields_set seen = fields_set_new(ctx, json_count(list));
    struct json_walk walk = json_walk(list);
    struct slice name;
    const struct json_value *value;
    for (*count = 0; json_step(&walk, &name, &value); ++*count) {
        const struct fields_path *element = FIELDS_ELEMENT(path, *count);
        if (!fields_waybill(ctx, value, element, &waybills[*count])) {
            return false;
        }
        if (!fields_set_add(ctx, &seen, waybills[*count])) {
            return fields_fail(ctx, REJECT_BAD_FIELD, element, "waybill %.*s is listed twice",
                               (int)waybills[*count].len, waybills[*count].data);
        }
    }
    *out = waybills;
    return true;
}

static bool decode_declaration(struct fields_context *ctx, const struct json_value *const *values,
                               const struct fields_path *path, struct event_declaration *out) {
    static const char *const steps[] = {"summary", "full"};
    int step;
    if (!fields_choice(ctx, values[0], FIELDS_MEMBER(path, "step"), steps, 2, &step) ||
        !decode_waybills(ctx, values[1], FIELDS_MEMBER(path, "waybills"), 1, &out->waybills, &out->waybill_count) ||
        !fields_time(ctx, values[2], FIELDS_MEMBER(path, "lodged_at"), &out->lodged_at_ms)) {
        return false;
    }
    out->step = (enum declaration_step)step;
    return values[3] == NULL || fields_text(ctx, values[3], FIELDS_MEMBER(path, "declaration_number"), NUMBER_BYTES_MAX,
                                            &out->declaration_number);
}

static bool decode_application(struct fields_context *ctx, const struct json_value *const *values,
                               const struct fields_path *path, struct event_application *out) {
    return fields_text(ctx, values[0], FIELDS_MEMBER(path, "application"), APPLICATION_BYTES_MAX, &out->application) &&
           decode_waybills(ctx, values[1], FIELDS_MEMBER(path, "waybills"), 0, &out->waybills, &out->waybill_count);
}

static bool decode_position(struct fields_context *ctx, const struct json_value *latitude,
                            const struct json_value *longitude, const struct fields_path *path,
                            struct event_tracked *out) {
    if ((latitude == NULL) != (longitude == NULL)) {
        const char *missing = latitude == NULL ? "latitude" : "longitude";
        return fields_fail(ctx, REJECT_MISSING_FIELD, FIELDS_MEMBER(path, missing),
                           "%s is missing: one comes with the other", missing);
    }
    out->has_position = latitude != NULL;
    return latitude == NULL ||
           (fields_degrees(ctx, latitude, FIELDS_MEMBER(path, "latitude"), LATITUDE_MAX, &out->latitude) &&
            fields_degrees(ctx, longitude, FIELDS_MEMBER(path, "longitude"), LONGITUDE_MAX, &out->longitude));
}

static bool decode_tracked(struct fields_context *ctx, const struct json_value *const *values,
                           const struct fields_path *path, struct event_tracked *out) {
    enum { CONTAINER, EVENT, PLACE, SEAL, WAGON, LATITUDE, LONGITUDE };
    int tracking;
    if (!fields_container(ctx, values[CONTAINER], FIELDS_MEMBER(path, "container"), &out->container) ||
        !fields_choice(ctx, values[EVENT], FIELDS_MEMBER(path, "event"), TRACKING_NAMES, TRACKING_COUNT, &tracking)) {
        return false;
    }
    out->event = (enum tracking)tracking;
    if (values[SEAL] == NULL && (out->event == TRACKING_SEALED || out->event == TRACKING_RESEALED)) {
        return fields_fail(ctx, REJECT_MISSING_FIELD, FIELDS_MEMBER(path, "seal"), "seal is missing: %s needs it",
                           TRACKING_NAMES[tracking]);
    }
    return (values[PLACE] == NULL || fields_place(ctx, values[PLACE], FIELDS_MEMBER(path, "place"), &out->place)) &&
           (values[SEAL] == NULL ||
            fields_text(ctx, values[SEAL], FIELDS_MEMBER(path, "seal"), NUMBER_BYTES_MAX, &out->seal)) &&
           (values[WAGON] == NULL || fields_wagon(ctx, values[WAGON], FIELDS_MEMBER(path, "wagon"), &out->wagon)) &&
           decode_position(ctx, values[LATITUDE], values[LONGITUDE], path, out);
}

bool decode_data(struct fields_context *ctx, const struct json_value *data, const struct fields_path *path,
                 struct event *event) {
    const struct json_value *values[FIELDS_MEMBERS_MAX];
    if (!fields_collect(ctx, data, path, DATA[event->type].members, DATA[event->type].count, values) ||
        !decode_train(ctx, values[0], FIELDS_MEMBER(path, "train"), event)) {
        return false;
    }
    const struct json_value *const *rest = values + 1;
    switch (event->type) {
    case EVENT_TRANSMITTED:
        return decode_transmitted(ctx, rest, path, &event->data.transmitted);
    case EVENT_DELETED:
        return decode_deleted(ctx, rest, path, &event->data.deleted);
    case EVENT_COMPOSED:
        return decode_composed(ctx, rest, path, &event->data.composed);
    case EVENT_ARRIVED:
        return decode_arrived(ctx, rest, path, &event->data.arrived);
    case EVENT_CONTROL:
        return decode_control(ctx, rest, path, &event->data.control);
    case EVENT_DECLARATION:
        return decode_declaration(ctx, rest, path, &event->data.declaration);
    case EVENT_APPLICATION:
        return decode_application(ctx, rest, path, &event->data.application);
    case EVENT_TRACKED:
        return decode_tracked(ctx, rest, path, &event->data.tracked);
    case EVENT_TYPE_COUNT:
        break;
    }
    return false;
}
