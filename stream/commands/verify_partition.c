#include "commands/verify_partition.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/timestamp.h"
#include "encode/record_json.h"
#include "kafka/reader.h"
#include "kafka/source.h"
#include "partition/partition.h"
#include "record/record.h"
#include "worker/worker.h"

enum { WAIT_MS = 500, QUERY_MS = 15000, PATIENCE_MS = 60000, SCRATCH_KEEP_BYTES = 16 * 1024 * 1024 };

struct look { /* at one partition */
    struct verify_run *verify;
    int32_t number;
    struct partition *state;
    struct verify_result *result;
    struct kafka_error *error;
    struct held { /* a train, by key */
        const struct train *train;
        struct hash128 told; /* of its last record on the topic */
        bool is_told;
    } * trains;
    size_t train_count;
    uint64_t shown;
};

static bool differs(struct look *look, const char *what) {
    buffer_printf(&look->result->report, "wrong: partition %" PRId32 ": %s\n", look->number, what);
    look->result->good = false;
    return false;
}

/* ---- reading */

struct piece { /* of a log */
    enum config_topic topic;
    int64_t from, end;
    bool (*take)(struct look *look, const struct message *message); /* false: no need to read on */
};

/* Gives each message of the piece to `take`. False when it does, or with *error. */
static bool read_piece(struct look *look, const struct piece *piece) {
    struct kafka_reader *reader = look->verify->reader;
    const char *topic = look->verify->config->topics[piece->topic];
    const struct kafka_reader_start start = {look->number, piece->from};
    int64_t position = piece->from, moved_ms = clock_steady_ms();
    bool good = position >= piece->end || kafka_reader_assign(reader, topic, &start, 1, look->error);
    while (good && position < piece->end) {
        struct message message;
        switch (kafka_reader_next(reader, WAIT_MS, &message, look->error)) {
        case KAFKA_READ_MESSAGE:
            good = message.offset >= piece->end || piece->take(look, &message);
            position = message.offset + 1;
            moved_ms = clock_steady_ms();
            kafka_message_release(&message);
            break;
        case KAFKA_READ_POSITION: position = message.offset > position ? message.offset : position; break;
        case KAFKA_READ_NOTHING: break;
        case KAFKA_READ_ERROR: return false;
        }
        if (good && position < piece->end && clock_steady_ms() - moved_ms > PATIENCE_MS) {
            *look->error = (struct kafka_error){.retriable = true};
            snprintf(look->error->text, sizeof look->error->text,
                     "%s[%" PRId32 "]: nothing came for a minute at offset %" PRId64, topic, look->number, position);
            return false;
        }
    }
    return good;
}

static bool marks_of(struct look *look, enum config_topic topic, struct kafka_watermarks *marks) {
    const struct kafka_place place = {look->verify->config->topics[topic], look->number};
    return kafka_reader_watermarks(look->verify->reader, place, QUERY_MS, marks, look->error);
}

/* ---- the state, as after a restart */

static bool take_checkpoint(struct look *look, const struct message *message) {
    char error[PARTITION_ERROR_BYTES];
    return partition_restore_checkpoint(look->state, message->key, message->value, error) || differs(look, error);
}

static bool take_input(struct look *look, const struct message *message) {
    const struct partition_intake intake = {.decoder = look->verify->decoder,
                                            .scratch = &look->verify->scratch,
                                            .headers = kafka_message_headers};
    partition_redo(look->state, message, &intake);
    arena_reset(&look->verify->scratch, SCRATCH_KEEP_BYTES);
    return true;
}

static bool restore(struct look *look, const struct kafka_group_offset *offset) {
    char error[PARTITION_ERROR_BYTES];
    struct kafka_watermarks marks = {0};
    if (!partition_restore_begin(look->state, offset->committed, buffer_slice(&offset->text), error)) {
        return differs(look, error);
    }
    int64_t redo = partition_redo_offset(look->state);
    if (offset->low > redo || offset->high < offset->committed) {
        return differs(look, offset->low > redo
                                 ? "the input begins above the offset from where a restart reads it again"
                                 : "the input ends below the committed offset");
    }
    if (!marks_of(look, CONFIG_TOPIC_CHECKPOINTS, &marks) ||
        !read_piece(look, &(struct piece){CONFIG_TOPIC_CHECKPOINTS, marks.low, marks.high, take_checkpoint})) {
        return false;
    }
    if (!partition_restore_checkpoints_end(look->state, error)) {
        return differs(look, error);
    }
    return read_piece(look, &(struct piece){CONFIG_TOPIC_INPUT, redo, offset->committed, take_input}) &&
           (partition_restore_end(look->state, error) || differs(look, error));
}

/* ---- its records */

static void list_train(void *context, const struct train *train) {
    struct look *look = context;
    look->trains[look->train_count++] = (struct held){.train = train};
}

static int by_key(const void *left, const void *right) {
    const struct held *a = left, *b = right;
    return slice_compare(train_key(a->train), train_key(b->train));
}

static int key_to_train(const void *key, const void *held) {
    return slice_compare(*(const struct slice *)key, train_key(((const struct held *)held)->train));
}

static bool take_record(struct look *look, const struct message *message) {
    struct held *held = look->train_count == 0 ? NULL
                                               : bsearch(&message->key, look->trains, look->train_count,
                                                         sizeof *look->trains, key_to_train);
    if (held != NULL) {
        held->told = hash_of(message->value);
        held->is_told = message->value.data != NULL;
    }
    return true;
}

static void compare(struct look *look, const struct held *held) {
    struct verify_run *verify = look->verify;
    const struct record *record = record_derive(held->train, worker_rules(verify->config), &verify->scratch);
    buffer_clear(&verify->record);
    encode_record(record, false, &verify->record);
    struct hash128 hash = hash_of(buffer_slice(&verify->record));
    /* Of a train that is open nothing need stand there, and what stands there is of a time when it was not. */
    bool is_due = verify->config->emit_always || record->status != STATUS_OPEN;
    bool is_same = held->is_told && hash.high == held->told.high && hash.low == held->told.low;
    if (is_due && !is_same && look->shown++ < VERIFY_SHOWN_MAX) {
        struct slice key = train_key(held->train);
        buffer_printf(&look->result->report, "wrong: partition %" PRId32 ": train %.*s: %s\n", look->number,
                      (int)key.len, key.data,
                      held->is_told ? "its last record on the topic is another one" : "it has no record on the topic");
    }
    look->result->good = look->result->good && (!is_due || is_same);
    look->result->records += is_due && is_same;
    arena_reset(&verify->scratch, SCRATCH_KEEP_BYTES);
}

static bool compare_records(struct look *look) {
    struct kafka_watermarks marks = {0};
    look->trains = alloc_zeroed(partition_train_count(look->state) + 1, sizeof *look->trains);
    partition_each(look->state, list_train, look);
    qsort(look->trains, look->train_count, sizeof *look->trains, by_key);
    if (!marks_of(look, CONFIG_TOPIC_CLEARANCES, &marks) ||
        !read_piece(look, &(struct piece){CONFIG_TOPIC_CLEARANCES, marks.low, marks.high, take_record})) {
        return false;
    }
    for (size_t i = 0; i < look->train_count; i++) {
        compare(look, &look->trains[i]);
    }
    if (look->shown > VERIFY_SHOWN_MAX) {
        buffer_printf(&look->result->report, "wrong: partition %" PRId32 ": and so for %" PRIu64 " more trains\n",
                      look->number, look->shown - VERIFY_SHOWN_MAX);
    }
    return true;
}

bool verify_partition(struct verify_run *verify, int32_t partition, const struct kafka_group_offset *offset,
                      struct verify_result *result, struct kafka_error *error) {
    struct commit_text text;
    struct partition_options options = {.number = partition,
                                        .check_key = true,
                                        .rules = worker_rules(verify->config),
                                        .emit = verify->config->emit_always ? EMIT_ALWAYS : EMIT_READY,
                                        .checkpoint_bytes = verify->config->checkpoint_bytes,
                                        .checkpoint_age_ms = verify->config->checkpoint_age_ms};
    /* The limits of the text, whatever is configured: this is the state of that commit. */
    if (commit_text_parse(buffer_slice(&offset->text), &text) == COMMIT_TEXT_OK) {
        options.limits = text.limits;
    }
    struct look look = {.verify = verify, .number = partition, .result = result, .error = error};
    *result = (struct verify_result){.good = true};
    *error = (struct kafka_error){0};
    look.state = partition_new(&options);
    bool read = restore(&look, offset) && compare_records(&look);
    result->events = partition_live_events(look.state);
    result->trains = partition_train_count(look.state);
    partition_free(look.state);
    free(look.trains);
    return read || !result->good;
}
