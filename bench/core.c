/* What one core does: the merge's parts beside bare yyjson and bare XXH3 over the same bytes, in one run.
 *
 *   core FILE [ROUNDS]      FILE: keyed lines (KEY, TAB, event), as `caravan generate --keyed` writes them
 *
 * Prints for each part the median over ROUNDS (default 7) of CPU time, as events/s and MB/s, and its ratio to bare
 * yyjson. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <yyjson.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "core/record.h"
#include "encode/record_json.h"
#include "event/decode.h"
#include "pipeline/file_reader.h"
#include "pipeline/partition.h"

enum {
    ROUNDS_DEFAULT = 7,
    ROUNDS_MAX = 99,
    MESSAGE_BYTES_MAX = 1024 * 1024,
    SEEN_ENTRIES = 1 << 22,
    KEEP_BYTES = 1 << 24
};

struct input {
    struct buffer bytes;
    struct message *messages;
    size_t count, capacity, value_bytes;
};

struct bench {
    const struct input *input;
    struct partition *partition; /* with all events joined, for the repeats and the records */
    struct decoder *decoder;
    struct arena scratch;
    struct outbox outbox;
    struct counters counters;
    void *pool; /* yyjson's */
    size_t pool_bytes;
    struct buffer record;
    uint64_t records, record_bytes;
    uint64_t sink; /* what is computed is used */
};

static double cpu_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- the input */

static bool input_read(struct input *input, const char *path) {
    char error[FILE_READER_ERROR_BYTES];
    struct file_reader *reader = file_reader_open(path, true, error);
    struct slice key;
    struct slice value;
    uint64_t line;
    enum file_read read = FILE_READ_FAILED;
    while (reader != NULL && (read = file_reader_next(reader, &key, &value, &line, error)) == FILE_READ_MESSAGE) {
        if (input->count == input->capacity) {
            input->capacity = input->capacity == 0 ? 65536 : input->capacity * 2;
            input->messages = alloc_resize(input->messages, input->capacity, sizeof *input->messages);
        }
        input->messages[input->count] = (struct message){.key = {NULL, key.len},
                                                         .value = {NULL, value.len},
                                                         .offset = (int64_t)input->count,
                                                         .timestamp_ms = MESSAGE_NO_TIMESTAMP};
        input->count++;
        input->value_bytes += value.len;
        buffer_append_slice(&input->bytes, key);
        buffer_append_slice(&input->bytes, value);
    }
    if (read != FILE_READ_END) {
        fprintf(stderr, "core: %s\n", error);
        return false;
    }
    file_reader_close(reader);
    const char *at = input->bytes.data;
    for (size_t i = 0; i < input->count; i++) {
        input->messages[i].key.data = at;
        input->messages[i].value.data = at + input->messages[i].key.len;
        at += input->messages[i].key.len + input->messages[i].value.len;
    }
    return input->count > 0;
}

/* ---- the parts */

static void part_hash(struct bench *bench) {
    for (size_t i = 0; i < bench->input->count; i++) {
        bench->sink ^= hash_of(bench->input->messages[i].value).low;
    }
}

static void part_yyjson(struct bench *bench) {
    yyjson_alc allocator;
    for (size_t i = 0; i < bench->input->count; i++) {
        struct slice value = bench->input->messages[i].value;
        yyjson_alc_pool_init(&allocator, bench->pool, bench->pool_bytes);
        yyjson_doc *document =
            yyjson_read_opts((char *)value.data, value.len, YYJSON_READ_NUMBER_AS_RAW, &allocator, NULL);
        bench->sink += document != NULL;
        yyjson_doc_free(document);
    }
}

static void part_decode(struct bench *bench) {
    for (size_t i = 0; i < bench->input->count; i++) {
        struct event event;
        struct reject reject;
        bench->sink += decode_event(bench->decoder, bench->input->messages[i].value, &bench->scratch, &event, &reject);
        arena_reset(&bench->scratch, KEEP_BYTES);
    }
}

static struct partition *new_partition(void) {
    return partition_new(&(struct partition_options){
        .file_mode = true,
        .check_key = true,
        .limits = {MESSAGE_BYTES_MAX, UINT64_MAX, INT32_MAX},
        .seen_entries = SEEN_ENTRIES,
    });
}

static void offer_all(struct bench *bench, struct partition *partition) {
    for (size_t i = 0; i < bench->input->count; i++) {
        struct reject reject;
        bench->sink += partition_offer(partition, &bench->input->messages[i], 0, bench->decoder, &bench->scratch,
                                       &bench->outbox, &bench->counters, &reject);
        arena_reset(&bench->scratch, KEEP_BYTES);
    }
    outbox_reset(&bench->outbox);
}

static void part_fresh(struct bench *bench) {
    if (bench->partition != NULL) {
        partition_free(bench->partition);
    }
    bench->partition = new_partition();
    offer_all(bench, bench->partition);
}

static void part_repeated(struct bench *bench) {
    offer_all(bench, bench->partition);
}

static void write_record(void *context, const struct train *train) {
    struct bench *bench = context;
    buffer_clear(&bench->record);
    encode_record(record_derive(train, (struct rules){MERGE_AUTO, REQUIRE_SUMMARY}, &bench->scratch), false,
                  &bench->record);
    arena_reset(&bench->scratch, KEEP_BYTES);
    bench->records++;
    bench->record_bytes += bench->record.len;
}

static void part_records(struct bench *bench) {
    bench->records = bench->record_bytes = 0;
    partition_each(bench->partition, write_record, bench);
}

/* ---- the table */

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_of(struct bench *bench, void (*part)(struct bench *bench), int rounds) {
    double seconds[ROUNDS_MAX];
    for (int i = 0; i < rounds; i++) {
        double began = cpu_seconds();
        part(bench);
        seconds[i] = cpu_seconds() - began;
    }
    qsort(seconds, (size_t)rounds, sizeof seconds[0], by_size);
    return seconds[rounds / 2];
}

static void print_row(const char *name, double count, double bytes, double seconds, double yyjson_seconds) {
    printf("%-44s %10.0f/s %9.1f MB/s %7.2f x yyjson\n", name, count / seconds, bytes / 1e6 / seconds,
           seconds / yyjson_seconds);
}

int main(int argc, char **argv) {
    struct input input = {0};
    int rounds = argc > 2 ? atoi(argv[2]) : ROUNDS_DEFAULT;
    if (argc < 2 || rounds < 1 || rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: core FILE [ROUNDS]\n");
        return 2;
    }
    if (!input_read(&input, argv[1])) {
        return 1;
    }
    struct bench bench = {.input = &input, .decoder = decoder_new(MESSAGE_BYTES_MAX)};
    bench.pool_bytes = yyjson_read_max_memory_usage(MESSAGE_BYTES_MAX, 0);
    bench.pool = alloc_bytes(bench.pool_bytes);
    double count = (double)input.count;
    double bytes = (double)input.value_bytes;
    printf("%zu events, %.1f MB, %.0f bytes an event; medians of %d rounds, CPU time of one thread\n", input.count,
           bytes / 1e6, bytes / count, rounds);
    double yyjson = median_of(&bench, part_yyjson, rounds);
    print_row("bare yyjson (parse)", count, bytes, yyjson, yyjson);
    print_row("bare XXH3-128 (hash)", count, bytes, median_of(&bench, part_hash, rounds), yyjson);
    print_row("decode (parse, check, struct event)", count, bytes, median_of(&bench, part_decode, rounds), yyjson);
    print_row("merge fresh (hash, seen, decode, join)", count, bytes, median_of(&bench, part_fresh, rounds), yyjson);
    print_row("merge repeated (every event known)", count, bytes, median_of(&bench, part_repeated, rounds), yyjson);
    double records = median_of(&bench, part_records, rounds);
    print_row("records (derive, encode, digest)", (double)bench.records, (double)bench.record_bytes, records, yyjson);
    printf("state: %zu trains, %.1f MB in memory for %.1f MB of input (%" PRIx64 ")\n",
           partition_train_count(bench.partition), (double)partition_memory_bytes(bench.partition) / 1e6, bytes / 1e6,
           bench.sink);
    partition_free(bench.partition);
    decoder_free(bench.decoder);
    arena_release(&bench.scratch);
    outbox_release(&bench.outbox);
    buffer_release(&bench.record);
    free(bench.pool);
    free(input.messages);
    buffer_release(&input.bytes);
    return 0;
}
