/* What a row cannot tell because it takes two members, and what is worked out once at decoding so that no record has to
 * (the acting party, a container's UN numbers). Also what facts from a checkpoint must hold beside their rows. */
#include "event/finish.h"

#include <stdlib.h>

/* One of an object's fields by its name; there is one. Looked for where something is wrong or rare. */
static const struct field *named(const struct field *fields, const char *name) {
    while (fields->name == NULL || strcmp(fields->name, name) != 0) {
        fields++;
    }
    return fields;
}

/* Contract 2.8. Party and partner are chosen here and the three are dropped, which saves a fact two parties; of the
 * partner a record only asks which customs authorised it (contract 5.21). */
bool finish_waybill(struct field_context *context, const struct field *fields, void *out) {
    struct event_waybill *waybill = out;
    const struct event_party *partner = NULL;
    (void)context;
    (void)fields;
    switch (waybill->direction) {
    case DIRECTION_EXIT:
        waybill->party = waybill->consignor;
        partner = &waybill->consignee;
        break;
    case DIRECTION_TRANSIT:
        waybill->party = waybill->declarant.code.data != NULL ? waybill->declarant : waybill->consignee;
        break;
    default:
        waybill->party = waybill->consignee;
        partner = &waybill->consignor;
        break;
    }
    if (partner != NULL && partner->aeo.data != NULL) {
        waybill->partner_aeo = partner->country;
    }
    return true;
}

/* Of two members that need each other one is missing. */
static bool lacks_other(const struct field *fields, const char *name) {
    return fields != NULL &&
           field_fail(named(fields, name), REJECT_MISSING_FIELD, "%s is missing: one comes with the other", name);
}

/* Contract 2.10. */
bool finish_goods(struct field_context *context, const struct field *fields, void *out) {
    const struct event_goods *goods = out;
    (void)context;
    if (goods->has_value != (goods->currency.data != NULL)) {
        return lacks_other(fields, goods->has_value ? "currency" : "value");
    }
    return goods->net_kg <= goods->gross_kg || (fields != NULL && field_fail(named(fields, "net_kg"), REJECT_BAD_FIELD,
                                                                             "net_kg must not be above gross_kg"));
}

static int order_slices(const void *a, const void *b) {
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* `count` numbers, sorted, each once. In place: what is kept never passes what is read. */
static struct event_list sort_numbers(struct slice *numbers, size_t count) {
    struct event_list list = {numbers, 0};
    if (count == 0) {
        return (struct event_list){NULL, 0};
    }
    qsort(numbers, count, sizeof *numbers, order_slices);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !slice_equal(numbers[i], numbers[list.count - 1])) {
            numbers[list.count++] = numbers[i];
        }
    }
    return list;
}

/* Appends the numbers of UN entries. */
static size_t put_numbers(struct event_list entries, struct slice *numbers, size_t count) {
    const struct event_un *items = entries.items;
    for (size_t i = 0; i < entries.count; i++) {
        numbers[count++] = items[i].un;
    }
    return count;
}

/* Contract 5.17 asks what a container holds, not which goods. */
bool finish_container(struct field_context *context, const struct field *fields, void *out) {
    struct event_container *container = out;
    (void)fields;
    const struct event_goods *goods = container->goods.items;
    size_t most = 0;
    for (size_t i = 0; i < container->goods.count; i++) {
        most += goods[i].dangerous.count;
    }
    struct slice *numbers = most == 0 ? NULL : arena_take(context->arena, most * sizeof *numbers);
    size_t count = 0;
    for (size_t i = 0; i < container->goods.count; i++) {
        count = put_numbers(goods[i].dangerous, numbers, count);
    }
    container->un = sort_numbers(numbers, count);
    return true;
}

/* Contract 2.12: what the ref must look like depends on the scope. */
static bool is_ref(const struct event_control *control) {
    switch (control->scope) {
    case SCOPE_TRAIN: return control->ref.data == NULL;
    case SCOPE_WAYBILL: return text_is_waybill(control->ref);
    default: return text_is_container(control->ref);
    }
}

/* Says what is wrong with it. */
static bool refuse_ref(const struct field *ref, struct event_control *control) {
    if (control->scope == SCOPE_TRAIN) {
        return field_fail(ref, REJECT_BAD_FIELD, "ref must be absent when scope is train");
    }
    if (field_is_absent(ref)) {
        return field_fail(ref, REJECT_MISSING_FIELD, "ref is missing: the number of the %s",
                          CONTROL_SCOPE_NAMES[control->scope]);
    }
    return control->scope == SCOPE_WAYBILL ? field_waybill(ref, &control->ref) : field_container(ref, &control->ref);
}

/* The train's row comes first in each type, so its key is known here. Authority and ref make one text without a
 * separator, since the first always has two letters. */
bool finish_control(struct field_context *context, const struct field *fields, void *out) {
    struct event_control *control = out;
    if (!is_ref(control)) {
        return fields != NULL && refuse_ref(named(fields, "ref"), control);
    }
    if (control->authority.data == NULL) {
        struct slice key = context->event->train_key;
        control->authority = (struct slice){key.data + key.len - PLACE_BYTES, COUNTRY_BYTES};
    }
    if (control->scope == SCOPE_CONTAINER && control->found.count > 0) {
        struct slice *numbers = arena_take(context->arena, control->found.count * sizeof *numbers);
        control->un = sort_numbers(numbers, put_numbers(control->found, numbers, 0));
    }
    char *text = arena_take(context->arena, COUNTRY_BYTES + control->ref.len);
    memcpy(text, control->authority.data, COUNTRY_BYTES);
    if (control->ref.len > 0) {
        memcpy(text + COUNTRY_BYTES, control->ref.data, control->ref.len);
    }
    control->key = (struct slice){text, COUNTRY_BYTES + control->ref.len};
    return true;
}

/* Contract 2.19. */
bool finish_link(struct field_context *context, const struct field *fields, void *out) {
    const struct event_link *link = out;
    return !slice_equal(link->other, context->event->train_key) ||
           (fields != NULL &&
            field_fail(named(fields, "other"), REJECT_BAD_FIELD, "other must be another train than this one"));
}

static bool needs_seal(enum tracking event) {
    return event == TRACKING_SEALED || event == TRACKING_RESEALED;
}

bool finish_tracked(struct field_context *context, const struct field *fields, void *out) {
    struct event_tracked *tracked = out;
    (void)context;
    if (needs_seal(tracked->event) && tracked->seal.data == NULL) {
        return fields != NULL && field_fail(named(fields, "seal"), REJECT_MISSING_FIELD, "seal is missing: %s needs it",
                                            TRACKING_NAMES[tracked->event]);
    }
    /* 2.15: the seal of any other event is checked and not used. */
    if (!needs_seal(tracked->event)) {
        tracked->seal = (struct slice){NULL, 0};
    }
    return tracked->has_position == tracked->has_longitude ||
           lacks_other(fields, tracked->has_position ? "longitude" : "latitude");
}

/* Of a train there is no ref, so the text is the authority alone; of others it is longer. */
bool holds_control(const union event_data *data, struct slice text) {
    return text.len >= COUNTRY_BYTES && (text.len == COUNTRY_BYTES) == (data->control.scope == SCOPE_TRAIN);
}

/* Whether the parts have the form of a train's does not matter to who reads them, only that they can be cut apart. */
bool holds_link(const union event_data *data, struct slice text) {
    (void)data;
    return text.len > TRAIN_KEY_TAIL_BYTES && text.data[text.len - TRAIN_KEY_TAIL_BYTES] == '|' &&
           text.data[text.len - PLACE_BYTES - 1] == '|';
}

/* A seal register is read without asking whether there is a seal. */
bool holds_tracked(const union event_data *data, struct slice text) {
    (void)text;
    return needs_seal(data->tracked.event) == (data->tracked.seal.data != NULL);
}
