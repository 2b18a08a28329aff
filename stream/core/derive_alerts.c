#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"
#include "core/derive.h"

enum { ALERTS_MIN = 8 };

/* A new alert; the list doubles when it is as long as a power of two. */
static struct record_alert *push(struct derive *derive, enum alert_kind kind, struct slice container) {
    size_t count = derive->alert_count;
    bool is_full = count == 0 || (count >= ALERTS_MIN && (count & (count - 1)) == 0);
    if (is_full) {
        size_t capacity = count < ALERTS_MIN ? ALERTS_MIN : count * 2;
        struct record_alert *alerts = arena_take(derive->arena, capacity * sizeof *alerts);
        if (count > 0) {
            memcpy(alerts, derive->alerts, count * sizeof *alerts);
        }
        derive->alerts = alerts;
    }
    derive->alerts[count] = (struct record_alert){.kind = kind, .container = container};
    derive->alert_count++;
    return &derive->alerts[count];
}

static int order_values(const void *a, const void *b) {
    return slice_compare(((const struct record_value *)a)->waybill, ((const struct record_value *)b)->waybill);
}

static bool same_value(const struct record_value *a, const struct record_value *b, enum alert_field field) {
    return field == FIELD_TARE_KG ? a->tare_kg == b->tare_kg : slice_equal(a->text, b->text);
}

/* Rule 2 for one field. */
static void check_field(struct derive *derive, const struct derive_place *place, enum alert_field field) {
    struct record_value *values = arena_take(derive->arena, place->used_count * sizeof *values);
    size_t count = 0;
    bool differ = false;
    for (size_t i = 0; i < place->used_count; i++) {
        if (derive_claim_value(place->claims[i], field, &values[count])) {
            differ = differ || !same_value(&values[0], &values[count], field);
            count++;
        }
    }
    if (differ) {
        qsort(values, count, sizeof *values, order_values);
        struct record_alert *alert = push(derive, ALERT_CONTAINER_MISMATCH, place->number);
        alert->field = field;
        alert->values = values;
        alert->value_count = count;
    }
}

static void check_claims(struct derive *derive, const struct derive_place *place) {
    if (place->used_count < place->claim_count) {
        struct record_alert *alert = push(derive, ALERT_CONTAINER_CLAIMED_TWICE, place->number);
        alert->waybills = derive_claim_waybills(derive, place->claims, place->claim_count);
        alert->waybill_count = place->claim_count;
    }
    for (int field = 0; place->used_count > 1 && field < FIELD_COUNT; field++) {
        if (field != FIELD_WAGON || derive->composition == NULL) {
            check_field(derive, place, (enum alert_field)field);
        }
    }
    if (place->slot != NULL && place->slot->empty) {
        push(derive, ALERT_EMPTY_WITH_GOODS, place->number);
    }
}

static void check_seal(struct derive *derive, const struct derive_place *place) {
    const struct fact *fact = derive_find(derive, REGISTER_SEAL, place->number);
    struct record_value claimed;
    if (fact == NULL || !derive_shown(place, FIELD_SEAL, &claimed)) {
        return;
    }
    struct fact_tracked sealed = fact_tracked(fact);
    if (sealed.event == TRACKING_SEALED && !slice_equal(sealed.seal, claimed.text)) {
        struct record_alert *alert = push(derive, ALERT_SEAL_CHANGED, place->number);
        alert->expected = claimed.text;
        alert->found = sealed.seal;
    }
}

static void check_doors(struct derive *derive, const struct derive_place *place) {
    const struct fact *opened = derive_find(derive, REGISTER_OPENED, place->number);
    if (opened == NULL) {
        return;
    }
    const struct fact *inspection =
        derive_find(derive, register_control_kind(SCOPE_CONTAINER, KIND_PHYSICAL_INSPECTION), place->number);
    if (inspection == NULL || fact_time_ms(inspection) < fact_time_ms(opened) - TIMESTAMP_DAY_MS) {
        push(derive, ALERT_DOOR_OPENED, place->number);
    }
}

void derive_place_alerts(struct derive *derive, const struct derive_place *place) {
    if (!place->on_train) {
        return;
    }
    if (place->claim_count > 0) {
        check_claims(derive, place);
        check_seal(derive, place);
    }
    check_doors(derive, place);
}

static int order_alerts(const void *a, const void *b) {
    const struct record_alert *x = a;
    const struct record_alert *y = b;
    if (x->kind != y->kind) {
        return x->kind < y->kind ? -1 : 1;
    }
    int order = slice_compare(x->container, y->container);
    return order != 0 ? order : (x->field > y->field) - (x->field < y->field);
}

void derive_alerts_end(struct derive *derive) {
    if (derive->alert_count > 1) {
        qsort(derive->alerts, derive->alert_count, sizeof *derive->alerts, order_alerts);
    }
    derive->record->alerts = derive->alerts;
    derive->record->alert_count = derive->alert_count;
}
