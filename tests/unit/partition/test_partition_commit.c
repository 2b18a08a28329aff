/* Commits and checkpoints: when there is one, what its text says, what is checkpointed when (contract 7.10 to 7.13). */
#include <criterion/criterion.h>

#include <stdio.h>

#include "checkpoint/codec.h"
#include "support/partition_kit.h"

#define TRAIN "X1|2020-06-01|CNAKL"
#define OTHER "X2|2020-06-01|CNAKL"
#define OLD "X4|2020-03-18|CNAKL" /* expires one day after EVENTS_TIME_MS */

TestSuite(partition_commit, .init = kit_open, .fini = kit_close);

static const struct commit_text *text(void) {
    return partition_text(kit.partition);
}

static size_t value_bytes(const struct events_spec *spec) {
    struct buffer value = {0};
    events_put(spec, &value);
    size_t len = value.len;
    buffer_release(&value);
    return len;
}

Test(partition_commit, text_to_the_letter) {
    kit.wall_ms = 1700000000000;
    OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS);
    struct buffer value = {0};
    char sum[HASH_HEX_BYTES];
    char expected[256];
    events_put(&EVENT(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS), &value);
    hash_write(hash_of(buffer_slice(&value)), sum);
    kit.next_offset = 9; /* markers behind the message */
    cr_assert(kit_barrier());
    snprintf(expected, sizeof expected,
             "2 1 1590969600000 2020-03-18 0 1700000000000 1 %.32s 1048576 8388608 75 auto summary 2d06800538d394c2 "
             "jSdx3ZPbTv-kKG_SxAeKUg",
             sum);
    cr_expect_str_eq(kit_text(), expected);
    cr_assert_eq(kit.outbox.offset_count, 1);
    cr_expect_eq(kit.outbox.offsets[0].partition, 3);
    cr_expect_eq(kit.outbox.offsets[0].offset, 9);
    cr_expect_eq(kit.outbox.offsets[0].assignment, 1);
    cr_expect_eq(kit.outbox.offsets[0].previous.len, 0);
    buffer_release(&value);
}

Test(partition_commit, first_barrier_commits_what_is_in_force) {
    cr_assert(kit_barrier());
    cr_expect_str_eq(kit_text(), "2 1 - - 0 - 0 00000000000000000000000000000000 1048576 8388608 75 auto summary "
                                 "2d06800538d394c2 jSdx3ZPbTv-kKG_SxAeKUg");
    cr_expect_not(kit_barrier());
}

Test(partition_commit, idle_does_not_commit_but_once_when_the_position_moved) {
    OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS);
    cr_expect(kit_barrier());
    cr_expect_not(kit_barrier());
    kit.next_offset += 2;
    cr_expect(kit_barrier());
    cr_expect_eq(kit.committed, 3);
    cr_expect_eq(text()->number, 2);
    cr_expect_not(kit_barrier());
    cr_expect_eq(text()->number, 2);
}

Test(partition_commit, a_rejected_or_repeated_message_moves_the_position) {
    OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS);
    kit_barrier();
    OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS);
    cr_expect(kit_barrier());
    kit_offer_raw(SLICE("k"), SLICE("v"), -1);
    cr_expect(kit_barrier());
    cr_expect_eq(kit.committed, 3);
    cr_expect_eq(kit_count(OUTPUT_CLEARANCES) + kit_count(OUTPUT_TRAFFIC) + kit_count(OUTPUT_CHECKPOINTS), 0);
}

Test(partition_commit, redo_is_the_first_change_since_the_checkpoint) {
    kit.next_offset = 5;
    OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS);
    kit.wall_ms += 100;
    OFFER(EVENTS_HOLD, OTHER, EVENTS_TIME_MS);
    kit_barrier();
    cr_expect_eq(text()->redo_offset, 5);
    cr_expect_eq(text()->oldest_wall_ms, EVENTS_TIME_MS);
    kit_drain();
    cr_expect_eq(kit_count(OUTPUT_CHECKPOINTS), 2);
    cr_expect_eq(text()->redo_offset, 7);
    cr_expect_eq(text()->oldest_wall_ms, COMMIT_TEXT_NO_TIME);
    kit.wall_ms += 100;
    OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS); /* a repeat changes nothing */
    kit_barrier();
    cr_expect_eq(text()->redo_offset, 8);
    OFFER(EVENTS_RELEASE, TRAIN, EVENTS_TIME_MS - 1); /* stale: nor does that */
    OFFER(EVENTS_RELEASE, TRAIN, EVENTS_TIME_MS + 1);
    kit_barrier();
    cr_expect_eq(text()->redo_offset, 9);
    cr_expect_eq(text()->oldest_wall_ms, EVENTS_TIME_MS + 200);
}

Test(partition_commit, drain_brings_redo_to_the_position_and_is_nothing_twice) {
    OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS);
    kit_barrier();
    cr_expect(kit_drain());
    cr_expect_eq(text()->redo_offset, 1);
    cr_expect_not(kit_drain());
}

Test(partition_commit, a_checkpoint_stands_at_the_committed_offset) {
    struct codec_part part;
    OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS);
    kit.next_offset = 9;
    kit_drain();
    cr_assert_eq(kit.checkpoint_count, 1);
    cr_assert_eq(codec_parse(kit.checkpoints[0].key, kit.checkpoints[0].value, &part), CODEC_OK);
    cr_expect_eq(part.offset, 9);
    cr_expect_eq(part.part_count, 1);
}

Test(partition_commit, checkpoint_bytes_zero_checkpoints_every_change) {
    kit.options.checkpoint_bytes = 0;
    for (unsigned i = 0; i < 20; i++) {
        OFFER(EVENTS_HOLD, i % 2 == 0 ? TRAIN : OTHER, EVENTS_TIME_MS + i, .id = i);
        kit_barrier();
        cr_expect_eq(kit_count(OUTPUT_CHECKPOINTS), 1);
        cr_expect_eq(text()->redo_offset, kit.committed);
    }
}

Test(partition_commit, redo_stays_within_checkpoint_bytes) {
    size_t bytes = value_bytes(&EVENT(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS, .id = 10));
    kit.options.checkpoint_bytes = 5 * bytes;
    char key[40];
    for (unsigned i = 0; i < 30; i++) {
        snprintf(key, sizeof key, "X%u|2020-06-01|CNAKL", 10 + i);
        OFFER(EVENTS_HOLD, key, EVENTS_TIME_MS, .id = 10 + i);
        if (i % 3 == 2) {
            kit_barrier();
            cr_expect_leq(text()->redo_offset, kit.committed);
            cr_expect_leq((size_t)(kit.committed - text()->redo_offset) * (bytes + 1), 5 * bytes + 5);
        }
    }
    cr_expect_gt(kit.counters.checkpoints, 20);
}

Test(partition_commit, an_entry_of_age_commits_though_nothing_is_new) {
    kit.options.checkpoint_age_ms = 1000;
    OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS);
    cr_expect(kit_barrier());
    kit.wall_ms += 499;
    cr_expect_not(kit_barrier());
    kit.wall_ms += 1;
    cr_expect(kit_barrier());
    cr_expect_eq(kit_count(OUTPUT_CHECKPOINTS), 1);
    cr_expect_eq(text()->redo_offset, 1);
    cr_expect_not(kit_barrier());
}

Test(partition_commit, the_wait_goes_on_across_lives) {
    kit.options.checkpoint_age_ms = 1000;
    OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS);
    kit_barrier();
    kit.wall_ms += 400;
    cr_assert(kit_restart(), "%s", kit.error);
    cr_expect_not(kit_barrier());
    kit.wall_ms += 100;
    cr_expect(kit_barrier());
    cr_expect_eq(kit_count(OUTPUT_CHECKPOINTS), 1);
}

/* ---- budgets */

static void change_many(unsigned count) {
    char key[40];
    for (unsigned i = 0; i < count; i++) {
        snprintf(key, sizeof key, "X%u|2020-06-01|CNAKL", i);
        OFFER(EVENTS_HOLD, key, EVENTS_TIME_MS, .id = i);
    }
}

/* Barriers until nothing is left to checkpoint; each has some, none many. Returns how many. */
static unsigned barriers_until_done(bool drain, size_t bytes_max) {
    unsigned barriers = 0;
    while (partition_is_behind(kit.partition)) {
        uint64_t before = kit.counters.checkpoint_bytes;
        kit.wall_ms += 100;
        cr_assert(drain ? kit_drain() : kit_barrier());
        cr_expect_gt(kit_count(OUTPUT_CHECKPOINTS), 0);
        cr_expect(kit_count(OUTPUT_CHECKPOINTS) == 1 || kit.counters.checkpoint_bytes - before <= bytes_max,
                  "%llu bytes", (unsigned long long)(kit.counters.checkpoint_bytes - before));
        barriers++;
    }
    return barriers;
}

Test(partition_commit, aged_entries_are_spread_over_commits) {
    kit.options.checkpoint_age_ms = 8000;
    change_many(100);
    kit_barrier();
    kit.steady_bytes = 3000;
    kit.wall_ms += 4000;
    unsigned barriers = barriers_until_done(false, 3000);
    cr_expect_gt(barriers, 5);
    cr_expect_lt(barriers, 50, "%u", barriers);
}

Test(partition_commit, after_a_standstill_beyond_the_age_checkpoints_are_spread_all_the_same) {
    kit.options.checkpoint_age_ms = 8000;
    change_many(100);
    kit_barrier();
    kit.wall_ms += 1000 * 8000;
    cr_assert(kit_restart(), "%s", kit.error);
    kit.steady_bytes = 3000;
    kit.room_bytes = 10000;
    OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS, .id = 1000);
    unsigned barriers = barriers_until_done(false, 10000);
    cr_expect_gt(barriers, 2);
    cr_expect_lt(barriers, 20, "what is late has the whole room: %u", barriers);
}

Test(partition_commit, an_orderly_stop_goes_in_steps) {
    change_many(100);
    kit_barrier();
    kit.room_bytes = 3000;
    cr_expect_gt(barriers_until_done(true, 3000), 5);
    cr_expect_eq(text()->redo_offset, kit.committed);
    cr_expect_not(kit_drain());
}

Test(partition_commit, a_train_larger_than_the_room_goes_alone) {
    change_many(10);
    kit_barrier();
    kit.room_bytes = 1;
    cr_expect_eq(barriers_until_done(true, 0), 10);
}

Test(partition_commit, without_room_nothing_goes_and_what_is_due_is_owed) {
    kit.options.checkpoint_age_ms = 1000;
    change_many(10);
    kit.room_bytes = kit.steady_bytes = 0;
    cr_expect(kit_barrier());
    cr_expect_not(partition_owes(kit.partition));
    kit.wall_ms += 600;
    cr_expect_not(kit_barrier());
    cr_expect_eq(kit.counters.checkpoints, 0);
    cr_expect(kit.room.is_short);
    cr_expect(partition_owes(kit.partition), "records took the whole commit: the next one is for checkpoints");
    kit.room_bytes = kit.steady_bytes = 1000;
    cr_expect(kit_barrier());
    cr_expect_gt(kit.counters.checkpoints, 0);
    cr_expect_not(partition_owes(kit.partition), "an age is not so urgent that input must wait");
}

Test(partition_commit, beyond_the_bound_of_bytes_nothing_more_is_to_be_taken) {
    kit.options.checkpoint_bytes = 10;
    change_many(10);
    kit.room_bytes = 1000;
    cr_expect(kit_barrier());
    cr_expect(partition_owes(kit.partition));
    while (partition_owes(kit.partition)) {
        cr_assert(kit_barrier());
    }
    cr_expect_eq(text()->redo_offset, kit.committed);
}

Test(partition_commit, partitions_share_the_room) {
    change_many(10);
    kit_barrier();
    kit.room_bytes = 3000;
    kit_drain();
    size_t used = kit.room.used;
    cr_expect_gt(used, 2000);
    cr_expect_leq(used, 3000);
    struct partition_room left = kit.room;
    cr_expect_not(partition_barrier(kit.partition,
                                    &(struct partition_cut){kit.committed, {kit.wall_ms, kit.wall_ms}, 1, 1, true},
                                    &left, &KIT_SINK));
    cr_expect_eq(left.used, used, "nothing fits behind what others took");
}

/* ---- what an epoch will put out, before it is derived */

static size_t put_out(void) {
    size_t bytes = 0;
    for (size_t i = 0; i < kit.outbox.output_count; i++) {
        bytes += kit.outbox.outputs[i].key.len + kit.outbox.outputs[i].value.len;
    }
    return bytes;
}

Test(partition_commit, records_are_counted_before_they_are_derived) {
    for (unsigned i = 0; i < 100; i++) {
        OFFER(EVENTS_MANIFEST, TRAIN, EVENTS_TIME_MS, .id = i, .waybill = i, .bulk = 20);
    }
    size_t before_arrival = partition_pending_bytes(kit.partition);
    cr_expect_lt(before_arrival, 1000, "of a train that has not arrived only its row goes out");
    OFFER(EVENTS_ARRIVAL, TRAIN, EVENTS_TIME_MS);
    size_t expected = partition_pending_bytes(kit.partition);
    kit_barrier();
    cr_expect_geq(expected, put_out(), "expected %zu, put out %zu", expected, put_out());
    cr_expect_eq(partition_pending_bytes(kit.partition), 0);
    size_t record = strlen(kit_value(OUTPUT_CLEARANCES, TRAIN));
    OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS + 1);
    expected = partition_pending_bytes(kit.partition);
    cr_expect_geq(expected, record, "the length of the last one is known");
    cr_expect_lt(expected, record + 3000);
}

Test(partition_commit, a_restored_train_is_counted_by_the_record_that_it_had) {
    for (unsigned i = 0; i < 100; i++) {
        OFFER(EVENTS_MANIFEST, TRAIN, EVENTS_TIME_MS, .id = i, .waybill = i, .bulk = 20);
    }
    OFFER(EVENTS_ARRIVAL, TRAIN, EVENTS_TIME_MS);
    kit_barrier();
    size_t record = strlen(kit_value(OUTPUT_CLEARANCES, TRAIN));
    cr_assert(kit_restart(), "%s", kit.error);
    cr_expect_eq(partition_pending_bytes(kit.partition), 0);
    OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS + 1);
    size_t expected = partition_pending_bytes(kit.partition);
    cr_expect_geq(expected, record);
    cr_expect_lt(expected, record + 3000);
}

Test(partition_commit, what_expires_is_put_and_no_longer_pending) {
    OFFER(EVENTS_ARRIVAL, OLD, EVENTS_TIME_MS);
    cr_expect_gt(partition_pending_bytes(kit.partition), 0);
    OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS + EVENTS_DAY_MS);
    cr_expect_gt(kit.outbox.bytes, 500);
    cr_expect_lt(partition_pending_bytes(kit.partition), 1000, "of the new train only its row");
    kit_barrier();
    cr_expect_eq(partition_pending_bytes(kit.partition), 0);
}

/* ---- parts, expiry, numbers */

Test(partition_commit, parts_shrink_and_expiry_takes_all) {
    kit.options.checkpoint_part_bytes_max = 4096;
    for (unsigned i = 0; i < 160; i++) {
        OFFER(EVENTS_MANIFEST, OLD, EVENTS_TIME_MS, .id = i, .waybill = i);
    }
    kit_drain();
    size_t parts = kit_count(OUTPUT_CHECKPOINTS);
    cr_assert_gt(parts, 2);
    for (unsigned i = 0; i < 160; i++) {
        OFFER(EVENTS_DELETE, OLD, EVENTS_TIME_MS + 1, .id = 1000 + i, .waybill = i);
    }
    kit_drain();
    cr_expect_eq(kit_count(OUTPUT_CHECKPOINTS), parts, "the new parts and null for the others");
    char last[64];
    snprintf(last, sizeof last,
             OLD "\x1f"
                 "%zu",
             parts - 1);
    cr_expect_str_eq(kit_value(OUTPUT_CHECKPOINTS, last), "null");
    size_t live_parts = 0;
    for (size_t i = 0; i < kit.outbox.output_count; i++) {
        live_parts += kit.outbox.outputs[i].topic == OUTPUT_CHECKPOINTS && kit.outbox.outputs[i].value.data != NULL;
    }
    OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS + EVENTS_DAY_MS);
    kit_barrier();
    cr_expect_eq(kit_count(OUTPUT_CHECKPOINTS), live_parts);
    cr_expect_str_eq(kit_value(OUTPUT_CHECKPOINTS, OLD "\x1f"
                                                       "0"),
                     "null");
}

Test(partition_commit, expiry_leaves_the_journal) {
    OFFER(EVENTS_HOLD, OLD, EVENTS_TIME_MS);
    OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS + EVENTS_DAY_MS);
    kit_barrier();
    cr_expect_eq(text()->redo_offset, 1);
    cr_expect_eq(kit_count(OUTPUT_CHECKPOINTS), 0, "it never had a checkpoint");
}

Test(partition_commit, numbers_go_on_across_lives) {
    OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS);
    kit_barrier();
    OFFER(EVENTS_HOLD, OTHER, EVENTS_TIME_MS);
    kit_barrier();
    char second[512];
    snprintf(second, sizeof second, "%s", kit_text());
    cr_assert(kit_restart(), "%s", kit.error);
    OFFER(EVENTS_RELEASE, OTHER, EVENTS_TIME_MS + 1);
    kit_barrier();
    cr_expect(slice_equal(kit.outbox.offsets[0].previous, slice_of(second)), "the text before is the committed one");
    cr_expect_eq(text()->number, 3);
}

Test(partition_commit, a_lost_commit_number_is_used_again_by_the_next_life) {
    OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS);
    kit_barrier();
    OFFER(EVENTS_HOLD, OTHER, EVENTS_TIME_MS);
    cr_expect(kit_barrier_lost());
    cr_assert(kit_restart(), "%s", kit.error);
    cr_expect_eq(partition_train_count(kit.partition), 1);
    cr_expect_eq(text()->number, 1);
}
