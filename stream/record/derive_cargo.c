/* What was counted and found in a container against what its papers declare (contract 5.16, 5.17). */
#include "record/derive.h"

/* A fraction and not a percentage, so that the comparison is exact in whole numbers (contract 5.16, bounds
 * included). */
enum { TOLERANCE_PARTS = 20 /* a weight may be off by one part of so many: 5 % */ };

/* ---- tally */

struct sums {
    uint64_t packages;
    uint128 gross_kg;
};

/* Read from the manifests again and not from the lines: those are added up over containers (contract 5.5). */
static struct sums declared_sums(const struct derive_container *container) {
    struct sums sums = {0, 0};
    for (size_t i = 0; i < container->used_count; i++) {
        const struct derive_claim *claim = container->claims[i];
        struct fact_cursor cursor = fact_list(claim->manifest->fact, claim->box.goods);
        for (size_t k = 0; k < claim->box.goods.count; k++) {
            struct event_goods goods;
            fact_next_goods(&cursor, &goods);
            derive_add(&sums.packages, goods.packages);
            derive_add_wide(&sums.gross_kg, goods.gross_kg);
        }
    }
    return sums;
}

static void tally_differs(struct derive *derive, struct slice container, enum alert_field field, uint128 declared,
                          uint128 counted) {
    struct record_alert *alert = derive_alert(derive, ALERT_TALLY_MISMATCH, container);
    alert->field = field;
    alert->declared = declared;
    alert->counted = counted;
}

/* Packages are counted; weights are weighed, and papers round them. A tally of 0 against papers of 0 agrees; 128 bits
 * leave room for twenty times any sum. */
static void check_tally(struct derive *derive, const struct derive_container *container) {
    const struct fact *fact = derive_find(derive, REGISTER_TALLY, container->number);
    if (fact == NULL) {
        return;
    }
    struct event_tally tally = fact_tally(fact);
    struct sums sums = declared_sums(container);
    if (tally.has_packages && tally.packages != sums.packages) {
        tally_differs(derive, container->number, FIELD_PACKAGES, sums.packages, tally.packages);
    }
    uint128 off = tally.gross_kg > sums.gross_kg ? tally.gross_kg - sums.gross_kg : sums.gross_kg - tally.gross_kg;
    if (tally.has_gross && off * TOLERANCE_PARTS > sums.gross_kg) {
        tally_differs(derive, container->number, FIELD_GROSS_KG, sums.gross_kg, tally.gross_kg);
    }
}

/* A container that is claimed and off the train is no surprise: for it nothing is raised (contract 4.B). */
void derive_unexpected_tallies(struct derive *derive) {
    const struct derive_list *tallies = &derive->lists[REGISTER_TALLY];
    for (size_t i = 0; i < tallies->count; i++) {
        if (derive_find_container(derive, tallies->entries[i].text) == NULL) {
            derive_alert(derive, ALERT_TALLY_UNEXPECTED, tallies->entries[i].text);
        }
    }
}

/* ---- dangerous goods */

/* Numbers of one fact come sorted; those of several are sorted together afterwards. */
static size_t put_un(const struct fact *fact, struct event_list list, struct slice *numbers, size_t count) {
    struct fact_cursor cursor = fact_list(fact, list);
    for (size_t i = 0; i < list.count; i++) {
        numbers[count++] = fact_next_un(&cursor);
    }
    return count;
}

/* Of used claims only: goods of a claim that lost against an FCL one count nowhere (contract 4.1). */
const struct slice *derive_declared_un(struct derive *derive, const struct derive_container *container, size_t *count) {
    size_t most = 0;
    *count = 0;
    for (size_t i = 0; i < container->used_count; i++) {
        most += container->claims[i]->box.un.count;
    }
    if (most == 0) {
        return NULL;
    }
    struct slice *numbers = arena_take(derive->arena, most * sizeof *numbers);
    for (size_t i = 0; i < container->used_count; i++) {
        const struct derive_claim *claim = container->claims[i];
        *count = put_un(claim->manifest->fact, claim->box.un, numbers, *count);
    }
    *count = derive_distinct_texts(derive, numbers, *count);
    return numbers;
}

/* The numbers that any control of the container found. Counted first and read then, since the arena gives room once.
 * The outcome does not matter: what was found in the box is in it, also after it was let go. */
static struct slice *found_un(struct derive *derive, struct slice container, size_t *count) {
    size_t most = 0;
    *count = 0;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        struct derive_list list = derive_find_controls(derive, SCOPE_CONTAINER, (enum control_kind)kind, container);
        for (size_t i = 0; i < list.count; i++) {
            most += fact_control(list.entries[i].fact).un.count;
        }
    }
    if (most == 0) {
        return NULL;
    }
    struct slice *numbers = arena_take(derive->arena, most * sizeof *numbers);
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        struct derive_list list = derive_find_controls(derive, SCOPE_CONTAINER, (enum control_kind)kind, container);
        for (size_t i = 0; i < list.count; i++) {
            *count = put_un(list.entries[i].fact, fact_control(list.entries[i].fact).un, numbers, *count);
        }
    }
    *count = derive_distinct_texts(derive, numbers, *count);
    return numbers;
}

static void dangerous(struct derive *derive, enum alert_kind kind, struct slice container, const struct slice *un,
                      size_t count) {
    struct record_alert *alert = derive_alert(derive, kind, container);
    alert->un = un;
    alert->un_count = count;
}

/* Both are sorted, so one walk over them finds what is in the second only; it is kept in place. */
static void check_found(struct derive *derive, const struct derive_container *container, const struct slice *declared,
                        size_t declared_count) {
    size_t found_count;
    struct slice *found = found_un(derive, container->number, &found_count);
    size_t kept = 0;
    size_t at = 0;
    for (size_t i = 0; i < found_count; i++) {
        while (at < declared_count && slice_compare(declared[at], found[i]) < 0) {
            at++;
        }
        if (at == declared_count || !slice_equal(declared[at], found[i])) {
            found[kept++] = found[i];
        }
    }
    if (kept > 0) {
        dangerous(derive, ALERT_DANGEROUS_UNDECLARED, container->number, found, kept);
    }
}

/* Whether some customs looked at the papers or at the goods and let them go. The newest outcome of any one authority
 * will do (contract 5.17), unlike an open control, which another one's pass closes only where it is recognised
 * (5.19). */
static bool is_passed(const struct derive *derive, enum control_scope scope, struct slice ref) {
    static const enum control_kind KINDS[] = {KIND_DOCUMENT, KIND_PHYSICAL_INSPECTION};
    for (size_t k = 0; k < sizeof KINDS / sizeof KINDS[0]; k++) {
        struct derive_list list = derive_find_controls(derive, scope, KINDS[k], ref);
        for (size_t i = 0; i < list.count; i++) {
            enum control_outcome outcome = fact_control(list.entries[i].fact).outcome;
            if (outcome == OUTCOME_PASSED || outcome == OUTCOME_RELEASED) {
                return true;
            }
        }
    }
    return false;
}

/* From the nearest to the farthest; a waybill counts only if it declares dangerous goods in this very container. */
static bool is_checked(const struct derive *derive, const struct derive_container *container) {
    if (is_passed(derive, SCOPE_CONTAINER, container->number) ||
        is_passed(derive, SCOPE_TRAIN, (struct slice){NULL, 0})) {
        return true;
    }
    for (size_t i = 0; i < container->used_count; i++) {
        const struct derive_claim *claim = container->claims[i];
        if (claim->box.un.count > 0 && is_passed(derive, SCOPE_WAYBILL, claim->manifest->number)) {
            return true;
        }
    }
    return false;
}

/* A listed container without papers may hold what controls found; declared goods and tallies need a claim. */
void derive_cargo_alerts(struct derive *derive, const struct derive_container *container) {
    size_t count;
    const struct slice *declared = derive_declared_un(derive, container, &count);
    check_found(derive, container, declared, count);
    if (count > 0 && !is_checked(derive, container)) {
        dangerous(derive, ALERT_DANGEROUS_UNCHECKED, container->number, declared, count);
    }
    if (container->claim_count > 0) {
        check_tally(derive, container);
    }
}
