/* What a record costs in operation: trains in motion, interleaved, one changed event a record.
 *
 *   records FILE [GROUP]      FILE: keyed lines, as `caravan generate --keyed` writes them, train by train
 *
 * Each train is brought to its arrival. Then each round offers one more event of every train, ends the epoch, and takes
 * the time of that barrier: derivation, encoding, digest, into the outbox. Events that belong to another group than the
 * one that is measured go before it, in a barrier of their own. Prints a JSON object a group: changes, records and
 * their bytes, CPU seconds, state and what is kept beside it. With GROUP only that one is measured, for callgrind:
 *
 *   valgrind --tool=callgrind --toggle-collect=end_epoch build/bench/records FILE tracked */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "event/decode.h"
#include "partition/partition.h"
#include "partition/partition_keep.h"
#include "support/input.h"
#include "support/measure.h"

enum {
    MESSAGE_BYTES_MAX = 1024 * 1024,
    SEEN_ENTRIES = 1 << 16,
    SCRATCH_KEEP_BYTES = 1 << 24,
    ROOM_BYTES = 1 << 26,
    CHECKPOINT_BYTES = 1 << 20 /* due long after the run */
};

struct group {
    const char *name;
    const char *types[4];
};

static const struct group GROUPS[] = {
    {"tracked", {"rail.container.tracked.v1"}},
    {"declared", {"rail.declaration.lodged.v1", "rail.declaration.decided.v1"}},
    {"controls", {"rail.control.reported.v1", "rail.tally.reported.v1"}},
    {"cargo", {"rail.manifest.transmitted.v1", "rail.manifest.deleted.v1", "rail.train.composed.v1"}},
};
enum { GROUP_COUNT = sizeof GROUPS / sizeof GROUPS[0] };

struct queue { /* a train's events, one behind the other in the input */
    size_t next, end;
};

struct bench {
    const struct input *input;
    struct queue *queues;
    size_t queue_count;
    struct partition *partition;
    struct decoder *decoder;
    struct arena scratch;
    struct outbox outbox;
    struct counters counters;
    int64_t offered;
};

struct figure {
    double seconds;
    uint64_t changes, records, bytes;
};

static struct partition_sink sink_of(struct bench *bench) {
    return (struct partition_sink){&bench->outbox, &bench->counters};
}

static void offer(struct bench *bench, size_t at) {
    const struct partition_intake intake = {.decoder = bench->decoder, .scratch = &bench->scratch};
    const struct partition_sink sink = sink_of(bench);
    struct message message = bench->input->messages[at];
    struct reject reject;
    message.offset = bench->offered++;
    partition_offer(bench->partition, &message, &intake, &sink, &reject);
    arena_reset(&bench->scratch, SCRATCH_KEEP_BYTES);
}

static void close_epoch(struct bench *bench) {
    struct partition_room room = {ROOM_BYTES, ROOM_BYTES, 0, false};
    const struct partition_sink sink = sink_of(bench);
    partition_barrier(bench->partition, &(struct partition_cut){.position = bench->offered, .epoch = 1}, &room, &sink);
}

/* The one that is measured. Not inlined: callgrind switches by its name. */
__attribute__((noinline)) static void end_epoch(struct bench *bench, struct figure *figure) {
    struct counters before = bench->counters;
    double began = measure_thread_seconds();
    close_epoch(bench);
    figure->seconds += measure_thread_seconds() - began;
    figure->records += bench->counters.records - before.records;
    figure->bytes += bench->counters.record_bytes - before.record_bytes;
}

static bool is_of_type(const struct message *message, const char *type) {
    return memmem(message->value.data, message->value.len, type, strlen(type)) != NULL;
}

static bool is_of_group(const struct message *message, const struct group *group) {
    for (size_t i = 0; i < sizeof group->types / sizeof group->types[0]; i++) {
        if (group->types[i] != NULL && is_of_type(message, group->types[i])) {
            return true;
        }
    }
    return false;
}

static bool same_train(const struct message *a, const struct message *b) {
    return slice_equal(a->key, b->key);
}

static void make_queues(struct bench *bench) {
    const struct message *messages = bench->input->messages;
    bench->queues = alloc_bytes(bench->input->count * sizeof *bench->queues);
    for (size_t i = 0; i < bench->input->count; i++) {
        if (i == 0 || !same_train(&messages[i - 1], &messages[i])) {
            bench->queues[bench->queue_count++] = (struct queue){i, i};
        }
        bench->queues[bench->queue_count - 1].end = i + 1;
    }
}

static void begin(struct bench *bench) {
    struct partition_options options = {
        .check_key = true,
        .limits = {MESSAGE_BYTES_MAX, UINT64_MAX, INT32_MAX / 2},
        .rules = {MERGE_AUTO, REQUIRE_SUMMARY, SLICE("")},
        .checkpoint_bytes = UINT64_MAX / 2,
        .checkpoint_age_ms = INT64_MAX / 2,
        .checkpoint_part_bytes_max = CHECKPOINT_BYTES,
        .seen_entries = SEEN_ENTRIES,
    };
    bench->partition = partition_new(&options);
    partition_keep(bench->partition, SIZE_MAX);
    bench->offered = 0;
    bench->queue_count = 0;
    make_queues(bench);
    for (size_t i = 0; i < bench->queue_count; i++) {
        struct queue *queue = &bench->queues[i];
        bool arrived = false;
        while (queue->next < queue->end && !arrived) {
            arrived = is_of_type(&bench->input->messages[queue->next], "rail.train.arrived.v1");
            offer(bench, queue->next++);
        }
    }
    close_epoch(bench);
    outbox_reset(&bench->outbox);
}

static void end(struct bench *bench) {
    partition_free(bench->partition);
    free(bench->queues);
}

/* The next event of each train where that is, or is not, of the group; how many there were. */
static size_t offer_next(struct bench *bench, const struct group *group, bool of_group) {
    size_t count = 0;
    for (size_t i = 0; i < bench->queue_count; i++) {
        struct queue *queue = &bench->queues[i];
        if (queue->next < queue->end && is_of_group(&bench->input->messages[queue->next], group) == of_group) {
            offer(bench, queue->next++);
            count++;
        }
    }
    return count;
}

/* False when there was no event left. */
static bool run_round(struct bench *bench, const struct group *group, struct figure *figure) {
    size_t others = offer_next(bench, group, false);
    close_epoch(bench);
    outbox_reset(&bench->outbox);
    uint64_t accepted = bench->counters.accepted;
    size_t count = offer_next(bench, group, true);
    figure->changes += bench->counters.accepted - accepted;
    end_epoch(bench, figure);
    outbox_reset(&bench->outbox);
    return others + count > 0;
}

static void measure(struct bench *bench, const struct group *group) {
    struct figure figure = {0};
    begin(bench);
    while (run_round(bench, group, &figure)) {
    }
    printf("{\"group\":\"%s\",\"changes\":%" PRIu64 ",\"records\":%" PRIu64 ",\"record_bytes\":%" PRIu64
           ",\"seconds\":%.9g,\"state_bytes\":%zu,\"kept_bytes\":%zu}\n",
           group->name, figure.changes, figure.records, figure.bytes, figure.seconds,
           partition_memory_bytes(bench->partition), partition_kept_bytes(bench->partition));
    end(bench);
}

int main(int argc, char **argv) {
    struct input input = {0};
    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: records FILE [GROUP]\n");
        return 2;
    }
    if (!input_read(&input, argv[1])) {
        return 1;
    }
    struct bench bench = {.input = &input, .decoder = decoder_new(MESSAGE_BYTES_MAX)};
    outbox_init(&bench.outbox);
    for (size_t i = 0; i < GROUP_COUNT; i++) {
        if (argc == 2 || strcmp(argv[2], GROUPS[i].name) == 0) {
            measure(&bench, &GROUPS[i]);
        }
    }
    decoder_free(bench.decoder);
    arena_release(&bench.scratch);
    outbox_release(&bench.outbox);
    input_release(&input);
    return 0;
}
