/* The lanes under ThreadSanitizer: a feeder thread sends batches, assigns, revokes and cuts epochs; a collector thread
 * takes them. Every message must be counted once and every epoch must come in order. A plain program: 0 is success. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "lanes/lanes.h"

enum { LANES = 3, PARTITIONS = 7, BATCHES = 3000, MESSAGES = 8, EPOCH_EVERY = 40, EVENT_BYTES = 512 };
enum { REVOKED = 6, BUDGET_BYTES = 3000 };

struct batch {
    struct message_batch batch;
    struct message messages[MESSAGES];
    char text[MESSAGES][EVENT_BYTES];
};

struct collected {
    struct lanes *lanes;
    atomic_uint_fast64_t epochs; /* released */
    atomic_bool ending;          /* no further barrier comes */
    atomic_bool limited;         /* something waited when the last one was closed */
    uint64_t events, accepted, rejected;
    int wrong;
};

static void release(struct message_batch *batch) {
    free(batch);
}

static struct batch *make_batch(int number, int partition) {
    struct batch *batch = alloc_zeroed(1, sizeof *batch);
    batch->batch = (struct message_batch){batch->messages, MESSAGES, 0, NULL, release};
    for (int i = 0; i < MESSAGES; i++) {
        int len = snprintf(
            batch->text[i], EVENT_BYTES,
            "{\"specversion\":\"1.0\",\"id\":\"%d-%d\",\"source\":\"/race\",\"type\":\"rail.train.arrived.v1\","
            "\"time\":\"2020-12-18T09:14:07Z\",\"data\":{\"train\":{\"number\":\"X%d\",\"date\":\"2020-12-18\","
            "\"port\":\"CNAKL\"},\"place\":\"CNAKL\",\"arrived_at\":\"2020-12-18T09:00:00Z\"}}%s",
            number, i, number % 100, i == 0 ? "}" : "");
        batch->messages[i] = (struct message){.value = {batch->text[i], (size_t)len},
                                              .offset = number,
                                              .timestamp_ms = 1608282847000,
                                              .partition = partition};
    }
    return batch;
}

static void assign(struct lanes *lanes, int partition, uint64_t assignment) {
    lanes_assign(lanes,
                 partition_new(&(struct partition_options){
                     .number = partition,
                     .file_mode = true,
                     .limits = {1 << 20, UINT64_MAX, INT32_MAX},
                     .seen_entries = 64,
                 }),
                 assignment);
}

static void take_epoch(struct collected *collected, struct lanes_epoch *epoch) {
    struct counters sum = {0};
    bool limited = false;
    collected->wrong += epoch->number != atomic_load(&collected->epochs) + 1;
    for (unsigned i = 0; i < epoch->count; i++) {
        counters_add(&sum, &epoch->parts[i]->counters);
        collected->rejected += epoch->parts[i]->outbox.output_count;
        limited = limited || epoch->parts[i]->limited;
    }
    collected->wrong += sum.events < collected->events;
    collected->events = sum.events;
    collected->accepted = sum.accepted;
    lanes_release(collected->lanes, epoch);
    atomic_store(&collected->limited, limited);
    atomic_fetch_add(&collected->epochs, 1);
}

static void *collect(void *context) {
    struct collected *collected = context;
    struct lanes_epoch epoch;
    while (!atomic_load(&collected->ending)) {
        if (lanes_collect(collected->lanes, 20, &epoch)) {
            take_epoch(collected, &epoch);
        }
    }
    return NULL;
}

/* Waits until no more than so many epochs are open. */
static void wait_for(const struct collected *collected, uint64_t begun, uint64_t open_max) {
    while (begun - atomic_load(&collected->epochs) > open_max) {
        sched_yield();
    }
}

/* As the worker does: waits while as many epochs are open as lanes.h allows. */
static void cut_epoch(struct collected *collected, uint64_t number) {
    wait_for(collected, number, LANES_EPOCHS_OPEN);
    lanes_barrier(collected->lanes, NULL, 0, false);
}

/* With a budget most epochs are closed by it, and at the end it takes some more until nothing waits. Without one a
 * partition is revoked on the way, and what it put since the last barrier is forgotten. */
static int run(size_t budget_bytes) {
    struct lanes *lanes = lanes_start(&(struct lanes_options){
        .count = LANES, .message_bytes_max = 1 << 20, .topic = SLICE("race"), .budget_bytes = budget_bytes});
    struct collected collected = {.lanes = lanes};
    pthread_t collector;
    for (int i = 0; i < PARTITIONS; i++) {
        assign(lanes, i, 1);
    }
    if (pthread_create(&collector, NULL, collect, &collected) != 0) {
        return 1;
    }
    bool revokes = budget_bytes == 0;
    uint64_t sent = 0;
    uint64_t begun = 0;
    uint64_t open = 0; /* rejects of the partition to be revoked since the last barrier: they are forgotten with it */
    uint64_t forgotten = 0;
    for (int i = 0; i < BATCHES; i++) {
        int partition = i % PARTITIONS;
        if (revokes && i == BATCHES / 2) {
            lanes_revoke(lanes, REVOKED);
            forgotten = open;
        }
        open += partition == REVOKED;
        if (!revokes || partition != REVOKED || i < BATCHES / 2) {
            sent += MESSAGES;
            lanes_send(lanes, lanes_of(lanes, partition), &make_batch(i, partition)->batch);
        }
        if (i % EPOCH_EVERY == EPOCH_EVERY - 1) {
            cut_epoch(&collected, ++begun);
            open = 0;
        }
    }
    do {
        cut_epoch(&collected, ++begun);
        wait_for(&collected, begun, 0);
    } while (atomic_load(&collected.limited));
    atomic_store(&collected.ending, true);
    pthread_join(collector, NULL);
    size_t state = lanes_state_bytes(lanes);
    lanes_stop(lanes, NULL, NULL);
    collected.wrong += collected.events != sent;
    collected.wrong += collected.rejected != sent / MESSAGES - forgotten || (forgotten == 0) == revokes;
    collected.wrong += state == 0;
    collected.wrong += (begun > BATCHES / EPOCH_EVERY + 1) == revokes;
    printf("race_lanes: %llu events of %llu in %llu epochs, %llu accepted, %llu rejected, %d wrong\n",
           (unsigned long long)collected.events, (unsigned long long)sent, (unsigned long long)begun,
           (unsigned long long)collected.accepted, (unsigned long long)collected.rejected, collected.wrong);
    return collected.wrong != 0;
}

int main(void) {
    int wrong = run(0);
    return run(BUDGET_BYTES) + wrong;
}
