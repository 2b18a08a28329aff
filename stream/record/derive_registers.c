/* Reading a train: its registers by kind, sorted, so that everything else is found by binary search. From here on
 * nothing depends on the order in which events came. The table of a train is in the order of its hashes, which are
 * seeded anew in each life (train/train.h): whatever was taken from it unsorted would differ between workers. */
#include <stdlib.h>
#include <string.h>

#include "record/derive.h"
#include "train/train_state.h"

/* Room for the most that it may be is taken in the scratch arena, and only what it came to is kept. */
void *derive_keep(const struct derive *derive, void *made, size_t bytes) {
    if (derive->arena == derive->scratch || bytes == 0) {
        return made;
    }
    return memcpy(arena_take(derive->arena, bytes), made, bytes);
}

int derive_order_slices(const void *a, const void *b) {
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

static int order_entries(const void *a, const void *b) {
    const struct derive_entry *x = a;
    const struct derive_entry *y = b;
    int order = slice_compare(x->text, y->text);
    return order != 0 ? order : slice_compare(x->authority, y->authority);
}

/* Cuts one array into a list a kind, with room for what each kind has. Two passes over the table, so that each list has
 * exactly its place in one array. */
static void make_lists(struct derive *derive) {
    const struct fact *fact;
    size_t index;
    size_t total = 0;
    size_t text_bytes = 0;
    for (size_t at = 0; train_next_register(derive->train, &at, &fact, &index); total++) {
        struct register_key key = fact_register(fact, index);
        derive->lists[key.kind].count++;
        text_bytes += key.text.len;
    }
    /* All at once, since thousands of small pieces would each be rounded up. */
    derive->texts = derive->outlives_facts ? arena_take(derive->arena, text_bytes) : NULL;
    struct derive_entry *entries = arena_take(derive->arena, total * sizeof *entries);
    for (size_t kind = 0; kind < REGISTER_KIND_COUNT; kind++) {
        derive->lists[kind].entries = entries;
        derive->lists[kind].capacity = derive->lists[kind].count;
        entries += derive->lists[kind].count;
        derive->lists[kind].count = 0;
    }
}

/* Everything asks for the controls of something, whoever's they are: so the ref comes first. */
static struct derive_entry make_entry(struct register_key key, const struct fact *fact) {
    struct derive_entry entry = {key.text, {NULL, 0}, fact};
    if (key.kind >= REGISTER_CONTROL) {
        entry.authority = (struct slice){key.text.data, COUNTRY_BYTES};
        entry.text = (struct slice){key.text.data + COUNTRY_BYTES, key.text.len - COUNTRY_BYTES};
    }
    return entry;
}

/* The key as it is kept: a register outlives the fact that its key was read from. */
static struct register_key keep_key(struct derive *derive, struct register_key key) {
    if (derive->outlives_facts && key.text.len > 0) {
        memcpy(derive->texts, key.text.data, key.text.len);
        key.text.data = derive->texts;
        derive->texts += key.text.len;
    }
    return key;
}

/* The lists; facts.first_at and last_at, since every live fact stands in some register. Sorted by text: records of the
 * same facts come out alike however the table lay. */
static void fill_lists(struct derive *derive) {
    struct record *record = derive->record;
    const struct fact *fact;
    size_t index;
    record->first_at_ms = INT64_MAX;
    record->last_at_ms = INT64_MIN;
    for (size_t at = 0; train_next_register(derive->train, &at, &fact, &index);) {
        struct register_key key = fact_register(fact, index);
        struct derive_list *list = &derive->lists[key.kind];
        list->entries[list->count++] = make_entry(keep_key(derive, key), fact);
        int64_t time_ms = fact_time_ms(fact);
        record->first_at_ms = time_ms < record->first_at_ms ? time_ms : record->first_at_ms;
        record->last_at_ms = time_ms > record->last_at_ms ? time_ms : record->last_at_ms;
    }
    for (size_t kind = 0; kind < REGISTER_KIND_COUNT; kind++) {
        if (derive->lists[kind].count > 1) {
            qsort(derive->lists[kind].entries, derive->lists[kind].count, sizeof(struct derive_entry), order_entries);
        }
    }
}

/* Tracking, seals, doors and links are no ground of a clearance (contract 5.13): they go on coming long after a train
 * was let go. What of the declarations is one depends on what they must have reached (derive_declared). */
static bool is_ground(const struct derive *derive, unsigned kind) {
    switch (kind) {
    case REGISTER_MANIFEST:
    case REGISTER_COMPOSITION:
    case REGISTER_ARRIVAL:
    case REGISTER_TALLY: return true;
    case REGISTER_APPLICATION: return derive->record->rules.merge == MERGE_APPLIED;
    default: return kind >= REGISTER_CONTROL;
    }
}

static void rest_on(struct derive *derive, unsigned kind, const struct fact *fact) {
    if (is_ground(derive, kind) && fact_time_ms(fact) > derive->ground_ms) {
        derive->ground_ms = fact_time_ms(fact);
    }
}

/* Deletions count too (contract 5.13), so this goes over registers and not over active manifests. */
static void rest_on_registers(struct derive *derive) {
    derive->ground_ms = INT64_MIN;
    for (unsigned kind = 0; kind < REGISTER_KIND_COUNT; kind++) {
        const struct derive_list *list = &derive->lists[kind];
        for (size_t i = 0; i < list->count; i++) {
            rest_on(derive, kind, list->entries[i].fact);
        }
    }
}

/* The first entry that is not before `entry`. */
static size_t find_place(const struct derive_list *list, const struct derive_entry *entry) {
    size_t first = 0;
    size_t end = list->count;
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (order_entries(&list->entries[middle], entry) < 0) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    return first;
}

static void reserve_entry(struct derive *derive, struct derive_list *list) {
    if (list->count < list->capacity) {
        return;
    }
    list->capacity = list->capacity == 0 ? 4 : list->capacity * 2;
    struct derive_entry *entries = arena_take(derive->arena, list->capacity * sizeof *entries);
    if (list->count > 0) {
        memcpy(entries, list->entries, list->count * sizeof *entries);
    }
    list->entries = entries;
}

/* A register's facts only get newer (contract 3.1), so the ground never goes back. Inserted where it belongs, which
 * moves what is behind: a list seldom grows, and most changes find their register there already. */
void derive_take(struct derive *derive, struct register_key key, const struct fact *fact) {
    struct derive_list *list = &derive->lists[key.kind];
    struct derive_entry entry = make_entry(key, fact);
    size_t at = find_place(list, &entry);
    if (at == list->count || order_entries(&list->entries[at], &entry) != 0) {
        reserve_entry(derive, list);
        memmove(list->entries + at + 1, list->entries + at, (list->count - at) * sizeof entry);
        list->count++;
        derive->texts = arena_take(derive->arena, key.text.len);
        list->entries[at] = make_entry(keep_key(derive, key), fact);
    }
    list->entries[at].fact = fact;
    rest_on(derive, key.kind, fact);
}

static int order_manifests_by_age(const void *a, const void *b) {
    const struct derive_manifest *x = *(struct derive_manifest *const *)a;
    const struct derive_manifest *y = *(struct derive_manifest *const *)b;
    return fact_compare(x->fact, y->fact);
}

/* A claim is as new as its manifest (contract 4.A). Ranks are compared often, so the whole order of contract 3.1 is
 * looked at only here. Ranks are unique even where times are equal, since source, id and hash decide then. */
static void rank_manifests(struct derive *derive) {
    struct derive_manifest **by_age = arena_take(derive->scratch, derive->manifest_count * sizeof *by_age);
    for (size_t i = 0; i < derive->manifest_count; i++) {
        by_age[i] = &derive->manifests[i];
    }
    qsort(by_age, derive->manifest_count, sizeof *by_age, order_manifests_by_age);
    for (size_t i = 0; i < derive->manifest_count; i++) {
        by_age[i]->rank = i;
    }
}

/* The active ones. A deletion is the newest fact of its register and no transmission: so it takes the waybill out,
 * and a later resend brings it back (contract 3.2). */
static void make_manifests(struct derive *derive) {
    const struct derive_list *list = &derive->lists[REGISTER_MANIFEST];
    struct event_waybill *views = arena_take(derive->scratch, list->count * sizeof *views);
    derive->manifests = arena_zeroed(derive->arena, list->count, sizeof *derive->manifests);
    for (size_t i = 0; i < list->count; i++) {
        if (fact_type(list->entries[i].fact) == EVENT_TRANSMITTED) {
            struct derive_manifest *manifest = &derive->manifests[derive->manifest_count++];
            manifest->fact = list->entries[i].fact;
            struct event_transmitted transmitted = fact_transmitted(manifest->fact);
            struct event_waybill *view = &views[derive->manifest_count - 1];
            *view = transmitted.waybill;
            manifest->number = view->number;
            manifest->view = view;
            manifest->containers = transmitted.containers;
            derive->claim_count += manifest->containers.count;
        }
    }
    rank_manifests(derive);
}

static int order_slots(const void *a, const void *b) {
    return slice_compare(((const struct derive_slot *)a)->number, ((const struct derive_slot *)b)->number);
}

/* A composition lists a container at most once (contract 2.11), so a number finds its slot. Counted first, read
 * afterwards: cursors go one way only. */
static void make_slots(struct derive *derive) {
    size_t total = 0;
    struct event_list list = fact_wagons(derive->composition);
    struct fact_cursor wagons = fact_list(derive->composition, list);
    derive->wagon_count = list.count;
    for (size_t i = 0; i < derive->wagon_count; i++) {
        total += fact_next_wagon(&wagons).slots.count;
    }
    derive->slots = arena_take(derive->arena, total * sizeof *derive->slots);
    wagons = fact_list(derive->composition, list);
    for (size_t i = 0; i < derive->wagon_count; i++) {
        struct event_wagon wagon = fact_next_wagon(&wagons);
        struct fact_cursor slots = fact_list(derive->composition, wagon.slots);
        for (size_t k = 0; k < wagon.slots.count; k++) {
            struct event_slot slot = fact_next_slot(&slots);
            derive->slots[derive->slot_count++] =
                (struct derive_slot){slot.number, wagon.wagon, wagon.position, slot.empty, slot.domestic};
        }
    }
    qsort(derive->slots, derive->slot_count, sizeof *derive->slots, order_slots);
}

/* Composition and arrival have one register each (contract 2.6). */
static const struct fact *only_entry(const struct derive *derive, enum register_kind kind) {
    return derive->lists[kind].count == 0 ? NULL : derive->lists[kind].entries[0].fact;
}

void derive_registers(struct derive *derive) {
    make_lists(derive);
    fill_lists(derive);
    derive->composition = only_entry(derive, REGISTER_COMPOSITION);
    derive->arrival = only_entry(derive, REGISTER_ARRIVAL);
    make_manifests(derive);
    if (derive->composition != NULL) {
        make_slots(derive);
    }
    rest_on_registers(derive);
}

/* The authority is empty on both sides, as controls are not looked for by this. */
const struct fact *derive_find(const struct derive *derive, unsigned kind, struct slice text) {
    const struct derive_list *list = &derive->lists[kind];
    struct derive_entry wanted = {.text = text};
    const struct derive_entry *found = bsearch(&wanted, list->entries, list->count, sizeof wanted, order_entries);
    return found == NULL ? NULL : found->fact;
}

/* The first of the ref by bisection, then on while it is the same: a control has few authorities. */
struct derive_list derive_find_controls(const struct derive *derive, enum control_scope scope, enum control_kind kind,
                                        struct slice ref) {
    const struct derive_list *list = &derive->lists[register_control_kind(scope, kind)];
    size_t first = 0;
    size_t end = list->count;
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (slice_compare(list->entries[middle].text, ref) < 0) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    while (end < list->count && slice_equal(list->entries[end].text, ref)) {
        end++;
    }
    return (struct derive_list){list->entries + first, end - first, 0};
}

static int order_manifests(const void *a, const void *b) {
    return slice_compare(((const struct derive_manifest *)a)->number, ((const struct derive_manifest *)b)->number);
}

const struct derive_manifest *derive_find_manifest(const struct derive *derive, struct slice waybill) {
    struct derive_manifest wanted = {.number = waybill};
    return bsearch(&wanted, derive->manifests, derive->manifest_count, sizeof wanted, order_manifests);
}

static int order_containers(const void *a, const void *b) {
    return slice_compare(((const struct derive_container *)a)->number, ((const struct derive_container *)b)->number);
}

const struct derive_container *derive_find_container(const struct derive *derive, struct slice number) {
    struct derive_container wanted = {.number = number};
    return bsearch(&wanted, derive->containers, derive->container_count, sizeof wanted, order_containers);
}
