/* A year's totals are cut into parts that sum up to them, one for each train: so the totals are exact whatever is
 * drawn (contract 6.8). */
#include "workload/workload.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/timestamp.h"
#include "workload/catalog.h"
#include "workload/plan_linked.h"

/* Each part of a workload draws from a stream of its own, so that more or less of one leaves the others as they were: 1
 * and 6 are the plan's, 2 the story's, 3 the mixer's. */
enum {
    STREAM_SHARES = 4,
    STREAM_TRAIN_ORDER = 5,
    STREAM_LINKED = 7,
    LINKED_CONTAINERS_MIN = 3,
    GROSS_SPREAD = 15, /* percent, of a train's part of the totals */
    TEU_SPREAD = 12,
    GROSS_STEP_G = 100000,
    ARENA_KEEP_BYTES = 8 * 1024 * 1024
};
/* A bound that the cut needs; no train comes near 20,000 t. */
#define GROSS_OF_TRAIN_MAX_G (UINT64_C(20000) * 1000000)

struct run {
    const struct workload_options *options;
    struct workload_truth *truth;
    struct catalog *catalog;
    struct arena names, arena;
    struct story story;
    struct mixer mixer;
    struct rng shares, linked;
    uint64_t next_train;
};

/* By the one calendar. */
static int32_t first_day_of(int year) {
    char text[16];
    snprintf(text, sizeof text, "%04d-01-01", year);
    int32_t days = 0;
    bool valid = date_parse((struct slice){text, DATE_TEXT_BYTES}, &days);
    assert(valid);
    (void)valid;
    return days;
}

/* Waybills deleted for good, empty boxes and claims that lose are in none of these: they must not be found. */
static void count_plan(struct workload_truth *truth, const struct plan *plan) {
    truth->trains++;
    truth->waybills += plan->waybill_count;
    truth->containers += plan->loaded_count;
    truth->unarrived += !plan->arrives;
    truth->gross_g += plan->gross_g;
    truth->teu += plan->teu;
}

/* The shuffle of Fisher and Yates, from the train's own numbers: its order does not hang on the trains before it. */
static void shuffle_train(struct run *run, uint64_t index) {
    struct rng rng = rng_new(run->options->seed, STREAM_TRAIN_ORDER, index);
    struct story_message *messages = run->story.messages;
    for (size_t left = run->story.count; left > 1; left--) {
        size_t drawn = rng_below(&rng, left);
        struct story_message moved = messages[drawn];
        messages[drawn] = messages[left - 1];
        messages[left - 1] = moved;
    }
}

static bool emit_plan(struct run *run, const struct plan *plan) {
    count_plan(run->truth, plan);
    story_tell(&run->story, run->options, plan, &run->truth->counts);
    if (run->options->order == ORDER_TRAIN) {
        shuffle_train(run, plan->index);
    }
    bool going = true;
    for (size_t i = 0; going && i < run->story.count; i++) {
        const struct story_message *message = &run->story.messages[i];
        run->truth->bytes += message->len;
        going = mixer_put(&run->mixer, (struct slice){run->story.text.data + message->offset, message->len});
    }
    return going;
}

/* Three trains become two and three again: the three are told in addition, before and after. They bring mass and TEU of
 * their own, so that a workload with links has more than the totals of its options. */
static bool emit_pair(struct run *run, struct plan *const pair[LINKED_PAIR]) {
    struct plan *before[LINKED_PARTS], *after[LINKED_PARTS];
    plan_linked(pair, ROLE_FROM, &run->arena, before);
    plan_linked(pair, ROLE_TO, &run->arena, after);
    bool going = true;
    for (int i = 0; going && i < LINKED_PARTS; i++) {
        going = emit_plan(run, before[i]);
    }
    for (int i = 0; going && i < LINKED_PAIR; i++) {
        going = emit_plan(run, pair[i]);
    }
    for (int i = 0; going && i < LINKED_PARTS; i++) {
        going = emit_plan(run, after[i]);
    }
    return going;
}

/* Memory is that of one train, or of one pair and its parts: plans and their text go before the next ones are drawn. */
static bool emit_trains(struct run *run, struct plan_request *requests, size_t count) {
    struct plan *plans[LINKED_PAIR];
    bool linked = count == LINKED_PAIR;
    arena_reset(&run->arena, ARENA_KEEP_BYTES);
    for (size_t i = 0; i < count; i++) {
        requests[i].beside = i == 0 ? NULL : plans[0];
        plans[i] = plan_train(run->options, run->catalog, &requests[i], &run->arena);
        /* Too few containers for thirds: the trains are told, but not linked. */
        linked = linked && plans[i]->loaded_count >= LINKED_CONTAINERS_MIN;
    }
    if (linked) {
        return emit_pair(run, plans);
    }
    bool going = true;
    for (size_t i = 0; going && i < count; i++) {
        going = emit_plan(run, plans[i]);
    }
    return going;
}

/* The next train's part of a year's total; 0 where the year has none. */
static uint64_t next_part(struct run *run, struct rng_cut *cut) {
    return cut->total == 0 ? 0 : rng_take(&run->shares, cut);
}

/* Trains of a year come in the order of their dates, spread evenly. Their parts of the totals are cut here, one after
 * the other and from a stream of their own; a pair never reaches into the next year, whose totals are others. */
static bool emit_year(struct run *run, const struct workload_year *year) {
    int32_t first = first_day_of(year->year);
    uint64_t days = (uint64_t)(first_day_of(year->year + 1) - first);
    struct rng_cut gross = {year->gross_g, year->trains, GROSS_SPREAD, GROSS_STEP_G, GROSS_OF_TRAIN_MAX_G};
    struct rng_cut teu = {year->teu, year->trains, TEU_SPREAD, 1, PLAN_TEU_MAX};
    uint32_t of_day = 0;
    int32_t day_before = -1;
    bool going = true;
    size_t count = 0, wanted = 1;
    struct plan_request requests[LINKED_PAIR];
    for (uint64_t i = 0; going && i < year->trains; i++) {
        int32_t day = first + (int32_t)(i * days / year->trains);
        of_day = day == day_before ? of_day + 1 : 0;
        day_before = day;
        struct plan_request *request = &requests[count++];
        *request = (struct plan_request){.index = run->next_train++, .index_of_day = of_day, .day = day};
        request->gross_g = next_part(run, &gross);
        request->teu = next_part(run, &teu);
        if (count == 1) {
            wanted = rng_chance(&run->linked, run->options->rates[RATE_LINKED]) ? LINKED_PAIR : 1;
        }
        if (count == wanted || i + 1 == year->trains) {
            going = emit_trains(run, requests, count);
            count = 0;
        }
    }
    return going;
}

bool workload_generate(const struct workload_options *options, struct workload_sink sink,
                       struct workload_truth *truth) {
    struct run run = {.options = options, .truth = truth, .shares = rng_new(options->seed, STREAM_SHARES, 0)};
    run.linked = rng_new(options->seed, STREAM_LINKED, 0);
    *truth = (struct workload_truth){0};
    /* Two arenas: names of companies last for the run, plans for one train or pair. */
    arena_init(&run.names);
    arena_init(&run.arena);
    /* Some 150 KB: not for a stack. */
    run.catalog = alloc_bytes(sizeof *run.catalog);
    catalog_init(run.catalog, &run.names);
    mixer_init(&run.mixer, options, sink);
    bool going = true;
    for (size_t i = 0; going && i < options->year_count; i++) {
        going = emit_year(&run, &options->years[i]);
    }
    going = going && mixer_finish(&run.mixer);
    mixer_release(&run.mixer);
    story_release(&run.story);
    free(run.catalog);
    arena_release(&run.arena);
    arena_release(&run.names);
    return going;
}
