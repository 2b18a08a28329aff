/* The steps of plan_train (plan.h), in the order in which it takes them. Internal to the plan. */
#ifndef CARAVAN_WORKLOAD_PLANNER_H
#define CARAVAN_WORKLOAD_PLANNER_H

#include "workload/plan.h"

struct planner {
    struct plan *plan;
    const struct workload_options *options;
    const struct catalog *catalog;
    const struct plan_request *request;
    struct rng rng;
    struct rng practice; /* of what was added later, so that it changes nothing of the rest */
    struct arena *arena;
};

static inline bool planner_practises(struct planner *planner, enum workload_rate rate) {
    return rng_chance(&planner->practice, planner->options->rates[rate]);
}

static inline bool planner_chance(struct planner *planner, enum workload_rate rate) {
    return rng_chance(&planner->rng, planner->options->rates[rate]);
}

/* Containers of every kind; sets plan->teu. */
void planner_containers(struct planner *planner);
/* Who claims what. Needs waybills with their sends. */
void planner_claims(struct planner *planner);
/* Where each container stands in the last composition. */
void planner_wagons(struct planner *planner);
/* Goods of every claim; sets plan->gross_g. Needs claims. */
void planner_goods(struct planner *planner);
/* Dangerous goods, tallies, goods without code or value. Needs goods. */
void planner_practice(struct planner *planner);

#endif
