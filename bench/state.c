/* What an event and a record cost while many trains are open, and what they take in memory.
 *
 *   state FILE TAIL [ROUNDS]      FILE: keyed lines (KEY, TAB, event), without amendments
 *
 * All events but the last TAIL fill the state; those are then offered in ROUNDS (default 5) equal parts and timed, and
 * after each part as many records are derived anew, of trains spread over the whole state. Prints one JSON object:
 * waybills, trains, memory (without the table of seen events, whose size is configured), and a list of CPU seconds for
 * the parts and for the records. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "event/decode.h"
#include "partition/partition.h"
#include "support/derived.h"
#include "support/input.h"
#include "support/measure.h"

enum { ROUNDS_DEFAULT = 5, ROUNDS_MAX = 99, MESSAGE_BYTES_MAX = 1024 * 1024, KEEP_BYTES = 1 << 24 };
enum { SEEN_ENTRIES = 1 << 20, RECORDS_A_ROUND = 200 };

struct bench {
    const struct input *input;
    struct partition *partition;
    struct decoder *decoder;
    struct arena scratch;
    struct outbox outbox;
    struct counters counters;
    struct buffer record;
    uint64_t waybills;
    size_t visited, stride, first; /* of the records of this round */
    uint64_t records, record_bytes;
};

static bool is_manifest(const struct message *message) {
    static const char type[] = "\"rail.manifest.transmitted.v1\"";
    return memmem(message->value.data, message->value.len, type, sizeof type - 1) != NULL;
}

static bool offer(struct bench *bench, size_t at) {
    const struct partition_intake intake = {.decoder = bench->decoder, .scratch = &bench->scratch};
    const struct partition_sink sink = {&bench->outbox, &bench->counters};
    struct reject reject;
    input_look_ahead(bench->input, at, bench->partition);
    enum offer_result result = partition_offer(bench->partition, &bench->input->messages[at], &intake, &sink, &reject);
    arena_reset(&bench->scratch, KEEP_BYTES);
    return result == OFFER_ACCEPTED;
}

static void count_waybills(struct bench *bench, size_t from, size_t to) {
    for (size_t i = from; i < to; i++) {
        bench->waybills += offer(bench, i) && is_manifest(&bench->input->messages[i]);
    }
}

static double timed_events(struct bench *bench, size_t from, size_t to) {
    double began = measure_thread_seconds();
    for (size_t i = from; i < to; i++) {
        offer(bench, i);
    }
    return measure_thread_seconds() - began;
}

static void derive(void *context, const struct train *train) {
    struct bench *bench = context;
    if (bench->visited++ % bench->stride != bench->first) {
        return;
    }
    bench->records++;
    bench->record_bytes += derived_write(train, &bench->scratch, &bench->record);
}

/* CPU seconds a record, of about RECORDS_A_ROUND trains, other ones each round. */
static double timed_records(struct bench *bench, int round) {
    bench->visited = 0;
    bench->stride = partition_train_count(bench->partition) / RECORDS_A_ROUND + 1;
    bench->first = (size_t)round % bench->stride;
    uint64_t before = bench->records;
    double began = measure_thread_seconds();
    partition_each(bench->partition, derive, bench);
    double seconds = measure_thread_seconds() - began;
    return seconds / (double)(bench->records == before ? 1 : bench->records - before);
}

static void run(struct bench *bench, size_t tail, int rounds) {
    double events[ROUNDS_MAX];
    double records[ROUNDS_MAX];
    size_t filled = bench->input->count - tail;
    size_t part = tail / (size_t)rounds;
    count_waybills(bench, 0, filled);
    size_t state_bytes = partition_memory_bytes(bench->partition) - partition_empty_bytes(SEEN_ENTRIES);
    for (int i = 0; i < rounds; i++) {
        size_t from = filled + (size_t)i * part;
        events[i] = timed_events(bench, from, from + part) / (double)part;
        records[i] = timed_records(bench, i);
    }
    printf("{\"events\":%zu,\"bytes\":%zu,\"waybills\":%" PRIu64 ",\"trains\":%zu,\"state_bytes\":%zu,"
           "\"live_events\":%" PRIu64 ",\"records\":%" PRIu64 ",\"record_bytes\":%" PRIu64,
           bench->input->count, bench->input->value_bytes, bench->waybills, partition_train_count(bench->partition),
           state_bytes, partition_live_events(bench->partition), bench->records, bench->record_bytes);
    measure_print_list("event_seconds", events, (size_t)rounds);
    measure_print_list("record_seconds", records, (size_t)rounds);
    printf("}\n");
}

int main(int argc, char **argv) {
    struct input input = {0};
    size_t tail = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
    int rounds = argc > 3 ? atoi(argv[3]) : ROUNDS_DEFAULT;
    if (tail == 0 || rounds < 1 || rounds > ROUNDS_MAX || tail < (size_t)rounds) {
        fprintf(stderr, "usage: state FILE TAIL [ROUNDS]\n");
        return 2;
    }
    if (!input_read(&input, argv[1])) {
        return 1;
    }
    struct bench bench = {.input = &input, .decoder = decoder_new(MESSAGE_BYTES_MAX)};
    outbox_init(&bench.outbox);
    bench.partition = partition_new(&(struct partition_options){
        .file_mode = true,
        .check_key = true,
        .limits = {MESSAGE_BYTES_MAX, UINT64_MAX, INT32_MAX},
        .seen_entries = SEEN_ENTRIES,
    });
    bool fits = tail < input.count;
    if (fits) {
        run(&bench, tail, rounds);
    } else {
        fprintf(stderr, "state: %s has only %zu events\n", argv[1], input.count);
    }
    partition_free(bench.partition);
    decoder_free(bench.decoder);
    arena_release(&bench.scratch);
    outbox_release(&bench.outbox);
    buffer_release(&bench.record);
    input_release(&input);
    return fits ? 0 : 1;
}
