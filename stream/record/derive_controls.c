/* The controls that keep a train from being cleared, and those that another customs' pass closed (contract 5.9, 5.19).
 * All registers of one kind lie in one list by ref and authority, so the authorities' views of one control are
 * neighbours. */
#include <stdlib.h>

#include "record/derive.h"

/* Whether what the control is about is still there. A control may come before the waybill that it is about, or outlive
 * it: then it waits, and matters again when the waybill is back. */
static bool matters(const struct derive *derive, enum control_scope scope, struct slice ref) {
    if (scope == SCOPE_WAYBILL) {
        const struct derive_manifest *manifest = derive_find_manifest(derive, ref);
        return manifest != NULL && derive_is_live(manifest);
    }
    if (scope == SCOPE_CONTAINER) {
        const struct derive_container *container = derive_find_container(derive, ref);
        return container != NULL && container->on_train;
    }
    return true;
}

/* A failed control stays open: only a later outcome of the same control, `passed` or `released`, ends it. */
static bool is_open(enum control_outcome outcome) {
    return outcome == OUTCOME_ORDERED || outcome == OUTCOME_FAILED;
}

/* Contract 5.15: by scope, ref, kind, authority; scopes and kinds are numbered in the byte order of their names. */
static int compare_controls(const struct record_control *x, const struct record_control *y) {
    if (x->scope != y->scope) {
        return x->scope < y->scope ? -1 : 1;
    }
    int order = slice_compare(x->ref, y->ref);
    if (order == 0) {
        order = (x->kind > y->kind) - (x->kind < y->kind);
    }
    return order != 0 ? order : slice_compare(x->authority, y->authority);
}

static int order_controls(const void *a, const void *b) {
    return compare_controls(a, b);
}

static int order_accepted(const void *a, const void *b) {
    return compare_controls(&((const struct record_accepted *)a)->control,
                            &((const struct record_accepted *)b)->control);
}

/* The passes of one control that are recognised, newest first. */
struct passes {
    const struct derive_entry **entries;
    size_t count;
};

static int order_passes(const void *a, const void *b) {
    return fact_compare((*(const struct derive_entry *const *)b)->fact, (*(const struct derive_entry *const *)a)->fact);
}

/* Most configurations recognise nothing, and then nothing is looked for. */
static struct passes find_passes(const struct derive *derive, enum control_kind kind, struct derive_list control) {
    struct passes passes = {NULL, 0};
    if (derive->record->rules.recognised.len == 0) {
        return passes;
    }
    passes.entries = arena_take(derive->scratch, control.count * sizeof *passes.entries);
    for (size_t i = 0; i < control.count; i++) {
        const struct derive_entry *entry = &control.entries[i];
        if (!is_open(fact_control(entry->fact).outcome) &&
            rules_recognise_control(&derive->record->rules, derive_authority(entry), CONTROL_KIND_NAMES[kind])) {
            passes.entries[passes.count++] = entry;
        }
    }
    qsort(passes.entries, passes.count, sizeof *passes.entries, order_passes);
    return passes;
}

/* The newest of another authority that is newer than the open control; NULL: none. One authority has one pass, so the
 * first or the second decides. */
static const struct derive_entry *find_pass(const struct passes *passes, const struct derive_entry *open) {
    for (size_t i = 0; i < passes->count; i++) {
        if (!slice_equal(derive_authority(passes->entries[i]), derive_authority(open))) {
            return fact_compare(passes->entries[i]->fact, open->fact) > 0 ? passes->entries[i] : NULL;
        }
    }
    return NULL;
}

/* Where open and accepted controls go. */
struct verdicts {
    struct record_control *open;
    struct record_accepted *accepted;
};

/* What becomes of one control: the facts of all authorities about one ref. */
static void put_control(struct derive *derive, enum control_scope scope, enum control_kind kind,
                        struct derive_list control, struct verdicts *verdicts) {
    struct record *record = derive->record;
    struct passes passes = find_passes(derive, kind, control);
    for (size_t i = 0; i < control.count; i++) {
        const struct derive_entry *entry = &control.entries[i];
        enum control_outcome outcome = fact_control(entry->fact).outcome;
        if (!is_open(outcome)) {
            continue;
        }
        struct record_control shown = {scope,   entry->text,
                                       kind,    derive_authority(entry),
                                       outcome, fact_time_ms(entry->fact)};
        const struct derive_entry *pass = find_pass(&passes, entry);
        if (pass != NULL) {
            verdicts->accepted[record->accepted_count++] =
                (struct record_accepted){shown, derive_authority(pass), fact_time_ms(pass->fact)};
        } else {
            verdicts->open[record->control_count++] = shown;
        }
    }
}

static void put_list(struct derive *derive, enum control_scope scope, enum control_kind kind,
                     struct verdicts *verdicts) {
    const struct derive_list *list = &derive->lists[register_control_kind(scope, kind)];
    for (size_t first = 0; first < list->count;) {
        size_t end = first + 1;
        while (end < list->count && slice_equal(list->entries[first].text, list->entries[end].text)) {
            end++;
        }
        if (matters(derive, scope, list->entries[first].text)) {
            struct derive_list control = {list->entries + first, end - first, 0};
            put_control(derive, scope, kind, control, verdicts);
        }
        first = end;
    }
}

/* Lists are by scope and kind, the record by scope, ref and kind (contract 5.15), hence the sort at the end. */
void derive_controls(struct derive *derive) {
    struct record *record = derive->record;
    size_t most = 0;
    record->control_count = record->accepted_count = 0;
    for (size_t kind = REGISTER_CONTROL; kind < REGISTER_KIND_COUNT; kind++) {
        most += derive->lists[kind].count;
    }
    struct verdicts verdicts = {arena_take(derive->arena, most * sizeof *verdicts.open),
                                arena_take(derive->arena, most * sizeof *verdicts.accepted)};
    for (int scope = 0; scope < SCOPE_COUNT; scope++) {
        for (int kind = 0; kind < KIND_COUNT; kind++) {
            put_list(derive, (enum control_scope)scope, (enum control_kind)kind, &verdicts);
        }
    }
    qsort(verdicts.open, record->control_count, sizeof *verdicts.open, order_controls);
    qsort(verdicts.accepted, record->accepted_count, sizeof *verdicts.accepted, order_accepted);
    record->controls = verdicts.open;
    record->accepted = verdicts.accepted;
}
