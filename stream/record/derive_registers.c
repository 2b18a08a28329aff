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

void derive_sort(struct derive *derive, struct sort_item *items, size_t count,
                 int (*tie)(const void *a, const void *b)) {
    if (count > 1) {
        sort_items(items, count, arena_take(derive->scratch, count * sizeof *items), tie);
    }
}

static int order_texts(const void *a, const void *b) {
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

void derive_sort_texts(struct derive *derive, struct slice *texts, size_t count) {
    if (count < 2) {
        return;
    }
    struct slice *unsorted = arena_take(derive->scratch, count * sizeof *unsorted);
    struct sort_item *items = arena_take(derive->scratch, count * sizeof *items);
    memcpy(unsorted, texts, count * sizeof *unsorted);
    for (size_t i = 0; i < count; i++) {
        items[i] = (struct sort_item){sort_key_of(unsorted[i]), &unsorted[i]};
    }
    derive_sort(derive, items, count, order_texts);
    for (size_t i = 0; i < count; i++) {
        texts[i] = *(const struct slice *)items[i].of;
    }
}

size_t derive_distinct_texts(struct derive *derive, struct slice *texts, size_t count) {
    size_t kept = 0;
    derive_sort_texts(derive, texts, count);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || !slice_equal(texts[kept - 1], texts[i])) {
            texts[kept++] = texts[i];
        }
    }
    return kept;
}

/* ---- the lists */

/* Everything asks for the controls of something, whoever's they are: so the ref comes first. */
static int order_controls(const void *a, const void *b) {
    const struct derive_entry *x = a;
    const struct derive_entry *y = b;
    int order = slice_compare(x->text, y->text);
    return order != 0 ? order : slice_compare(derive_authority(x), derive_authority(y));
}

/* For those whose texts' keys are equal. */
static int order_others(const void *a, const void *b) {
    return slice_compare(((const struct derive_entry *)a)->text, ((const struct derive_entry *)b)->text);
}

static int compare_entries(const struct derive_entry *x, const struct derive_entry *y, unsigned kind) {
    int order = sort_compare(x->key, y->key);
    if (order != 0) {
        return order;
    }
    return kind >= REGISTER_CONTROL ? order_controls(x, y) : order_others(x, y);
}

static struct derive_entry make_entry(struct register_key key, const struct fact *fact) {
    struct slice text = key.text;
    if (key.kind >= REGISTER_CONTROL) {
        text = (struct slice){text.data + COUNTRY_BYTES, text.len - COUNTRY_BYTES};
    }
    return (struct derive_entry){sort_key_of(text), text, fact};
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

static void rest_on(struct derive *derive, unsigned kind, int64_t time_ms) {
    if (time_ms > derive->ground_ms && is_ground(derive, kind)) {
        derive->ground_ms = time_ms;
    }
}

/* A register as the table of the train has it. */
struct found {
    struct register_key key;
    const struct fact *fact;
};

/* All registers, and how many there are of each kind. Deletions too are a ground (contract 5.13), and every live fact
 * stands in some register: hence facts.first_at and last_at. */
static size_t find_registers(struct derive *derive, struct found *found, size_t *text_bytes) {
    struct record *record = derive->record;
    const struct fact *fact;
    size_t index;
    size_t count = 0;
    *text_bytes = 0;
    record->first_at_ms = INT64_MAX;
    record->last_at_ms = INT64_MIN;
    derive->ground_ms = INT64_MIN;
    for (size_t at = 0; train_next_register(derive->train, &at, &fact, &index); count++) {
        struct register_key key = fact_register(fact, index);
        int64_t time_ms = fact_time_ms(fact);
        found[count] = (struct found){key, fact};
        derive->lists[key.kind].count++;
        *text_bytes += key.text.len;
        record->first_at_ms = time_ms < record->first_at_ms ? time_ms : record->first_at_ms;
        record->last_at_ms = time_ms > record->last_at_ms ? time_ms : record->last_at_ms;
        rest_on(derive, key.kind, time_ms);
    }
    return count;
}

/* Cuts one array into a list a kind, with room for what each kind has. */
static void cut_lists(struct derive *derive, struct derive_entry *entries) {
    for (size_t kind = 0; kind < REGISTER_KIND_COUNT; kind++) {
        struct derive_list *list = &derive->lists[kind];
        list->entries = entries;
        list->capacity = list->count;
        entries += list->count;
        list->count = 0;
    }
}

/* Sorted by text: records of the same facts come out alike however the table lay. Entries are sorted where they need
 * not stay, and written once to where they do. */
static void sort_lists(struct derive *derive, const struct derive_entry *unsorted, size_t count) {
    struct sort_item *items = arena_take(derive->scratch, 2 * count * sizeof *items);
    for (unsigned kind = 0; kind < REGISTER_KIND_COUNT; kind++) {
        const struct derive_list *list = &derive->lists[kind];
        for (size_t i = 0; i < list->count; i++) {
            items[i] = (struct sort_item){unsorted[i].key, &unsorted[i]};
        }
        sort_items(items, list->count, items + count, kind >= REGISTER_CONTROL ? order_controls : order_others);
        for (size_t i = 0; i < list->count; i++) {
            list->entries[i] = *(const struct derive_entry *)items[i].of;
        }
        unsorted += list->count;
    }
}

static void make_lists(struct derive *derive) {
    size_t text_bytes;
    struct found *found = arena_take(derive->scratch, derive->train->used * sizeof *found);
    size_t count = find_registers(derive, found, &text_bytes);
    /* All at once, since thousands of small pieces would each be rounded up. */
    derive->texts = derive->outlives_facts ? arena_take(derive->arena, text_bytes) : NULL;
    struct derive_entry *entries = arena_take(derive->arena, count * sizeof *entries);
    struct derive_entry *unsorted = arena_take(derive->scratch, count * sizeof *unsorted);
    cut_lists(derive, unsorted);
    for (size_t i = 0; i < count; i++) {
        struct derive_list *list = &derive->lists[found[i].key.kind];
        list->entries[list->count++] = make_entry(keep_key(derive, found[i].key), found[i].fact);
    }
    for (size_t kind = 0; kind < REGISTER_KIND_COUNT; kind++) {
        derive->lists[kind].entries = entries + (derive->lists[kind].entries - unsorted);
    }
    sort_lists(derive, unsorted, count);
}

/* The first entry that is not before `entry`. */
static size_t find_place(const struct derive_list *list, const struct derive_entry *entry, unsigned kind) {
    size_t first = 0;
    size_t end = list->count;
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (compare_entries(&list->entries[middle], entry, kind) < 0) {
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
    size_t at = find_place(list, &entry, key.kind);
    if (at == list->count || compare_entries(&list->entries[at], &entry, key.kind) != 0) {
        reserve_entry(derive, list);
        memmove(list->entries + at + 1, list->entries + at, (list->count - at) * sizeof entry);
        list->count++;
        derive->texts = arena_take(derive->arena, key.text.len);
        list->entries[at] = make_entry(keep_key(derive, key), fact);
    }
    list->entries[at].fact = fact;
    rest_on(derive, key.kind, fact_time_ms(fact));
}

static int order_manifests_by_age(const void *a, const void *b) {
    return fact_compare(((const struct derive_manifest *)a)->fact, ((const struct derive_manifest *)b)->fact);
}

/* A claim is as new as its manifest (contract 4.A). Ranks are compared often, so the whole order of contract 3.1 is
 * looked at only here. Ranks are unique even where times are equal, since source, id and hash decide then. */
static void rank_manifests(struct derive *derive) {
    struct sort_item *by_age = arena_take(derive->scratch, derive->manifest_count * sizeof *by_age);
    for (size_t i = 0; i < derive->manifest_count; i++) {
        /* Taken from the smallest time there is, so that times before 1970 come first as unsigned numbers too. */
        uint64_t age = (uint64_t)fact_time_ms(derive->manifests[i].fact) - (uint64_t)INT64_MIN;
        by_age[i] = (struct sort_item){{age, 0}, &derive->manifests[i]};
    }
    derive_sort(derive, by_age, derive->manifest_count, order_manifests_by_age);
    for (size_t i = 0; i < derive->manifest_count; i++) {
        derive->manifests[(const struct derive_manifest *)by_age[i].of - derive->manifests].rank = i;
    }
}

/* The active ones. A deletion is the newest fact of its register and no transmission: so it takes the waybill out,
 * and a later resend brings it back (contract 3.2). */
static void make_manifests(struct derive *derive) {
    const struct derive_list *list = &derive->lists[REGISTER_MANIFEST];
    struct event_transmitted *views = arena_take(derive->scratch, list->count * sizeof *views);
    derive->manifests = arena_zeroed(derive->arena, list->count, sizeof *derive->manifests);
    for (size_t i = 0; i < list->count; i++) {
        if (fact_type(list->entries[i].fact) == EVENT_TRANSMITTED) {
            struct derive_manifest *manifest = &derive->manifests[derive->manifest_count++];
            manifest->fact = list->entries[i].fact;
            struct event_transmitted *view = &views[derive->manifest_count - 1];
            fact_transmitted(manifest->fact, view);
            manifest->number = view->waybill.number;
            manifest->view = &view->waybill;
            manifest->containers = view->containers;
            derive->claim_count += manifest->containers.count;
        }
    }
    rank_manifests(derive);
}

/* In their order of numbers, which are no longer than what a key has of a text. */
static void sort_slots(struct derive *derive, const struct derive_slot *unsorted) {
    struct sort_item *items = arena_take(derive->scratch, derive->slot_count * sizeof *items);
    for (size_t i = 0; i < derive->slot_count; i++) {
        items[i] = (struct sort_item){sort_key_of(unsorted[i].number), &unsorted[i]};
    }
    derive_sort(derive, items, derive->slot_count, NULL);
    derive->slots = arena_take(derive->arena, derive->slot_count * sizeof *derive->slots);
    for (size_t i = 0; i < derive->slot_count; i++) {
        derive->slots[i] = *(const struct derive_slot *)items[i].of;
    }
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
    struct derive_slot *unsorted = arena_take(derive->scratch, total * sizeof *unsorted);
    wagons = fact_list(derive->composition, list);
    for (size_t i = 0; i < derive->wagon_count; i++) {
        struct event_wagon wagon = fact_next_wagon(&wagons);
        struct fact_cursor slots = fact_list(derive->composition, wagon.slots);
        for (size_t k = 0; k < wagon.slots.count; k++) {
            struct event_slot slot = fact_next_slot(&slots);
            unsorted[derive->slot_count++] =
                (struct derive_slot){slot.number, wagon.wagon, wagon.position, slot.empty, slot.domestic};
        }
    }
    sort_slots(derive, unsorted);
}

/* Composition and arrival have one register each (contract 2.6). */
static const struct fact *only_entry(const struct derive *derive, enum register_kind kind) {
    return derive->lists[kind].count == 0 ? NULL : derive->lists[kind].entries[0].fact;
}

void derive_registers(struct derive *derive) {
    make_lists(derive);
    derive->composition = only_entry(derive, REGISTER_COMPOSITION);
    derive->arrival = only_entry(derive, REGISTER_ARRIVAL);
    make_manifests(derive);
    if (derive->composition != NULL) {
        make_slots(derive);
    }
}

/* The first entry whose text is not before this one. */
static size_t find_text(const struct derive_list *list, struct sort_key key, struct slice text) {
    size_t first = 0;
    for (size_t left = list->count; left > 0;) {
        size_t half = left / 2;
        const struct derive_entry *middle = &list->entries[first + half];
        bool before = sort_compare_texts(middle->key, middle->text, key, text) < 0;
        first += before ? half + 1 : 0;
        left = before ? left - half - 1 : half;
    }
    return first;
}

const struct fact *derive_find_in(const struct derive_list *list, struct slice text) {
    size_t at = find_text(list, sort_key_of(text), text);
    return at < list->count && slice_equal(list->entries[at].text, text) ? list->entries[at].fact : NULL;
}

/* The first of the ref by bisection, then on while it is the same: a control has few authorities. */
struct derive_list derive_find_ref(const struct derive_list *list, struct slice ref) {
    size_t first = find_text(list, sort_key_of(ref), ref);
    size_t end = first;
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
