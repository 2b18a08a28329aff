/* What is said to customs, and what customs say. A clearance is as late as the last fact that it rests on
 * (contract 5.13): so all of these come before the release at end_ms, and what comes later (a late full declaration)
 * does not count where a summary is enough. In this way a train is cleared at the planned time, to the millisecond. */
#include "workload/teller.h"

enum {
    DECLARED_AT_ONCE_MAX = 20, /* waybills */
    TWO_STEPS_SHARE = 600000,  /* of a million declared: summary, then full; the others full at once */
    STEP_APART_MS = 60 * TELLER_MINUTE_MS,
    LATE_FULL_MS = 14 * 24 * TELLER_HOUR_MS,
    FOUND_BEFORE_END_MS = TELLER_MINUTE_MS / 2 /* behind every other control */
};

/* ---- controls */

/* One step of a control. */
static void control_step(struct teller *teller, struct write_control *control, int64_t at,
                         enum control_outcome outcome) {
    control->outcome = outcome;
    write_control(&teller->writer, at, control);
    told(teller, at);
}

/* A control from `ordered` on, failed or not in between; a good outcome ends it unless it stays open. One that stays
 * open here may have passed at the neighbour's. */
static void tell_control(struct teller *teller, struct write_control control, bool open) {
    int64_t at = between(teller, teller->plan->start_ms, last_step_ms(teller) - TELLER_HOUR_MS / 4);
    control_step(teller, &control, at, OUTCOME_ORDERED);
    bool fails = rng_chance(&teller->rng, 150000);
    if (fails) {
        at = between(teller, at + 1, last_step_ms(teller) - TELLER_MINUTE_MS);
        control_step(teller, &control, at, OUTCOME_FAILED);
    }
    if (!open) {
        at = between(teller, at + 1, last_step_ms(teller));
        control_step(teller, &control, at, fails ? OUTCOME_RELEASED : OUTCOME_PASSED);
    } else if (teller->plan->neighbour != NULL && control.authority == NULL && chance(teller, RATE_PASSED_ELSEWHERE)) {
        control.authority = teller->plan->neighbour;
        control_step(teller, &control, between(teller, at + 1, last_step_ms(teller)), OUTCOME_PASSED);
    }
}

/* Where a container is planned to be unchecked, no control may be one of those that would check it. */
static enum control_kind draw_kind(struct teller *teller) {
    enum control_kind kind;
    do {
        kind = (enum control_kind)rng_below(&teller->rng, KIND_COUNT);
    } while (teller->plan->unchecked && (kind == KIND_DOCUMENT || kind == KIND_PHYSICAL_INSPECTION));
    return kind;
}

/* On a waybill or on a container that is sure to be on the train, so that an open control keeps it from being
 * cleared. */
void tell_controls(struct teller *teller) {
    const struct plan *plan = teller->plan;
    for (size_t i = 0; i < plan->waybill_count; i++) {
        const struct plan_waybill *waybill = &plan->waybills[i];
        if (!chance(teller, RATE_CONTROLS)) {
            continue;
        }
        struct write_control control = {.kind = draw_kind(teller)};
        bool open = chance(teller, RATE_OPEN_CONTROLS);
        char number[WRITE_WAYBILL_BYTES_MAX];
        if (rng_chance(&teller->rng, RNG_MILLION / 2)) {
            control.scope = SCOPE_WAYBILL;
            control.ref = (struct slice){number, write_waybill_number(waybill, number)};
        } else {
            control.scope = SCOPE_CONTAINER;
            control.ref = (struct slice){plan->containers[waybill->claims->container].number, CONTAINER_NUMBER_BYTES};
        }
        if (plan->neighbour != NULL && chance(teller, RATE_ELSEWHERE)) {
            control.authority = plan->neighbour;
        }
        tell_control(teller, control, open);
    }
}

void tell_arrival(struct teller *teller) {
    const struct plan *plan = teller->plan;
    if (!plan->arrives) {
        return;
    }
    /* Told a little after it happened: what counts is `arrived_at` in the data, not the event's own time. */
    int64_t at = plan->arrived_ms + between(teller, 1000, 4 * TELLER_MINUTE_MS);
    write_arrived(&teller->writer, at);
    told(teller, at);
    /* A document check of the whole train would check its dangerous goods as well (contract 5.17). */
    struct write_control release = {.scope = SCOPE_TRAIN, .kind = plan->unchecked ? KIND_RISK : KIND_DOCUMENT};
    control_step(teller, &release, plan->end_ms, OUTCOME_RELEASED);
}

/* ---- what was found */

static struct slice number_of(const struct plan_container *container) {
    return (struct slice){container->number, CONTAINER_NUMBER_BYTES};
}

/* At least one of the two is told, and always the one that is wrong. */
static void tell_tally(struct teller *teller, const struct plan_container *container) {
    uint64_t which = rng_below(&teller->rng, 3);
    int64_t at = between(teller, teller->plan->start_ms, last_step_ms(teller));
    struct write_tally tally = {
        .container = number_of(container),
        .has_packages = which != 0 || container->tally == TALLY_PACKAGES_WRONG,
        .has_gross = which != 1 || container->tally == TALLY_MASS_WRONG,
        .packages = container->tally_packages,
        .gross_g = container->tally_gross_g,
        .damaged = rng_chance(&teller->rng, 20000),
    };
    if (container->has_seal && rng_chance(&teller->rng, RNG_MILLION / 2)) {
        tally.seal = (struct slice){container->seal, PLAN_SEAL_BYTES};
    }
    write_tally(&teller->writer, at, &tally);
    told(teller, at);
}

/* Neither listed nor claimed: the alert `tally-unexpected` (contract 5.16). */
static void tell_stray(struct teller *teller) {
    char number[CONTAINER_NUMBER_BYTES];
    stray_number(teller, number);
    struct write_tally tally = {.container = {number, CONTAINER_NUMBER_BYTES}, .has_packages = true, .packages = 1};
    int64_t at = between(teller, teller->plan->start_ms, last_step_ms(teller));
    write_tally(&teller->writer, at, &tally);
    told(teller, at);
}

/* Late, so that no later step of the same control takes the finding back. */
static void tell_finding(struct teller *teller, const struct plan_container *container) {
    struct write_control scan = {.scope = SCOPE_CONTAINER,
                                 .ref = number_of(container),
                                 .kind = KIND_IMAGE_SCAN,
                                 .found = &CATALOG_AEROSOLS};
    control_step(teller, &scan, teller->plan->end_ms - FOUND_BEFORE_END_MS, OUTCOME_FAILED);
}

/* The last word on this container's papers, whatever was told of them before. */
static void tell_check(struct teller *teller, const struct plan_container *container) {
    struct write_control check = {.scope = SCOPE_CONTAINER, .ref = number_of(container), .kind = KIND_DOCUMENT};
    control_step(teller, &check, teller->plan->end_ms - FOUND_BEFORE_END_MS, OUTCOME_PASSED);
}

void tell_cargo(struct teller *teller) {
    const struct plan *plan = teller->plan;
    for (size_t i = 0; i < plan->loaded_count; i++) {
        const struct plan_container *container = &plan->containers[i];
        if (container->tally != TALLY_NONE) {
            tell_tally(teller, container);
        }
        if (container->undeclared) {
            tell_finding(teller, container);
        }
        if (container->dangerous && !container->unchecked) {
            tell_check(teller, container);
        }
    }
    if (plan->stray) {
        tell_stray(teller);
    }
}

/* ---- declarations */

/* Summaries come before the arrival but for a few; full ones until shortly before the clearance, or long after it. */
static int64_t draw_lodging(struct teller *teller, enum declaration_step step, bool late) {
    const struct plan *plan = teller->plan;
    if (late) {
        return between(teller, plan->end_ms + 1, plan->end_ms + LATE_FULL_MS);
    }
    if (step == STEP_SUMMARY && rng_chance(&teller->rng, 950000)) {
        return between(teller, plan->start_ms, plan->arrived_ms - TELLER_HOUR_MS);
    }
    return between(teller, plan->arrived_ms - TELLER_HOUR_MS, last_step_ms(teller) - 4);
}

/* A new number each time: a decision on the declaration that was refused must not reach the one lodged instead. */
static void lodge(struct teller *teller, struct write_declaration *declaration, int64_t at) {
    declaration->number = 900000000000000000 + rng_below(&teller->rng, UINT64_C(1) << 32);
    write_declared(&teller->writer, at, declaration);
    told(teller, at);
}

/* Within an hour, and where it can be before the clearance. */
static int64_t decide(struct teller *teller, const struct write_declaration *declaration, int64_t at,
                      enum decision_outcome outcome) {
    int64_t latest = at + STEP_APART_MS, last = last_step_ms(teller);
    int64_t decided = between(teller, at + 1, at < last && last < latest ? last : latest);
    write_decided(&teller->writer, decided, declaration->number, outcome);
    told(teller, decided);
    return decided;
}

/* Lodged; refused and lodged again, or not; then released, or not. */
static void tell_declared(struct teller *teller, struct write_declaration declaration, bool late) {
    int64_t at = draw_lodging(teller, declaration.step, late);
    lodge(teller, &declaration, at);
    if (!late && chance(teller, RATE_REFUSALS)) {
        bool withdrawn = rng_chance(&teller->rng, 200000);
        at = decide(teller, &declaration, at, withdrawn ? DECISION_WITHDRAWN : DECISION_REFUSED) + 1;
        if (chance(teller, RATE_UNREPAIRED)) {
            return;
        }
        lodge(teller, &declaration, at);
    }
    if (rng_chance(&teller->rng, RNG_MILLION / 2)) {
        at = decide(teller, &declaration, at, DECISION_ACCEPTED);
    }
    if (chance(teller, RATE_RELEASES)) {
        decide(teller, &declaration, at, DECISION_RELEASED);
    }
}

void tell_declarations(struct teller *teller) {
    const struct plan *plan = teller->plan;
    uint32_t batch[DECLARED_AT_ONCE_MAX];
    size_t count = 0, wanted = 1 + rng_below(&teller->rng, DECLARED_AT_ONCE_MAX);
    for (uint32_t i = 0; i < plan->waybill_count; i++) {
        if (plan->waybills[i].declared) {
            batch[count++] = i;
        }
        /* A batch goes when it is full, and at the end as it is. Both steps declare the same waybills. */
        if (count == 0 || (count < wanted && i + 1 < plan->waybill_count)) {
            continue;
        }
        bool two_steps = rng_chance(&teller->rng, TWO_STEPS_SHARE);
        if (two_steps) {
            tell_declared(teller, (struct write_declaration){STEP_SUMMARY, batch, count, 0}, false);
        }
        bool late = two_steps && chance(teller, RATE_LATE_FULL);
        tell_declared(teller, (struct write_declaration){STEP_FULL, batch, count, 0}, late);
        count = 0;
        wanted = 1 + rng_below(&teller->rng, DECLARED_AT_ONCE_MAX);
    }
}
