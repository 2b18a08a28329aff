/* Changed configuration between two lives (contract 7.14). */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>

#include "support/partition_kit.h"

enum { TRAINS = 20 };

TestSuite(partition_change, .init = kit_open, .fini = kit_close);

static const char *key_of(unsigned i) {
    static char key[40];
    snprintf(key, sizeof key, "X%u|2020-06-01|CNAKL", i);
    return key;
}

/* Half of the trains arrived; all changed since their checkpoints. */
static void fill(void) {
    for (unsigned i = 0; i < TRAINS; i++) {
        OFFER(EVENTS_MANIFEST, key_of(i), EVENTS_TIME_MS, .id = i, .kg = 10);
        OFFER(i % 2 == 0 ? EVENTS_ARRIVAL : EVENTS_HOLD, key_of(i), EVENTS_TIME_MS, .id = 100 + i);
    }
    kit_barrier();
}

static bool text_has(const char *part) {
    return strstr(kit_text(), part) != NULL;
}

static void restart(void) {
    struct buffer before = kit_dump();
    cr_assert(kit_restart(), "%s", kit.error);
    struct buffer after = kit_dump();
    cr_expect(kit_same_dumps(&before, &after));
}

Test(partition_change, new_limits_come_with_redo_at_the_position) {
    fill();
    kit.options.limits = (struct commit_limits){2000000, 9000000, 30};
    kit.room_bytes = 1000;
    restart();
    cr_assert(partition_is_changing(kit.partition));
    unsigned commits = 0;
    size_t checkpoints = 0;
    int64_t redo = partition_redo_offset(kit.partition);
    for (; partition_is_changing(kit.partition); commits++) {
        cr_assert(kit_barrier());
        checkpoints += kit_count(OUTPUT_CHECKPOINTS);
        cr_expect_eq(kit_count(OUTPUT_CLEARANCES) + kit_count(OUTPUT_TRAFFIC), 0);
        cr_expect_eq(kit.committed, 2 * TRAINS);
        cr_expect(text_has(partition_is_changing(kit.partition) ? " 1048576 8388608 75 auto summary "
                                                                : " 2000000 9000000 30 auto summary "),
                  "%s", kit_text());
        cr_expect_gt(partition_text(kit.partition)->redo_offset, redo);
        redo = partition_text(kit.partition)->redo_offset;
    }
    cr_expect_gt(commits, 3);
    cr_expect_eq(checkpoints, TRAINS);
    cr_expect_eq(redo, kit.committed);
    cr_expect_not(kit_barrier());
}

Test(partition_change, a_crash_in_the_change_of_limits_leads_to_the_old_ones_again) {
    fill();
    kit.options.limits.train_bytes = 9000000;
    kit.room_bytes = 1000;
    restart();
    for (unsigned lives = 0; partition_is_changing(kit.partition); lives++) {
        cr_assert_lt(lives, 100);
        kit_barrier();
        if (partition_is_changing(kit.partition)) {
            kit_barrier_lost();
            cr_assert(kit_restart(), "%s", kit.error);
        }
    }
    cr_expect(text_has(" 1048576 9000000 75 auto summary "));
    restart();
    cr_expect_not(partition_is_changing(kit.partition));
}

Test(partition_change, with_nothing_to_checkpoint_one_commit_is_enough) {
    fill();
    kit_drain();
    kit.options.limits.train_bytes = 9000000;
    restart();
    cr_expect(kit_barrier());
    cr_expect_eq(kit.outbox.output_count, 0);
    cr_expect_not(partition_is_changing(kit.partition));
}

Test(partition_change, new_rules_renew_every_record_once_and_the_rows_at_the_end) {
    fill();
    kit.options.rules = (struct rules){MERGE_NEVER, REQUIRE_NONE, SLICE("")};
    kit.options.accept_rules = true;
    kit.room_bytes = 5000;
    restart();
    unsigned renewed[TRAINS] = {0};
    unsigned commits = 0;
    for (; partition_is_changing(kit.partition); commits++) {
        cr_assert(kit_barrier());
        for (unsigned i = 0; i < TRAINS; i++) {
            const char *record = kit_value(OUTPUT_CLEARANCES, key_of(i));
            renewed[i] += record != NULL;
            cr_expect(record == NULL ||
                      strstr(record, "\"rules\":{\"merge\":\"never\",\"recognised\":[],\"require\":\"none\"}") != NULL);
        }
        if (partition_is_changing(kit.partition)) {
            cr_expect(text_has(" 75 * * * "), "%s", kit_text());
            cr_expect_eq(kit_count(OUTPUT_TRAFFIC), 0);
        }
    }
    cr_expect_gt(commits, 2);
    cr_expect(text_has(" 75 never none "), "%s", kit_text());
    cr_expect_eq(kit_count(OUTPUT_TRAFFIC), 1);
    cr_expect_not_null(strstr(kit_value(OUTPUT_TRAFFIC, "CNAKL|2020-06-01|3"), "\"trains\":20"));
    for (unsigned i = 0; i < TRAINS; i++) {
        cr_expect_eq(renewed[i], i % 2 == 0, "train %u: %u", i, renewed[i]);
    }
    OFFER(EVENTS_ARRIVAL, key_of(0), EVENTS_TIME_MS, .id = 50); /* an older one: no change */
    OFFER(EVENTS_ARRIVAL, key_of(1), EVENTS_TIME_MS, .id = 101);
    kit_barrier();
    cr_expect_eq(kit_count(OUTPUT_CLEARANCES), 1);
    cr_expect_eq(kit_count(OUTPUT_TRAFFIC), 1);
}

/* Two workers that recognise different things contradict each other, so another list is another rule. */
Test(partition_change, what_is_recognised_is_a_rule) {
    fill();
    kit.options.rules.recognised = SLICE("control:KZ:document");
    cr_expect_not(kit_restart());
    cr_expect_not_null(strstr(kit.error, "another list of what is recognised"), "%s", kit.error);
    kit.options.accept_rules = true;
    cr_assert(kit_restart(), "%s", kit.error);
    cr_assert(kit_barrier());
    cr_expect_eq(kit_count(OUTPUT_CLEARANCES), TRAINS / 2);
    cr_expect_not_null(strstr(kit_value(OUTPUT_CLEARANCES, key_of(0)), "\"recognised\":[\"control:KZ:document\"]"));
    cr_expect_not(partition_is_changing(kit.partition));
    char hash[32];
    snprintf(hash, sizeof hash, " %016llx ", (unsigned long long)hash64_of(SLICE("control:KZ:document")));
    cr_expect(text_has(hash), "%s", kit_text());
    kit.options.accept_rules = false;
    cr_assert(kit_restart(), "%s", kit.error); /* the same list again is no change */
    cr_expect_not(partition_is_changing(kit.partition));
}

Test(partition_change, emit_always_renews_the_others_too) {
    kit.options.emit = EMIT_ALWAYS;
    fill();
    kit.options.rules.require = REQUIRE_FULL;
    kit.options.accept_rules = true;
    restart();
    cr_assert(kit_barrier());
    cr_expect_eq(kit_count(OUTPUT_CLEARANCES), TRAINS);
    cr_expect_not(partition_is_changing(kit.partition));
}

Test(partition_change, a_crash_in_the_change_of_rules_needs_accept_and_begins_again) {
    fill();
    kit.options.rules.require = REQUIRE_FULL;
    kit.options.accept_rules = true;
    kit.room_bytes = 5000;
    restart();
    kit_barrier();
    cr_assert(text_has(" * * * "));
    kit.options.accept_rules = false;
    cr_expect_not(kit_restart());
    kit.options.rules.require = REQUIRE_SUMMARY; /* nor do the former rules go without */
    cr_expect_not(kit_restart());
    kit.options.accept_rules = true;
    cr_assert(kit_restart(), "%s", kit.error);
    size_t records = 0;
    while (partition_is_changing(kit.partition)) {
        kit_barrier();
        records += kit_count(OUTPUT_CLEARANCES);
    }
    cr_expect_eq(records, TRAINS / 2);
    cr_expect(text_has(" auto summary "));
}

Test(partition_change, accept_without_a_change_changes_nothing) {
    fill();
    kit.options.accept_rules = true;
    restart();
    cr_expect_not(partition_is_changing(kit.partition));
    cr_expect_not(kit_barrier());
}

Test(partition_change, drain_goes_on_with_a_change_of_limits_in_steps) {
    fill();
    kit.options.limits.message_bytes = 5000;
    kit.room_bytes = 1;
    restart();
    for (unsigned i = 0; i < TRAINS; i++) {
        cr_expect(partition_is_changing(kit.partition));
        cr_expect(kit_drain());
        cr_expect_eq(kit_count(OUTPUT_CHECKPOINTS), 1);
    }
    cr_expect_not(partition_is_changing(kit.partition));
    cr_expect_eq(partition_text(kit.partition)->redo_offset, kit.committed);
}

Test(partition_change, the_horizon_follows_a_new_retention_with_the_next_event_only) {
    OFFER(EVENTS_MANIFEST, "X1|2020-05-01|CNAKL", EVENTS_TIME_MS);
    OFFER(EVENTS_MANIFEST, "X2|2020-06-01|CNAKL", EVENTS_TIME_MS);
    kit_barrier();
    kit.options.limits.retention_days = 10;
    restart();
    while (partition_is_changing(kit.partition)) {
        kit_barrier();
    }
    cr_expect_eq(partition_train_count(kit.partition), 2);
    cr_expect_not_null(strstr(kit_text(), " 2020-03-18 "));
    OFFER(EVENTS_MANIFEST, "X2|2020-06-01|CNAKL", EVENTS_TIME_MS - EVENTS_DAY_MS,
          .waybill = 2); /* an older one is enough */
    kit_barrier();
    cr_expect_eq(partition_train_count(kit.partition), 1);
    cr_expect_not_null(strstr(kit_text(), " 2020-05-22 "));
    kit.options.limits.retention_days = 75;
    restart();
    while (partition_is_changing(kit.partition)) {
        kit_barrier();
    }
    OFFER(EVENTS_HOLD, "X2|2020-06-01|CNAKL", EVENTS_TIME_MS);
    kit_barrier();
    cr_expect_not_null(strstr(kit_text(), " 2020-05-22 "), "never back");
}
