#include "workload/workload.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/timestamp.h"
#include "workload/catalog.h"
#include "workload/plan.h"

enum {
    STREAM_SHARES = 4,
    STREAM_TRAIN_ORDER = 5,
    GROSS_SPREAD = 15, /* percent, of a train's part of the totals */
    TEU_SPREAD = 12,
    GROSS_STEP_G = 100000,
    ARENA_KEEP_BYTES = 8 * 1024 * 1024
};
#define GROSS_OF_TRAIN_MAX_G (UINT64_C(20000) * 1000000)

struct run {
    const struct workload_options *options;
    struct workload_truth *truth;
    struct catalog *catalog;
    struct arena names, arena;
    struct story story;
    struct mixer mixer;
    struct rng shares;
    uint64_t next_train;
};

static int32_t first_day_of(int year) {
    char text[16];
    snprintf(text, sizeof text, "%04d-01-01", year);
    int32_t days = 0;
    bool valid = date_parse((struct slice){text, DATE_TEXT_BYTES}, &days);
    assert(valid);
    (void)valid;
    return days;
}

static void count_plan(struct workload_truth *truth, const struct plan *plan) {
    truth->trains++;
    truth->waybills += plan->waybill_count;
    truth->containers += plan->loaded_count;
    truth->unarrived += !plan->arrives;
    truth->gross_g += plan->gross_g;
    truth->teu += plan->teu;
}

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

static bool emit_train(struct run *run, const struct plan_request *request) {
    arena_reset(&run->arena, ARENA_KEEP_BYTES);
    const struct plan *plan = plan_train(run->options, run->catalog, request, &run->arena);
    count_plan(run->truth, plan);
    story_tell(&run->story, run->options, plan, &run->truth->counts);
    if (run->options->order == ORDER_TRAIN) {
        shuffle_train(run, request->index);
    }
    bool going = true;
    for (size_t i = 0; going && i < run->story.count; i++) {
        const struct story_message *message = &run->story.messages[i];
        run->truth->bytes += message->len;
        going = mixer_put(&run->mixer, (struct slice){run->story.text.data + message->offset, message->len});
    }
    return going;
}

/* The next train's part of a year's total; 0 where the year has none. */
static uint64_t next_share(struct run *run, uint64_t *left, uint64_t trains_left, unsigned spread, uint64_t step,
                           uint64_t most) {
    if (*left == 0) {
        return 0;
    }
    uint64_t part = rng_share(&run->shares, *left, trains_left, spread, step, most);
    *left -= part;
    return part;
}

/* Trains of a year come in the order of their dates, spread evenly. */
static bool emit_year(struct run *run, const struct workload_year *year) {
    int32_t first = first_day_of(year->year);
    uint64_t days = (uint64_t)(first_day_of(year->year + 1) - first);
    uint64_t gross_left = year->gross_g, teu_left = year->teu;
    uint32_t of_day = 0;
    int32_t day_before = -1;
    bool going = true;
    for (uint64_t i = 0; going && i < year->trains; i++) {
        int32_t day = first + (int32_t)(i * days / year->trains);
        of_day = day == day_before ? of_day + 1 : 0;
        day_before = day;
        struct plan_request request = {.index = run->next_train++, .index_of_day = of_day, .day = day};
        request.gross_g =
            next_share(run, &gross_left, year->trains - i, GROSS_SPREAD, GROSS_STEP_G, GROSS_OF_TRAIN_MAX_G);
        request.teu = next_share(run, &teu_left, year->trains - i, TEU_SPREAD, 1, PLAN_TEU_MAX);
        going = emit_train(run, &request);
    }
    return going;
}

bool workload_generate(const struct workload_options *options, struct workload_sink sink,
                       struct workload_truth *truth) {
    struct run run = {.options = options, .truth = truth, .shares = rng_new(options->seed, STREAM_SHARES, 0)};
    *truth = (struct workload_truth){0};
    arena_init(&run.names);
    arena_init(&run.arena);
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

void workload_write_truth(const struct workload_truth *truth, struct buffer *out) {
    const struct story_counts *counts = &truth->counts;
    uint64_t rejects = 0;
    for (int i = 0; i < REJECT_REASON_COUNT; i++) {
        rejects += counts->rejects[i];
    }
    buffer_printf(out,
                  "{\"trains\":%" PRIu64 ",\"unarrived\":%" PRIu64 ",\"waybills\":%" PRIu64 ",\"containers\":%" PRIu64,
                  truth->trains, truth->unarrived, truth->waybills, truth->containers);
    buffer_append_text(out, ",\"gross_kg\":");
    decimal_write(out, truth->gross_g, DECIMAL_MASS_PLACES);
    buffer_append_text(out, ",\"teu\":");
    decimal_write(out, truth->teu, DECIMAL_TEU_PLACES);
    buffer_printf(out,
                  ",\"messages\":%" PRIu64 ",\"events\":%" PRIu64 ",\"duplicates\":%" PRIu64 ",\"rejected\":%" PRIu64
                  ",\"bytes\":%" PRIu64 ",\"rejects\":{",
                  counts->events + counts->duplicates + rejects, counts->events, counts->duplicates, rejects,
                  truth->bytes);
    for (int i = 0, shown = 0; i < REJECT_REASON_COUNT; i++) {
        if (counts->rejects[i] != 0) {
            buffer_printf(out, "%s\"%s\":%" PRIu64, shown++ == 0 ? "" : ",", reject_name((enum reject_reason)i),
                          counts->rejects[i]);
        }
    }
    buffer_append_text(out, "}}\n");
}
