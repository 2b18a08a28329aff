/* Which live waybills merge into one declaration, and what it says (contract 5.2 to 5.5, 5.21). */
#include <stdlib.h>
#include <string.h>

#include "record/derive.h"

enum { FIELD_SEPARATOR = 0x1F, JOINED_FIELDS_MAX = 9 };

/* A waybill of an application; `application` counts in the order of the ids. */
struct listed {
    struct slice waybill;
    size_t application;
};

struct listings { /* by waybill, one each: the application with the smallest id */
    struct listed *items;
    size_t count;
};

/* A live waybill and the declaration it belongs to. `joined` stands beside the id so that two waybills merge by what
 * they have in common, never by a hash alone. */
struct member {
    struct derive_manifest *manifest;
    struct slice application; /* under `applied`, of a merged kind */
    struct slice joined;      /* what the id is the hash of */
    struct hash128 id;
};

/* Behind the waybill by application, so that the first of a waybill is the one with the smallest id (contract 5.2). */
static int order_listed(const void *a, const void *b) {
    const struct listed *x = a;
    const struct listed *y = b;
    int order = slice_compare(x->waybill, y->waybill);
    return order != 0 ? order : (x->application > y->application) - (x->application < y->application);
}

static int find_listed(const void *a, const void *b) {
    return slice_compare(((const struct listed *)a)->waybill, ((const struct listed *)b)->waybill);
}

/* Which application each waybill merges under. Sorted and searched, not compared pair by pair: nothing bounds how
 * many applications list a waybill. */
static struct listings make_listings(struct derive *derive) {
    const struct derive_list *applications = &derive->lists[REGISTER_APPLICATION];
    size_t total = 0;
    for (size_t i = 0; i < applications->count; i++) {
        total += fact_listed(applications->entries[i].fact).count;
    }
    struct listings listings = {.items = arena_take(derive->scratch, total * sizeof *listings.items)};
    struct listed *next = listings.items;
    for (size_t i = 0; i < applications->count; i++) {
        const struct fact *fact = applications->entries[i].fact;
        struct event_list list = fact_listed(fact);
        struct fact_cursor cursor = fact_list(fact, list);
        for (size_t k = 0; k < list.count; k++) {
            *next++ = (struct listed){fact_next_waybill(&cursor), i};
        }
    }
    qsort(listings.items, total, sizeof *listings.items, order_listed);
    for (size_t i = 0; i < total; i++) {
        if (i == 0 || !slice_equal(listings.items[i].waybill, listings.items[listings.count - 1].waybill)) {
            listings.items[listings.count++] = listings.items[i];
        }
    }
    return listings;
}

/* The application that a waybill merges under; data NULL for none. Ids were replaced by their places in the sorted
 * list, which order alike and compare faster. */
static struct slice application_of(const struct derive *derive, const struct listings *listings, struct slice waybill) {
    struct listed wanted = {waybill, 0};
    const struct listed *found = bsearch(&wanted, listings->items, listings->count, sizeof wanted, find_listed);
    return found == NULL ? (struct slice){NULL, 0}
                         : derive->lists[REGISTER_APPLICATION].entries[found->application].text;
}

/* The separator is a control character, which no text has (contract 1.1): different fields never join to the same
 * text. */
static struct slice join_fields(struct arena *arena, const struct slice *fields, size_t count) {
    size_t len = count - 1;
    for (size_t i = 0; i < count; i++) {
        len += fields[i].len;
    }
    char *text = arena_take(arena, len);
    char *at = text;
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            *at++ = FIELD_SEPARATOR;
        }
        memcpy(at, fields[i].data, fields[i].len);
        at += fields[i].len;
    }
    return (struct slice){text, len};
}

/* Contract 5.2: what merges without a contract would merge goods of strangers, so a waybill that has none stays
 * alone; and so does one in transit, which has a guarantee of its own. */
static bool can_merge(const struct derive *derive, const struct member *member) {
    const struct event_waybill *view = member->manifest->view;
    if (view->direction == DIRECTION_TRANSIT || view->contract.data == NULL) {
        return false;
    }
    switch (derive->record->rules.merge) {
    case MERGE_NEVER: return false;
    case MERGE_APPLIED: return member->application.data != NULL;
    default: return true;
    }
}

/* Fills in the id from the rest (contract 5.4): what waybills have in common, or the number of one that stays alone. So
 * a waybill that comes or goes does not change the id of the declaration that it belongs to. */
static void identify(struct derive *derive, struct member *member) {
    const struct record *record = derive->record;
    const struct event_waybill *view = member->manifest->view;
    struct slice fields[JOINED_FIELDS_MAX] = {record->number, record->date, record->port,
                                              slice_of(DIRECTION_NAMES[view->direction])};
    size_t count = 4;
    if (can_merge(derive, member)) {
        fields[count++] = SLICE("m");
        fields[count++] = view->party.code;
        fields[count++] = view->contract;
        fields[count++] = view->product_key;
        if (member->application.data != NULL) {
            fields[count++] = member->application;
        }
    } else {
        member->application = (struct slice){NULL, 0};
        fields[count++] = SLICE("w");
        fields[count++] = view->number;
    }
    member->joined = join_fields(derive->scratch, fields, count);
    member->id = hash_of(member->joined);
}

/* Behind the id: equal ids of different fields stay apart; then by waybill, as the manifests lie. */
static int order_members(const void *a, const void *b) {
    const struct member *x = a;
    const struct member *y = b;
    int order = slice_compare(x->joined, y->joined);
    return order != 0 ? order : (x->manifest > y->manifest) - (x->manifest < y->manifest);
}

/* By id. */
static struct member *sort_members(struct derive *derive, const struct member *members, size_t count) {
    struct sort_item *items = arena_take(derive->scratch, count * sizeof *items);
    struct member *sorted = arena_take(derive->scratch, count * sizeof *sorted);
    for (size_t i = 0; i < count; i++) {
        items[i] = (struct sort_item){{members[i].id.high, members[i].id.low}, &members[i]};
    }
    derive_sort(derive, items, count, order_members);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = *(const struct member *)items[i].of;
    }
    return sorted;
}

/* The live waybills, those of one declaration beside each other. Sorting by what the id is made of is the whole
 * merge: equal fields, one declaration. */
static struct member *make_members(struct derive *derive, size_t *count) {
    struct member *members = arena_take(derive->scratch, derive->manifest_count * sizeof *members);
    struct listings listings = {0};
    bool applied = derive->record->rules.merge == MERGE_APPLIED;
    if (applied) {
        listings = make_listings(derive);
    }
    *count = 0;
    for (size_t i = 0; i < derive->manifest_count; i++) {
        if (derive_is_live(&derive->manifests[i])) {
            struct member *member = &members[(*count)++];
            *member = (struct member){.manifest = &derive->manifests[i]};
            if (applied) {
                member->application = application_of(derive, &listings, member->manifest->number);
            }
            identify(derive, member);
        }
    }
    return sort_members(derive, members, *count);
}

/* ---- one declaration, of `count` members */

static bool is_partner_recognised(const struct derive *derive, const struct event_waybill *waybill) {
    const struct record *record = derive->record;
    return waybill->partner_aeo.data != NULL && rules_recognise_aeo(&record->rules, waybill->partner_aeo, record->date);
}

/* Party, contract and product are shown as the newest waybill writes them: they may differ in what the merge does
 * not compare (names, capitals, spaces). */
static void put_waybills(struct derive *derive, const struct member *members, size_t count,
                         struct record_declaration *declaration) {
    struct slice *waybills = arena_take(derive->arena, count * sizeof *waybills);
    const struct derive_manifest *newest = members[0].manifest;
    declaration->aeo = true;
    declaration->aeo_partner = true;
    for (size_t i = 0; i < count; i++) {
        const struct derive_manifest *manifest = members[i].manifest;
        waybills[i] = manifest->number;
        newest = manifest->rank > newest->rank ? manifest : newest;
        declaration->aeo = declaration->aeo && manifest->view->party.aeo.data != NULL;
        declaration->aeo_partner = declaration->aeo_partner && is_partner_recognised(derive, manifest->view);
    }
    declaration->waybills = waybills;
    declaration->waybill_count = count;
    declaration->direction = newest->view->direction;
    declaration->party = newest->view->party;
    declaration->contract = newest->view->contract;
    declaration->product = newest->view->product;
}

/* Distinct, since waybills of one declaration may share a container. */
static void put_containers(struct derive *derive, const struct member *members, size_t count,
                           struct record_declaration *declaration) {
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        used += members[i].manifest->used_count;
    }
    struct slice *numbers = arena_take(derive->arena, used * sizeof *numbers);
    used = 0;
    for (size_t i = 0; i < count; i++) {
        for (const struct derive_claim *claim = members[i].manifest->used_on_train; claim != NULL;
             claim = claim->next_used) {
            numbers[used++] = claim->box.number;
        }
    }
    declaration->containers = numbers;
    declaration->container_count = derive_distinct_texts(derive, numbers, used);
}

/* All goods of the declaration in one array, in any order: derive_lines sorts them. Goods have no fixed size in a fact,
 * so they are unpacked once here and not at each comparison. */
static void put_lines(struct derive *derive, const struct member *members, size_t count,
                      struct record_declaration *declaration) {
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        total += members[i].manifest->goods_count;
    }
    struct event_goods *goods = arena_take(derive->scratch, total * sizeof *goods);
    struct event_goods *next = goods;
    for (size_t i = 0; i < count; i++) {
        for (const struct derive_claim *claim = members[i].manifest->used_on_train; claim != NULL;
             claim = claim->next_used) {
            struct fact_cursor cursor = fact_list(claim->manifest->fact, claim->box.goods);
            for (size_t k = 0; k < claim->box.goods.count; k++) {
                fact_next_goods(&cursor, next++);
            }
        }
    }
    derive_lines(derive, goods, total, declaration);
}

static void put_declaration(struct derive *derive, const struct member *members, size_t count, size_t at) {
    struct record_declaration *declaration = &derive->declarations[at];
    *declaration = (struct record_declaration){.id = members[0].id, .application = members[0].application};
    for (size_t i = 0; i < count; i++) {
        members[i].manifest->declaration = at;
    }
    put_waybills(derive, members, count, declaration);
    put_containers(derive, members, count, declaration);
    put_lines(derive, members, count, declaration);
    derive_declared(derive, declaration, &derive->standings[at]);
}

/* Contract 5.15: these totals are sums over the declarations, so goods that no declaration has count nowhere. */
static void sum_declarations(struct derive *derive) {
    struct record *record = derive->record;
    size_t currencies = 0;
    for (size_t i = 0; i < record->declaration_count; i++) {
        currencies += record->declarations[i].values.count;
    }
    struct record_money *moneys = arena_take(derive->arena, currencies * sizeof *moneys);
    struct record_money *next = moneys;
    for (size_t i = 0; i < record->declaration_count; i++) {
        const struct record_declaration *declaration = &record->declarations[i];
        derive_add(&record->totals.packages, declaration->packages);
        derive_add_wide(&record->totals.gross_kg, declaration->gross_kg);
        derive_add_wide(&record->totals.net_kg, declaration->net_kg);
        memcpy(next, declaration->values.items, declaration->values.count * sizeof *next);
        next += declaration->values.count;
    }
    record->totals.values = derive_sum_moneys(moneys, currencies);
    record->totals.declarations = record->declaration_count;
}

void derive_declarations(struct derive *derive) {
    struct record *record = derive->record;
    size_t count;
    const struct member *members = make_members(derive, &count);
    derive->declarations = arena_take(derive->arena, count * sizeof *derive->declarations);
    derive->standings = arena_take(derive->arena, count * sizeof *derive->standings);
    for (size_t first = 0; first < count;) {
        size_t end = first + 1;
        while (end < count && slice_equal(members[first].joined, members[end].joined)) {
            end++;
        }
        put_declaration(derive, members + first, end - first, record->declaration_count++);
        first = end;
    }
    record->declarations = derive->declarations;
    record->totals.waybills = count;
    sum_declarations(derive);
}
