/* In the steady state a partition asks for no memory an event: what it needs is there from the events before. Counted
 * where this program's own code calls the allocator (tests/CMakeLists.txt has the linker send these calls here). */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "partition/partition_keep.h"
#include "support/events.h"

enum { TRAINS = 16, WAYBILLS = 8, EPOCH = 64, EPOCHS = 40, SCRATCH_KEEP_BYTES = 1 << 20, KEPT_BYTES_MAX = 64 << 20 };

/* The linker's names. */
void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t bytes);

static size_t calls;

void *__wrap_malloc(size_t bytes) {
    calls++;
    return __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t size) {
    calls++;
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t bytes) {
    calls++;
    return __real_realloc(old, bytes);
}

static struct partition *partition;
static struct decoder *decoder;
static struct arena scratch;
static struct outbox outbox;
static struct counters counters;
static struct buffer text;
static int64_t offset;

static void begin(void) {
    partition = partition_new(&(struct partition_options){
        .limits = {1 << 20, UINT64_MAX, 75},
        .rules = {MERGE_AUTO, REQUIRE_SUMMARY, SLICE("")},
        .checkpoint_bytes = UINT64_MAX / 2,
        .checkpoint_age_ms = INT64_MAX / 2,
        .checkpoint_part_bytes_max = 1 << 20,
        .seen_entries = 1 << 12,
    });
    partition_keep(partition, KEPT_BYTES_MAX);
    decoder = decoder_new(1 << 20);
}

static void end(void) {
    partition_free(partition);
    decoder_free(decoder);
    arena_release(&scratch);
    outbox_release(&outbox);
    buffer_release(&text);
}

TestSuite(partition_allocations, .init = begin, .fini = end);

static enum offer_result offer(const struct events_spec *spec) {
    const struct partition_intake intake = {.decoder = decoder, .scratch = &scratch};
    const struct partition_sink sink = {&outbox, &counters};
    struct reject reject;
    buffer_clear(&text);
    events_put(spec, &text);
    const struct message message = {.value = buffer_slice(&text),
                                    .offset = offset++,
                                    .timestamp_ms = MESSAGE_NO_TIMESTAMP};
    enum offer_result result = partition_offer(partition, &message, &intake, &sink, &reject);
    arena_reset(&scratch, SCRATCH_KEEP_BYTES);
    return result;
}

static void close_epoch(void) {
    struct partition_room room = {SIZE_MAX / 2, SIZE_MAX / 2, 0, false};
    const struct partition_sink sink = {&outbox, &counters};
    partition_barrier(partition, &(struct partition_cut){.position = offset, .epoch = 1}, &room, &sink);
    outbox_reset(&outbox);
}

static const char *train_of(unsigned i) {
    static char name[32];
    snprintf(name, sizeof name, "X%u|2020-06-01|CNAKL", i % TRAINS);
    return name;
}

static void bring_trains(void) {
    for (unsigned i = 0; i < TRAINS; i++) {
        for (unsigned k = 0; k < WAYBILLS; k++) {
            offer(&EVENT(EVENTS_MANIFEST, train_of(i), EVENTS_TIME_MS, .id = k, .waybill = k, .box = k % 4, .kg = 10));
        }
        offer(&EVENT(EVENTS_COMPOSITION, train_of(i), EVENTS_TIME_MS, .id = 100));
        offer(&EVENT(EVENTS_ARRIVAL, train_of(i), EVENTS_TIME_MS, .id = 101));
    }
    close_epoch();
}

struct asked { /* how often the allocator was */
    size_t by_events, by_records;
};

/* Containers are seen again and again; every fourth event repeats one that was. */
static struct asked run(unsigned from) {
    struct asked asked = {0, 0};
    for (unsigned i = from; i < from + EPOCH * EPOCHS; i++) {
        unsigned id = i % 4 == 3 ? i - 3 : i;
        size_t before = calls;
        enum offer_result result =
            offer(&EVENT(EVENTS_TRACKED, train_of(id / 4), EVENTS_TIME_MS + 1000 + id, .id = 1000 + id, .box = id % 4));
        asked.by_events += calls - before;
        cr_assert_eq(result, i % 4 == 3 ? OFFER_DUPLICATE : OFFER_ACCEPTED);
        if (i % EPOCH == EPOCH - 1) {
            before = calls;
            close_epoch();
            asked.by_records += calls - before;
        }
    }
    return asked;
}

/* A kept record grows by what is patched and is derived anew now and then: that asks, but seldom a record. */
Test(partition_allocations, none_an_event_in_the_steady_state) {
    bring_trains();
    cr_assert_gt(calls, 0, "calls are counted");
    run(0);
    uint64_t records = counters.records;
    struct asked asked = run(EPOCH * EPOCHS);
    records = counters.records - records;
    cr_log_info("%zu calls for %d events, %zu for %zu records", asked.by_events, EPOCH * EPOCHS, asked.by_records,
                (size_t)records);
    cr_expect_eq(asked.by_events, 0);
    cr_assert_gt(records, EPOCHS * TRAINS / 2);
    cr_expect_lt(asked.by_records, records / 2);
}
