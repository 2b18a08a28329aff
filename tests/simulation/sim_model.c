#include "simulation/sim_model.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/timestamp.h"
#include "encode/record_json.h"
#include "record/totals.h"

/* ---- maps */

static struct sim_entry *entry_of(const struct sim_map *map, struct slice key) {
    for (size_t i = 0; i < map->count; i++) {
        if (slice_equal(map->entries[i].key, key)) {
            return &map->entries[i];
        }
    }
    return NULL;
}

void sim_map_put(struct sim_map *map, struct slice key, struct slice value) {
    struct sim_entry *entry = entry_of(map, key);
    if (entry == NULL) {
        if (map->count == map->capacity) {
            map->capacity = map->capacity == 0 ? 16 : map->capacity * 2;
            map->entries = alloc_resize(map->entries, map->capacity, sizeof *map->entries);
        }
        entry = &map->entries[map->count++];
        *entry = (struct sim_entry){.key = {alloc_copy(key.data, key.len), key.len}};
    }
    free((char *)entry->value.data);
    entry->value = value;
}

const struct slice *sim_map_get(const struct sim_map *map, struct slice key) {
    const struct sim_entry *entry = entry_of(map, key);
    return entry == NULL ? NULL : &entry->value;
}

void sim_map_release(struct sim_map *map) {
    for (size_t i = 0; i < map->count; i++) {
        free((char *)map->entries[i].key.data);
        free((char *)map->entries[i].value.data);
    }
    free(map->entries);
    *map = (struct sim_map){0};
}

/* ---- trains */

void sim_model_init(struct sim_model *model, int32_t number) {
    *model = (struct sim_model){.number = number,
                                .stream_time_ms = COMMIT_TEXT_NO_TIME,
                                .horizon_days = COMMIT_TEXT_NO_DATE};
}

void sim_model_release(struct sim_model *model) {
    for (size_t i = 0; i < model->train_count; i++) {
        train_free(model->trains[i]);
    }
    free(model->trains);
    sim_map_release(&model->last_records);
    sim_map_release(&model->frozen_rows);
}

static struct train *find_train(const struct sim_model *model, struct slice key) {
    for (size_t i = 0; i < model->train_count; i++) {
        if (slice_equal(train_key(model->trains[i]), key)) {
            return model->trains[i];
        }
    }
    return NULL;
}

static void add_train(struct sim_model *model, struct train *train) {
    if (model->train_count == model->train_capacity) {
        model->train_capacity = model->train_capacity == 0 ? 16 : model->train_capacity * 2;
        model->trains = alloc_resize(model->trains, model->train_capacity, sizeof(struct train *));
    }
    model->trains[model->train_count++] = train;
}

static void join(struct sim_model *model, const struct event *event, uint64_t limit) {
    struct join_effect effect;
    struct train *train = find_train(model, event->train_key);
    if (train != NULL) {
        train_join(train, event, 0, (size_t)limit, &effect);
        return;
    }
    train = train_new(event->train_key, 1);
    if (train_join(train, event, 0, (size_t)limit, &effect) == JOIN_LIMIT) {
        train_free(train);
    } else {
        add_train(model, train);
    }
}

/* ---- what goes out */

static struct slice record_of(const struct train *train, const struct partition_options *options, bool last,
                              struct totals *share) {
    struct arena scratch = {0};
    struct buffer text = {0};
    const struct record *record = record_derive(train, options->rules, &scratch);
    *share = totals_of(record);
    bool expired = last && record->status != STATUS_CLEARED;
    if (record->arrived || expired || options->emit == EMIT_ALWAYS) {
        encode_record(record, expired, &text);
    }
    arena_release(&scratch);
    return buffer_slice(&text);
}

struct sum {
    char key[64];
    struct slice port, date;
    struct totals totals;
};

/* Adds the train's share to the row's sum among `count`. */
static size_t add_share(struct sum *sums, size_t count, const struct train *train, int32_t number,
                        const struct totals *share) {
    char key[64];
    struct slice port = train_port(train);
    struct slice date = train_date(train);
    snprintf(key, sizeof key, "%.*s|%.*s|%d", (int)port.len, port.data, (int)date.len, date.data, number);
    size_t at = 0;
    while (at < count && strcmp(sums[at].key, key) != 0) {
        at++;
    }
    if (at == count) {
        sums[at] = (struct sum){.port = port, .date = date};
        memcpy(sums[at].key, key, sizeof key);
        count++;
    }
    totals_add(&sums[at].totals, share);
    return count;
}

static void put_rows(const struct sum *sums, size_t count, int32_t number, struct sim_map *out) {
    for (size_t i = 0; i < count; i++) {
        struct buffer row = {0};
        encode_traffic(sums[i].port, sums[i].date, number, &sums[i].totals, &row);
        sim_map_put(out, slice_of(sums[i].key), buffer_slice(&row));
    }
}

static void copy_entries(const struct sim_map *from, struct sim_map *to) {
    for (size_t i = 0; i < from->count; i++) {
        struct slice value = from->entries[i].value;
        sim_map_put(to, from->entries[i].key,
                    value.data == NULL ? value : (struct slice){alloc_copy(value.data, value.len), value.len});
    }
}

void sim_model_records(const struct sim_model *model, const struct partition_options *options, struct sim_map *out) {
    copy_entries(&model->last_records, out);
    for (size_t i = 0; i < model->train_count; i++) {
        struct totals share;
        struct slice record = record_of(model->trains[i], options, false, &share);
        sim_map_put(out, train_key(model->trains[i]), record);
    }
}

void sim_model_rows(const struct sim_model *model, const struct partition_options *options, struct sim_map *out) {
    struct sum *sums = alloc_zeroed(model->train_count, sizeof *sums);
    size_t count = 0;
    copy_entries(&model->frozen_rows, out);
    for (size_t i = 0; i < model->train_count; i++) {
        struct totals share;
        free((char *)record_of(model->trains[i], options, false, &share).data);
        count = add_share(sums, count, model->trains[i], model->number, &share);
    }
    put_rows(sums, count, model->number, out);
    free(sums);
}

/* ---- messages */

static void evict(struct sim_model *model, const struct partition_options *options) {
    struct sum *sums = alloc_zeroed(model->train_count, sizeof *sums);
    size_t count = 0;
    for (size_t i = 0; i < model->train_count; i++) {
        if (train_date_days(model->trains[i]) < model->horizon_days) {
            struct totals share;
            struct slice record = record_of(model->trains[i], options, true, &share);
            sim_map_put(&model->last_records, train_key(model->trains[i]), record);
            count = add_share(sums, count, model->trains[i], model->number, &share);
        }
    }
    put_rows(sums, count, model->number, &model->frozen_rows);
    free(sums);
    size_t kept = 0;
    for (size_t i = 0; i < model->train_count; i++) {
        if (train_date_days(model->trains[i]) < model->horizon_days) {
            train_free(model->trains[i]);
            model->expired++;
        } else {
            model->trains[kept++] = model->trains[i];
        }
    }
    model->train_count = kept;
}

/* Without the code that partitions read messages with: which of the two modes, and the text that is hashed. */
static bool decode(const struct message *message, struct decoder *decoder, struct arena *arena, struct event *event) {
    static const char *const hashed[] = {"ce_type", "ce_source", "ce_id", "ce_time"};
    const struct headers *headers = message->owner;
    struct reject reject;
    struct binary binary;
    struct buffer text = {0};
    bool is_binary = false;
    binary_init(&binary, message->value);
    for (size_t i = 0; headers != NULL && i < headers->count; i++) {
        is_binary = is_binary || slice_equal(headers->of[i].name, SLICE("ce_specversion"));
        binary_note(&binary, headers->of[i].name, headers->of[i].value);
    }
    if (!(is_binary ? decode_binary(decoder, &binary, arena, event, &reject)
                    : decode_event(decoder, message->value, arena, event, &reject))) {
        return false;
    }
    for (size_t i = 0; is_binary && i < sizeof hashed / sizeof hashed[0]; i++) {
        for (size_t j = 0; j < headers->count; j++) {
            if (slice_equal(headers->of[j].name, slice_of(hashed[i]))) {
                buffer_append_slice(&text, headers->of[j].value);
                buffer_append_byte(&text, 0x1f);
            }
        }
    }
    buffer_append_slice(&text, message->value);
    event->hash = hash_of(buffer_slice(&text));
    buffer_release(&text);
    return true;
}

static void take(struct sim_model *model, const struct message *message, const struct partition_options *options,
                 struct decoder *decoder, struct arena *arena) {
    struct event event;
    if (!decode(message, decoder, arena, &event) || message->key.data == NULL ||
        !slice_equal(message->key, event.train_key) ||
        (message->timestamp_ms != MESSAGE_NO_TIMESTAMP && event.time_ms > message->timestamp_ms + TIMESTAMP_DAY_MS)) {
        return;
    }
    if (event.train_date_days >= model->horizon_days) {
        join(model, &event, options->limits.train_bytes);
    }
    if (event.time_ms > model->stream_time_ms) {
        model->stream_time_ms = event.time_ms;
    }
    int32_t horizon = date_of(model->stream_time_ms) - options->limits.retention_days;
    if (horizon > model->horizon_days) {
        model->horizon_days = horizon;
        evict(model, options);
    }
}

void sim_model_advance(struct sim_model *model, const struct sim_input *input, int64_t to,
                       const struct partition_options *options, struct decoder *decoder) {
    struct arena arena = {0};
    decoder_limit(decoder, (size_t)options->limits.message_bytes);
    for (; model->position < to; model->position++) {
        if (!sim_is_gap(&input->messages[model->position])) {
            take(model, &input->messages[model->position], options, decoder, &arena);
            arena_reset(&arena, SIZE_MAX);
        }
    }
    arena_release(&arena);
}

/* ---- comparing */

uint64_t sim_model_live_events(const struct sim_model *model) {
    uint64_t count = 0;
    for (size_t i = 0; i < model->train_count; i++) {
        count += train_live_events(model->trains[i]);
    }
    return count;
}

struct hash128 sim_model_hash_sum(const struct sim_model *model) {
    struct hash128 sum = {0, 0};
    for (size_t i = 0; i < model->train_count; i++) {
        sum = hash_add(sum, train_hash_sum(model->trains[i]));
    }
    return sum;
}

static int by_key(const void *a, const void *b) {
    const struct train *const *x = a;
    const struct train *const *y = b;
    return slice_compare(train_key(*x), train_key(*y));
}

/* Only what every path to the same state has in common: not where a fact's first copy stood. */
static void put_fact(void *context, const struct fact *fact, const size_t *registers, size_t register_count) {
    char hash[HASH_HEX_BYTES];
    hash_write(fact_hash(fact), hash);
    buffer_printf(context, " %.*s", HASH_HEX_BYTES, hash);
    for (size_t i = 0; i < register_count; i++) {
        buffer_printf(context, ",%zu", registers[i]);
    }
}

static void put_trains(const struct train **trains, size_t count, struct buffer *out) {
    qsort(trains, count, sizeof(const struct train *), by_key);
    for (size_t i = 0; i < count; i++) {
        buffer_append_slice(out, train_key(trains[i]));
        train_each(trains[i], put_fact, out);
        buffer_append_byte(out, '\n');
    }
}

struct list_of_trains {
    const struct train **trains;
    size_t count;
};

static void list_train(void *context, const struct train *train) {
    struct list_of_trains *list = context;
    list->trains[list->count++] = train;
}

void sim_model_trains(const struct sim_model *model, struct buffer *out) {
    const struct train **trains = alloc_zeroed(model->train_count, sizeof(const struct train *));
    for (size_t i = 0; i < model->train_count; i++) {
        trains[i] = model->trains[i];
    }
    put_trains(trains, model->train_count, out);
    free(trains);
}

void sim_partition_trains(const struct partition *partition, struct buffer *out) {
    struct list_of_trains list = {alloc_zeroed(partition_train_count(partition), sizeof(const struct train *)), 0};
    partition_each(partition, list_train, &list);
    put_trains(list.trains, list.count, out);
    free(list.trains);
}
