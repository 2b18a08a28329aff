/* A train is planned as a whole before a word of it is told: so what the merge must find is known, whatever noise
 * the story adds to it. */
#include "workload/plan.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/timestamp.h"
#include "workload/planner.h"

enum {
    STREAM_PLAN = 1,
    STREAM_PRACTICE = 6,
    MINUTE_MS = 60 * 1000,
    HOUR_MS = 60 * MINUTE_MS,
    CHINA_OFFSET_MS = 8 * HOUR_MS,
    EXIT_SHARE = 560000, /* of a million trains */
    NUMBERS_A_DAY = 499, /* prime, so that the step below visits each once */
    NUMBER_STEP = 37,
    EXIT_CLEARANCE_S = 6408,    /* 1.78 h and */
    ENTRY_CLEARANCE_S = 125676, /* 34.91 h: the averages of contract 6.8 */
    SEND_APART_MS = 1000,
    LATE_SENDS = 80000, /* of a million waybills: amended until after the arrival */
    HS_PLAIN_SHARE = 300000
};

/* The time to clearance lies evenly around the average, from a quarter to seven quarters of it, so that a year of
 * trains comes out at the figures that customs published. A train's date is a day of China's, which begins eight hours
 * before the day of UTC. On entry the story begins earlier: those trains were loaded at the other end of the line. */
static void plan_times(struct planner *planner) {
    struct plan *plan = planner->plan;
    struct rng *rng = &planner->rng;
    int64_t day_ms = planner->request->day * TIMESTAMP_DAY_MS - CHINA_OFFSET_MS;
    plan->arrived_ms = day_ms + rng_between(rng, 0, 86399) * 1000 + rng_between(rng, 0, 999);
    bool exit = plan->direction == DIRECTION_EXIT;
    int64_t average_s = exit ? EXIT_CLEARANCE_S : ENTRY_CLEARANCE_S;
    plan->end_ms =
        plan->arrived_ms + rng_between(rng, average_s / 4, average_s * 7 / 4) * 1000 + rng_between(rng, 0, 999);
    plan->start_ms = plan->arrived_ms - rng_between(rng, exit ? 72 : 240, exit ? 144 : 336) * HOUR_MS;
}

/* Trains that exchange containers run the same line the same way, and so through the same port. */
static void run_beside(struct plan *plan, const struct plan *other) {
    plan->port = other->port;
    plan->neighbour = other->neighbour;
    plan->direction = other->direction;
    plan->transit = other->transit;
    plan->china = other->china;
    plan->abroad = other->abroad;
}

static void plan_identity(struct planner *planner) {
    struct plan *plan = planner->plan;
    struct rng *rng = &planner->rng;
    plan->index = planner->request->index;
    plan->day = planner->request->day;
    enum place_port port = place_pick_port(rng, planner->options->xinjiang);
    plan->port = &PLACES_OF_PORTS[port];
    plan->neighbour = PLACES_BEHIND[port];
    plan->direction = rng_chance(rng, EXIT_SHARE) ? DIRECTION_EXIT : DIRECTION_ENTRY;
    plan->china = &PLACES_OF_CHINA[rng_below(rng, PLACES_CHINA)];
    plan->abroad = &PLACES_OF_ABROAD[rng_below(rng, PLACES_ABROAD)];
    plan->transit = planner_practises(planner, RATE_TRANSIT);
    /* Only now, after all of it was drawn: so the numbers that come next are those of any other train. */
    if (planner->request->beside != NULL) {
        run_beside(plan, planner->request->beside);
    }
    /* A train number is used once a day; a busy day goes on with a suffix. */
    uint32_t series = planner->request->index_of_day / NUMBERS_A_DAY,
             k = planner->request->index_of_day % NUMBERS_A_DAY;
    /* Exit has the odd numbers and entry the even ones, as railways number their two directions. */
    uint32_t number = 8001 + k * NUMBER_STEP % NUMBERS_A_DAY * 2 + (plan->direction == DIRECTION_ENTRY);
    if (series == 0) {
        snprintf(plan->number, sizeof plan->number, "X%" PRIu32, number);
    } else {
        snprintf(plan->number, sizeof plan->number, "X%" PRIu32 "-%" PRIu32, number, series);
    }
    date_write(planner->request->day, plan->date);
    snprintf(plan->key, sizeof plan->key, "%s|%s|%s", plan->number, plan->date, plan->port->code);
    plan_times(planner);
    plan->arrives = !planner_chance(planner, RATE_UNARRIVED);
    plan->composed = !planner_chance(planner, RATE_UNCOMPOSED);
    plan->covered = planner_chance(planner, RATE_DECLARATIONS);
}

/* Waybills of one group have everything equal that a merge compares; about four of them make a declaration. */
static void plan_groups(struct planner *planner) {
    static const uint8_t digits[] = {8, 10, 13};
    struct plan *plan = planner->plan;
    struct rng *rng = &planner->rng;
    plan->group_count = plan->waybill_count / 4 + 1;
    plan->groups = arena_zeroed(planner->arena, plan->group_count, sizeof *plan->groups);
    bool exit = plan->direction == DIRECTION_EXIT;
    for (size_t i = 0; i < plan->group_count; i++) {
        struct plan_group *group = &plan->groups[i];
        group->party = &planner->catalog->china[rng_below(rng, CATALOG_COMPANIES)];
        /* Waybills without a contract stay alone (contract 5.2): the merge must not join these. */
        group->contract = rng_chance(rng, 60000) ? 0 : (uint32_t)rng_between(rng, 100000, 999999);
        group->what = exit ? &CATALOG_OF_EXIT[rng_below(rng, CATALOG_EXIT_GOODS)]
                           : &CATALOG_OF_ENTRY[rng_below(rng, CATALOG_ENTRY_GOODS)];
        group->hs_digits = rng_chance(rng, HS_PLAIN_SHARE) ? 6 : digits[rng_below(rng, sizeof digits)];
        group->chinese = rng_chance(rng, 300000);
    }
}

/* ---- when a waybill is sent */

static void add_send(struct plan_waybill *waybill, bool delete, uint32_t extra) {
    assert(waybill->send_count < PLAN_SENDS_MAX);
    waybill->sends[waybill->send_count++] = (struct plan_send){.delete = delete, .extra = extra};
}

/* Whatever is sent before, the last send decides (contract 3.2): the waybill as planned, or its deletion. So
 * amendments, deletions and repeats change nothing of what the merge must find. Half of the deletions are for good
 * (ghosts, in addition to the waybills); the other half, here, are followed by the waybill itself. */
static void choose_sends(struct planner *planner, struct plan_waybill *waybill) {
    struct rng *rng = &planner->rng;
    if (planner_chance(planner, RATE_AMENDMENTS)) {
        add_send(waybill, false, (uint32_t)rng_between(rng, 1, 900000));
        if (rng_chance(rng, 250000)) {
            add_send(waybill, false, (uint32_t)rng_between(rng, 1, 900000));
        }
    }
    if (waybill->ghost) {
        add_send(waybill, false, 0);
        add_send(waybill, true, 0);
        return;
    }
    if (rng_chance(rng, planner->options->rates[RATE_DELETES] / 2)) {
        add_send(waybill, false, 0);
        add_send(waybill, true, 0);
    }
    add_send(waybill, false, 0);
    if (planner_chance(planner, RATE_RETRANSMISSIONS)) {
        add_send(waybill, false, 0);
    }
}

/* Draws the times, in ascending order and at least SEND_APART_MS apart: a tie would be decided by source and id
 * (contract 3.1), which nobody planned. Late ones end two minutes before the clearing event, so that it stays the
 * newest even when the last sends had to be pushed apart. */
static void time_sends(struct planner *planner, struct plan_waybill *waybill) {
    const struct plan *plan = planner->plan;
    bool late = waybill->send_count > 1 && rng_chance(&planner->rng, LATE_SENDS);
    int64_t limit = late ? plan->end_ms - 2 * MINUTE_MS : plan->arrived_ms - HOUR_MS;
    int64_t at[PLAN_SENDS_MAX];
    for (uint32_t i = 0; i < waybill->send_count; i++) {
        int64_t drawn = rng_between(&planner->rng, plan->start_ms, limit);
        uint32_t place = i;
        for (; place > 0 && at[place - 1] > drawn; place--) {
            at[place] = at[place - 1];
        }
        at[place] = drawn;
    }
    for (uint32_t i = 0; i < waybill->send_count; i++) {
        int64_t earliest = i == 0 ? at[0] : waybill->sends[i - 1].time_ms + SEND_APART_MS;
        waybill->sends[i].time_ms = at[i] > earliest ? at[i] : earliest;
    }
}

static void plan_waybill(struct planner *planner, uint32_t index, uint32_t base) {
    struct plan *plan = planner->plan;
    struct plan_waybill *waybill = &plan->waybills[index];
    waybill->number = base + index;
    waybill->ghost = index >= plan->waybill_count;
    waybill->group = &plan->groups[rng_below(&planner->rng, plan->group_count)];
    waybill->partner = &planner->catalog->abroad[rng_below(&planner->rng, CATALOG_COMPANIES)];
    waybill->other = &planner->catalog->abroad[rng_below(&planner->practice, CATALOG_COMPANIES)];
    waybill->spelling = (uint8_t)(rng_chance(&planner->rng, 150000) ? rng_between(&planner->rng, 1, 3) : 0);
    waybill->declared = plan->covered || rng_chance(&planner->rng, 600000);
    choose_sends(planner, waybill);
    time_sends(planner, waybill);
}

/* A ghost is a waybill that is deleted for good: its goods must turn up nowhere. */
static void plan_waybills(struct planner *planner) {
    const struct workload_options *options = planner->options;
    struct plan *plan = planner->plan;
    uint64_t drawn = (uint64_t)rng_between(&planner->rng, options->waybills_min, options->waybills_max);
    uint64_t scaled = drawn * options->scale / RNG_MILLION;
    plan->waybill_count = scaled < 1 ? 1 : scaled > PLAN_WAYBILLS_MAX ? PLAN_WAYBILLS_MAX : scaled;
    for (size_t i = 0; i < plan->waybill_count; i++) {
        plan->ghost_count += rng_chance(&planner->rng, options->rates[RATE_DELETES] / 2);
    }
    size_t all = plan->waybill_count + plan->ghost_count;
    plan->waybills = arena_zeroed(planner->arena, all, sizeof *plan->waybills);
    plan_groups(planner);
    /* Trains may have numbers of waybills in common: registers are a train's own (contract 0.1). */
    uint32_t base = (uint32_t)rng_between(&planner->rng, 20000000, 89000000);
    for (uint32_t i = 0; i < all; i++) {
        plan_waybill(planner, i, base);
    }
}

struct plan *plan_train(const struct workload_options *options, const struct catalog *catalog,
                        const struct plan_request *request, struct arena *arena) {
    struct planner planner = {
        .plan = arena_zeroed(arena, 1, sizeof(struct plan)),
        .options = options,
        .catalog = catalog,
        .request = request,
        .rng = rng_new(options->seed, STREAM_PLAN, request->index),
        .practice = rng_new(options->seed, STREAM_PRACTICE, request->index),
        .arena = arena,
    };
    plan_identity(&planner);
    plan_waybills(&planner);
    /* Each step draws from the same numbers, so their order is part of what a seed gives. */
    planner_containers(&planner);
    planner_claims(&planner);
    planner_wagons(&planner);
    planner_goods(&planner);
    planner_practice(&planner);
    return planner.plan;
}
