/* The way back: the same state, and every refusal (contract 7.12, 7.15). */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "support/partition_kit.h"

#define TRAIN "X1|2020-06-01|CNAKL"
#define OTHER "X2|2020-06-01|CNAKL"
#define OLD "X4|2020-03-18|CNAKL" /* expires one day after EVENTS_TIME_MS */

TestSuite(partition_restore, .init = kit_open, .fini = kit_close);

static void expect_same_after_restart(void) {
    struct buffer before = kit_dump();
    cr_assert(kit_restart(), "%s", kit.error);
    struct buffer after = kit_dump();
    cr_expect(kit_same_dumps(&before, &after));
}

Test(partition_restore, from_the_log_alone) {
    kit_fill(0, 60);
    kit_barrier();
    cr_expect_eq(partition_text(kit.partition)->redo_offset, 0);
    expect_same_after_restart();
    cr_expect_eq(partition_restored_events(kit.partition), 60);
    cr_expect_eq(partition_restored_facts(kit.partition), 0);
}

Test(partition_restore, from_checkpoints_alone) {
    kit_fill(0, 60);
    kit_drain();
    uint64_t live = partition_live_events(kit.partition);
    expect_same_after_restart();
    cr_expect_eq(partition_restored_events(kit.partition), 0);
    cr_expect_eq(partition_restored_facts(kit.partition), live);
}

Test(partition_restore, from_both_with_parts_and_limits) {
    static const uint64_t bounds[] = {0, 1000, 5000, 20000};
    for (size_t b = 0; b < sizeof bounds / sizeof *bounds; b++) {
        kit_close();
        kit_open();
        kit.options.checkpoint_bytes = bounds[b];
        kit.options.checkpoint_part_bytes_max = 4096;
        kit.options.limits.train_bytes = 2000;
        for (unsigned i = 0; i < 30; i++) {
            kit_fill(17 * i, 17);
            kit_barrier();
            expect_same_after_restart();
        }
        cr_expect_gt(kit.counters.rejected[REJECT_LIMIT_EXCEEDED], 5);
    }
}

Test(partition_restore, from_a_log_cut_at_redo) {
    kit.options.checkpoint_bytes = 2000;
    kit_fill(0, 60);
    kit_barrier();
    int64_t redo = partition_text(kit.partition)->redo_offset;
    cr_assert_gt(redo, 20);
    for (size_t i = 0; i < kit.message_count; i++) {
        if (kit.messages[i].offset < redo) {
            kit.messages[i].offset = -1;
        }
    }
    expect_same_after_restart();
}

Test(partition_restore, stream_time_and_horizon_are_those_of_the_text) {
    OFFER(EVENTS_HOLD, OLD, EVENTS_TIME_MS);
    OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS + EVENTS_DAY_MS);
    OFFER(EVENTS_HOLD, OLD, EVENTS_TIME_MS, .id = 5); /* too late */
    kit_barrier();
    expect_same_after_restart();
    cr_expect_eq(partition_train_count(kit.partition), 1);
    cr_expect_eq(OFFER(EVENTS_HOLD, OLD, EVENTS_TIME_MS), OFFER_REJECTED);
    cr_expect_eq(kit.reject.reason, REJECT_TOO_LATE);
}

Test(partition_restore, nothing_is_emitted_and_nothing_counted_as_new) {
    kit_fill(0, 60);
    kit_barrier();
    struct counters before = kit.counters;
    cr_assert(kit_restart(), "%s", kit.error);
    cr_expect_eq(memcmp(&before, &kit.counters, sizeof before), 0);
    cr_expect_not(kit_barrier());
    cr_expect_eq(kit.outbox.output_count, 0);
}

Test(partition_restore, redo_obeys_the_limits_of_the_text) {
    kit.options.limits.train_bytes = 600;
    OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS);
    OFFER(EVENTS_ARRIVAL, TRAIN, EVENTS_TIME_MS, .pad = 600);
    OFFER(EVENTS_HOLD, OTHER, EVENTS_TIME_MS, .pad = 200);
    kit_barrier();
    struct buffer before = kit_dump();
    kit.options.limits = (struct commit_limits){400, 8 << 20, 75};
    cr_assert(kit_restart(), "%s", kit.error);
    struct buffer after = kit_dump();
    cr_expect(kit_same_dumps(&before, &after));
}

/* An event that the limit turned away before the checkpoint would find room in the checkpoint's state. */
Test(partition_restore, redo_skips_what_is_older_than_the_checkpoint) {
    kit.options.limits.train_bytes = 1300;
    OFFER(EVENTS_MANIFEST, TRAIN, EVENTS_TIME_MS, .bulk = 200, .pad = 200);
    cr_assert_eq(OFFER(EVENTS_HOLD, OTHER, EVENTS_TIME_MS), OFFER_ACCEPTED);
    cr_assert_eq(OFFER(EVENTS_ARRIVAL, TRAIN, EVENTS_TIME_MS, .pad = 200), OFFER_REJECTED);
    cr_assert_eq(OFFER(EVENTS_DELETE, TRAIN, EVENTS_TIME_MS + 1), OFFER_ACCEPTED);
    partition_free(kit.partition);
    kit.partition = NULL;
    kit.options.checkpoint_bytes = kit.messages[1].value.len + kit.messages[2].value.len + kit.messages[3].value.len;
    kit.next_offset = 0;
    for (size_t i = 0; i < 4; i++) {
        kit_offer_raw(kit.messages[i].key, kit.messages[i].value, -1);
        kit.messages[i].offset = -1;
    }
    kit_barrier();
    cr_assert_eq(kit_count(OUTPUT_CHECKPOINTS), 1, "of the first train alone");
    cr_assert_eq(partition_text(kit.partition)->redo_offset, 1);
    expect_same_after_restart();
    cr_expect_eq(partition_live_events(kit.partition), 2);
}

Test(partition_restore, redo_judges_keys_and_clocks) {
    struct buffer value = {0};
    OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS);
    events_put(&EVENT(EVENTS_ARRIVAL, TRAIN, EVENTS_TIME_MS), &value);
    cr_expect_eq(kit_offer_raw(SLICE(OTHER), buffer_slice(&value), -1), OFFER_REJECTED);
    cr_expect_eq(kit_offer_raw(SLICE(TRAIN), buffer_slice(&value), 0), OFFER_REJECTED);
    cr_expect_eq(kit_offer_raw(SLICE(TRAIN), SLICE("x"), 0), OFFER_REJECTED);
    cr_expect_eq(kit_offer_raw(SLICE(TRAIN), (struct slice){NULL, 0}, 0), OFFER_REJECTED);
    buffer_release(&value);
    kit_barrier();
    expect_same_after_restart();
    cr_expect_eq(partition_restored_events(kit.partition), 5);
}

/* ---- checkpoints as lazy compaction leaves them */

static void drop_checkpoint(size_t i) {
    free((char *)kit.checkpoints[i].key.data);
    free((char *)kit.checkpoints[i].value.data);
    kit.checkpoint_count--;
    memmove(kit.checkpoints + i, kit.checkpoints + i + 1, (kit.checkpoint_count - i) * sizeof *kit.checkpoints);
}

static bool is_superseded(size_t i) {
    for (size_t j = i + 1; j < kit.checkpoint_count; j++) {
        if (slice_equal(kit.checkpoints[i].key, kit.checkpoints[j].key)) {
            return true;
        }
    }
    return false;
}

Test(partition_restore, stale_checkpoints_may_be_missing_in_any_combination) {
    kit.options.checkpoint_part_bytes_max = 4096;
    srand(7);
    for (unsigned round = 0; round < 40; round++) {
        for (unsigned i = 0; i < 12; i++) {
            bool growing = round % 4 < 2;
            OFFER(growing ? EVENTS_MANIFEST : EVENTS_DELETE, TRAIN, EVENTS_TIME_MS + round, .id = 100 * round + i,
                  .waybill = 12 * (round % 2) + i, .box = i);
        }
        kit_drain();
        for (size_t i = kit.checkpoint_count; i-- > 0;) {
            if (is_superseded(i) && rand() % 2 == 0) {
                drop_checkpoint(i);
            }
        }
        expect_same_after_restart();
    }
}

/* ---- refusals: a sentence that says what was found and the ways out */

static void expect_error(bool ok, const char *found, const char *way_out) {
    cr_expect_not(ok);
    cr_expect_eq(strncmp(kit.error, "partition 3: ", 13), 0, "%s", kit.error);
    cr_expect_not_null(strstr(kit.error, found), "'%s' is not in: %s", found, kit.error);
    cr_expect_not_null(strstr(kit.error, way_out), "'%s' is not in: %s", way_out, kit.error);
    size_t len = strlen(kit.error);
    cr_expect(len < PARTITION_ERROR_BYTES - 1 && kit.error[len - 1] == '.', "cut: %s", kit.error);
}

static void replace_text(const char *text) {
    free((char *)kit.text.data);
    kit.text = (struct slice){alloc_copy(text, strlen(text)), strlen(text)};
}

/* The text with one part of it replaced. */
static void edit_text(const char *old, const char *with) {
    char edited[512];
    const char *at = strstr(kit_text(), old);
    cr_assert_not_null(at);
    snprintf(edited, sizeof edited, "%.*s%s%s", (int)(at - kit_text()), kit_text(), with, at + strlen(old));
    replace_text(edited);
}

Test(partition_restore, refuses_what_is_not_a_text) {
    kit_fill(0, 5);
    kit_barrier();
    replace_text("");
    expect_error(kit_restart(), "committed offset 5 carries \"\"", "caravan reset");
    replace_text("note \x01 of an operator, much longer than what has room in such a sentence, so that it must be cut "
                 "somewhere");
    expect_error(kit_restart(), "carries \"note \xef\xbf\xbd of an operator", "caravan reset");
}

Test(partition_restore, refuses_a_text_of_another_offset) {
    kit_fill(0, 5);
    kit_drain();
    kit.committed = 4;
    expect_error(kit_restart(), "somebody moved the group's offsets", "caravan reset");
    kit.committed = 6; /* then F is not C, though nothing waits */
    expect_error(kit_restart(), "somebody moved the group's offsets", "caravan reset");
}

Test(partition_restore, another_version_of_the_text) {
    kit_fill(0, 5);
    kit_barrier();
    edit_text("2 1 ", "3 1 ");
    expect_error(kit_restart(), "another version", "Start the version that wrote it");
    replace_text("3 something new");
    expect_error(kit_restart(), "another version", "caravan reset");
}

Test(partition_restore, the_first_version_of_the_text_also_where_nothing_is_to_be_redone) {
    kit_fill(0, 5);
    kit_drain();
    edit_text("2 1 ", "1 1 ");
    expect_error(kit_restart(), "is of version 1", "caravan reset");
    replace_text("1 1 - - 5 - 0 00000000000000000000000000000000 1048576 8388608 75 auto summary");
    expect_error(kit_restart(), "is of version 1", "caravan reset");
}

Test(partition_restore, refuses_another_input_topic) {
    kit_fill(0, 5);
    kit_drain();
    memcpy(kit.options.input_id, "kSdx3ZPbTv-kKG_SxAeKUg", sizeof kit.options.input_id);
    expect_error(kit_restart(), "its id is kSdx3ZPbTv-kKG_SxAeKUg now and was jSdx3ZPbTv-kKG_SxAeKUg", "caravan reset");
}

Test(partition_restore, an_id_that_is_not_told_refuses_nothing_and_the_next_commit_writes_what_is_told) {
    kit_fill(0, 5);
    kit_drain();
    *kit.options.input_id = '\0';
    cr_assert(kit_restart(), "%s", kit.error);
    kit_fill(5, 1);
    kit_barrier();
    cr_expect_not_null(strstr(kit_text(), " 2d06800538d394c2 -"), "%s", kit_text());
    memcpy(kit.options.input_id, "kSdx3ZPbTv-kKG_SxAeKUg", sizeof kit.options.input_id);
    cr_assert(kit_restart(), "%s", kit.error);
    kit_fill(6, 1);
    kit_barrier();
    cr_expect_not_null(strstr(kit_text(), " kSdx3ZPbTv-kKG_SxAeKUg"), "%s", kit_text());
}

Test(partition_restore, another_version_of_the_text_where_nothing_is_to_be_redone) {
    kit_fill(0, 5);
    kit_drain();
    edit_text("2 1 ", "3 1 ");
    cr_assert(kit_restart(), "%s", kit.error);
    kit_fill(5, 1);
    kit_barrier();
    cr_expect_eq(strncmp(kit_text(), "2 2 ", 4), 0);
}

/* Changes a byte of the last checkpoint and restores. */
static bool restore_with_flipped(size_t at) {
    ((char *)kit.checkpoints[kit.checkpoint_count - 1].value.data)[at] ^= 1;
    bool ok = kit_restart();
    ((char *)kit.checkpoints[kit.checkpoint_count - 1].value.data)[at] ^= 1;
    return ok;
}

Test(partition_restore, refuses_damaged_and_unknown_checkpoints) {
    kit_fill(0, 5);
    kit_drain();
    expect_error(restore_with_flipped(40), "is damaged", "caravan reset");
    expect_error(restore_with_flipped(0), "is damaged", "caravan reset");
    expect_error(restore_with_flipped(4), "version that this program cannot read", "caravan reset");
    cr_expect(kit_restart(), "%s", kit.error);
}

Test(partition_restore, refuses_what_is_no_checkpoint) {
    static const char *const keys[] = {"",
                                       "x",
                                       "X1|2020-06-01|CNAKL",
                                       "X1|2020-06-41|CNAKL\x1f"
                                       "0",
                                       "|2020-06-01|CNAKL\x1f"
                                       "0",
                                       "X1|2020-06-01CNAKLL\x1f"
                                       "0",
                                       "X12345678901234567890|2020-06-01|CNAKL\x1f"
                                       "0",
                                       "A|B|2020-06-01|CNAKL\x1f"
                                       "0",
                                       "X1|2020-06-01|CN|KL\x1f"
                                       "0"};
    kit_fill(0, 5);
    kit_drain();
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        cr_assert(kit_restore_begin());
        expect_error(partition_restore_checkpoint(kit.partition, slice_of(keys[i]), SLICE("v"), kit.error),
                     "is not one of this program", "caravan reset");
    }
    cr_assert(kit_restore_begin());
    expect_error(partition_restore_checkpoint(kit.partition, (struct slice){NULL, 0}, SLICE("v"), kit.error),
                 "is not one of this program", "caravan reset");
}

Test(partition_restore, refuses_a_missing_part) {
    kit.options.checkpoint_part_bytes_max = 4096;
    for (unsigned i = 0; i < 160; i++) {
        OFFER(EVENTS_MANIFEST, TRAIN, EVENTS_TIME_MS, .id = i, .waybill = i);
    }
    kit_drain();
    cr_assert_gt(kit.checkpoint_count, 3);
    char found[80];
    snprintf(found, sizeof found, "only %zu of %zu parts", kit.checkpoint_count - 1, kit.checkpoint_count);
    drop_checkpoint(1);
    expect_error(kit_restart(), found, "caravan reset");
}

Test(partition_restore, refuses_a_part_that_became_null) {
    kit_fill(0, 1);
    kit_drain();
    struct slice key = kit.checkpoints[0].key;
    kit.checkpoints[kit.checkpoint_count++] =
        (struct kit_checkpoint){{alloc_copy(key.data, key.len), key.len}, {NULL, 0}};
    expect_error(kit_restart(), "only 0 of 1 parts", "caravan reset");
}

Test(partition_restore, refuses_a_checkpoint_above_the_offset) {
    kit_fill(0, 5);
    kit_barrier();
    struct slice text = {alloc_copy(kit.text.data, kit.text.len), kit.text.len};
    kit_fill(5, 5);
    kit_drain();
    free((char *)kit.text.data);
    kit.text = text;
    kit.committed = 5;
    expect_error(kit_restart(), "above the committed one", "caravan reset");
}

Test(partition_restore, refuses_other_sums) {
    kit_fill(0, 5);
    kit_drain();
    kit_fill(5, 5);
    kit_barrier();
    kit.messages[7].value.len--; /* somebody changed the input */
    expect_error(kit_restart(), "live events with the sum", "caravan reset");
}

Test(partition_restore, refuses_other_rules) {
    kit_fill(0, 5);
    kit_barrier();
    kit.options.rules = (struct rules){MERGE_NEVER, REQUIRE_FULL, SLICE("")};
    expect_error(kit_restart(), "merge.policy=auto clearance.require=summary, configured are never and full",
                 "rules.change=accept");
    kit.options.rules = (struct rules){MERGE_AUTO, REQUIRE_FULL, SLICE("")};
    expect_error(kit_restart(), "configured are auto and full", "rules.change=accept");
    kit.options.rules = (struct rules){MERGE_AUTO, REQUIRE_SUMMARY, SLICE("")};
    edit_text("2d06800538d394c2", "2d06800538d394c3");
    expect_error(kit_restart(), "(its hash is 2d06800538d394c3)", "rules.change=accept");
}

Test(partition_restore, refuses_an_unfinished_change_of_rules) {
    kit_fill(0, 5);
    kit_barrier();
    edit_text("auto summary 2d06800538d394c2", "* * *");
    expect_error(kit_restart(), "did not end", "rules.change=accept");
}

Test(partition_restore, an_empty_partition_takes_what_is_said) {
    static const uint64_t entries[] = {0, 1, 1000, 65536};
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        kit.options.seen_entries = entries[i];
        struct partition *partition = partition_new(&kit.options);
        cr_expect_eq(partition_memory_bytes(partition), partition_empty_bytes(entries[i]));
        partition_free(partition);
    }
}

Test(partition_restore, memory_of_parts_is_counted_and_given_back) {
    kit.options.checkpoint_part_bytes_max = 4096;
    for (unsigned i = 0; i < 160; i++) {
        OFFER(EVENTS_MANIFEST, TRAIN, EVENTS_TIME_MS, .id = i, .waybill = i);
    }
    kit_drain();
    cr_assert(kit_restore_begin());
    size_t before = partition_memory_bytes(kit.partition);
    for (size_t i = 0; i + 1 < kit.checkpoint_count; i++) {
        cr_assert(
            partition_restore_checkpoint(kit.partition, kit.checkpoints[i].key, kit.checkpoints[i].value, kit.error));
    }
    cr_expect_gt(partition_memory_bytes(kit.partition), before + 4096 * (kit.checkpoint_count - 1) - 4096);
    cr_assert(kit_restart(), "%s", kit.error);
}
