/* Trains as of the last decided epoch; the kit numbers its barriers from 1. */
#include <criterion/criterion.h>

#include <string.h>

#include "partition/partition_inspect.h"
#include "support/partition_kit.h"

#define TRAIN "X1|2020-06-01|CNAKL"

TestSuite(partition_inspect, .init = kit_open, .fini = kit_close);

static size_t seen;
static struct train_summary last;

static void see(void *context, const struct train *train, const struct train_summary *summary) {
    (void)context;
    (void)train;
    seen++;
    last = *summary;
}

/* How many trains the decided epoch had; `last` is the summary of one. */
static size_t trains(uint64_t decided) {
    seen = 0;
    partition_summaries(kit.partition, decided, see, NULL);
    return seen;
}

static enum partition_copied copy(uint64_t decided) {
    struct buffer facts = {0};
    enum partition_copied copied = partition_copy(kit.partition, SLICE(TRAIN), decided, &facts);
    cr_assert_eq(facts.len > 0, copied == PARTITION_COPIED);
    buffer_release(&facts);
    return copied;
}

Test(partition_inspect, a_train_is_there_once_its_first_epoch_is_decided) {
    OFFER(EVENTS_MANIFEST, TRAIN, EVENTS_TIME_MS, .id = 1);
    cr_expect_eq(trains(0), 0);
    cr_expect_eq(copy(0), PARTITION_NO_TRAIN);
    kit_barrier();
    cr_expect_eq(trains(0), 0, "its commit is under way");
    cr_expect_eq(copy(0), PARTITION_NO_TRAIN);
    cr_expect_eq(trains(1), 1);
    cr_expect_eq(copy(1), PARTITION_COPIED);
}

Test(partition_inspect, a_change_counts_once_its_epoch_is_decided) {
    OFFER(EVENTS_MANIFEST, TRAIN, EVENTS_TIME_MS, .id = 1);
    kit_barrier();
    OFFER(EVENTS_ARRIVAL, TRAIN, EVENTS_TIME_MS, .id = 2);
    cr_expect_eq(copy(1), PARTITION_CHANGED, "since the decided epoch");
    cr_expect_eq(copy(UINT64_MAX), PARTITION_COPIED, "as it stands");
    cr_assert_eq(trains(1), 1);
    cr_expect_eq(last.status, STATUS_OPEN);
    kit_barrier();
    cr_expect_eq(copy(1), PARTITION_CHANGED, "its commit is under way");
    cr_assert_eq(trains(1), 1);
    cr_expect_eq(last.status, STATUS_OPEN);
    cr_assert_eq(trains(2), 1);
    cr_expect_eq(last.status, STATUS_INCOMPLETE);
    cr_expect_eq(last.arrived_at_ms > 0, true);
    cr_expect_eq(copy(2), PARTITION_COPIED);
}

Test(partition_inspect, barriers_without_a_change_change_nothing) {
    OFFER(EVENTS_MANIFEST, TRAIN, EVENTS_TIME_MS, .id = 1);
    for (int i = 0; i < 5; i++) {
        kit_barrier();
    }
    cr_expect_eq(copy(1), PARTITION_COPIED);
    cr_expect_eq(trains(1), 1);
}

Test(partition_inspect, a_restored_train_is_unknown_until_it_is_learnt) {
    OFFER(EVENTS_MANIFEST, TRAIN, EVENTS_TIME_MS, .id = 1);
    OFFER(EVENTS_ARRIVAL, TRAIN, EVENTS_TIME_MS, .id = 2);
    kit_barrier();
    kit.options.learn = true;
    cr_assert(kit_restart(), "%s", kit.error);
    cr_assert_eq(trains(1), 1);
    cr_expect_eq(last.state, SUMMARY_UNKNOWN);
    cr_expect_eq(copy(1), PARTITION_COPIED, "its facts are those of the commit");
    kit_barrier();
    cr_assert_eq(trains(1), 1);
    cr_expect_eq(last.state, SUMMARY_KNOWN);
    cr_expect_eq(last.status, STATUS_INCOMPLETE);
    cr_expect_eq(last.epoch, 0, "that is how it was restored");
}
