/* The lanes from memory: how much faster more of them are.
 *
 *   lanes FILE LANES [ROUNDS]      FILE: keyed lines (KEY, TAB, event)
 *
 * The messages lie in memory, cut into batches by partition; the feeding thread hands out pointers. Nothing is derived
 * and nothing goes out but rejects, so what is timed is hashing, decoding and joining, and the rings. Prints one JSON
 * object with wall and CPU seconds of the process for each of ROUNDS (default 5) rounds. */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/timestamp.h"
#include "lanes/lanes.h"
#include "support/input.h"
#include "support/measure.h"

enum { PARTITIONS = 16, BATCH = 256, ROUNDS_DEFAULT = 5, ROUNDS_MAX = 99, MESSAGE_BYTES_MAX = 1024 * 1024 };
enum { SEEN_ENTRIES = 1 << 18 };

struct feed { /* what each partition gets, in the order of the file */
    struct message *messages[PARTITIONS];
    size_t counts[PARTITIONS];
    struct message_batch *batches;
    size_t batch_count;
    int32_t *partitions; /* of each batch */
};

static void release(struct message_batch *batch) {
    (void)batch; /* all of them live as long as the program */
}

static unsigned partition_of(const struct message *message) {
    return (unsigned)(hash64_of(message->key) % PARTITIONS);
}

static void share_out(const struct input *input, struct feed *feed) {
    for (size_t i = 0; i < input->count; i++) {
        feed->counts[partition_of(&input->messages[i])]++;
    }
    for (int i = 0; i < PARTITIONS; i++) {
        feed->messages[i] = alloc_zeroed(feed->counts[i] + 1, sizeof *feed->messages[i]);
        feed->batch_count += (feed->counts[i] + BATCH - 1) / BATCH;
        feed->counts[i] = 0;
    }
    for (size_t i = 0; i < input->count; i++) {
        unsigned partition = partition_of(&input->messages[i]);
        struct message message = input->messages[i];
        message.partition = (int32_t)partition;
        feed->messages[partition][feed->counts[partition]++] = message;
    }
}

static void add_batch(struct feed *feed, int partition, size_t from) {
    size_t left = feed->counts[partition] - from;
    struct message_batch *batch = &feed->batches[feed->batch_count];
    *batch = (struct message_batch){feed->messages[partition] + from, left < BATCH ? left : BATCH, 0, NULL, release};
    for (size_t i = 0; i < batch->count; i++) {
        batch->bytes += batch->messages[i].value.len;
    }
    feed->partitions[feed->batch_count++] = partition;
}

/* The partitions in turn, as a broker gives them. */
static void cut(struct feed *feed) {
    feed->batches = alloc_zeroed(feed->batch_count + 1, sizeof *feed->batches);
    feed->partitions = alloc_zeroed(feed->batch_count + 1, sizeof *feed->partitions);
    size_t left = feed->batch_count;
    feed->batch_count = 0;
    for (size_t from = 0; feed->batch_count < left; from += BATCH) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            if (from < feed->counts[partition]) {
                add_batch(feed, partition, from);
            }
        }
    }
}

static struct lanes *start(unsigned count) {
    struct lanes *lanes = lanes_start(
        &(struct lanes_options){.count = count, .message_bytes_max = MESSAGE_BYTES_MAX, .topic = SLICE("bench")});
    for (int32_t i = 0; i < PARTITIONS; i++) {
        lanes_assign(lanes,
                     partition_new(&(struct partition_options){
                         .number = i,
                         .file_mode = true,
                         .check_key = true,
                         .limits = {MESSAGE_BYTES_MAX, UINT64_MAX, INT32_MAX},
                         .seen_entries = SEEN_ENTRIES,
                     }),
                     1);
    }
    return lanes;
}

/* Sends everything and waits until it is done; the lanes come and go outside of what is timed. */
static void run(const struct feed *feed, unsigned count, double *wall, double *cpu) {
    struct lanes *lanes = start(count);
    struct lanes_epoch epoch;
    double cpu_began = measure_process_seconds();
    int64_t began_ns = clock_steady_ns();
    for (size_t i = 0; i < feed->batch_count; i++) {
        lanes_send(lanes, lanes_of(lanes, feed->partitions[i]), &feed->batches[i]);
    }
    lanes_barrier(lanes, NULL, 0, false);
    while (!lanes_collect(lanes, 1000, &epoch)) {
    }
    *wall = (double)(clock_steady_ns() - began_ns) / 1e9;
    *cpu = measure_process_seconds() - cpu_began;
    lanes_release(lanes, &epoch);
    lanes_stop(lanes, NULL, NULL);
}

int main(int argc, char **argv) {
    struct input input = {0};
    struct feed feed = {0};
    double wall[ROUNDS_MAX];
    double cpu[ROUNDS_MAX];
    int lanes = argc > 2 ? atoi(argv[2]) : 0;
    int rounds = argc > 3 ? atoi(argv[3]) : ROUNDS_DEFAULT;
    if (lanes < 1 || lanes > LANES_MAX || rounds < 1 || rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: lanes FILE LANES [ROUNDS]\n");
        return 2;
    }
    if (!input_read(&input, argv[1])) {
        return 1;
    }
    share_out(&input, &feed);
    cut(&feed);
    for (int i = 0; i < rounds; i++) {
        run(&feed, (unsigned)lanes, &wall[i], &cpu[i]);
    }
    printf("{\"events\":%zu,\"bytes\":%zu", input.count, input.value_bytes);
    measure_print_list("wall", wall, (size_t)rounds);
    measure_print_list("cpu", cpu, (size_t)rounds);
    printf("}\n");
    for (int i = 0; i < PARTITIONS; i++) {
        free(feed.messages[i]);
    }
    free(feed.batches);
    free(feed.partitions);
    input_release(&input);
    return 0;
}
