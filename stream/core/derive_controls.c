#include <stdlib.h>

#include "core/derive.h"

/* Whether what the control is about is still there (spec section 5, controls). */
static bool matters(const struct derive *derive, enum control_scope scope, struct slice ref) {
    if (scope == SCOPE_WAYBILL) {
        const struct derive_manifest *manifest = derive_find_manifest(derive, ref);
        return manifest != NULL && derive_is_live(manifest);
    }
    if (scope == SCOPE_CONTAINER) {
        const struct derive_place *place = derive_find_place(derive, ref);
        return place != NULL && place->on_train;
    }
    return true;
}

static bool is_open(enum control_outcome outcome) {
    return outcome == OUTCOME_ORDERED || outcome == OUTCOME_FAILED;
}

static int order_controls(const void *a, const void *b) {
    const struct record_control *x = a;
    const struct record_control *y = b;
    if (x->scope != y->scope) {
        return x->scope < y->scope ? -1 : 1;
    }
    int order = slice_compare(x->ref, y->ref);
    return order != 0 ? order : (x->kind > y->kind) - (x->kind < y->kind);
}

/* Appends the open controls of one list. */
static size_t put_open(const struct derive *derive, enum control_scope scope, enum control_kind kind,
                       struct record_control *controls, size_t count) {
    const struct derive_list *list = &derive->lists[register_control_kind(scope, kind)];
    for (size_t i = 0; i < list->count; i++) {
        const struct derive_entry *entry = &list->entries[i];
        enum control_outcome outcome = fact_control_outcome(entry->fact);
        if (is_open(outcome) && matters(derive, scope, entry->text)) {
            controls[count++] = (struct record_control){scope, entry->text, kind, outcome, fact_time_ms(entry->fact)};
        }
    }
    return count;
}

void derive_controls(struct derive *derive) {
    size_t most = 0;
    for (size_t kind = REGISTER_CONTROL; kind < REGISTER_KIND_COUNT; kind++) {
        most += derive->lists[kind].count;
    }
    struct record_control *controls = arena_take(derive->arena, most * sizeof *controls);
    size_t count = 0;
    for (int scope = 0; scope < SCOPE_COUNT; scope++) {
        for (int kind = 0; kind < KIND_COUNT; kind++) {
            count = put_open(derive, (enum control_scope)scope, (enum control_kind)kind, controls, count);
        }
    }
    qsort(controls, count, sizeof *controls, order_controls);
    derive->record->controls = controls;
    derive->record->control_count = count;
}
