#include "workload/story.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "workload/invalid.h"
#include "workload/rng.h"
#include "workload/write.h"

enum {
    STREAM_STORY = 2,
    MINUTE_MS = 60 * 1000,
    HOUR_MS = 60 * MINUTE_MS,
    DECLARED_AT_ONCE_MAX = 20, /* waybills */
    TWO_STEPS_SHARE = 600000,  /* of a million declared: summary, then full; the others full at once */
    TRACKED_EVENTS_MAX = 4,    /* of a container */
    COMPOSITIONS_MAX = 5,
    COPY_DELAY_MS = 2 * HOUR_MS /* at most, between a message and its copy */
};

struct teller {
    struct story *story;
    const struct workload_options *options;
    const struct plan *plan;
    struct rng rng;
    struct writer writer;
    size_t line_begin; /* of the message being written */
};

void story_release(struct story *story) {
    buffer_release(&story->text);
    free(story->messages);
    *story = (struct story){0};
}

/* ---- messages */

static void add_message(struct story *story, struct story_message message) {
    if (story->count == story->capacity) {
        story->capacity = story->capacity == 0 ? 256 : story->capacity * 2;
        story->messages = alloc_resize(story->messages, story->capacity, sizeof *story->messages);
    }
    story->messages[story->count++] = message;
}

/* The line just written. */
static void told(struct teller *teller, int64_t time_ms) {
    size_t end = teller->story->text.len;
    add_message(teller->story, (struct story_message){time_ms, teller->line_begin, end - teller->line_begin});
    teller->line_begin = end;
}

static bool chance(struct teller *teller, enum workload_rate rate) {
    return rng_chance(&teller->rng, teller->options->rates[rate]);
}

static int64_t between(struct teller *teller, int64_t low_ms, int64_t high_ms) {
    return rng_between(&teller->rng, low_ms, high_ms);
}

/* What happens before the train is cleared happens before this. */
static int64_t last_step_ms(const struct teller *teller) {
    return teller->plan->end_ms - MINUTE_MS;
}

/* ---- manifests */

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

static void tell_compositions(struct teller *teller) {
    const struct plan *plan = teller->plan;
    if (!plan->composed) {
        return;
    }
    int64_t at = between(teller, plan->start_ms, plan->arrived_ms - 2 * HOUR_MS);
    for (int i = 1; i < COMPOSITIONS_MAX && chance(teller, RATE_RECOMPOSITIONS); i++) {
        write_composed(&teller->writer, at, rng_chance(&teller->rng, 700000) ? WRITE_OTHER_GAUGE : WRITE_SHORT);
        told(teller, at);
        at += (last_step_ms(teller) - at) / 4 + 1;
    }
    write_composed(&teller->writer, at, WRITE_FINAL);
    told(teller, at);
}

static void tell_control(struct teller *teller, enum control_scope scope, struct slice ref, enum control_kind kind,
                         bool open) {
    int64_t at = between(teller, teller->plan->start_ms, last_step_ms(teller) - HOUR_MS / 4);
    write_control(&teller->writer, at, scope, ref, kind, OUTCOME_ORDERED);
    told(teller, at);
    bool fails = rng_chance(&teller->rng, 150000);
    if (fails) {
        at = between(teller, at + 1, last_step_ms(teller) - MINUTE_MS);
        write_control(&teller->writer, at, scope, ref, kind, OUTCOME_FAILED);
        told(teller, at);
    }
    if (!open) {
        at = between(teller, at + 1, last_step_ms(teller));
        write_control(&teller->writer, at, scope, ref, kind, fails ? OUTCOME_RELEASED : OUTCOME_PASSED);
        told(teller, at);
    }
}

static void tell_controls(struct teller *teller) {
    const struct plan *plan = teller->plan;
    for (size_t i = 0; i < plan->waybill_count; i++) {
        const struct plan_waybill *waybill = &plan->waybills[i];
        if (!chance(teller, RATE_CONTROLS)) {
            continue;
        }
        enum control_kind kind = (enum control_kind)rng_below(&teller->rng, KIND_COUNT);
        bool open = chance(teller, RATE_OPEN_CONTROLS);
        char number[WRITE_WAYBILL_BYTES_MAX];
        struct slice ref = {number, write_waybill_number(waybill, number)};
        if (rng_chance(&teller->rng, RNG_MILLION / 2)) {
            tell_control(teller, SCOPE_WAYBILL, ref, kind, open);
        } else {
            ref = (struct slice){plan->containers[waybill->claims->container].number, CONTAINER_NUMBER_BYTES};
            tell_control(teller, SCOPE_CONTAINER, ref, kind, open);
        }
    }
}

/* The arrival, and the release at end_ms that the clearance rests on: nothing comes later. */
static void tell_arrival(struct teller *teller) {
    const struct plan *plan = teller->plan;
    if (!plan->arrives) {
        return;
    }
    int64_t at = plan->arrived_ms + between(teller, 1000, 4 * MINUTE_MS);
    write_arrived(&teller->writer, at);
    told(teller, at);
    write_control(&teller->writer, plan->end_ms, SCOPE_TRAIN, (struct slice){0}, KIND_DOCUMENT, OUTCOME_RELEASED);
    told(teller, plan->end_ms);
}

/* ---- declarations */

static void tell_declared(struct teller *teller, enum declaration_step step, const uint32_t *waybills, size_t count) {
    const struct plan *plan = teller->plan;
    /* Summaries come before the arrival but for a few; full ones until shortly before the clearance. */
    bool early = step == STEP_SUMMARY && rng_chance(&teller->rng, 950000);
    int64_t at = early ? between(teller, plan->start_ms, plan->arrived_ms - HOUR_MS)
                       : between(teller, plan->arrived_ms - HOUR_MS, last_step_ms(teller));
    write_declared(&teller->writer, at, step, waybills, count);
    told(teller, at);
}

static void tell_declarations(struct teller *teller) {
    const struct plan *plan = teller->plan;
    uint32_t batch[DECLARED_AT_ONCE_MAX];
    size_t count = 0, wanted = 1 + rng_below(&teller->rng, DECLARED_AT_ONCE_MAX);
    for (uint32_t i = 0; i < plan->waybill_count; i++) {
        if (plan->waybills[i].declared) {
            batch[count++] = i;
        }
        if (count == 0 || (count < wanted && i + 1 < plan->waybill_count)) {
            continue;
        }
        if (rng_chance(&teller->rng, TWO_STEPS_SHARE)) {
            tell_declared(teller, STEP_SUMMARY, batch, count);
        }
        tell_declared(teller, STEP_FULL, batch, count);
        count = 0;
        wanted = 1 + rng_below(&teller->rng, DECLARED_AT_ONCE_MAX);
    }
}

/* Applies for the waybills of one group to be merged; now and then takes it back. */
static void tell_applications(struct teller *teller) {
    const struct plan *plan = teller->plan;
    if (!chance(teller, RATE_APPLICATIONS)) {
        return;
    }
    uint32_t application = (uint32_t)between(teller, 1000000, 9999000);
    for (size_t group = 0; group < plan->group_count; group++) {
        uint32_t waybills[DECLARED_AT_ONCE_MAX];
        size_t count = 0;
        for (uint32_t i = 0; i < plan->waybill_count && count < DECLARED_AT_ONCE_MAX; i++) {
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

static const struct place *whereabouts(struct teller *teller) {
    const struct plan *plan = teller->plan;
    const struct place *const places[] = {plan->china, plan->abroad, &PLACES_OF_PORTS[plan->port]};
    return places[rng_below(&teller->rng, sizeof places / sizeof places[0])];
}

static void track(struct teller *teller, const struct plan_container *container, int64_t at, enum tracking what,
                  struct slice seal) {
    write_tracked(&teller->writer, at, container, what, whereabouts(teller), seal);
    told(teller, at);
}

static struct slice seal_of(const char *seal) {
    return (struct slice){seal, PLAN_SEAL_BYTES};
}

/* A door opened in daylight: an inspection stands beside it, and the new seal is reported. */
static void tell_inspection(struct teller *teller, const struct plan_container *container) {
    const struct plan *plan = teller->plan;
    int64_t at = between(teller, plan->start_ms, last_step_ms(teller) - HOUR_MS / 4);
    struct slice number = {container->number, CONTAINER_NUMBER_BYTES};
    track(teller, container, at, TRACKING_DOOR_OPENED, (struct slice){0});
    write_control(&teller->writer, at + MINUTE_MS, SCOPE_CONTAINER, number, KIND_PHYSICAL_INSPECTION, OUTCOME_PASSED);
    told(teller, at + MINUTE_MS);
    track(teller, container, at + 2 * MINUTE_MS, TRACKING_DOOR_CLOSED, (struct slice){0});
    track(teller, container, at + 3 * MINUTE_MS, TRACKING_RESEALED, seal_of(container->new_seal));
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
        track(teller, container, teller->plan->start_ms, TRACKING_SEALED, seal_of(container->seal));
    }
}

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
        if (!container->seal_changed && !container->door_opened && rng_chance(&teller->rng, 20000)) {
            tell_inspection(teller, container);
        }
    }
}

/* ---- noise */

static void tell_noise(struct teller *teller, struct story_counts *counts) {
    struct story *story = teller->story;
    size_t valid = story->count;
    counts->events += valid;
    for (size_t i = 0; i < valid; i++) {
        if (chance(teller, RATE_DUPLICATES)) {
            struct story_message copy = story->messages[i];
            copy.time_ms += between(teller, 0, COPY_DELAY_MS);
            add_message(story, copy);
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
    teller.writer = (struct writer){&story->text, &teller.rng, plan, options->keyed};
    buffer_clear(&story->text);
    story->count = 0;
    tell_manifests(&teller);
    tell_compositions(&teller);
    tell_controls(&teller);
    tell_arrival(&teller);
    tell_declarations(&teller);
    tell_applications(&teller);
    tell_tracking(&teller);
    tell_noise(&teller, counts);
    qsort(story->messages, story->count, sizeof *story->messages, by_time);
}
