/* A plan told as events: each part of it by those who would send it, at times that leave the plan true. */
#include "workload/story.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "workload/invalid.h"
#include "workload/teller.h"

enum {
    STREAM_STORY = 2,
    APPLIED_AT_ONCE_MAX = 20, /* waybills */
    TRACKED_EVENTS_MAX = 4,   /* of a container */
    COMPOSITIONS_MAX = 5,
    COPY_DELAY_MS = 2 * TELLER_HOUR_MS /* at most, between a message and its copy */
};

void story_release(struct story *story) {
    buffer_release(&story->text);
    free(story->messages);
    *story = (struct story){0};
}

/* ---- manifests */

/* Ghosts are told like all others; a deletion is among their sends. */
static void tell_manifests(struct teller *teller) {
    const struct plan *plan = teller->plan;
    for (size_t i = 0; i < plan->waybill_count + plan->ghost_count; i++) {
        const struct plan_waybill *waybill = &plan->waybills[i];
        for (uint32_t k = 0; k < waybill->send_count; k++) {
            const struct plan_send *send = &waybill->sends[k];
            if (send->delete) {
                write_deleted(&teller->writer, send->time_ms, waybill);
            } else {
                write_transmitted(&teller->writer, send->time_ms, waybill, send->extra);
            }
            told(teller, send->time_ms);
        }
    }
}

/* ---- the train */

/* The last composition is the plan; those before it are other wagons, or not all of them. */
static void tell_compositions(struct teller *teller) {
    const struct plan *plan = teller->plan;
    if (!plan->composed) {
        return;
    }
    int64_t at = between(teller, plan->start_ms, plan->arrived_ms - 2 * TELLER_HOUR_MS);
    for (int i = 1; i < COMPOSITIONS_MAX && chance(teller, RATE_RECOMPOSITIONS); i++) {
        write_composed(&teller->writer, at, rng_chance(&teller->rng, 700000) ? WRITE_OTHER_GAUGE : WRITE_SHORT);
        told(teller, at);
        /* Always later than the one before, and never behind the last step: the newest is the one that is planned. */
        at += (last_step_ms(teller) - at) / 4 + 1;
    }
    write_composed(&teller->writer, at, WRITE_FINAL);
    told(teller, at);
}

/* Which containers came from, or went on with, another train. One that stayed behind has a number that is on no train,
 * and gives an alert that does not block (contract 5.18). */
static void tell_links(struct teller *teller) {
    const struct plan *plan = teller->plan;
    for (size_t i = 0; i < plan->link_count; i++) {
        int64_t at = between(teller, plan->start_ms, last_step_ms(teller));
        char left[CONTAINER_NUMBER_BYTES];
        bool behind = plan->links[i].role == ROLE_FROM && chance(teller, RATE_LEFT_BEHIND);
        if (behind) {
            stray_number(teller, left);
        }
        write_linked(&teller->writer, at, &plan->links[i], behind ? left : NULL);
        told(teller, at);
    }
}

/* ---- applications */

/* Applies for the waybills of one group to be merged; now and then takes it back, which is an application without
 * waybills (contract 2.14). */
static void tell_applications(struct teller *teller) {
    const struct plan *plan = teller->plan;
    if (!chance(teller, RATE_APPLICATIONS)) {
        return;
    }
    uint32_t application = (uint32_t)between(teller, 1000000, 9999000);
    for (size_t group = 0; group < plan->group_count; group++) {
        uint32_t waybills[APPLIED_AT_ONCE_MAX];
        size_t count = 0;
        for (uint32_t i = 0; i < plan->waybill_count && count < APPLIED_AT_ONCE_MAX; i++) {
            if (plan->waybills[i].group == &plan->groups[group]) {
                waybills[count++] = i;
            }
        }
        int64_t at = between(teller, plan->start_ms, plan->arrived_ms);
        write_applied(&teller->writer, at, application, waybills, count);
        told(teller, at);
        if (rng_chance(&teller->rng, 100000)) {
            at = between(teller, at + 1, last_step_ms(teller));
            write_applied(&teller->writer, at, application, waybills, 0);
            told(teller, at);
        }
        application++;
    }
}

/* ---- tracking */

/* In any order: no rule looks at the way that a container takes. */
static const struct place *whereabouts(struct teller *teller) {
    const struct plan *plan = teller->plan;
    const struct place *const places[] = {plan->china, plan->abroad, plan->port};
    return places[rng_below(&teller->rng, sizeof places / sizeof places[0])];
}

static void track(struct teller *teller, const struct plan_container *container, int64_t at, enum tracking what,
                  struct slice seal) {
    struct write_tracking tracking = {container, what, whereabouts(teller), seal};
    write_tracked(&teller->writer, at, &tracking);
    told(teller, at);
}

static struct slice seal_of(const char *seal) {
    return (struct slice){seal, PLAN_SEAL_BYTES};
}

/* A door opened in daylight: an inspection stands beside it (contract 5.8), and the new seal is reported as `resealed`,
 * for only a `sealed` with another seal is a change (contract 5.7). */
static void tell_inspection(struct teller *teller, const struct plan_container *container) {
    const struct plan *plan = teller->plan;
    int64_t at = between(teller, plan->start_ms, last_step_ms(teller) - TELLER_HOUR_MS / 4);
    struct write_control inspection = {.scope = SCOPE_CONTAINER,
                                       .ref = {container->number, CONTAINER_NUMBER_BYTES},
                                       .kind = KIND_PHYSICAL_INSPECTION,
                                       .outcome = OUTCOME_PASSED};
    track(teller, container, at, TRACKING_DOOR_OPENED, (struct slice){0});
    write_control(&teller->writer, at + TELLER_MINUTE_MS, &inspection);
    told(teller, at + TELLER_MINUTE_MS);
    track(teller, container, at + 2 * TELLER_MINUTE_MS, TRACKING_DOOR_CLOSED, (struct slice){0});
    track(teller, container, at + 3 * TELLER_MINUTE_MS, TRACKING_RESEALED, seal_of(container->new_seal));
}

/* Without anything that could raise an alert. */
static void tell_movements(struct teller *teller, const struct plan_container *container) {
    static const enum tracking moves[] = {TRACKING_GATE_IN,      TRACKING_LOADED,   TRACKING_DEPARTED,
                                          TRACKING_ARRIVED,      TRACKING_UNLOADED, TRACKING_BORDER_CROSSED,
                                          TRACKING_TRANSSHIPPED, TRACKING_GATE_OUT, TRACKING_POSITION,
                                          TRACKING_POSITION};
    for (uint64_t left = 1 + rng_below(&teller->rng, TRACKED_EVENTS_MAX); left > 0; left--) {
        int64_t at = between(teller, teller->plan->start_ms, teller->plan->end_ms);
        track(teller, container, at, moves[rng_below(&teller->rng, sizeof moves / sizeof moves[0])], (struct slice){0});
    }
    if (container->has_seal && rng_chance(&teller->rng, 150000)) {
        /* The seal of the manifest, at the very beginning: whatever else is told of seals is newer. */
        track(teller, container, teller->plan->start_ms, TRACKING_SEALED, seal_of(container->seal));
    }
}

/* A changed seal and an opened door stand in the plan, for they raise alerts; everything else is told so that it
 * raises none. */
static void tell_tracking(struct teller *teller) {
    const struct plan *plan = teller->plan;
    for (size_t i = 0; i < plan->container_count; i++) {
        const struct plan_container *container = &plan->containers[i];
        if (container->seal_changed) {
            track(teller, container, between(teller, plan->start_ms, plan->end_ms), TRACKING_SEALED,
                  seal_of(container->new_seal));
        }
        if (container->door_opened) {
            track(teller, container, between(teller, plan->start_ms, plan->end_ms), TRACKING_DOOR_OPENED,
                  (struct slice){0});
        }
        if (!chance(teller, RATE_TRACKING)) {
            continue;
        }
        tell_movements(teller, container);
        bool quiet = !container->seal_changed && !container->door_opened && !container->unchecked;
        if (quiet && rng_chance(&teller->rng, 20000)) {
            tell_inspection(teller, container);
        }
    }
}

/* ---- noise */

/* Copies are the same bytes, later; invalid messages are messages of their own. Neither may change a record. */
static void tell_noise(struct teller *teller, struct story_counts *counts) {
    struct story *story = teller->story;
    /* Taken before anything is added, so that no copy is copied again. */
    size_t valid = story->count;
    counts->events += valid;
    for (size_t i = 0; i < valid; i++) {
        if (chance(teller, RATE_DUPLICATES)) {
            struct story_message copy = story->messages[i];
            copy.time_ms += between(teller, 0, COPY_DELAY_MS);
            tell_message(story, copy);
            counts->duplicates++;
        }
        if (chance(teller, RATE_INVALID)) {
            int64_t at = between(teller, teller->plan->start_ms, teller->plan->end_ms);
            counts->rejects[invalid_write(&teller->writer, at, teller->options->rates[RATE_OVERSIZED],
                                          counts->rejects)]++;
            told(teller, at);
        }
    }
}

/* As they lie in the text where times are equal, so that the order does not depend on qsort. */
static int by_time(const void *a, const void *b) {
    const struct story_message *x = a, *y = b;
    if (x->time_ms != y->time_ms) {
        return x->time_ms < y->time_ms ? -1 : 1;
    }
    return (x->offset > y->offset) - (x->offset < y->offset);
}

void story_tell(struct story *story, const struct workload_options *options, const struct plan *plan,
                struct story_counts *counts) {
    struct teller teller = {.story = story,
                            .options = options,
                            .plan = plan,
                            .rng = rng_new(options->seed, STREAM_STORY, plan->index)};
    teller.writer = (struct writer){&story->text, &teller.rng, plan, options->rates, options->keyed};
    buffer_clear(&story->text);
    story->count = 0;
    tell_manifests(&teller);
    tell_compositions(&teller);
    tell_links(&teller);
    tell_controls(&teller);
    tell_arrival(&teller);
    tell_cargo(&teller);
    tell_declarations(&teller);
    tell_applications(&teller);
    tell_tracking(&teller);
    tell_noise(&teller, counts);
    qsort(story->messages, story->count, sizeof *story->messages, by_time);
}
