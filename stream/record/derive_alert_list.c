/* The list of alerts, as it grows and as it is shown. */
#include <stdlib.h>
#include <string.h>

#include "record/derive.h"

enum { ALERTS_MIN = 8 };

/* Grown in the arena, where the old array stays behind: alerts are few, and each train's arena is given back as a
 * whole. */
struct record_alert *derive_alert(struct derive *derive, enum alert_kind kind, struct slice container) {
    size_t count = derive->alert_count;
    if (count == derive->alert_capacity) {
        derive->alert_capacity = count == 0 ? ALERTS_MIN : count * 2;
        struct record_alert *alerts = arena_take(derive->arena, derive->alert_capacity * sizeof *alerts);
        if (count > 0) {
            memcpy(alerts, derive->alerts, count * sizeof *alerts);
        }
        derive->alerts = alerts;
    }
    derive->alerts[count] = (struct record_alert){.kind = kind, .container = container};
    derive->alert_count++;
    return &derive->alerts[count];
}

/* Contract 5.15: by kind, container, field, expected; kinds and fields are numbered in the byte order of their names.
 */
static int order_alerts(const void *a, const void *b) {
    const struct record_alert *x = a;
    const struct record_alert *y = b;
    if (x->kind != y->kind) {
        return x->kind < y->kind ? -1 : 1;
    }
    int order = slice_compare(x->container, y->container);
    if (order == 0) {
        order = (x->field > y->field) - (x->field < y->field);
    }
    return order != 0 ? order : slice_compare(x->expected, y->expected);
}

void derive_alerts_end(struct derive *derive) {
    if (derive->alert_count > 1) {
        qsort(derive->alerts, derive->alert_count, sizeof *derive->alerts, order_alerts);
    }
    derive->record->alerts = derive->alerts;
    derive->record->alert_count = derive->alert_count;
}
