/* What happens on the line besides: dangerous goods, tallies, goods that are told with less. Draws from a stream of its
 * own and changes no sum, so a plan is the same but for this. */
#include "workload/planner.h"

enum {
    SPRAY_G = 2400 * 1000, /* the published case */
    TOLERATED = 50,        /* thousandths of the mass (contract 5.16) */
    TOLD_WRONG_MAX = 300
};

/* Every loaded container has an owner, and the owner a claim on it (plan.h): so this ends. */
static struct plan_claim *claim_of_owner(struct plan *plan, uint32_t container) {
    struct plan_claim *claim = plan->waybills[plan->containers[container].owner].claims;
    while (claim->container != container) {
        claim = claim->next;
    }
    return claim;
}

/* ---- goods */

/* What a tally is compared with: the goods of used claims alone (contract 5.16). */
static void sum_up(struct plan *plan, const struct plan_claim *claim) {
    struct plan_container *container = &plan->containers[claim->container];
    for (size_t i = 0; claim->used && i < claim->goods_count; i++) {
        container->packages += claim->goods[i].packages;
        container->gross_g += claim->goods[i].gross_g;
    }
}

/* One or the other, never both: each must be absent by itself somewhere (contract 5.5). */
static void tell_less(struct planner *planner, const struct plan_claim *claim) {
    for (size_t i = 0; i < claim->goods_count; i++) {
        if (planner_practises(planner, RATE_BARE)) {
            bool hs = rng_chance(&planner->practice, RNG_MILLION / 2);
            claim->goods[i].without_hs = hs;
            claim->goods[i].without_value = !hs;
        }
    }
}

/* ---- dangerous goods */

static void fill_spray(struct plan_goods *spray) {
    *spray = (struct plan_goods){
        .what = &CATALOG_SPRAY,
        .packages = SPRAY_G / CATALOG_SPRAY.package_g,
        .gross_g = SPRAY_G,
        .net_g = SPRAY_G / 100 * 90,
        .value = (uint64_t)SPRAY_G / 1000 * CATALOG_SPRAY.value_per_kg,
    };
}

/* The heaviest goods of a claim become lighter by the spray, which stands behind them. Where none is that heavy, what
 * is there already is what nobody declared. */
static void hide_spray(struct planner *planner, struct plan_claim *claim) {
    struct plan_goods *heaviest = claim->goods;
    for (size_t i = 1; i < claim->goods_count; i++) {
        heaviest = claim->goods[i].gross_g > heaviest->gross_g ? &claim->goods[i] : heaviest;
    }
    if (heaviest->gross_g <= SPRAY_G) {
        return;
    }
    heaviest->gross_g -= SPRAY_G;
    heaviest->net_g = heaviest->net_g > heaviest->gross_g ? heaviest->gross_g : heaviest->net_g;
    struct plan_goods *more = arena_zeroed(planner->arena, claim->goods_count + 1, sizeof *more);
    for (size_t i = 0; i < claim->goods_count; i++) {
        more[i] = claim->goods[i];
    }
    fill_spray(&more[claim->goods_count]);
    claim->goods = more;
    claim->goods_count++;
}

/* A container whose spray is found declares nothing else, so that its alert has this one number. */
static void plan_dangers(struct planner *planner, uint32_t index) {
    struct plan *plan = planner->plan;
    struct plan_container *container = &plan->containers[index];
    if (planner_practises(planner, RATE_UNDECLARED)) {
        container->undeclared = true;
        hide_spray(planner, claim_of_owner(plan, index));
    } else if (planner_practises(planner, RATE_DANGEROUS)) {
        container->dangerous = true;
        container->unchecked = planner_practises(planner, RATE_UNCHECKED);
        plan->unchecked = plan->unchecked || container->unchecked;
        claim_of_owner(plan, index)->goods[0].un = &CATALOG_OF_UN[rng_below(&planner->practice, CATALOG_UN_NUMBERS)];
    }
}

/* ---- tallies */

/* Above or below; only above where the other would be negative. */
static uint64_t off_by(struct rng *rng, uint64_t right, uint64_t by) {
    return rng_chance(rng, RNG_MILLION / 2) || by > right ? right + by : right - by;
}

static void plan_tally(struct planner *planner, struct plan_container *container) {
    struct rng *rng = &planner->practice;
    if (!planner_practises(planner, RATE_TALLIES)) {
        return;
    }
    /* Up to the bound and including it, which still counts as right; a wrong one gets a gram on top of its share, so
     * that no rounding brings it back to the bound. */
    uint64_t within = container->gross_g * rng_below(rng, TOLERATED + 1) / 1000;
    container->tally = TALLY_RIGHT;
    container->tally_packages = container->packages;
    container->tally_gross_g = off_by(rng, container->gross_g, within);
    if (!planner_practises(planner, RATE_MISCOUNTS)) {
        return;
    }
    if (rng_chance(rng, RNG_MILLION / 2)) {
        container->tally = TALLY_PACKAGES_WRONG;
        container->tally_packages = off_by(rng, container->packages, 1 + rng_below(rng, container->packages / 20 + 1));
    } else {
        uint64_t share = (uint64_t)rng_between(rng, TOLERATED + 1, TOLD_WRONG_MAX);
        container->tally = TALLY_MASS_WRONG;
        container->tally_gross_g = off_by(rng, container->gross_g, container->gross_g * share / 1000 + 1);
    }
}

void planner_practice(struct planner *planner) {
    struct plan *plan = planner->plan;
    /* Dangers come before the sums, as spray is taken out of other goods; tallies after them, as they compare. */
    for (uint32_t i = 0; i < plan->loaded_count; i++) {
        plan_dangers(planner, i);
    }
    for (size_t i = 0; i < plan->waybill_count + plan->ghost_count; i++) {
        for (const struct plan_claim *claim = plan->waybills[i].claims; claim != NULL; claim = claim->next) {
            sum_up(plan, claim);
            tell_less(planner, claim);
        }
    }
    for (size_t i = 0; i < plan->loaded_count; i++) {
        plan_tally(planner, &plan->containers[i]);
    }
    plan->stray = planner_practises(planner, RATE_STRAYS);
}
