/* `caravan merge`: the lanes of a worker, without Kafka around them. This thread reads, and hands each line to the lane
 * of its train; barriers bring rejects back before they fill the memory; at the end the lanes give their partitions
 * away, and the trains of all are listed in one order. */
#include "files/file_merge.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "event/decode.h"
#include "files/file_reader.h"
#include "files/route.h"
#include "lanes/lanes.h"
#include "partition/partition.h"

enum {
    BATCH_MESSAGES = 256,
    BATCH_BYTES = 256 * 1024,
    EPOCH_BYTES = 8 * 1024 * 1024, /* of input between two barriers: rejects wait no longer */
    SCRATCH_KEEP_BYTES = 4 * 1024 * 1024,
    PROGRESS_EVENTS = 50000,
    SEEN_ENTRIES = 1 << 16
};

/* Messages with their bytes in one block; grows only for a line above its size. */
struct file_batch {
    struct message_batch batch;
    struct message messages[BATCH_MESSAGES];
    struct buffer bytes;
    size_t key_at[BATCH_MESSAGES], value_at[BATCH_MESSAGES]; /* offsets while `bytes` may still move */
};

struct merged_train {
    struct train *own; /* made here from parts of several lanes; NULL: the partition's */
    const struct train *train;
};

struct file_merge {
    struct file_merge_options options;
    struct lanes *lanes;
    unsigned epochs_open;
    uint64_t epoch_bytes, events;
    struct file_batch *filling[LANES_MAX];
    struct decoder *decoder; /* for lines whose train route_scan cannot tell */
    struct arena scratch;
    uint64_t seed;
    struct partition *partitions[LANES_MAX];
    unsigned partition_count;
    struct merged_train *trains;
    size_t train_count, train_capacity;
    struct counters counters;
    struct output *letters; /* of one epoch, to be sorted */
    size_t letter_capacity;
};

/* ---- batches */

static void release_batch(struct message_batch *batch) {
    struct file_batch *whole = (struct file_batch *)batch; /* its first member */
    buffer_release(&whole->bytes);
    free(whole);
}

static void send_batch(struct file_merge *merge, unsigned lane) {
    struct file_batch *batch = merge->filling[lane];
    if (batch == NULL) {
        return;
    }
    /* Only now: the bytes may have moved with each line. */
    for (size_t i = 0; i < batch->batch.count; i++) {
        struct message *message = &batch->messages[i];
        message->value.data = batch->bytes.data + batch->value_at[i];
        if (batch->key_at[i] != SIZE_MAX) {
            message->key.data = batch->bytes.data + batch->key_at[i];
        }
    }
    merge->filling[lane] = NULL;
    lanes_send(merge->lanes, lane, &batch->batch);
}

static struct file_batch *batch_of(struct file_merge *merge, unsigned lane) {
    if (merge->filling[lane] == NULL) {
        struct file_batch *batch = alloc_zeroed(1, sizeof *batch);
        batch->batch.messages = batch->messages;
        batch->batch.release = release_batch;
        buffer_reserve(&batch->bytes, BATCH_BYTES);
        merge->filling[lane] = batch;
    }
    return merge->filling[lane];
}

static void add_message(struct file_merge *merge, unsigned lane, struct slice key, struct slice value,
                        uint64_t origin) {
    struct file_batch *batch = batch_of(merge, lane);
    size_t i = batch->batch.count++;
    batch->batch.bytes += value.len;
    batch->key_at[i] = key.data == NULL ? SIZE_MAX : batch->bytes.len;
    buffer_append_slice(&batch->bytes, key);
    batch->value_at[i] = batch->bytes.len;
    buffer_append_slice(&batch->bytes, value);
    batch->messages[i] = (struct message){
        .key = {NULL, key.len},
        .value = {NULL, value.len},
        .offset = (int64_t)origin,
        .timestamp_ms = MESSAGE_NO_TIMESTAMP,
        .partition = (int32_t)lane, /* a lane has one partition here, of the same number */
    };
    if (batch->batch.count == BATCH_MESSAGES || batch->bytes.len >= BATCH_BYTES) {
        send_batch(merge, lane);
    }
}

/* ---- routing: all events of a train go to one lane, so that a duplicate is seen as one */

static struct slice train_key_of(struct file_merge *merge, struct slice key, struct slice value,
                                 char scanned[TRAIN_KEY_BYTES_MAX]) {
    if (key.data != NULL) {
        return key;
    }
    /* By look, where the line lets itself be looked at: decoding twice would halve the speed of the thread that
     * feeds all lanes. */
    size_t len = route_scan(value, scanned);
    if (len > 0) {
        return (struct slice){scanned, len};
    }
    struct event event;
    struct reject reject;
    bool valid = decode_event(merge->decoder, value, &merge->scratch, &event, &reject);
    arena_reset(&merge->scratch, SCRATCH_KEEP_BYTES);
    /* An invalid line belongs to no train, and is rejected by whichever lane gets it. */
    if (valid) {
        memcpy(scanned, event.train_key.data, event.train_key.len);
        return (struct slice){scanned, event.train_key.len};
    }
    return (struct slice){scanned, 0};
}

static unsigned lane_for(struct file_merge *merge, struct slice key, struct slice value) {
    char scanned[TRAIN_KEY_BYTES_MAX];
    /* Nothing to choose, so nothing to look at. */
    if (merge->options.jobs == 1) {
        return 0;
    }
    /* Seeded at random: whoever wrote the lines must not be able to send all of them to one lane. */
    return (unsigned)(hash_seeded(train_key_of(merge, key, value, scanned), merge->seed) % merge->options.jobs);
}

/* ---- epochs */

/* Offsets are file and line here, so this is the order of the input. */
static int by_offset(const void *a, const void *b) {
    int64_t left = ((const struct output *)a)->letter->offset;
    int64_t right = ((const struct output *)b)->letter->offset;
    return (left > right) - (left < right);
}

/* Hands the rejects of one epoch on, in input order. */
static void collect_epoch(struct file_merge *merge) {
    struct lanes_epoch epoch;
    /* Every barrier comes back: there is nothing here that could fail. */
    while (!lanes_collect(merge->lanes, 1000, &epoch)) {
    }
    size_t count = 0;
    merge->counters = (struct counters){0};
    for (unsigned i = 0; i < epoch.count; i++) {
        const struct outbox *outbox = &epoch.parts[i]->outbox;
        if (count + outbox->output_count > merge->letter_capacity) {
            merge->letter_capacity = (count + outbox->output_count) * 2;
            merge->letters = alloc_resize(merge->letters, merge->letter_capacity, sizeof *merge->letters);
        }
        for (size_t k = 0; k < outbox->output_count; k++) {
            merge->letters[count++] = outbox->outputs[k];
        }
        /* Each part has its lane's counts since the start, so the last epoch's sum is the whole. */
        counters_add(&merge->counters, &epoch.parts[i]->counters);
    }
    if (count > 0) {
        /* Lanes are at different lines; within an epoch all rejects are here, and epochs come in order. */
        qsort(merge->letters, count, sizeof *merge->letters, by_offset);
    }
    for (size_t i = 0; i < count && merge->options.rejected != NULL; i++) {
        merge->options.rejected(merge->options.context, &merge->letters[i]);
    }
    lanes_release(merge->lanes, &epoch);
    merge->epochs_open--;
}

static void end_epoch(struct file_merge *merge) {
    for (unsigned i = 0; i < merge->options.jobs; i++) {
        send_batch(merge, i);
    }
    /* No position and no offset: nothing is committed here. An epoch only gives rejects back before they fill the
     * memory. */
    lanes_barrier(merge->lanes, NULL, 0, false);
    merge->epochs_open++;
    merge->epoch_bytes = 0;
    if (merge->epochs_open == LANES_EPOCHS_OPEN) {
        collect_epoch(merge);
    }
}

/* ---- reading */

static void take_line(struct file_merge *merge, struct slice key, struct slice value, uint64_t origin) {
    add_message(merge, lane_for(merge, key, value), key, value, origin);
    merge->epoch_bytes += value.len;
    merge->events++;
    if (merge->epoch_bytes >= EPOCH_BYTES) {
        end_epoch(merge);
    }
}

static bool read_file(struct file_merge *merge, size_t file, char *error) {
    struct file_reader *reader = file_reader_open(merge->options.files[file], merge->options.keyed, error);
    if (reader == NULL) {
        return false;
    }
    struct slice key;
    struct slice value;
    uint64_t line;
    enum file_read result;
    while ((result = file_reader_next(reader, &key, &value, &line, error)) == FILE_READ_MESSAGE) {
        /* File and line in one number, in the order of the input: what a reject or fact is told by. */
        take_line(merge, key, value, (uint64_t)file << 40 | line);
        if (merge->options.progress != NULL && merge->events % PROGRESS_EVENTS == 0) {
            merge->options.progress(merge->options.context, merge->events, file_reader_position(reader),
                                    file_reader_size(reader));
        }
    }
    file_reader_close(reader);
    return result == FILE_READ_END;
}

static void start_lanes(struct file_merge *merge) {
    merge->lanes = lanes_start(&(struct lanes_options){
        .count = merge->options.jobs,
        .message_bytes_max = merge->options.message_bytes_max,
        .topic = SLICE("file"),
    });
    for (unsigned i = 0; i < merge->options.jobs; i++) {
        /* Of the limits only that of a message holds for files: every train is kept (contract 7.7). */
        lanes_assign(merge->lanes,
                     partition_new(&(struct partition_options){
                         .number = (int32_t)i,
                         .file_mode = true,
                         .check_key = merge->options.keyed,
                         .limits = {.message_bytes = merge->options.message_bytes_max,
                                    .train_bytes = UINT64_MAX,
                                    .retention_days = INT32_MAX},
                         /* Repeats stand near each other in most files; the join finds the others. */
                         .seen_entries = SEEN_ENTRIES,
                     }),
                     0);
    }
}

/* ---- the end: one sorted list of trains */

static void keep_partition(void *context, struct partition *partition) {
    struct file_merge *merge = context;
    merge->partitions[merge->partition_count++] = partition;
}

static void list_train(void *context, const struct train *train) {
    struct file_merge *merge = context;
    if (merge->train_count == merge->train_capacity) {
        merge->train_capacity = merge->train_capacity == 0 ? 1024 : merge->train_capacity * 2;
        merge->trains = alloc_resize(merge->trains, merge->train_capacity, sizeof *merge->trains);
    }
    merge->trains[merge->train_count++] = (struct merged_train){NULL, train};
}

static int by_key(const void *a, const void *b) {
    return slice_compare(train_key(((const struct merged_train *)a)->train),
                         train_key(((const struct merged_train *)b)->train));
}

/* Joins the part of a train that another lane had (a line that route_scan was misled by): a join of facts, so no order
 * matters. */
static void absorb(struct file_merge *merge, struct merged_train *into, const struct train *part) {
    struct join_effect effect;
    struct buffer facts = {0};
    if (into->own == NULL) {
        into->own = train_new(train_key(into->train), merge->seed);
        train_pack(into->train, &facts);
    }
    train_pack(part, &facts);
    bool whole = train_unpack(into->own, buffer_slice(&facts), &effect);
    assert(whole);
    (void)whole;
    into->train = into->own;
    buffer_release(&facts);
}

static void list_trains(struct file_merge *merge) {
    for (unsigned i = 0; i < merge->partition_count; i++) {
        partition_each(merge->partitions[i], list_train, merge);
    }
    if (merge->train_count > 0) {
        qsort(merge->trains, merge->train_count, sizeof *merge->trains, by_key);
    }
    size_t kept = 0;
    for (size_t i = 0; i < merge->train_count; i++) {
        if (kept > 0 && by_key(&merge->trains[kept - 1], &merge->trains[i]) == 0) {
            absorb(merge, &merge->trains[kept - 1], merge->trains[i].train);
        } else {
            merge->trains[kept++] = merge->trains[i];
        }
    }
    merge->train_count = kept;
}

struct file_merge *file_merge_run(const struct file_merge_options *options, char error[FILE_MERGE_ERROR_BYTES]) {
    struct file_merge *merge = alloc_zeroed(1, sizeof *merge);
    merge->options = *options;
    merge->seed = hash_random_seed();
    merge->decoder = decoder_new(options->message_bytes_max);
    start_lanes(merge);
    bool read = true;
    for (size_t file = 0; read && file < options->file_count; file++) {
        read = read_file(merge, file, error);
    }
    end_epoch(merge);
    while (merge->epochs_open > 0) {
        collect_epoch(merge);
    }
    /* Partitions outlive their lanes: the list borrows its trains from them. */
    lanes_stop(merge->lanes, keep_partition, merge);
    merge->lanes = NULL;
    if (!read) {
        file_merge_free(merge);
        return NULL;
    }
    list_trains(merge);
    return merge;
}

void file_merge_free(struct file_merge *merge) {
    for (size_t i = 0; i < merge->train_count; i++) {
        if (merge->trains[i].own != NULL) {
            train_free(merge->trains[i].own);
        }
    }
    for (unsigned i = 0; i < merge->partition_count; i++) {
        partition_free(merge->partitions[i]);
    }
    free(merge->trains);
    free(merge->letters);
    decoder_free(merge->decoder);
    arena_release(&merge->scratch);
    free(merge);
}

size_t file_merge_train_count(const struct file_merge *merge) {
    return merge->train_count;
}

const struct train *file_merge_train(const struct file_merge *merge, size_t i) {
    return merge->trains[i].train;
}

const struct counters *file_merge_counters(const struct file_merge *merge) {
    return &merge->counters;
}
