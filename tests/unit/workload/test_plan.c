/* What makes a plan's truth certain (plan.h), checked on many plans with every rate high. */
#include <criterion/criterion.h>

#include "base/arena.h"
#include "workload/plan.h"

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

static void check_plan(const struct plan *plan) {
    uint64_t teu = 0;
    for (uint32_t i = 0; i < plan->container_count; i++) {
        cr_assert_eq(plan->containers[i].kind == CONTAINER_LOADED, i < plan->loaded_count);
        cr_assert(plan->composed || i < plan->loaded_count);
        if (i < plan->loaded_count) {
            teu += plan->containers[i].teu;
            check_loaded(plan, i);
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
