#include "simulation/simulation.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "encode/record_json.h"
#include "simulation/sim_world.h"
#include "support/events.h"

void sim_fail(const struct sim_world *world, const char *format, ...) {
    va_list args;
    fprintf(stderr, "simulation: seed %llu: ", (unsigned long long)world->seed);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "\n");
    fflush(stderr);
    abort();
}

/* ---- what may happen at any step */

static void move(struct sim_world *world) {
    int32_t p = (int32_t)sim_below(&world->random, SIM_PARTITIONS);
    struct sim_worker *from = &world->workers[world->owner[p]];
    bool orderly = sim_one_in(&world->random, 2);
    while (orderly && from->alive && from->queued > 0) { /* a revocation is answered when the transaction is decided */
        sim_commit(world, from, SIM_FINE);
    }
    world->owner[p] = (unsigned)sim_below(&world->random, SIM_WORKERS);
    world->assignment[p]++;
    world->stats->moves++;
    if (orderly && from->alive) {
        sim_worker_drop(world, from, p);
    }
}

/* The session of a worker ends while it hears nothing; the other one takes the partition, works, and gives it back. To
 * the broker the first one is a valid owner again, and to itself it never was anything else. */
static void lose_without_a_word(struct sim_world *world) {
    int32_t p = (int32_t)sim_below(&world->random, SIM_PARTITIONS);
    unsigned loser = world->owner[p];
    uint64_t assignment = world->assignment[p];
    const struct sim_owned *owned = &world->workers[loser].owned[p];
    struct sim_worker *other = &world->workers[(loser + 1) % SIM_WORKERS];
    if (owned->partition == NULL || owned->assignment != assignment || !other->alive) {
        return;
    }
    world->owner[p] = other->number;
    world->assignment[p]++;
    sim_worker_adopt(world, other);
    for (uint64_t rounds = sim_below(&world->random, 3); rounds > 0; rounds--) {
        while (other->queued > 0) {
            sim_commit(world, other, SIM_FINE);
        }
        sim_worker_work(world, other, p, sim_below(&world->random, 12));
        sim_worker_barrier(world, other, false);
    }
    while (other->queued > 0) {
        sim_commit(world, other, SIM_FINE);
    }
    sim_worker_drop(world, other, p);
    world->owner[p] = loser;
    world->assignment[p] = assignment;
    world->stats->lost_without_a_word++;
}

/* Somebody must have what a dead worker had. */
static void rebalance(struct sim_world *world) {
    for (int32_t p = 0; p < SIM_PARTITIONS; p++) {
        if (!world->workers[world->owner[p]].alive) {
            world->owner[p] = (world->owner[p] + 1) % SIM_WORKERS;
            world->assignment[p]++;
        }
    }
}

static void truncate_input(struct sim_world *world) {
    int32_t p = (int32_t)sim_below(&world->random, SIM_PARTITIONS);
    struct commit_text text;
    if (world->log.stable[p] != NULL && commit_text_parse(world->log.stable[p]->metadata, &text) == COMMIT_TEXT_OK &&
        text.redo_offset > world->log.inputs[p].start) {
        world->log.inputs[p].start = text.redo_offset;
        world->stats->truncations++;
    }
}

static void compact(struct sim_world *world) {
    int32_t p = (int32_t)sim_below(&world->random, SIM_PARTITIONS);
    sim_compact(&world->log, OUTPUT_CHECKPOINTS, p, &world->random);
    const struct sim_topic *topic = &world->log.topics[OUTPUT_CHECKPOINTS][p];
    for (size_t i = 0; i < topic->count; i++) {
        world->stats->compacted += topic->records[i].removed;
    }
}

static void stop_in_order(struct sim_world *world, struct sim_worker *worker) {
    while (worker->queued > 0) {
        sim_commit(world, worker, SIM_FINE);
    }
    sim_worker_barrier(world, worker, true);
    while (sim_worker_is_behind(worker)) { /* as small a step as any other commit */
        sim_commit(world, worker, SIM_FINE);
        sim_worker_barrier(world, worker, true);
        world->stats->stops_in_steps++;
    }
    for (int32_t p = 0; p < SIM_PARTITIONS; p++) {
        const struct sim_owned *owned = &worker->owned[p];
        if (owned->partition != NULL && partition_text(owned->partition)->redo_offset != owned->position) {
            sim_fail(world, "an orderly stop left F at %lld", (long long)partition_text(owned->partition)->redo_offset);
        }
    }
    while (worker->queued > 0) {
        sim_commit(world, worker, SIM_FINE);
    }
    sim_worker_crash(world, worker);
}

static void act(struct sim_world *world, struct sim_worker *worker) {
    struct sim_random *random = &world->random;
    if (!worker->alive) {
        if (sim_one_in(random, 2)) {
            sim_worker_start(world, worker);
        }
        rebalance(world);
        return;
    }
    switch (sim_below(random, 12)) {
    case 0: sim_worker_adopt(world, worker); break;
    case 1:
        if (sim_one_in(random, 6)) {
            stop_in_order(world, worker);
        }
        break;
    case 2:
        if (sim_one_in(random, 6)) {
            world->stats->crashes++;
            sim_worker_crash(world, worker);
        }
        break;
    case 3:
    case 4:
    case 5:
    case 6:
        sim_worker_work(world, worker, (int32_t)sim_below(random, SIM_PARTITIONS), 1 + sim_below(random, 12));
        break;
    case 7:
    case 8:
        if (worker->queued < SIM_QUEUE) {
            sim_worker_barrier(world, worker, sim_one_in(random, 20));
        }
        break;
    default:
        sim_commit(world, worker,
                   sim_one_in(random, 6) ? (enum sim_fault)sim_below(random, SIM_FAULT_COUNT) : SIM_FINE);
        break;
    }
}

static void pass_time(struct sim_world *world) {
    struct sim_random *random = &world->random;
    int64_t ms = (int64_t)sim_below(random, sim_one_in(random, 40) ? 100000 : 300);
    world->now.steady_ms += ms;
    world->now.wall_ms += ms;
    if (world->clock_is_set && sim_one_in(random, 30)) {
        world->now.wall_ms += (sim_one_in(random, 2) ? 1 : -1) * (int64_t)sim_below(random, 30 * EVENTS_DAY_MS);
        world->stats->clocks_set++;
    }
}

static void step(struct sim_world *world) {
    struct sim_random *random = &world->random;
    pass_time(world);
    act(world, &world->workers[sim_below(random, SIM_WORKERS)]);
    switch (sim_below(random, 32)) {
    case 0: move(world); break;
    case 1: truncate_input(world); break;
    case 2: compact(world); break;
    case 3: world->config = sim_one_in(random, 2) ? sim_below(random, SIM_CONFIGS) : world->config; break;
    case 4:
    case 5:
        sim_marker(&world->log, random);
        world->stats->late_markers++;
        break;
    case 6: lose_without_a_word(world); break;
    default: break;
    }
}

/* ---- the end */

static bool is_done(const struct sim_world *world) {
    for (int32_t p = 0; p < SIM_PARTITIONS; p++) {
        const struct sim_owned *owned = &world->workers[world->owner[p]].owned[p];
        if (owned->partition == NULL || partition_is_changing(owned->partition) ||
            world->models[p].position < world->log.inputs[p].end) {
            return false;
        }
    }
    return true;
}

static void settle(struct sim_world *world) {
    for (unsigned w = 0; w < SIM_WORKERS; w++) {
        if (!world->workers[w].alive) {
            sim_worker_start(world, &world->workers[w]);
        }
    }
    while (!is_done(world)) {
        for (unsigned w = 0; w < SIM_WORKERS; w++) {
            struct sim_worker *worker = &world->workers[w];
            sim_worker_adopt(world, worker);
            for (int32_t p = 0; p < SIM_PARTITIONS; p++) {
                sim_worker_work(world, worker, p, 50);
            }
            while (worker->queued > 0) {
                sim_commit(world, worker, SIM_FINE);
            }
            sim_worker_barrier(world, worker, false);
            sim_commit(world, worker, SIM_FINE);
        }
    }
}

/* The records of file mode over the same messages. */
static void compare_with_file_mode(struct sim_world *world, int32_t p, const struct partition_options *options) {
    struct partition_options file_options = *options;
    file_options.file_mode = true;
    struct partition *partition = partition_new(&file_options);
    struct outbox outbox = {0};
    const struct partition_intake intake = {.decoder = world->decoder,
                                            .scratch = &world->scratch,
                                            .headers = headers_of};
    const struct partition_sink sink = {&outbox, &world->counters};
    const struct sim_input *input = &world->log.inputs[p];
    for (int64_t offset = input->end; offset-- > 0;) { /* in reverse: the order does not matter */
        struct reject reject;
        if (!sim_is_gap(&input->messages[offset])) {
            partition_offer(partition, &input->messages[offset], &intake, &sink, &reject);
            arena_reset(&world->scratch, SIZE_MAX);
        }
    }
    struct buffer file_trains = {0};
    struct buffer trains = {0};
    sim_partition_trains(partition, &file_trains);
    sim_model_trains(&world->models[p], &trains);
    if (!slice_equal(buffer_slice(&file_trains), buffer_slice(&trains))) {
        sim_fail(world, "file mode has other trains\n%.*s\nthan\n%.*s", (int)file_trains.len, file_trains.data,
                 (int)trains.len, trains.data);
    }
    world->stats->file_mode_views++;
    buffer_release(&file_trains);
    buffer_release(&trains);
    outbox_release(&outbox);
    partition_free(partition);
}

/* After all is committed: what is seen, and once more the way back. */
static void finish(struct sim_world *world) {
    settle(world);
    size_t config[SIM_PARTITIONS];
    for (int32_t p = 0; p < SIM_PARTITIONS; p++) {
        config[p] = world->workers[world->owner[p]].owned[p].config;
        sim_view(world, p, &world->configs[config[p]]);
        if (world->plain) {
            compare_with_file_mode(world, p, &world->configs[config[p]]);
        }
        world->stats->expired += world->models[p].expired;
    }
    for (unsigned w = 0; w < SIM_WORKERS; w++) {
        stop_in_order(world, &world->workers[w]);
    }
    for (int32_t p = 0; p < SIM_PARTITIONS; p++) {
        sim_view_checkpoints(world, p);
        world->log.inputs[p].start = world->log.inputs[p].end; /* nothing of the input is needed now */
    }
    world->owner[0] = world->owner[1] = 0;
    sim_worker_start(world, &world->workers[0]);
    sim_worker_adopt(world, &world->workers[0]);
    sim_worker_crash(world, &world->workers[0]);
}

void simulation_run(uint64_t seed, struct simulation_stats *stats) {
    struct sim_world *world = alloc_zeroed(1, sizeof *world);
    world->seed = seed;
    world->random.state = seed;
    world->stats = stats;
    world->decoder = decoder_new(1 << 20);
    sim_log_init(&world->log);
    sim_choose(world);
    for (int32_t p = 0; p < SIM_PARTITIONS; p++) {
        sim_model_init(&world->models[p], p);
    }
    for (unsigned w = 0; w < SIM_WORKERS; w++) {
        world->workers[w].number = w;
    }
    uint64_t steps = 50 + sim_below(&world->random, sim_one_in(&world->random, 8) ? 1000 : 200);
    for (uint64_t i = 0; i < steps; i++) {
        for (uint64_t n = sim_below(&world->random, 3); n > 0; n--) {
            sim_send(world);
        }
        step(world);
    }
    finish(world);
    stats->histories++;
    stats->checkpoints += world->counters.checkpoints;
    stats->limited += world->counters.rejected[REJECT_LIMIT_EXCEEDED];
    for (int32_t p = 0; p < SIM_PARTITIONS; p++) {
        sim_model_release(&world->models[p]);
    }
    sim_log_release(&world->log);
    sim_release_sent(world);
    decoder_free(world->decoder);
    arena_release(&world->scratch);
    free(world);
}
