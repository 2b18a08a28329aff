#include "core/register.h"

#include <assert.h>

unsigned register_step_kind(enum declaration_step step) {
    return step == STEP_FULL ? REGISTER_FULL : REGISTER_SUMMARY;
}

bool register_takes_seal(enum tracking event) {
    return event == TRACKING_SEALED || event == TRACKING_RESEALED;
}

unsigned register_tracked_kind(enum tracking event, size_t i) {
    if (i == 0) {
        return REGISTER_TRACKED;
    }
    return register_takes_seal(event) ? REGISTER_SEAL : REGISTER_OPENED;
}

size_t register_count_tracked(enum tracking event) {
    return register_takes_seal(event) || event == TRACKING_DOOR_OPENED ? 2 : 1;
}

size_t register_count(const struct event *event) {
    switch (event->type) {
    case EVENT_DECLARATION: return event->data.declaration.waybill_count;
    case EVENT_TRACKED: return register_count_tracked(event->data.tracked.event);
    default: return 1;
    }
}

struct register_key register_of(const struct event *event, size_t i) {
    const struct event_control *control = &event->data.control;
    switch (event->type) {
    case EVENT_TRANSMITTED: return (struct register_key){REGISTER_MANIFEST, event->data.transmitted.waybill};
    case EVENT_DELETED: return (struct register_key){REGISTER_MANIFEST, event->data.deleted.waybill};
    case EVENT_COMPOSED: return (struct register_key){REGISTER_COMPOSITION, {NULL, 0}};
    case EVENT_ARRIVED: return (struct register_key){REGISTER_ARRIVAL, {NULL, 0}};
    case EVENT_CONTROL:
        return (struct register_key){register_control_kind(control->scope, control->kind), control->ref};
    case EVENT_DECLARATION:
        return (struct register_key){register_step_kind(event->data.declaration.step),
                                     event->data.declaration.waybills[i]};
    case EVENT_APPLICATION: return (struct register_key){REGISTER_APPLICATION, event->data.application.application};
    case EVENT_TRACKED:
        return (struct register_key){register_tracked_kind(event->data.tracked.event, i),
                                     event->data.tracked.container};
    case EVENT_TYPE_COUNT: break;
    }
    assert(event->type < EVENT_TYPE_COUNT);
    return (struct register_key){0, {NULL, 0}};
}

static void control_name(struct register_key key, struct buffer *out) {
    unsigned which = key.kind - REGISTER_CONTROL;
    assert(which < SCOPE_COUNT * KIND_COUNT);
    buffer_append_text(out, "control[");
    buffer_append_text(out, CONTROL_SCOPE_NAMES[which / KIND_COUNT]);
    buffer_append_byte(out, ',');
    buffer_append_slice(out, key.text);
    buffer_append_byte(out, ',');
    buffer_append_text(out, CONTROL_KIND_NAMES[which % KIND_COUNT]);
    buffer_append_byte(out, ']');
}

void register_name(struct register_key key, struct buffer *out) {
    static const struct {
        const char *before, *behind;
    } NAMES[REGISTER_CONTROL] = {
        {"manifest[", "]"},         {"composition", ""},   {"arrival", ""},   {"declaration[", ",summary]"},
        {"declaration[", ",full]"}, {"application[", "]"}, {"tracked[", "]"}, {"seal[", "]"},
        {"opened[", "]"},
    };
    if (key.kind >= REGISTER_CONTROL) {
        control_name(key, out);
        return;
    }
    buffer_append_text(out, NAMES[key.kind].before);
    buffer_append_slice(out, key.text);
    buffer_append_text(out, NAMES[key.kind].behind);
}
