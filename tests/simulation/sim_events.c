#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/timestamp.h"
#include "simulation/sim_world.h"
#include "support/events.h"

static uint64_t pick(struct sim_world *world, const uint64_t *values, size_t count) {
    return values[sim_below(&world->random, count)];
}
#define PICK(world, ...)                                                                                               \
    pick(world, (const uint64_t[]){__VA_ARGS__}, sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))

/* ---- settings */

static struct partition_options choose_config(struct sim_world *world) {
    struct partition_options options = {.check_key = true, .accept_rules = true, .emit = world->configs[0].emit};
    options.limits = (struct commit_limits){.message_bytes = 1 << 20, .train_bytes = 8 << 20, .retention_days = 36500};
    if (!world->plain) {
        options.limits.message_bytes = PICK(world, 700, 1 << 20);
        options.limits.train_bytes = PICK(world, 1200, 1800, 3000, 8 << 20);
        options.limits.retention_days = (int32_t)PICK(world, 2, 4, 9);
    }
    options.rules.merge = (enum merge_policy)sim_below(&world->random, MERGE_POLICY_COUNT);
    options.rules.require = (enum require_level)sim_below(&world->random, REQUIRE_LEVEL_COUNT);
    options.rules.recognised = sim_one_in(&world->random, 2) ? SLICE("") : SLICE("control:KZ:document");
    options.checkpoint_bytes = PICK(world, 0, 400, 2000, 10000, 30000, UINT64_MAX, UINT64_MAX);
    options.checkpoint_age_ms =
        (int64_t)PICK(world, 0, 2000, 60000, UINT64_C(1) << 50, UINT64_C(1) << 50, UINT64_C(1) << 50);
    options.checkpoint_part_bytes_max = 4096;
    options.seen_entries = PICK(world, 0, 64);
    if (!sim_one_in(&world->random, 4)) { /* else a cluster that does not tell */
        memcpy(options.input_id, "AAAAAAAAAAAAAAAAAAAAAQ", sizeof options.input_id);
    }
    return options;
}

/* Few trains at their limit, some of them behind F's: the redo meets events that were turned away before a checkpoint.
 */
static void choose_tight(struct sim_world *world) {
    for (size_t i = 0; i < SIM_CONFIGS; i++) {
        struct partition_options *options = &world->configs[i];
        options->limits = (struct commit_limits){1 << 20, PICK(world, 1200, 1800, 2500), 36500};
        options->checkpoint_bytes = PICK(world, 1000, 3000, 8000);
        options->checkpoint_age_ms = INT64_C(1) << 50;
        if (i > 0) {
            options->limits = world->configs[0].limits;
        }
    }
    world->numbers = 4;
    world->dates = 1;
    world->waybills = 2;
    world->step_ms_max = 1000;
}

void sim_choose(struct sim_world *world) {
    world->plain = sim_one_in(&world->random, 3);
    world->configs[0].emit = sim_one_in(&world->random, 3) ? EMIT_ALWAYS : EMIT_READY;
    bool constant = sim_one_in(&world->random, 3);
    world->clock_is_set = sim_one_in(&world->random, 3);
    for (size_t i = 0; i < SIM_CONFIGS; i++) {
        world->configs[i] = choose_config(world);
        world->budgets[i] = PICK(world, 4, 5000, 20000, 20000, SIM_BUDGET_AMPLE, SIM_BUDGET_AMPLE);
        if (constant || !sim_one_in(&world->random, 3)) {
            world->configs[i].rules = world->configs[0].rules;
        }
        if (constant || !sim_one_in(&world->random, 2)) {
            world->configs[i].limits = world->configs[0].limits;
        }
    }
    world->numbers = (unsigned)PICK(world, 1, 2, 5);
    world->dates = (unsigned)PICK(world, 1, 3, 12);
    world->waybills = (unsigned)PICK(world, 2, 6, 40);
    world->bulk = (unsigned)PICK(world, 1, 1, 200);
    world->step_ms_max = (int64_t)PICK(world, 1000, 3600000, 2 * EVENTS_DAY_MS);
    if (!world->plain && sim_one_in(&world->random, 4)) {
        choose_tight(world);
    }
    world->time_ms = EVENTS_TIME_MS;
    world->now = (struct moment){EVENTS_TIME_MS, 0};
}

/* ---- messages */

static void remember(struct sim_world *world, const struct sim_sent *sent) {
    if (world->sent_count < SIM_SENT_MAX) {
        world->sent[world->sent_count++] =
            (struct sim_sent){{alloc_copy(sent->key.data, sent->key.len), sent->key.len},
                              {alloc_copy(sent->value.data, sent->value.len), sent->value.len},
                              headers_copy(sent->headers)};
    }
}

void sim_release_sent(struct sim_world *world) {
    for (size_t i = 0; i < world->sent_count; i++) {
        free((char *)world->sent[i].key.data);
        free((char *)world->sent[i].value.data);
        headers_free((struct headers *)(uintptr_t)world->sent[i].headers);
    }
}

static int32_t partition_of(struct slice key) {
    return (int32_t)(hash_seeded(key, 0) % SIM_PARTITIONS);
}

static void make_event(struct sim_world *world, char key[40], struct buffer *value) {
    struct sim_random *random = &world->random;
    int64_t back_ms = sim_one_in(random, 4) ? (int64_t)sim_below(random, (uint64_t)world->step_ms_max) : 0;
    char date[DATE_TEXT_BYTES];
    world->time_ms += (int64_t)sim_below(random, (uint64_t)world->step_ms_max);
    date_write(date_of(world->time_ms) + 1 - (int32_t)sim_below(random, world->dates), date);
    snprintf(key, 40, "X%llu|%.10s|%s", (unsigned long long)sim_below(random, world->numbers), date,
             sim_one_in(random, 4) ? "CNERL" : "CNAKL");
    events_put(&(struct events_spec){.kind = (enum events_kind)sim_below(random, EVENTS_KIND_COUNT),
                                     .train = key,
                                     .time_ms = world->time_ms - back_ms,
                                     .id = sim_one_in(random, 3) ? 0 : ++world->ids,
                                     .waybill = (unsigned)sim_below(random, world->waybills),
                                     .box = (unsigned)sim_below(random, EVENTS_BOXES),
                                     .kg = (unsigned)sim_below(random, 3),
                                     .bulk = world->bulk,
                                     .pad = sim_one_in(random, 4) ? (unsigned)sim_below(random, 700) : 0},
               value);
}

static void send_event(struct sim_world *world) {
    char key[40];
    struct buffer value = {0};
    make_event(world, key, &value);
    bool future = !world->plain && sim_one_in(&world->random, 20);
    int64_t timestamp_ms = future                          ? world->time_ms - 3 * EVENTS_DAY_MS
                           : sim_one_in(&world->random, 3) ? -1
                                                           : world->time_ms;
    struct headers headers = {0};
    struct sim_sent sent = {slice_of(key), buffer_slice(&value), NULL};
    if (sim_one_in(&world->random, 3)) { /* in binary mode */
        sent.value = headers_from_event(buffer_slice(&value), &headers);
        sent.headers = &headers;
    }
    sim_log_append(&world->log, partition_of(sent.key), &sent, timestamp_ms);
    remember(world, &sent);
    headers_clear(&headers);
    buffer_release(&value);
}

static void send_again(struct sim_world *world) {
    if (world->sent_count > 0) {
        const struct sim_sent *sent = &world->sent[sim_below(&world->random, world->sent_count)];
        sim_log_append(&world->log, partition_of(sent->key), sent, -1);
    }
}

/* The last one again, under its key or another, with one header more, fewer, or of no value. */
static void send_damaged(struct sim_world *world, int32_t partition, bool wrong_key) {
    static const char *const more[] = {"ce_specversion=1.0", "ce_id=y", "content-type=text/plain", "ce_time", "x=y"};
    struct sim_sent sent = world->sent[world->sent_count - 1];
    struct headers *headers = sent.headers == NULL ? alloc_zeroed(1, sizeof *headers) : headers_copy(sent.headers);
    uint64_t dice = sim_below(&world->random, 8);
    if (dice < sizeof more / sizeof more[0]) {
        headers_add_text(headers, more[dice]);
    } else if (headers->count > 0) {
        headers_drop(headers);
    }
    sent.headers = headers;
    sent.key = wrong_key ? SLICE("x") : sent.key;
    sim_log_append(&world->log, partition, &sent, -1);
    headers_free(headers);
}

static void send_nuisance(struct sim_world *world) {
    int32_t partition = (int32_t)sim_below(&world->random, SIM_PARTITIONS);
    uint64_t dice = sim_below(&world->random, 5);
    const struct sim_sent nothing = {{NULL, 0}, {NULL, 0}, NULL}, no_event = {SLICE("x"), SLICE("not an event"), NULL};
    switch (dice) {
    case 0: sim_log_append(&world->log, partition, &nothing, -1); break;
    case 1: sim_log_append(&world->log, partition, &no_event, -1); break;
    case 2:
    case 3:
        if (world->sent_count > 0) {
            struct slice key = world->sent[world->sent_count - 1].key;
            send_damaged(world, dice == 2 ? partition : partition_of(key), dice == 2);
        }
        break;
    default: sim_log_append_gap(&world->log, partition); break;
    }
}

void sim_send(struct sim_world *world) {
    uint64_t dice = sim_below(&world->random, 20);
    world->stats->messages++;
    if (dice < 15) {
        send_event(world);
    } else if (dice < 18) {
        send_again(world);
    } else {
        send_nuisance(world);
    }
}
