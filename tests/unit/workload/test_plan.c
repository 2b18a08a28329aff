/* What makes a plan's truth certain (plan.h), checked on many plans with every rate high. */
#include <criterion/criterion.h>

#include "base/arena.h"
#include "workload/plan_linked.h"

enum { TRAINS = 150 };

static struct workload_options busy_options(void) {
    struct workload_options options = workload_preset(PRESET_SMALL);
    for (int i = 0; i < RATE_COUNT; i++) {
        options.rates[i] = 250000;
    }
    return options;
}

static const struct plan_claim *claim_on(const struct plan_waybill *waybill, uint32_t container) {
    const struct plan_claim *claim = waybill->claims;
    while (claim != NULL && claim->container != container) {
        claim = claim->next;
    }
    return claim;
}

static int64_t last_send_ms(const struct plan_waybill *waybill) {
    return waybill->sends[waybill->send_count - 1].time_ms;
}

/* The owner's claim is used; another waybill's is used where they share, and older than the owner's where they do not.
 */
static void check_loaded(const struct plan *plan, uint32_t index) {
    const struct plan_container *container = &plan->containers[index];
    const struct plan_waybill *owner = &plan->waybills[container->owner];
    cr_assert(claim_on(owner, index) != NULL && claim_on(owner, index)->used);
    for (uint32_t i = 0; i < plan->waybill_count; i++) {
        const struct plan_claim *claim = claim_on(&plan->waybills[i], index);
        if (claim == NULL || i == container->owner) {
            continue;
        }
        cr_assert_eq(claim->used, container->shared);
        cr_assert(container->shared || last_send_ms(&plan->waybills[i]) < last_send_ms(owner));
    }
}

static void check_sends(const struct plan *plan, const struct plan_waybill *waybill) {
    cr_assert(waybill->send_count >= 1);
    for (uint32_t i = 0; i < waybill->send_count; i++) {
        cr_assert(i == 0 || waybill->sends[i].time_ms > waybill->sends[i - 1].time_ms);
        cr_assert(waybill->sends[i].time_ms >= plan->start_ms && waybill->sends[i].time_ms < plan->end_ms);
    }
    const struct plan_send *last = &waybill->sends[waybill->send_count - 1];
    cr_assert_eq(last->delete, waybill->ghost);
    cr_assert_eq(last->extra, 0);
}

static uint64_t used_gross_g(const struct plan *plan) {
    uint64_t sum = 0;
    for (size_t i = 0; i < plan->waybill_count + plan->ghost_count; i++) {
        for (const struct plan_claim *claim = plan->waybills[i].claims; claim != NULL; claim = claim->next) {
            cr_assert(!claim->used || plan->containers[claim->container].kind == CONTAINER_LOADED);
            cr_assert(!claim->used || !plan->waybills[i].ghost);
            for (size_t k = 0; claim->used && k < claim->goods_count; k++) {
                sum += claim->goods[k].gross_g;
            }
        }
    }
    return sum;
}

/* What practice added (plan_practice.c): a container is dangerous or undeclared, its sums are those of its used claims,
 * and a tally that is planned to be right lies within what may differ, any other beyond. */
static void check_practice(const struct plan *plan, uint32_t index) {
    const struct plan_container *container = &plan->containers[index];
    uint64_t packages = 0, gross_g = 0, declared = 0;
    for (size_t i = 0; i < plan->waybill_count; i++) {
        const struct plan_claim *claim = claim_on(&plan->waybills[i], index);
        for (size_t k = 0; claim != NULL && claim->used && k < claim->goods_count; k++) {
            packages += claim->goods[k].packages;
            gross_g += claim->goods[k].gross_g;
            declared += claim->goods[k].un != NULL;
            cr_assert_leq(claim->goods[k].net_g, claim->goods[k].gross_g);
        }
    }
    cr_assert_eq(packages, container->packages);
    cr_assert_eq(gross_g, container->gross_g);
    cr_assert(!(container->dangerous && container->undeclared));
    cr_assert_eq(declared != 0, container->dangerous);
    cr_assert(container->unchecked ? container->dangerous && plan->unchecked : true);
    uint64_t told = container->tally_gross_g, off = told > gross_g ? told - gross_g : gross_g - told;
    if (container->tally != TALLY_NONE) {
        cr_assert_eq(container->tally_packages != packages, container->tally == TALLY_PACKAGES_WRONG);
        cr_assert_eq(off * 100 > gross_g * 5, container->tally == TALLY_MASS_WRONG);
    }
}

static void check_plan(const struct plan *plan) {
    uint64_t teu = 0;
    for (uint32_t i = 0; i < plan->container_count; i++) {
        cr_assert_eq(plan->containers[i].kind == CONTAINER_LOADED, i < plan->loaded_count);
        cr_assert(plan->composed || i < plan->loaded_count);
        if (i < plan->loaded_count) {
            teu += plan->containers[i].teu;
            check_loaded(plan, i);
            check_practice(plan, i);
        }
        for (uint32_t k = 0; k < i; k++) {
            cr_assert_neq(memcmp(plan->containers[i].number, plan->containers[k].number, CONTAINER_NUMBER_BYTES), 0);
        }
    }
    for (size_t i = 0; i < plan->waybill_count + plan->ghost_count; i++) {
        check_sends(plan, &plan->waybills[i]);
    }
    cr_assert_eq(teu, plan->teu);
    cr_assert_eq(used_gross_g(plan), plan->gross_g);
    cr_assert_leq(plan->wagon_count, 120);
}

static void check_plans(const struct workload_options *options, uint64_t gross_g, uint64_t teu) {
    struct arena names = {0}, arena = {0};
    struct catalog *catalog = arena_take(&names, sizeof *catalog);
    catalog_init(catalog, &names);
    for (uint32_t i = 0; i < TRAINS; i++) {
        arena_reset(&arena, SIZE_MAX);
        struct plan_request request = {.index = i, .index_of_day = i, .day = 18000, .gross_g = gross_g, .teu = teu};
        const struct plan *plan = plan_train(options, catalog, &request, &arena);
        cr_assert(gross_g == 0 || plan->gross_g == gross_g);
        cr_assert(teu == 0 || plan->teu == teu * 100);
        check_plan(plan);
    }
    arena_release(&arena);
    arena_release(&names);
}

Test(plan, holds_what_makes_its_truth_certain) {
    struct workload_options options = busy_options();
    check_plans(&options, 0, 0);
}

Test(plan, meets_the_totals_it_is_given) {
    struct workload_options options = busy_options();
    check_plans(&options, UINT64_C(722594767), 91);
    check_plans(&options, UINT64_C(1000000001), PLAN_TEU_MAX);
    check_plans(&options, UINT64_C(999999), 1);
}

Test(plan, has_more_waybills_than_containers_share_them) {
    struct workload_options options = busy_options();
    options.scale = 20 * RNG_MILLION;
    check_plans(&options, UINT64_C(700000003), 3);
}

Test(plan, numbers_trains_of_a_day_differently) {
    struct workload_options options = busy_options();
    struct arena names = {0}, arena = {0};
    struct catalog *catalog = arena_take(&names, sizeof *catalog);
    catalog_init(catalog, &names);
    enum { DAY = 1200 };
    static char keys[DAY][TRAIN_KEY_BYTES_MAX + 1];
    for (uint32_t i = 0; i < DAY; i++) {
        struct plan_request request = {.index = i, .index_of_day = i, .day = 18000, .teu = 1};
        arena_reset(&arena, SIZE_MAX);
        const struct plan *plan = plan_train(&options, catalog, &request, &arena);
        memcpy(keys[i], plan->key, sizeof keys[i]);
        for (uint32_t k = 0; k < i; k++) {
            cr_assert_str_neq(keys[i], keys[k]);
        }
    }
    arena_release(&arena);
    arena_release(&names);
}

/* ---- trains that become others */

/* A part's sums are those of what it carries; each link names the same containers on both sides. */
static void check_part(const struct plan *part) {
    uint64_t teu = 0;
    for (uint32_t i = 0; i < part->container_count; i++) {
        teu += part->containers[i].teu;
        cr_assert(part->containers[i].has_owner);
        cr_assert_not_null(claim_on(&part->waybills[part->containers[i].owner], i));
    }
    cr_assert_eq(teu, part->teu);
    cr_assert_eq(used_gross_g(part), part->gross_g);
    for (size_t i = 0; i < part->link_count; i++) {
        const struct plan_link *link = &part->links[i];
        const struct plan_link *back = link->other->links;
        while (back->other != part) {
            back++;
        }
        cr_assert(back->count == link->count && back->role != link->role);
        for (uint32_t k = 0; k < link->count; k++) {
            cr_assert_arr_eq(part->containers[link->first + k].number, link->other->containers[back->first + k].number,
                             CONTAINER_NUMBER_BYTES);
        }
    }
}

Test(plan, three_trains_carry_what_two_do) {
    struct workload_options options = busy_options();
    struct arena names = {0}, arena = {0};
    struct catalog *catalog = arena_take(&names, sizeof *catalog);
    catalog_init(catalog, &names);
    for (uint32_t i = 0; i < TRAINS; i++) {
        arena_reset(&arena, SIZE_MAX);
        struct plan_request request = {.index = 2 * i, .index_of_day = 2 * i, .day = 18000};
        struct plan *pair[LINKED_PAIR], *before[LINKED_PARTS], *after[LINKED_PARTS];
        pair[0] = plan_train(&options, catalog, &request, &arena);
        request = (struct plan_request){.index = 2 * i + 1, .index_of_day = 2 * i + 1, .day = 18000, .beside = pair[0]};
        pair[1] = plan_train(&options, catalog, &request, &arena);
        cr_assert(pair[0]->port == pair[1]->port && pair[0]->direction == pair[1]->direction);
        plan_linked(pair, ROLE_FROM, &arena, before);
        plan_linked(pair, ROLE_TO, &arena, after);
        uint64_t gross_g = 0, teu = 0;
        for (int k = 0; k < LINKED_PARTS; k++) {
            check_part(before[k]);
            check_part(after[k]);
            cr_assert_lt(before[k]->day, pair[0]->day);
            cr_assert_gt(after[k]->day, pair[0]->day);
            cr_assert_str_neq(before[k]->key, after[k]->key);
            gross_g += before[k]->gross_g;
            teu += before[k]->teu;
        }
        cr_assert_eq(gross_g, pair[0]->gross_g + pair[1]->gross_g);
        cr_assert_eq(teu, pair[0]->teu + pair[1]->teu);
    }
    arena_release(&arena);
    arena_release(&names);
}
