/* What goes out and when: records, traffic rows, the last words of expired trains (contract 6 and 7.4). */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sign/sign.h"
#include "support/partition_kit.h"

#define TRAIN "X1|2020-06-01|CNAKL"
#define OTHER "X2|2020-06-01|CNAKL"
#define OLD "X4|2020-03-18|CNAKL" /* expires one day after EVENTS_TIME_MS */
#define ROW "CNAKL|2020-06-01|3"
#define OLD_ROW "CNAKL|2020-03-18|3"

TestSuite(partition_emit, .init = kit_open, .fini = kit_close);

static unsigned ids;

static enum offer_result give(enum events_kind kind, const char *train, int64_t at_ms) {
    return OFFER(kind, train, EVENTS_TIME_MS + at_ms, .id = ++ids, .kg = 10);
}

static void make_cleared(const char *train) {
    give(EVENTS_MANIFEST, train, 0);
    give(EVENTS_COMPOSITION, train, 0);
    give(EVENTS_DECLARATION, train, 0);
    give(EVENTS_ARRIVAL, train, 0);
}

/* Moves the horizon by a day, so that OLD expires. */
static void expire_old(void) {
    give(EVENTS_HOLD, "X9|2020-07-01|CNAKL", EVENTS_DAY_MS);
}

static void expect_has(const char *text, const char *part) {
    cr_assert_not_null(text, "no output that should have %s", part);
    cr_expect_not_null(strstr(text, part), "%s is not in %s", part, text);
}

Test(partition_emit, ready_lets_out_arrived_trains_only) {
    give(EVENTS_MANIFEST, TRAIN, 0);
    kit_barrier();
    cr_expect_eq(kit_count(OUTPUT_CLEARANCES), 0);
    give(EVENTS_ARRIVAL, TRAIN, 0);
    cr_expect(kit_barrier());
    cr_expect_eq(kit_count(OUTPUT_CLEARANCES), 1);
    expect_has(kit_value(OUTPUT_CLEARANCES, TRAIN), "\"status\":\"incomplete\"");
    cr_expect_eq(kit.outbox.outputs[0].input_partition, 3);
    cr_expect_eq(kit.counters.records, 1);
}

/* That of RFC 8032's TEST 1. */
static struct sign_key *read_key(struct sign_verifier **verifier) {
    static const char private_pem[] = "-----BEGIN PRIVATE KEY-----\n"
                                      "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
                                      "-----END PRIVATE KEY-----\n";
    static const char public_pem[] = "-----BEGIN PUBLIC KEY-----\n"
                                     "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
                                     "-----END PUBLIC KEY-----\n";
    char path[] = "/tmp/caravan-emit-XXXXXX", error[SIGN_ERROR_BYTES];
    int file = mkstemp(path);
    cr_assert(file >= 0 && write(file, private_pem, sizeof private_pem - 1) == sizeof private_pem - 1);
    struct sign_key *key = sign_key_read(path, error);
    cr_assert(key != NULL && pwrite(file, public_pem, sizeof public_pem - 1, 0) == sizeof public_pem - 1, "%s", error);
    cr_assert_eq(ftruncate(file, sizeof public_pem - 1), 0);
    *verifier = sign_verifier_read(path, error);
    cr_assert(*verifier != NULL, "%s", error);
    close(file);
    unlink(path);
    return key;
}

Test(partition_emit, records_are_signed_and_nothing_else) {
    struct sign_verifier *verifier;
    struct sign_key *key = read_key(&verifier);
    kit.options.sign_key = key;
    make_cleared(TRAIN);
    kit_barrier();
    size_t signed_count = 0, bytes = 0;
    for (size_t i = 0; i < kit.outbox.output_count; i++) {
        const struct output *output = &kit.outbox.outputs[i];
        bytes += output->key.len + output->value.len;
        for (size_t j = 0; j < output->header_count; j++) {
            bytes += output->headers[j].name.len + output->headers[j].value.len;
            if (slice_equal(output->headers[j].name, SLICE("caravan-signature"))) {
                cr_expect_eq(output->topic, OUTPUT_CLEARANCES);
                cr_expect_eq(sign_verify(verifier, output->headers[j].value, output->value), SIGN_GOOD);
                signed_count++;
            }
        }
    }
    cr_expect_eq(signed_count, 1);
    cr_expect_eq(kit.outbox.bytes, bytes, "what a commit takes counts the signatures");
    sign_key_free(key);
    sign_verifier_free(verifier);
}

Test(partition_emit, what_is_json_says_so) {
    make_cleared(TRAIN);
    kit_barrier();
    size_t json = 0;
    for (size_t i = 0; i < kit.outbox.output_count; i++) {
        const struct output *output = &kit.outbox.outputs[i];
        bool is_json = output->topic == OUTPUT_CLEARANCES || output->topic == OUTPUT_TRAFFIC;
        cr_assert_eq(output->header_count, is_json);
        json += is_json;
        cr_expect(!is_json || (slice_equal(output->headers->name, SLICE("content-type")) &&
                               slice_equal(output->headers->value, SLICE("application/json"))));
    }
    cr_expect_eq(json, 2);
}

Test(partition_emit, always_lets_out_any_train) {
    kit.options.emit = EMIT_ALWAYS;
    give(EVENTS_MANIFEST, TRAIN, 0);
    kit_barrier();
    expect_has(kit_value(OUTPUT_CLEARANCES, TRAIN), "\"status\":\"open\"");
}

Test(partition_emit, one_record_an_epoch_and_none_without_a_change) {
    make_cleared(TRAIN);
    make_cleared(OTHER);
    kit_barrier();
    cr_expect_eq(kit_count(OUTPUT_CLEARANCES), 2);
    expect_has(kit_value(OUTPUT_CLEARANCES, TRAIN), "\"status\":\"cleared\"");
    cr_expect_not(kit_barrier(), "nothing new");
    cr_expect_eq(kit.outbox.offset_count, 0);
    OFFER(EVENTS_ARRIVAL, TRAIN, EVENTS_TIME_MS, .id = 4, .kg = 10); /* the same again */
    cr_expect(kit_barrier());
    cr_expect_eq(kit_count(OUTPUT_CLEARANCES), 0);
    cr_expect_eq(kit_count(OUTPUT_TRAFFIC), 0);
}

Test(partition_emit, a_change_that_leaves_the_record_equal_emits_nothing) {
    give(EVENTS_ARRIVAL, TRAIN, 0);
    OFFER(EVENTS_ARRIVAL, TRAIN, EVENTS_TIME_MS, .id = 8);
    kit_barrier();
    cr_expect_eq(OFFER(EVENTS_ARRIVAL, TRAIN, EVENTS_TIME_MS, .id = 9), OFFER_ACCEPTED, "equal but for its id");
    kit_barrier();
    cr_expect_eq(kit_count(OUTPUT_CLEARANCES), 0);
    cr_expect_eq(kit_count(OUTPUT_TRAFFIC), 0);
}

Test(partition_emit, rows_sum_their_trains) {
    make_cleared(TRAIN);
    give(EVENTS_MANIFEST, OTHER, 0);
    give(EVENTS_MANIFEST, "X5|2020-06-01|CNERL", 0);
    kit_barrier();
    cr_expect_eq(kit_count(OUTPUT_TRAFFIC), 2);
    expect_has(kit_value(OUTPUT_TRAFFIC, ROW), "\"trains\":2");
    expect_has(kit_value(OUTPUT_TRAFFIC, ROW), "\"cleared\":1");
    expect_has(kit_value(OUTPUT_TRAFFIC, ROW), "\"gross_kg\":10");
    expect_has(kit_value(OUTPUT_TRAFFIC, "CNERL|2020-06-01|3"), "\"open\":1");
    give(EVENTS_ARRIVAL, OTHER, 0);
    kit_barrier();
    cr_expect_eq(kit_count(OUTPUT_TRAFFIC), 1);
    expect_has(kit_value(OUTPUT_TRAFFIC, ROW), "\"gross_kg\":20");
    expect_has(kit_value(OUTPUT_TRAFFIC, ROW), "\"open\":0");
}

Test(partition_emit, an_expiring_train_that_is_not_cleared_speaks_once_more) {
    give(EVENTS_MANIFEST, OLD, 0);
    kit_barrier();
    cr_expect_eq(kit_count(OUTPUT_CLEARANCES), 0);
    expire_old();
    expect_has(kit_value(OUTPUT_CLEARANCES, OLD), "\"expired\":true");
    expect_has(kit_value(OUTPUT_CLEARANCES, OLD), "\"status\":\"open\"");
    kit_barrier();
    cr_expect_eq(kit_count(OUTPUT_CLEARANCES), 1);
    cr_expect_null(kit_value(OUTPUT_TRAFFIC, OLD_ROW), "unchanged since it went out");
    cr_expect_eq(kit.counters.expired_trains, 1);
}

Test(partition_emit, an_expiring_cleared_train_is_silent) {
    make_cleared(OLD);
    kit_barrier();
    expire_old();
    kit_barrier();
    cr_expect_null(kit_value(OUTPUT_CLEARANCES, OLD));
    cr_expect_null(kit_value(OUTPUT_TRAFFIC, OLD_ROW));
}

Test(partition_emit, what_changed_in_the_epoch_of_expiry_still_goes_out) {
    make_cleared(OLD);
    expire_old();
    kit_barrier();
    expect_has(kit_value(OUTPUT_CLEARANCES, OLD), "\"status\":\"cleared\"");
    cr_expect_null(strstr(kit_value(OUTPUT_CLEARANCES, OLD), "expired"));
    expect_has(kit_value(OUTPUT_TRAFFIC, OLD_ROW), "\"cleared\":1");
    cr_expect_eq(partition_train_count(kit.partition), 1);
}

Test(partition_emit, a_cleared_train_whose_record_did_not_change_stays_silent_at_expiry) {
    make_cleared(OLD);
    OFFER(EVENTS_ARRIVAL, OLD, EVENTS_TIME_MS, .id = 888, .kg = 10);
    kit_barrier();
    cr_expect_eq(OFFER(EVENTS_ARRIVAL, OLD, EVENTS_TIME_MS, .id = 999, .kg = 10), OFFER_ACCEPTED);
    expire_old();
    cr_expect_null(kit_value(OUTPUT_CLEARANCES, OLD));
    cr_expect_null(kit_value(OUTPUT_TRAFFIC, OLD_ROW));
}

Test(partition_emit, not_cleared_and_changed_speaks_once_and_its_row_too) {
    give(EVENTS_ARRIVAL, OLD, 0);
    kit_barrier();
    give(EVENTS_MANIFEST, OLD, 0);
    expire_old();
    kit_barrier();
    size_t records = 0;
    for (size_t i = 0; i < kit.outbox.output_count; i++) {
        records +=
            kit.outbox.outputs[i].topic == OUTPUT_CLEARANCES && slice_equal(kit.outbox.outputs[i].key, SLICE(OLD));
    }
    cr_expect_eq(records, 1);
    expect_has(kit_value(OUTPUT_CLEARANCES, OLD), "\"expired\":true");
    expect_has(kit_value(OUTPUT_TRAFFIC, OLD_ROW), "\"gross_kg\":10");
}

Test(partition_emit, all_days_before_the_horizon_go_at_once) {
    char key[40];
    for (int day = 18; day < 28; day++) {
        snprintf(key, sizeof key, "X%d|2020-03-%d|CNAKL", day, day);
        give(EVENTS_MANIFEST, key, 0);
        snprintf(key, sizeof key, "X%d|2020-03-%d|CNERL", day, day);
        give(EVENTS_MANIFEST, key, 0);
    }
    give(EVENTS_MANIFEST, TRAIN, 5 * EVENTS_DAY_MS);
    cr_expect_eq(partition_train_count(kit.partition), 21 - 10);
    cr_expect_eq(kit_count(OUTPUT_CLEARANCES), 10);
    cr_expect_eq(kit_count(OUTPUT_TRAFFIC), 10);
}

Test(partition_emit, a_new_life_repeats_no_record_and_continues_the_row) {
    make_cleared(TRAIN);
    give(EVENTS_MANIFEST, OTHER, 0);
    kit_barrier();
    cr_assert(kit_restart(), "%s", kit.error);
    OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS - 1, .id = 50); /* a change */
    kit_barrier();
    expect_has(kit_value(OUTPUT_CLEARANCES, TRAIN), "\"status\":\"held\"");
    expect_has(kit_value(OUTPUT_TRAFFIC, ROW), "\"trains\":2");
    expect_has(kit_value(OUTPUT_TRAFFIC, ROW), "\"held\":1");
    cr_expect_null(kit_value(OUTPUT_CLEARANCES, OTHER));
}

Test(partition_emit, a_new_life_knows_what_was_emitted) {
    give(EVENTS_ARRIVAL, TRAIN, 0);
    OFFER(EVENTS_ARRIVAL, TRAIN, EVENTS_TIME_MS, .id = 8);
    kit_barrier();
    cr_assert(kit_restart(), "%s", kit.error);
    cr_expect_eq(OFFER(EVENTS_ARRIVAL, TRAIN, EVENTS_TIME_MS, .id = 9), OFFER_ACCEPTED);
    kit_barrier();
    cr_expect_eq(kit_count(OUTPUT_CLEARANCES), 0);
    cr_expect_eq(kit_count(OUTPUT_TRAFFIC), 0);
}

Test(partition_emit, a_new_train_joins_a_restored_row) {
    make_cleared(TRAIN);
    kit_barrier();
    cr_assert(kit_restart(), "%s", kit.error);
    give(EVENTS_MANIFEST, OTHER, 0);
    kit_barrier();
    cr_expect_eq(kit_count(OUTPUT_TRAFFIC), 1);
    expect_has(kit_value(OUTPUT_TRAFFIC, ROW), "\"trains\":2");
    expect_has(kit_value(OUTPUT_TRAFFIC, ROW), "\"cleared\":1");
}

Test(partition_emit, restored_trains_expire_like_others) {
    give(EVENTS_ARRIVAL, OLD, 0);
    make_cleared("X5|2020-03-18|CNAKL");
    kit_barrier();
    cr_assert(kit_restart(), "%s", kit.error);
    expire_old();
    kit_barrier();
    expect_has(kit_value(OUTPUT_CLEARANCES, OLD), "\"expired\":true");
    cr_expect_null(kit_value(OUTPUT_CLEARANCES, "X5|2020-03-18|CNAKL"));
    cr_expect_null(kit_value(OUTPUT_TRAFFIC, OLD_ROW), "as it went out in the life before");
}

Test(partition_emit, arrival_known_from_the_life_before_lets_out) {
    give(EVENTS_ARRIVAL, TRAIN, 0);
    kit_drain();
    cr_assert(kit_restart(), "%s", kit.error);
    give(EVENTS_MANIFEST, TRAIN, 0);
    kit_barrier();
    cr_expect_eq(kit_count(OUTPUT_CLEARANCES), 1);
}

Test(partition_emit, outputs_are_counted) {
    make_cleared(TRAIN);
    kit_drain();
    cr_expect_eq(kit.counters.outputs, kit.outbox.output_count);
    cr_expect_eq(kit.counters.output_bytes, kit.outbox.bytes);
    cr_expect_eq(kit.counters.checkpoints, 1);
    cr_expect_gt(kit.counters.checkpoint_bytes, 100);
}
