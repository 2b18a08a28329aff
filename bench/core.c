/* What one core does: the merge's parts beside bare yyjson, bare jansson and bare XXH3 over the same bytes, in one run.
 *
 *   core FILE [ROUNDS]      FILE: keyed lines (KEY, TAB, event)
 *
 * A round goes through the parts in turn, so that ratios of one round are of one moment of the machine. Prints one JSON
 * object: what the file holds, the state's bytes (without the table of seen events, whose size is configured), and for
 * each part its CPU seconds of one thread in each of ROUNDS (default 7) rounds. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <yyjson.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "event/decode.h"
#include "partition/partition.h"
#include "support/derived.h"
#include "support/input.h"
#include "support/measure.h"

enum {
    ROUNDS_DEFAULT = 7,
    ROUNDS_MAX = 99,
    MESSAGE_BYTES_MAX = 1024 * 1024,
    SEEN_ENTRIES = 1 << 21, /* enough to know the repeats, nearly all: a set of seven is seldom full */
    KEEP_BYTES = 1 << 24
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

static void part_jansson(struct bench *bench) {
    for (size_t i = 0; i < bench->input->count; i++) {
        struct slice value = bench->input->messages[i].value;
        json_t *document = json_loadb(value.data, value.len, 0, NULL);
        bench->sink += document != NULL;
        json_decref(document);
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
    const struct partition_intake intake = {.decoder = bench->decoder, .scratch = &bench->scratch};
    const struct partition_sink sink = {&bench->outbox, &bench->counters};
    for (size_t i = 0; i < bench->input->count; i++) {
        struct reject reject;
        input_look_ahead(bench->input, i, partition);
        bench->sink += partition_offer(partition, &bench->input->messages[i], &intake, &sink, &reject);
        arena_reset(&bench->scratch, KEEP_BYTES);
    }
    outbox_reset(&bench->outbox);
}

static void part_merge(struct bench *bench) {
    offer_all(bench, bench->partition);
}

static void part_repeat(struct bench *bench) {
    offer_all(bench, bench->partition);
}

static void write_record(void *context, const struct train *train) {
    struct bench *bench = context;
    bench->records++;
    bench->record_bytes += derived_write(train, &bench->scratch, &bench->record);
}

static void part_records(struct bench *bench) {
    bench->records = bench->record_bytes = 0;
    partition_each(bench->partition, write_record, bench);
}

/* ---- the rounds */

static const struct part {
    const char *name;
    void (*run)(struct bench *bench);
} PARTS[] = {
    {"yyjson", part_yyjson}, {"jansson", part_jansson}, {"xxh3", part_hash},       {"decode", part_decode},
    {"merge", part_merge},   {"repeat", part_repeat},   {"records", part_records},
};
enum { PART_COUNT = sizeof PARTS / sizeof PARTS[0], MERGE = 4 };

struct figures {
    double seconds[PART_COUNT][ROUNDS_MAX];
    double merge_faults[ROUNDS_MAX];
};

static void begin_round(struct bench *bench) {
    if (bench->partition != NULL) {
        partition_free(bench->partition);
    }
    bench->partition = new_partition();
}

static void run_rounds(struct bench *bench, int rounds, struct figures *figures) {
    for (int round = 0; round < rounds; round++) {
        begin_round(bench);
        for (int part = 0; part < PART_COUNT; part++) {
            uint64_t faults = measure_thread_faults();
            double began = measure_thread_seconds();
            PARTS[part].run(bench);
            figures->seconds[part][round] = measure_thread_seconds() - began;
            if (part == MERGE) {
                figures->merge_faults[round] = (double)(measure_thread_faults() - faults);
            }
        }
    }
}

static void print(const struct bench *bench, int rounds, const struct figures *figures) {
    const struct input *input = bench->input;
    printf("{\"events\":%zu,\"bytes\":%zu,\"records\":%" PRIu64 ",\"record_bytes\":%" PRIu64
           ",\"trains\":%zu,\"state_bytes\":%zu,\"live_events\":%" PRIu64 ",\"sink\":%" PRIu64,
           input->count, input->value_bytes, bench->records, bench->record_bytes,
           partition_train_count(bench->partition),
           partition_memory_bytes(bench->partition) - partition_empty_bytes(SEEN_ENTRIES),
           partition_live_events(bench->partition), bench->sink & 1);
    measure_print_list("merge_faults", figures->merge_faults, (size_t)rounds);
    printf(",\"seconds\":{\"rounds\":%d", rounds);
    for (int part = 0; part < PART_COUNT; part++) {
        measure_print_list(PARTS[part].name, figures->seconds[part], (size_t)rounds);
    }
    printf("}}\n");
}

int main(int argc, char **argv) {
    struct input input = {0};
    static struct figures figures;
    int rounds = argc > 2 ? atoi(argv[2]) : ROUNDS_DEFAULT;
    if (argc < 2 || rounds < 1 || rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: core FILE [ROUNDS]\n");
        return 2;
    }
    if (!input_read(&input, argv[1])) {
        return 1;
    }
    struct bench bench = {.input = &input, .decoder = decoder_new(MESSAGE_BYTES_MAX)};
    outbox_init(&bench.outbox);
    bench.pool_bytes = yyjson_read_max_memory_usage(MESSAGE_BYTES_MAX, 0);
    bench.pool = alloc_bytes(bench.pool_bytes);
    run_rounds(&bench, rounds, &figures);
    print(&bench, rounds, &figures);
    partition_free(bench.partition);
    decoder_free(bench.decoder);
    arena_release(&bench.scratch);
    outbox_release(&bench.outbox);
    buffer_release(&bench.record);
    free(bench.pool);
    input_release(&input);
    return 0;
}
