/* Whatever two sources tell differently becomes an alert, never a choice in silence: the record shows one value, and
 * the alert says that there was another. Most kinds block the clearance (alert_blocks). */
#include <stdlib.h>

#include "base/timestamp.h"
#include "event/container.h"
#include "record/derive.h"

/* Contract 5.15: a mismatch lists its values by waybill, so that the same set of events gives the same bytes. */
static int order_values(const void *a, const void *b) {
    return slice_compare(((const struct record_value *)a)->waybill, ((const struct record_value *)b)->waybill);
}

static struct record_value value_of(const struct derive_claim *claim, enum alert_field field) {
    struct record_value value = {.waybill = claim->manifest->number};
    switch (field) {
    case FIELD_SEAL: value.text = claim->box.seal; break;
    case FIELD_SIZE_TYPE: value.text = claim->box.size_type; break;
    case FIELD_WAGON: value.text = claim->box.wagon; break;
    default: value.tare_kg = claim->box.tare_kg; break;
    }
    return value;
}

static bool same_value(const struct record_value *a, const struct record_value *b, enum alert_field field) {
    return field == FIELD_TARE_KG ? a->tare_kg == b->tare_kg : slice_equal(a->text, b->text);
}

/* Contract 4.2 for one field: claims that do not tell it take no part. */
static void check_field(struct derive *derive, const struct derive_container *container, enum alert_field field) {
    struct record_value *values = arena_take(derive->arena, container->used_count * sizeof *values);
    size_t count = 0;
    bool differ = false;
    for (size_t i = 0; i < container->used_count; i++) {
        if (derive_claim_tells(container->claims[i], field)) {
            values[count] = value_of(container->claims[i], field);
            differ = differ || !same_value(&values[0], &values[count], field);
            count++;
        }
    }
    if (differ) {
        qsort(values, count, sizeof *values, order_values);
        struct record_alert *alert = derive_alert(derive, ALERT_CONTAINER_MISMATCH, container->number);
        alert->field = field;
        alert->values = values;
        alert->value_count = count;
    }
}

/* What the claims of one container say against each other and against the composition (contract 4.1 to 4.3). */
static void check_claims(struct derive *derive, const struct derive_container *container) {
    /* 4.1: an FCL container cannot belong to two consignments, so only the newest claim is used; all are named. */
    if (container->used_count < container->claim_count) {
        struct record_alert *alert = derive_alert(derive, ALERT_CONTAINER_CLAIMED_TWICE, container->number);
        alert->waybills = derive_claim_waybills(derive, container->claims, container->claim_count);
        alert->waybill_count = container->claim_count;
    }
    /* 4.2: wagons change at the break of gauge, so with a composition only that knows where a container stands. */
    for (int field = FIELD_OF_CLAIMS; container->used_count > 1 && field < FIELD_COUNT; field++) {
        if (field != FIELD_WAGON || derive->composition == NULL) {
            check_field(derive, container, (enum alert_field)field);
        }
    }
    /* 4.3 */
    if (container->slot != NULL && container->slot->domestic) {
        derive_alert(derive, ALERT_DOMESTIC_WITH_MANIFEST, container->number);
    } else if (container->slot != NULL && container->slot->empty) {
        derive_alert(derive, ALERT_EMPTY_WITH_GOODS, container->number);
    }
}

/* Contract 5.7: a new seal that is reported as `resealed` explains itself (customs opened the container); one that
 * only turns out to be another does not. */
static void check_seal(struct derive *derive, const struct derive_container *container) {
    const struct fact *fact = derive_find(derive, REGISTER_SEAL, container->number);
    const struct derive_claim *claim = fact == NULL ? NULL : derive_shown(container, FIELD_SEAL);
    if (claim == NULL) {
        return;
    }
    struct event_tracked sealed = fact_tracked(fact);
    if (sealed.event == TRACKING_SEALED && !slice_equal(sealed.seal, claim->box.seal)) {
        struct record_alert *alert = derive_alert(derive, ALERT_SEAL_CHANGED, container->number);
        alert->expected = claim->box.seal;
        alert->found = sealed.seal;
    }
}

/* Contract 5.8: doors may be opened for an inspection, which is often reported before it is done: from a day before
 * on, any outcome of it explains the opening, whichever customs'. */
static void check_doors(struct derive *derive, const struct derive_container *container) {
    const struct fact *opened = derive_find(derive, REGISTER_OPENED, container->number);
    if (opened == NULL) {
        return;
    }
    struct derive_list inspections =
        derive_find_controls(derive, SCOPE_CONTAINER, KIND_PHYSICAL_INSPECTION, container->number);
    for (size_t i = 0; i < inspections.count; i++) {
        if (fact_time_ms(inspections.entries[i].fact) >= fact_time_ms(opened) - TIMESTAMP_DAY_MS) {
            return;
        }
    }
    derive_alert(derive, ALERT_DOOR_OPENED, container->number);
}

/* A container that is not on the train concerns nobody here, and one that is listed only has no claims to compare. */
void derive_container_alerts(struct derive *derive, const struct derive_container *container) {
    if (!container->on_train) {
        return;
    }
    /* 4.4: it is taken as it is written on the box, and somebody should look. */
    if (!container_is_regular(container->number)) {
        derive_alert(derive, ALERT_CONTAINER_NUMBER, container->number);
    }
    if (container->claim_count > 0) {
        check_claims(derive, container);
        check_seal(derive, container);
    }
    check_doors(derive, container);
    derive_cargo_alerts(derive, container);
}
