#include <string.h>

#include "support/sim_world.h"

/* ---- life and death */

void sim_worker_drop(struct sim_world *world, struct sim_worker *worker, int32_t p) {
    struct sim_owned *owned = &worker->owned[p];
    if (owned->partition == NULL) {
        return;
    }
    world->stats->crashes_in_change += partition_is_changing(owned->partition);
    partition_free(owned->partition);
    owned->partition = NULL;
    outbox_forget(&worker->open, p);
    for (size_t i = 0; i < worker->queued; i++) { /* its part of each epoch is void */
        if (worker->queue[i].has[p]) {
            worker->queue[i].has[p] = false;
            buffer_release(&worker->queue[i].snapshots[p].dump);
            buffer_release(&worker->queue[i].snapshots[p].trains);
            world->stats->voided++;
        }
    }
}

void sim_worker_start(struct sim_world *world, struct sim_worker *worker) {
    worker->alive = true;
    worker->config = world->config;
    worker->queued = 0;
    outbox_init(&worker->open);
    sim_fence(&world->log, worker->number);
}

void sim_worker_crash(struct sim_world *world, struct sim_worker *worker) {
    for (int32_t p = 0; p < SIM_PARTITIONS; p++) {
        sim_worker_drop(world, worker, p);
    }
    for (; worker->queued > 0; worker->queued--) {
        outbox_release(&worker->queue[worker->queued - 1].outbox);
    }
    outbox_release(&worker->open);
    worker->alive = false;
}

/* ---- restore */

static void expect_same_dump(const struct sim_world *world, const struct partition *partition,
                             const struct sim_offset *committed) {
    struct buffer dump = {0};
    partition_dump(partition, &dump);
    if (!slice_equal(buffer_slice(&dump), buffer_slice(&committed->snapshot->dump))) {
        sim_fail(
            world,
            "partition %d restored at %lld (%s) is not what was committed\n--- restored\n%.*s\n--- committed\n%.*s",
            partition_number(partition), (long long)committed->offset, committed->metadata.data, (int)dump.len,
            dump.data, (int)committed->snapshot->dump.len, committed->snapshot->dump.data);
    }
    buffer_release(&dump);
}

static void read_checkpoints(struct sim_world *world, struct partition *partition) {
    char error[PARTITION_ERROR_BYTES];
    int32_t p = partition_number(partition);
    sim_wait(&world->log, OUTPUT_CHECKPOINTS, p);
    const struct sim_topic *topic = &world->log.topics[OUTPUT_CHECKPOINTS][p];
    for (size_t i = 0; i < topic->count; i++) {
        const struct sim_record *record = &topic->records[i];
        if (sim_is_visible(&world->log, record) &&
            !partition_restore_checkpoint(partition, record->key, record->value, error)) {
            sim_fail(world, "%s", error);
        }
    }
    if (!partition_restore_checkpoints_end(partition, error)) {
        sim_fail(world, "%s", error);
    }
}

static void redo(struct sim_world *world, struct partition *partition, int64_t committed) {
    const struct sim_input *input = &world->log.inputs[partition_number(partition)];
    int64_t from = partition_redo_offset(partition);
    if (from < input->start || from > committed) {
        sim_fail(world, "redo from %lld, the log begins at %lld", (long long)from, (long long)input->start);
    }
    for (int64_t offset = from; offset < committed; offset++) {
        if (!sim_is_gap(&input->messages[offset])) {
            partition_redo(partition, &input->messages[offset], world->decoder, &world->scratch);
            arena_reset(&world->scratch, SIZE_MAX);
        }
    }
}

/* Without accept other rules are refused, and nothing else is. */
static void try_without_accept(struct sim_world *world, struct partition_options options,
                               const struct sim_offset *committed) {
    char error[PARTITION_ERROR_BYTES];
    struct commit_text text;
    commit_text_parse(committed->metadata, &text);
    bool same =
        !text.rules_changing && text.rules.merge == options.rules.merge && text.rules.require == options.rules.require;
    options.accept_rules = false;
    struct partition *partition = partition_new(&options);
    if (partition_restore_begin(partition, committed->offset, committed->metadata, error) != same) {
        sim_fail(world, "rules %s but %s", same ? "same" : "differ", same ? error : "not refused");
    }
    partition_free(partition);
    world->stats->refused_rules += !same;
}

static struct partition *restore(struct sim_world *world, struct partition_options options,
                                 const struct sim_offset *committed) {
    char error[PARTITION_ERROR_BYTES];
    try_without_accept(world, options, committed);
    struct partition *partition = partition_new(&options);
    if (!partition_restore_begin(partition, committed->offset, committed->metadata, error)) {
        sim_fail(world, "%s", error);
    }
    read_checkpoints(world, partition);
    redo(world, partition, committed->offset);
    if (!partition_restore_end(partition, error)) {
        sim_fail(world, "%s", error);
    }
    expect_same_dump(world, partition, committed);
    world->stats->restores++;
    world->stats->restored_from_checkpoints += partition_restored_facts(partition) > 0;
    world->stats->redone += partition_restored_events(partition);
    const struct partition_options *before = &world->configs[committed->snapshot->config];
    world->stats->limit_changes += memcmp(&before->limits, &options.limits, sizeof options.limits) != 0;
    world->stats->rule_changes += memcmp(&before->rules, &options.rules, sizeof options.rules) != 0;
    return partition;
}

static void adopt(struct sim_world *world, struct sim_worker *worker, int32_t p) {
    struct partition_options options = world->configs[worker->config];
    options.number = p;
    const struct sim_offset *committed = sim_stable(&world->log, p);
    struct sim_owned *owned = &worker->owned[p];
    owned->partition = committed == NULL ? partition_new(&options) : restore(world, options, committed);
    owned->position = committed == NULL ? 0 : committed->offset;
    owned->assignment = world->assignment[p];
    owned->life = ++world->lives;
    owned->config = worker->config;
}

void sim_worker_adopt(struct sim_world *world, struct sim_worker *worker) {
    for (int32_t p = 0; p < SIM_PARTITIONS; p++) {
        bool ours = world->owner[p] == worker->number;
        if (worker->owned[p].partition != NULL && (!ours || worker->owned[p].assignment != world->assignment[p])) {
            sim_worker_drop(world, worker, p);
        }
        if (ours && worker->owned[p].partition == NULL) {
            adopt(world, worker, p);
        }
    }
}

/* ---- work */

void sim_worker_work(struct sim_world *world, struct sim_worker *worker, int32_t p, size_t count) {
    struct sim_owned *owned = &worker->owned[p];
    const struct sim_input *input = &world->log.inputs[p];
    if (owned->partition == NULL || partition_is_changing(owned->partition)) {
        return;
    }
    for (; count > 0 && owned->position < input->end; count--, owned->position++) {
        struct reject reject;
        const struct message *message = &input->messages[owned->position];
        if (!sim_is_gap(message)) {
            partition_offer(owned->partition, message, world->wall_ms, world->decoder, &world->scratch, &worker->open,
                            &world->counters, &reject);
            arena_reset(&world->scratch, SIZE_MAX);
        }
    }
}

/* What a text promises (spec section 7, bounds). */
static void check_bounds(struct sim_world *world, const struct sim_owned *owned, int32_t p) {
    const struct commit_text *text = partition_text(owned->partition);
    const struct partition_options *options = &world->configs[owned->config];
    const struct sim_input *input = &world->log.inputs[p];
    uint64_t bytes = 0;
    for (int64_t offset = text->redo_offset; offset < owned->position; offset++) {
        bytes += input->messages[offset].value.len;
    }
    if (text->redo_offset > owned->position || bytes > options->checkpoint_bytes) {
        sim_fail(world, "F %lld is %llu bytes behind C %lld", (long long)text->redo_offset, (unsigned long long)bytes,
                 (long long)owned->position);
    }
    if (text->oldest_wall_ms != COMMIT_TEXT_NO_TIME &&
        world->wall_ms - text->oldest_wall_ms > options->checkpoint_age_ms) {
        sim_fail(world, "an event waits for %lld ms", (long long)(world->wall_ms - text->oldest_wall_ms));
    }
}

static void snapshot(struct sim_world *world, struct sim_epoch *epoch, const struct sim_owned *owned, int32_t p,
                     bool changing) {
    epoch->has[p] = true;
    epoch->snapshots[p] = (struct sim_snapshot){.config = owned->config, .life = owned->life, .changing = changing};
    partition_dump(owned->partition, &epoch->snapshots[p].dump);
    sim_partition_trains(owned->partition, &epoch->snapshots[p].trains);
    check_bounds(world, owned, p);
}

void sim_worker_barrier(struct sim_world *world, struct sim_worker *worker, bool drain) {
    struct sim_epoch *epoch = &worker->queue[worker->queued];
    *epoch = (struct sim_epoch){.outbox = worker->open};
    outbox_init(&worker->open);
    for (int32_t p = 0; p < SIM_PARTITIONS; p++) {
        struct sim_owned *owned = &worker->owned[p];
        if (owned->partition == NULL) {
            continue;
        }
        bool changing = partition_is_changing(owned->partition);
        if (partition_barrier(owned->partition, owned->position, world->wall_ms, owned->assignment, drain,
                              &epoch->outbox, &world->counters)) {
            snapshot(world, epoch, owned, p, changing);
        } else {
            world->stats->idle++;
        }
    }
    worker->queued++;
}
