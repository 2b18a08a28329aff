/* What one core does: the merge's parts beside bare yyjson and bare XXH3 over the same bytes, in one run.
 *
 *   core FILE [ROUNDS]      FILE: keyed lines (KEY, TAB, event), as `caravan generate --keyed` writes them
 *
 * Prints for each part the median over ROUNDS (default 7) of CPU time, as events/s and MB/s, and its ratio to bare yyjson. */
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

enum { ROUNDS_DEFAULT = 7, ROUNDS_MAX = 99, MESSAGE_BYTES_MAX = 1024 * 1024, SEEN_ENTRIES = 1 << 22, KEEP_BYTES = 1 << 24 };

struct load {
    struct buffer bytes;
    struct message *messages;
    size_t count, capacity, value_bytes;
};

struct bench {
    const struct load *load;
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

/* ---- the load */

static bool load_read(struct load *load, const char *path) {
    char error[FILE_READER_ERROR_BYTES];
    struct file_reader *reader = file_reader_open(path, true, error);
    struct slice key;
    struct slice value;
    uint64_t line;
    enum file_read read = FILE_READ_FAILED;
    while (reader != NULL && (read = file_reader_next(reader, &key, &value, &line, error)) == FILE_READ_MESSAGE) {
        if (load->count == load->capacity) {
            load->capacity = load->capacity == 0 ? 65536 : load->capacity * 2;
            load->messages = alloc_resize(load->messages, load->capacity, sizeof *load->messages);
        }
        load->messages[load->count] = (struct message){
            .key = {NULL, key.len}, .value = {NULL, value.len}, .offset = (int64_t)load->count, .timestamp_ms = MESSAGE_NO_TIMESTAMP};
        load->count++;
        load->value_bytes += value.len;
        buffer_append_slice(&load->bytes, key);
        buffer_append_slice(&load->bytes, value);
    }
    if (read != FILE_READ_END) {
        fprintf(stderr, "core: %s\n", error);
        return false;
    }
    file_reader_close(reader);
    const char *at = load->bytes.data;
    for (size_t i = 0; i < load->count; i++) {
        load->messages[i].key.data = at;
        load->messages[i].value.data = at + load->messages[i].key.len;
        at += load->messages[i].key.len + load->messages[i].value.len;
    }
    return load->count > 0;
}

/* ---- the parts */

static void part_hash(struct bench *bench) {
    for (size_t i = 0; i < bench->load->count; i++) {
        bench->sink ^= hash_of(bench->load->messages[i].value).low;
    }
}

static void part_yyjson(struct bench *bench) {
    yyjson_alc allocator;
    for (size_t i = 0; i < bench->load->count; i++) {
        struct slice value = bench->load->messages[i].value;
        yyjson_alc_pool_init(&allocator, bench->pool, bench->pool_bytes);
        yyjson_doc *document = yyjson_read_opts((char *)value.data, value.len, YYJSON_READ_NUMBER_AS_RAW, &allocator, NULL);
        bench->sink += document != NULL;
        yyjson_doc_free(document);
    }
}

static void part_decode(struct bench *bench) {
    for (size_t i = 0; i < bench->load->count; i++) {
        struct event event;
        struct reject reject;
        bench->sink += decode_event(bench->decoder, bench->load->messages[i].value, &bench->scratch, &event, &reject);
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
    for (size_t i = 0; i < bench->load->count; i++) {
        struct reject reject;
        bench->sink += partition_offer(partition, &bench->load->messages[i], 0, bench->decoder, &bench->scratch, &bench->outbox,
                                       &bench->counters, &reject);
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
    encode_record(record_derive(train, (struct rules){MERGE_AUTO, REQUIRE_SUMMARY}, &bench->scratch), false, &bench->record);
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
    printf("%-44s %10.0f/s %9.1f MB/s %7.2f x yyjson\n", name, count / seconds, bytes / 1e6 / seconds, seconds / yyjson_seconds);
}

int main(int argc, char **argv) {
    struct load load = {0};
    int rounds = argc > 2 ? atoi(argv[2]) : ROUNDS_DEFAULT;
    if (argc < 2 || rounds < 1 || rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: core FILE [ROUNDS]\n");
        return 2;
    }
    if (!load_read(&load, argv[1])) {
        return 1;
    }
    struct bench bench = {.load = &load, .decoder = decoder_new(MESSAGE_BYTES_MAX)};
    bench.pool_bytes = yyjson_read_max_memory_usage(MESSAGE_BYTES_MAX, 0);
    bench.pool = alloc_bytes(bench.pool_bytes);
    double count = (double)load.count;
    double bytes = (double)load.value_bytes;
    printf("%zu events, %.1f MB, %.0f bytes an event; medians of %d rounds, CPU time of one thread\n", load.count, bytes / 1e6,
           bytes / count, rounds);
    double yyjson = median_of(&bench, part_yyjson, rounds);
    print_row("bare yyjson (parse)", count, bytes, yyjson, yyjson);
    print_row("bare XXH3-128 (hash)", count, bytes, median_of(&bench, part_hash, rounds), yyjson);
    print_row("decode (parse, check, struct event)", count, bytes, median_of(&bench, part_decode, rounds), yyjson);
    print_row("merge fresh (hash, seen, decode, join)", count, bytes, median_of(&bench, part_fresh, rounds), yyjson);
    print_row("merge repeated (every event known)", count, bytes, median_of(&bench, part_repeated, rounds), yyjson);
    double records = median_of(&bench, part_records, rounds);
    print_row("records (derive, encode, digest)", (double)bench.records, (double)bench.record_bytes, records, yyjson);
    printf("state: %zu trains, %.1f MB in memory for %.1f MB of input (%" PRIx64 ")\n", partition_train_count(bench.partition),
           (double)partition_memory_bytes(bench.partition) / 1e6, bytes / 1e6, bench.sink);
    partition_free(bench.partition);
    decoder_free(bench.decoder);
    arena_release(&bench.scratch);
    outbox_release(&bench.outbox);
    buffer_release(&bench.record);
    free(bench.pool);
    free(load.messages);
    buffer_release(&load.bytes);
    return 0;
}
