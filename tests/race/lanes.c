/* The lanes under ThreadSanitizer: a feeder thread sends batches, assigns, revokes and cuts epochs; a collector thread
 * takes them. Every message must be counted once and every epoch must come in order. A plain program: 0 is success. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "pipeline/lanes.h"

enum { LANES = 3, PARTITIONS = 7, BATCHES = 3000, MESSAGES = 8, EPOCH_EVERY = 40, EVENT_BYTES = 512, REVOKED = 6 };

struct batch {
    struct message_batch batch;
    struct message messages[MESSAGES];
    char text[MESSAGES][EVENT_BYTES];
};

struct collected {
    struct lanes *lanes;
    atomic_uint_fast64_t epochs; /* released */
    uint64_t epochs_wanted, events, accepted, rejected;
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

static void *collect(void *context) {
    struct collected *collected = context;
    for (uint64_t number = 1; number <= collected->epochs_wanted;) {
        struct lanes_epoch epoch;
        if (!lanes_collect(collected->lanes, 1000, &epoch)) {
            continue;
        }
        struct counters sum = {0};
        collected->wrong += epoch.number != number++;
        for (unsigned i = 0; i < epoch.count; i++) {
            counters_add(&sum, &epoch.parts[i]->counters);
            collected->rejected += epoch.parts[i]->outbox.output_count;
        }
        collected->wrong += sum.events < collected->events;
        collected->events = sum.events;
        collected->accepted = sum.accepted;
        lanes_release(collected->lanes, &epoch);
        atomic_fetch_add(&collected->epochs, 1);
    }
    return NULL;
}

/* As the worker does: waits while as many epochs are open as lanes.h allows. */
static void cut_epoch(struct collected *collected, uint64_t number) {
    while (number - atomic_load(&collected->epochs) > LANES_EPOCHS_OPEN) {
        sched_yield();
    }
    lanes_barrier(collected->lanes, NULL, 0, false);
}

int main(void) {
    struct lanes *lanes =
        lanes_start(&(struct lanes_options){.count = LANES, .message_bytes_max = 1 << 20, .topic = SLICE("race")});
    struct collected collected = {.lanes = lanes, .epochs_wanted = BATCHES / EPOCH_EVERY + 1};
    pthread_t collector;
    for (int i = 0; i < PARTITIONS; i++) {
        assign(lanes, i, 1);
    }
    if (pthread_create(&collector, NULL, collect, &collected) != 0) {
        return 1;
    }
    uint64_t sent = 0;
    uint64_t begun = 0;
    uint64_t open = 0; /* rejects of the partition to be revoked since the last barrier: they are forgotten with it */
    uint64_t forgotten = 0;
    for (int i = 0; i < BATCHES; i++) {
        int partition = i % PARTITIONS;
        if (i == BATCHES / 2) { /* its later messages are dropped */
            lanes_revoke(lanes, REVOKED);
            forgotten = open;
        }
        open += partition == REVOKED;
        sent += partition == REVOKED && i >= BATCHES / 2 ? 0 : MESSAGES;
        lanes_send(lanes, lanes_of(lanes, partition), &make_batch(i, partition)->batch);
        if (i % EPOCH_EVERY == EPOCH_EVERY - 1) {
            cut_epoch(&collected, ++begun);
            open = 0;
        }
    }
    cut_epoch(&collected, ++begun);
    pthread_join(collector, NULL);
    size_t state = lanes_state_bytes(lanes);
    lanes_stop(lanes, NULL, NULL);
    collected.wrong += collected.events != sent;
    collected.wrong += collected.rejected != sent / MESSAGES - forgotten || forgotten == 0;
    collected.wrong += state == 0;
    printf("race_lanes: %llu events of %llu, %llu accepted, %llu rejected, %d wrong\n",
           (unsigned long long)collected.events, (unsigned long long)sent, (unsigned long long)collected.accepted,
           (unsigned long long)collected.rejected, collected.wrong);
    return collected.wrong != 0;
}
