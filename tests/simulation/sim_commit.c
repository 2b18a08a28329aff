#include <string.h>

#include "base/alloc.h"
#include "checkpoint/codec.h"
#include "simulation/sim_world.h"

/* ---- what a reader sees */

static void expect_map(const struct sim_world *world, const char *what, const struct sim_map *seen,
                       const struct sim_map *expected) {
    for (size_t i = 0; i < expected->count; i++) {
        const struct sim_entry *entry = &expected->entries[i];
        const struct slice *found = sim_map_get(seen, entry->key);
        struct slice none = {NULL, 0};
        struct slice value = found == NULL ? none : *found;
        if ((value.data == NULL) != (entry->value.data == NULL) || !slice_equal(value, entry->value)) {
            sim_fail(world, "%s %.*s\nseen     %.*s\nexpected %.*s", what, (int)entry->key.len, entry->key.data,
                     (int)value.len, value.data == NULL ? "" : value.data, (int)entry->value.len,
                     entry->value.data == NULL ? "" : entry->value.data);
        }
    }
    for (size_t i = 0; i < seen->count; i++) {
        if (sim_map_get(expected, seen->entries[i].key) == NULL) {
            sim_fail(world, "%s %.*s is of no train", what, (int)seen->entries[i].key.len, seen->entries[i].key.data);
        }
    }
}

void sim_view_checkpoints(struct sim_world *world, int32_t p) {
    struct sim_map trains = {0};
    const struct sim_topic *topic = &world->log.topics[OUTPUT_CHECKPOINTS][p];
    sim_model_records(&world->models[p], &world->configs[0], &trains);
    for (size_t i = topic->count; i-- > 0;) {
        const struct sim_record *record = &topic->records[i];
        struct slice train;
        uint32_t part;
        if (!sim_is_visible(&world->log, record) || !sim_is_last(&world->log, topic, i) || record->value.data == NULL) {
            continue;
        }
        codec_parse_key(record->key, &train, &part);
        if (sim_map_get(&trains, train) == NULL || sim_map_get(&world->models[p].last_records, train) != NULL) {
            sim_fail(world, "a checkpoint of %.*s is left, which is gone", (int)train.len, train.data);
        }
    }
    sim_map_release(&trains);
}

/* The last record of each key. No record goes out twice in a row, but for a change of rules that had to begin again. */
static struct sim_map read_topic(const struct sim_world *world, enum output_topic which, int32_t p) {
    struct sim_map map = {0};
    const struct sim_topic *topic = &world->log.topics[which][p];
    for (size_t i = 0; i < topic->count; i++) {
        const struct sim_record *record = &topic->records[i];
        if (!sim_is_visible(&world->log, record)) {
            continue;
        }
        const struct slice *before = sim_map_get(&map, record->key);
        if (!record->renewed && before != NULL && slice_equal(*before, record->value)) {
            sim_fail(world, "life %u emits again: %.*s", record->life, (int)record->value.len, record->value.data);
        }
        sim_map_put(&map, record->key,
                    (struct slice){memcpy(alloc_bytes(record->value.len), record->value.data, record->value.len),
                                   record->value.len});
    }
    return map;
}

void sim_view(struct sim_world *world, int32_t p, const struct partition_options *options) {
    struct sim_map records = read_topic(world, OUTPUT_CLEARANCES, p);
    struct sim_map rows = read_topic(world, OUTPUT_TRAFFIC, p);
    struct sim_map expected_records = {0};
    struct sim_map expected_rows = {0};
    sim_model_records(&world->models[p], options, &expected_records);
    sim_model_rows(&world->models[p], options, &expected_rows);
    expect_map(world, "record", &records, &expected_records);
    expect_map(world, "row", &rows, &expected_rows);
    world->stats->views++;
    world->stats->rows += rows.count;
    sim_map_release(&records);
    sim_map_release(&rows);
    sim_map_release(&expected_records);
    sim_map_release(&expected_rows);
}

/* ---- what is decided */

static void expect_text(const struct sim_world *world, const struct sim_model *model, const struct sim_offset *offset,
                        const struct partition_options *options) {
    struct commit_text text;
    if (commit_text_parse(offset->metadata, &text) != COMMIT_TEXT_OK) {
        sim_fail(world, "not a text: %s", offset->metadata.data);
    }
    if (text.stream_time_ms != model->stream_time_ms || text.horizon_days != model->horizon_days ||
        text.live_events != sim_model_live_events(model) || !hash_equal(text.hash_sum, sim_model_hash_sum(model))) {
        sim_fail(world, "T, H, N or S is wrong at %lld: %s", (long long)offset->offset, offset->metadata.data);
    }
    struct commit_rules rules = commit_rules_of(&options->rules);
    bool ours = !text.rules_changing && commit_rules_equal(&text.rules, &rules) &&
                memcmp(&text.limits, &options->limits, sizeof text.limits) == 0;
    if (!ours && !offset->snapshot->changing) {
        sim_fail(world, "limits or rules are not the configured ones: %s", offset->metadata.data);
    }
    if (strcmp(text.input_id, options->input_id) != 0) {
        sim_fail(world, "the input's id is not what the cluster tells: %s", offset->metadata.data);
    }
}

static bool same_configuration(const struct commit_text *a, const struct commit_text *b) {
    return memcmp(&a->limits, &b->limits, sizeof a->limits) == 0 && commit_rules_equal(&a->rules, &b->rules);
}

/* K goes on by one; W never goes back, since a restored entry has waited since the life before; other limits and rules
 * come in only with nothing left to redo under the former. */
static void check_succession(const struct sim_world *world, int32_t p, int64_t committed,
                             const struct commit_text *text) {
    struct commit_text before = {.oldest_wall_ms = COMMIT_TEXT_NO_TIME};
    for (size_t i = 0; i + 1 < world->log.transaction_count; i++) {
        const struct sim_transaction *transaction = &world->log.transactions[i];
        if (transaction->has_offset[p] && transaction->outcome == SIM_COMMITTED) {
            commit_text_parse(transaction->offsets[p].metadata, &before);
        }
    }
    if (text->number != before.number + 1) {
        sim_fail(world, "commit number %llu after %llu", (unsigned long long)text->number,
                 (unsigned long long)before.number);
    }
    if (!world->clock_is_set && text->oldest_wall_ms != COMMIT_TEXT_NO_TIME &&
        text->oldest_wall_ms < before.oldest_wall_ms) {
        sim_fail(world, "W %lld after %lld", (long long)text->oldest_wall_ms, (long long)before.oldest_wall_ms);
    }
    if (before.number > 0 && !text->rules_changing && !same_configuration(text, &before) &&
        text->redo_offset != committed) {
        sim_fail(world, "new limits or rules at %lld with F %lld", (long long)committed, (long long)text->redo_offset);
    }
}

static void check_committed(struct sim_world *world, const struct sim_transaction *transaction) {
    for (int32_t p = 0; p < SIM_PARTITIONS; p++) {
        const struct sim_offset *offset = &transaction->offsets[p];
        if (!transaction->has_offset[p]) {
            continue;
        }
        struct partition_options options = world->configs[offset->snapshot->config];
        struct buffer trains = {0};
        sim_model_advance(&world->models[p], &world->log.inputs[p], offset->offset, &options, world->decoder);
        expect_text(world, &world->models[p], offset, &options);
        struct commit_text text;
        commit_text_parse(offset->metadata, &text);
        check_succession(world, p, offset->offset, &text);
        sim_model_trains(&world->models[p], &trains);
        if (!slice_equal(buffer_slice(&trains), buffer_slice(&offset->snapshot->trains))) {
            sim_fail(world, "partition %d at %lld holds other trains\n%.*s\nexpected\n%.*s", p,
                     (long long)offset->offset, (int)offset->snapshot->trains.len, offset->snapshot->trains.data,
                     (int)trains.len, trains.data);
        }
        buffer_release(&trains);
        world->stats->commits++;
        if (!text.rules_changing && sim_one_in(&world->random, 16)) {
            sim_view(world, p, &options);
        }
    }
}

/* ---- the transaction */

static bool is_void(const struct sim_epoch *epoch) {
    for (int32_t p = 0; p < SIM_PARTITIONS; p++) {
        if (epoch->has[p]) {
            return false;
        }
    }
    return true;
}

static void leave_queue(struct sim_worker *worker) {
    struct sim_epoch *epoch = &worker->queue[0];
    for (int32_t p = 0; p < SIM_PARTITIONS; p++) {
        if (epoch->has[p]) {
            buffer_release(&epoch->snapshots[p].dump);
            buffer_release(&epoch->snapshots[p].trains);
        }
    }
    outbox_release(&epoch->outbox);
    worker->queued--;
    memmove(worker->queue, worker->queue + 1, worker->queued * sizeof *worker->queue);
}

static void produce(struct sim_world *world, const struct sim_epoch *epoch, size_t transaction, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct output *output = &epoch->outbox.outputs[i];
        const struct sim_snapshot *snapshot = &epoch->snapshots[output->input_partition];
        if (epoch->has[output->input_partition]) {
            sim_produce(&world->log, transaction, output, snapshot->life, snapshot->changing);
            world->stats->multi_part +=
                output->topic == OUTPUT_CHECKPOINTS && output->key.data[output->key.len - 1] == '1';
        }
    }
}

/* False: a partition is no longer this worker's. */
static bool generation_is_valid(const struct sim_world *world, const struct sim_worker *worker,
                                const struct sim_epoch *epoch) {
    for (int32_t p = 0; p < SIM_PARTITIONS; p++) {
        if (epoch->has[p] &&
            (world->owner[p] != worker->number || world->assignment[p] != worker->owned[p].assignment)) {
            return false;
        }
    }
    return true;
}

static struct sim_snapshot *copy_snapshot(const struct sim_snapshot *from) {
    struct sim_snapshot *copy = alloc_zeroed(1, sizeof *copy);
    *copy = *from;
    copy->dump = (struct buffer){0};
    copy->trains = (struct buffer){0};
    buffer_append_slice(&copy->dump, buffer_slice(&from->dump));
    buffer_append_slice(&copy->trains, buffer_slice(&from->trains));
    return copy;
}

static void send_offsets(struct sim_world *world, const struct sim_epoch *epoch, size_t transaction) {
    for (size_t i = 0; i < epoch->outbox.offset_count; i++) {
        const struct output_offset *offset = &epoch->outbox.offsets[i];
        if (epoch->has[offset->partition]) {
            sim_send_offset(&world->log, transaction, offset, copy_snapshot(&epoch->snapshots[offset->partition]));
        }
    }
}

static void decide(struct sim_world *world, size_t transaction, enum sim_outcome outcome) {
    sim_end(&world->log, transaction, outcome);
    world->stats->aborts += outcome == SIM_ABORTED;
    if (outcome == SIM_COMMITTED) {
        check_committed(world, &world->log.transactions[transaction]);
    }
}

static bool is_committed(struct sim_world *world, int32_t partition, struct slice text) {
    const struct sim_offset *stable = sim_stable(&world->log, partition);
    return stable == NULL ? text.len == 0 : slice_equal(stable->metadata, text);
}

/* A new producer settles the transaction, and the stable text says whether the epoch is in. */
static bool find_out(struct sim_world *world, const struct sim_worker *worker, const struct sim_epoch *epoch) {
    sim_fence(&world->log, worker->number);
    for (size_t i = 0; i < epoch->outbox.offset_count; i++) {
        const struct output_offset *offset = &epoch->outbox.offsets[i];
        if (epoch->has[offset->partition]) {
            return is_committed(world, offset->partition, offset->metadata);
        }
    }
    return false;
}

/* A partition is never trusted because nobody said that it was lost: what is committed must be what this life committed
 * last, else somebody else had it meanwhile. */
static void verify(struct sim_world *world, struct sim_worker *worker) {
    struct sim_epoch *epoch = &worker->queue[0];
    for (size_t i = 0; i < epoch->outbox.offset_count; i++) {
        const struct output_offset *offset = &epoch->outbox.offsets[i];
        if (epoch->has[offset->partition] && !is_committed(world, offset->partition, offset->previous)) {
            world->stats->void_without_a_word++;
            sim_worker_drop(world, worker, offset->partition);
        }
    }
}

static bool crash_at(struct sim_world *world, struct sim_worker *worker, bool crash) {
    if (crash) {
        world->stats->crashes++;
        sim_worker_crash(world, worker);
    }
    return crash;
}

/* Up to the offsets; false when it went no further. */
static bool prepare(struct sim_world *world, struct sim_worker *worker, size_t transaction, enum sim_fault fault) {
    struct sim_epoch *epoch = &worker->queue[0];
    bool half = fault == SIM_CRASH_PRODUCING || fault == SIM_ABORT_PRODUCING;
    produce(world, epoch, transaction, half ? epoch->outbox.output_count / 2 : epoch->outbox.output_count);
    if (crash_at(world, worker, fault == SIM_CRASH_PRODUCING || fault == SIM_CRASH_PRODUCED)) {
        return false;
    }
    if (fault == SIM_ABORT_PRODUCING) {
        decide(world, transaction, SIM_ABORTED);
        return false;
    }
    if (!generation_is_valid(world, worker, epoch)) {
        decide(world, transaction, SIM_ABORTED);
        world->stats->stale_generations++;
        sim_worker_adopt(world, worker); /* now it knows; the epoch goes on without what was lost */
        return false;
    }
    send_offsets(world, epoch, transaction);
    return !crash_at(world, worker, fault == SIM_CRASH_SENT);
}

void sim_commit(struct sim_world *world, struct sim_worker *worker, enum sim_fault fault) {
    if (worker->queued == 0) {
        return;
    }
    verify(world, worker);
    if (is_void(&worker->queue[0])) {
        leave_queue(worker);
        return;
    }
    if (crash_at(world, worker, fault == SIM_CRASH_BEFORE)) {
        return;
    }
    size_t transaction = sim_begin(&world->log, worker->number);
    if (!prepare(world, worker, transaction, fault)) {
        return;
    }
    bool aborted = fault == SIM_ABORT_SENT || fault == SIM_UNKNOWN_ABORTED || fault == SIM_CRASH_ABORTED;
    if (fault != SIM_UNKNOWN_OPEN) {
        decide(world, transaction, aborted ? SIM_ABORTED : SIM_COMMITTED);
    }
    if (crash_at(world, worker, fault == SIM_CRASH_COMMITTED || fault == SIM_CRASH_ABORTED)) {
        return;
    }
    if (fault == SIM_UNKNOWN_COMMITTED || fault == SIM_UNKNOWN_ABORTED || fault == SIM_UNKNOWN_OPEN) {
        bool in = find_out(world, worker, &worker->queue[0]);
        if (in != (fault == SIM_UNKNOWN_COMMITTED)) {
            sim_fail(world, "the stable text says %s of an epoch that is %s", in ? "in" : "not in", in ? "not" : "");
        }
        world->stats->unknown_committed += in;
        world->stats->unknown_aborted += !in;
        aborted = !in;
    }
    if (!aborted) {
        leave_queue(worker);
    }
}
