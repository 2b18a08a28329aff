#include <string.h>

#include "partition/partition_keep.h"
#include "simulation/sim_world.h"

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
            partition_redo(partition, &input->messages[offset],
                           &(struct partition_intake){world->decoder, &world->scratch, world->now, headers_of});
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
    struct commit_rules rules = commit_rules_of(&options.rules);
    bool same = !text.rules_changing && commit_rules_equal(&text.rules, &rules);
    options.accept_rules = false;
    struct partition *partition = partition_new(&options);
    if (partition_restore_begin(partition, committed->offset, committed->metadata, error) != same) {
        sim_fail(world, "rules %s but %s", same ? "same" : "differ", same ? error : "not refused");
    }
    partition_free(partition);
    world->stats->refused_rules += !same;
}

/* Another topic of the input's name is refused where the text says which one it was. */
static void try_another_topic(struct sim_world *world, struct partition_options options,
                              const struct sim_offset *committed) {
    char error[PARTITION_ERROR_BYTES];
    struct commit_text text;
    commit_text_parse(committed->metadata, &text);
    memcpy(options.input_id, "BBBBBBBBBBBBBBBBBBBBBA", sizeof options.input_id);
    struct partition *partition = partition_new(&options);
    if (partition_restore_begin(partition, committed->offset, committed->metadata, error) != (*text.input_id == '\0')) {
        sim_fail(world, "another input topic under %s", committed->metadata.data);
    }
    partition_free(partition);
}

static struct partition *restore(struct sim_world *world, struct partition_options options,
                                 const struct sim_offset *committed) {
    char error[PARTITION_ERROR_BYTES];
    try_without_accept(world, options, committed);
    try_another_topic(world, options, committed);
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

static uint64_t lag_bytes(const struct sim_world *world, const struct sim_owned *owned, int32_t p) {
    uint64_t bytes = 0;
    for (int64_t offset = partition_text(owned->partition)->redo_offset; offset < owned->position; offset++) {
        bytes += world->log.inputs[p].messages[offset].value.len;
    }
    return bytes;
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
    owned->epoch_bytes = 0;
    owned->lag_bytes = lag_bytes(world, owned, p);
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

/* What the open epoch has put and is about to put: the lanes count the same. */
static size_t spent(const struct sim_worker *worker) {
    size_t bytes = worker->open.bytes;
    for (int32_t p = 0; p < SIM_PARTITIONS; p++) {
        bytes += worker->owned[p].partition == NULL ? 0 : partition_pending_bytes(worker->owned[p].partition);
    }
    return bytes;
}

static bool takes_no_more(const struct sim_world *world, const struct sim_worker *worker) {
    bool owes = false;
    for (int32_t p = 0; p < SIM_PARTITIONS; p++) {
        owes = owes || (worker->owned[p].partition != NULL && partition_owes(worker->owned[p].partition));
    }
    return owes || budget_is_spent(world->budgets[worker->config], spent(worker));
}

void sim_worker_work(struct sim_world *world, struct sim_worker *worker, int32_t p, size_t count) {
    struct sim_owned *owned = &worker->owned[p];
    const struct sim_input *input = &world->log.inputs[p];
    if (owned->partition == NULL || partition_is_changing(owned->partition)) {
        return;
    }
    for (; count > 0 && owned->position < input->end; count--, owned->position++) {
        struct reject reject;
        const struct message *message = &input->messages[owned->position];
        if (takes_no_more(world, worker)) {
            world->stats->full_epochs++;
            return;
        }
        owned->epoch_bytes += message->value.len;
        if (!sim_is_gap(message)) {
            partition_offer(owned->partition, message,
                            &(struct partition_intake){world->decoder, &world->scratch, world->now, headers_of},
                            &(struct partition_sink){&worker->open, &world->counters}, &reject);
            arena_reset(&world->scratch, SIZE_MAX);
        }
    }
}

/* F stays within checkpoint.bytes and one epoch (contract 7.13): beyond the bound nothing is taken before
 * checkpoints have brought it back. */
static void check_redo(const struct sim_world *world, struct sim_owned *owned, int32_t p) {
    uint64_t bound = world->configs[owned->config].checkpoint_bytes;
    uint64_t lag = lag_bytes(world, owned, p);
    uint64_t before = owned->lag_bytes > bound ? owned->lag_bytes : bound;
    bool fine = lag <= bound || (lag <= before + owned->epoch_bytes && partition_owes(owned->partition));
    if (partition_text(owned->partition)->redo_offset > owned->position ||
        (!fine && !partition_is_changing(owned->partition))) {
        sim_fail(world, "F is %llu bytes behind C %lld, and was %llu before the %llu of this epoch",
                 (unsigned long long)lag, (long long)owned->position, (unsigned long long)owned->lag_bytes,
                 (unsigned long long)owned->epoch_bytes);
    }
    world->stats->owing += lag > bound;
    owned->lag_bytes = lag;
    owned->epoch_bytes = 0;
}

/* What waits for its checkpoint beyond checkpoint.age goes at once where the budget lets it. */
static void check_age(const struct sim_world *world, const struct sim_owned *owned) {
    const struct commit_text *text = partition_text(owned->partition);
    int64_t waits_ms = world->now.wall_ms - text->oldest_wall_ms;
    if (text->oldest_wall_ms != COMMIT_TEXT_NO_TIME && world->budgets[owned->config] == SIM_BUDGET_AMPLE &&
        !world->clock_is_set && waits_ms > world->configs[owned->config].checkpoint_age_ms) {
        sim_fail(world, "an event waits for %lld ms", (long long)waits_ms);
    }
}

static void snapshot(struct sim_world *world, struct sim_epoch *epoch, struct sim_owned *owned, int32_t p,
                     bool changing) {
    epoch->has[p] = true;
    epoch->snapshots[p] = (struct sim_snapshot){.config = owned->config, .life = owned->life, .changing = changing};
    partition_dump(owned->partition, &epoch->snapshots[p].dump);
    sim_partition_trains(owned->partition, &epoch->snapshots[p].trains);
    check_redo(world, owned, p);
    check_age(world, owned);
}

/* No commit carries more checkpoints than it has room for, but for a single one; one that could go does. */
static void check_room(struct sim_world *world, const struct partition_room *room, const struct counters *before) {
    uint64_t bytes = world->counters.checkpoint_bytes - before->checkpoint_bytes;
    uint64_t count = world->counters.checkpoints - before->checkpoints;
    if (bytes > room->bytes && count > 1) {
        sim_fail(world, "%llu checkpoints of %llu bytes where %zu have room", (unsigned long long)count,
                 (unsigned long long)bytes, room->bytes);
    }
    if (room->is_short && room->used == 0 && room->bytes > 0) {
        sim_fail(world, "nothing went though there was room for %zu bytes", room->bytes);
    }
    world->stats->short_rooms += room->is_short;
}

/* Records and rows are about as large as was expected of them before they were derived. What a train knew and did not
 * tell may come to light by a small event, such as another composition, but that is seldom much. */
static void check_expected(struct sim_world *world, const struct outbox *outbox, size_t from, size_t expected) {
    size_t bytes = 0;
    for (size_t i = from; i < outbox->output_count; i++) {
        const struct output *output = &outbox->outputs[i];
        bytes += output->topic == OUTPUT_CHECKPOINTS ? 0 : output->key.len + output->value.len;
    }
    if (bytes > 4 * expected) {
        sim_fail(world, "records and rows of %zu bytes where %zu were expected", bytes, expected);
    }
}

/* All, nothing and little in turn: what is kept of records must not show in anything. */
static size_t kept_bytes_max(const struct sim_owned *owned) {
    static const size_t BOUNDS[] = {SIZE_MAX, SIZE_MAX, 0, 30000, SIZE_MAX};
    return BOUNDS[(size_t)owned->position % (sizeof BOUNDS / sizeof BOUNDS[0])];
}

void sim_worker_barrier(struct sim_world *world, struct sim_worker *worker, bool drain) {
    struct sim_epoch *epoch = &worker->queue[worker->queued];
    struct partition_room room = budget_room(world->budgets[worker->config], spent(worker), 1);
    struct counters before = world->counters;
    int32_t first = (int32_t)sim_below(&world->random, SIM_PARTITIONS);
    *epoch = (struct sim_epoch){.outbox = worker->open};
    outbox_init(&worker->open);
    for (int32_t i = 0; i < SIM_PARTITIONS; i++) {
        int32_t p = (first + i) % SIM_PARTITIONS;
        struct sim_owned *owned = &worker->owned[p];
        if (owned->partition == NULL) {
            continue;
        }
        bool changing = partition_is_changing(owned->partition);
        size_t expected = partition_pending_bytes(owned->partition);
        size_t from = epoch->outbox.output_count;
        const struct partition_sink sink = {&epoch->outbox, &world->counters};
        const struct partition_cut cut = {owned->position, world->now, owned->assignment, 1, drain};
        partition_keep(owned->partition, kept_bytes_max(owned));
        if (partition_barrier(owned->partition, &cut, &room, &sink)) {
            snapshot(world, epoch, owned, p, changing);
        } else {
            world->stats->idle++;
        }
        if (!changing) {
            check_expected(world, &epoch->outbox, from, expected);
        }
    }
    check_room(world, &room, &before);
    worker->queued++;
}

bool sim_worker_is_behind(const struct sim_worker *worker) {
    bool behind = false;
    for (int32_t p = 0; p < SIM_PARTITIONS; p++) {
        behind = behind || (worker->owned[p].partition != NULL && partition_is_behind(worker->owned[p].partition));
    }
    return behind;
}
