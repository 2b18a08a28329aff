#include <stdlib.h>

#include "core/derive.h"
#include "core/train_state.h"

int derive_order_slices(const void *a, const void *b) {
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

static int order_entries(const void *a, const void *b) {
    return slice_compare(((const struct derive_entry *)a)->text, ((const struct derive_entry *)b)->text);
}

/* Cuts one array into a list a kind, with room for what each kind has. */
static void make_lists(struct derive *derive) {
    const struct fact *fact;
    size_t index;
    size_t total = 0;
    for (size_t at = 0; train_next_register(derive->train, &at, &fact, &index); total++) {
        derive->lists[fact_register(fact, index).kind].count++;
    }
    struct derive_entry *entries = arena_take(derive->arena, total * sizeof *entries);
    for (size_t kind = 0; kind < REGISTER_KIND_COUNT; kind++) {
        derive->lists[kind].entries = entries;
        entries += derive->lists[kind].count;
        derive->lists[kind].count = 0;
    }
}

/* The lists; facts.first_at and last_at, since every live fact stands in some register. */
static void fill_lists(struct derive *derive) {
    struct record *record = derive->record;
    const struct fact *fact;
    size_t index;
    record->first_at_ms = INT64_MAX;
    record->last_at_ms = INT64_MIN;
    for (size_t at = 0; train_next_register(derive->train, &at, &fact, &index);) {
        struct register_key key = fact_register(fact, index);
        struct derive_list *list = &derive->lists[key.kind];
        list->entries[list->count++] = (struct derive_entry){key.text, fact};
        int64_t time_ms = fact_time_ms(fact);
        record->first_at_ms = time_ms < record->first_at_ms ? time_ms : record->first_at_ms;
        record->last_at_ms = time_ms > record->last_at_ms ? time_ms : record->last_at_ms;
    }
    for (size_t kind = 0; kind < REGISTER_KIND_COUNT; kind++) {
        if (derive->lists[kind].count > 1) {
            qsort(derive->lists[kind].entries, derive->lists[kind].count, sizeof(struct derive_entry), order_entries);
        }
    }
    record->fact_count = train_live_events(derive->train);
}

/* Tracking, seals and doors are no ground of a clearance (spec section 5, cleared_at). */
static bool is_ground(size_t kind) {
    return kind != REGISTER_TRACKED && kind != REGISTER_SEAL && kind != REGISTER_OPENED;
}

static int64_t latest_ground_ms(const struct derive *derive) {
    int64_t latest = INT64_MIN;
    for (size_t kind = 0; kind < REGISTER_KIND_COUNT; kind++) {
        const struct derive_list *list = &derive->lists[kind];
        for (size_t i = 0; is_ground(kind) && i < list->count; i++) {
            int64_t time_ms = fact_time_ms(list->entries[i].fact);
            latest = time_ms > latest ? time_ms : latest;
        }
    }
    return latest;
}

static int order_manifests_by_age(const void *a, const void *b) {
    const struct derive_manifest *x = *(struct derive_manifest *const *)a;
    const struct derive_manifest *y = *(struct derive_manifest *const *)b;
    return fact_compare(x->fact, y->fact);
}

static void rank_manifests(struct derive *derive) {
    struct derive_manifest **by_age = arena_take(derive->arena, derive->manifest_count * sizeof *by_age);
    for (size_t i = 0; i < derive->manifest_count; i++) {
        by_age[i] = &derive->manifests[i];
    }
    qsort(by_age, derive->manifest_count, sizeof *by_age, order_manifests_by_age);
    for (size_t i = 0; i < derive->manifest_count; i++) {
        by_age[i]->rank = i;
    }
}

static void make_manifests(struct derive *derive) {
    const struct derive_list *list = &derive->lists[REGISTER_MANIFEST];
    derive->manifests = arena_zeroed(derive->arena, list->count, sizeof *derive->manifests);
    for (size_t i = 0; i < list->count; i++) {
        if (fact_type(list->entries[i].fact) == EVENT_TRANSMITTED) {
            struct derive_manifest *manifest = &derive->manifests[derive->manifest_count++];
            manifest->fact = list->entries[i].fact;
            manifest->view = fact_manifest(manifest->fact);
            derive->claim_count += manifest->view.container_count;
        }
    }
    rank_manifests(derive);
}

static int order_slots(const void *a, const void *b) {
    return slice_compare(((const struct derive_slot *)a)->number, ((const struct derive_slot *)b)->number);
}

static void make_slots(struct derive *derive) {
    size_t total = 0;
    derive->wagon_count = fact_wagon_count(derive->composition);
    struct fact_cursor wagons = fact_wagons(derive->composition);
    for (size_t i = 0; i < derive->wagon_count; i++) {
        total += fact_next_wagon(&wagons).slot_count;
    }
    derive->slots = arena_take(derive->arena, total * sizeof *derive->slots);
    wagons = fact_wagons(derive->composition);
    for (size_t i = 0; i < derive->wagon_count; i++) {
        struct fact_wagon wagon = fact_next_wagon(&wagons);
        for (size_t k = 0; k < wagon.slot_count; k++) {
            struct event_slot slot = fact_next_slot(&wagon.slots);
            derive->slots[derive->slot_count++] =
                (struct derive_slot){slot.container, wagon.wagon, wagon.position, slot.empty};
        }
    }
    qsort(derive->slots, derive->slot_count, sizeof *derive->slots, order_slots);
}

static const struct fact *only_entry(const struct derive *derive, enum register_kind kind) {
    return derive->lists[kind].count == 0 ? NULL : derive->lists[kind].entries[0].fact;
}

int64_t derive_registers(struct derive *derive) {
    make_lists(derive);
    fill_lists(derive);
    derive->composition = only_entry(derive, REGISTER_COMPOSITION);
    derive->arrival = only_entry(derive, REGISTER_ARRIVAL);
    make_manifests(derive);
    if (derive->composition != NULL) {
        make_slots(derive);
    }
    return latest_ground_ms(derive);
}

const struct fact *derive_find(const struct derive *derive, unsigned kind, struct slice text) {
    const struct derive_list *list = &derive->lists[kind];
    struct derive_entry wanted = {text, NULL};
    const struct derive_entry *found = bsearch(&wanted, list->entries, list->count, sizeof wanted, order_entries);
    return found == NULL ? NULL : found->fact;
}

static int order_manifests(const void *a, const void *b) {
    return slice_compare(((const struct derive_manifest *)a)->view.waybill,
                         ((const struct derive_manifest *)b)->view.waybill);
}

const struct derive_manifest *derive_find_manifest(const struct derive *derive, struct slice waybill) {
    struct derive_manifest wanted = {.view = {.waybill = waybill}};
    return bsearch(&wanted, derive->manifests, derive->manifest_count, sizeof wanted, order_manifests);
}

static int order_places(const void *a, const void *b) {
    return slice_compare(((const struct derive_place *)a)->number, ((const struct derive_place *)b)->number);
}

const struct derive_place *derive_find_place(const struct derive *derive, struct slice number) {
    struct derive_place wanted = {.number = number};
    return bsearch(&wanted, derive->places, derive->place_count, sizeof wanted, order_places);
}
