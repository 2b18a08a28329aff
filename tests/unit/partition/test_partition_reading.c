/* Messages in binary mode (contract 2.20) as a partition takes them: identity, repeats, counters, the way back. */
#include <criterion/criterion.h>

#include "support/partition_kit.h"

#define TRAIN "X1|2020-06-01|CNAKL"
#define OTHER "X2|2020-06-01|CNAKL"

TestSuite(partition_reading, .init = kit_open, .fini = kit_close);

static const struct events_spec HOLD = {.kind = EVENTS_HOLD, .train = TRAIN, .time_ms = EVENTS_TIME_MS, .id = 1};

static size_t structured_bytes(const struct events_spec *spec, struct headers *headers, size_t *value_bytes) {
    struct buffer event = {0};
    events_put(spec, &event);
    *value_bytes = headers_from_event(buffer_slice(&event), headers).len;
    size_t bytes = event.len;
    buffer_release(&event);
    return bytes;
}

/* Of the value as the contract counts it: the four attributes, a separator behind each, and the data. */
static size_t text_bytes(const struct events_spec *spec) {
    struct headers headers = {0};
    size_t bytes;
    structured_bytes(spec, &headers, &bytes);
    for (size_t i = 0; i < headers.count; i++) {
        struct slice name = headers.of[i].name;
        bool counts = !slice_equal(name, SLICE("ce_specversion")) && !slice_equal(name, SLICE("content-type"));
        bytes += counts ? headers.of[i].value.len + 1 : 0;
    }
    headers_clear(&headers);
    return bytes;
}

Test(partition_reading, accepted_duplicate_stale) {
    struct events_spec older = EVENT(EVENTS_RELEASE, TRAIN, EVENTS_TIME_MS - 1, .id = 2);
    cr_expect_eq(kit_offer_binary(&HOLD), OFFER_ACCEPTED);
    cr_expect_eq(kit_offer_binary(&HOLD), OFFER_DUPLICATE);
    cr_expect_eq(kit_offer_binary(&older), OFFER_STALE);
    cr_expect_eq(kit_offer_binary(&older), OFFER_DUPLICATE, "still remembered");
    cr_expect_eq(kit.counters.bytes, 2 * text_bytes(&HOLD) + 2 * text_bytes(&older));
    cr_expect_eq(partition_live_events(kit.partition), 1);
}

/* Without the table of repeats the join finds them by the same hash. */
Test(partition_reading, without_memory_of_repeats_the_join_decides) {
    kit.options.seen_entries = 0;
    cr_expect_eq(kit_offer_binary(&HOLD), OFFER_ACCEPTED);
    cr_expect_eq(kit_offer_binary(&HOLD), OFFER_DUPLICATE);
}

/* Two messages of one event: another hash, so the greater one stays, whichever comes first. */
Test(partition_reading, both_modes_of_one_event_are_two_facts_of_which_one_lives) {
    kit_offer(&HOLD);
    struct hash128 structured = partition_hash_sum(kit.partition);
    enum offer_result second = kit_offer_binary(&HOLD);
    struct hash128 lives = partition_hash_sum(kit.partition);
    cr_expect_eq(partition_live_events(kit.partition), 1);
    cr_expect_eq(second, hash_equal(structured, lives) ? OFFER_STALE : OFFER_ACCEPTED);
    cr_expect(kit_offer(&HOLD) == OFFER_DUPLICATE && kit_offer_binary(&HOLD) == OFFER_DUPLICATE, "both remembered");
    kit_barrier();
    partition_free(kit.partition);
    kit.partition = NULL;
    kit.committed = -1;
    kit.next_offset = 0;
    kit_offer_binary(&HOLD);
    kit_offer(&HOLD);
    cr_expect(hash_equal(partition_hash_sum(kit.partition), lives), "in any order");
}

/* What the hash does not cover is looked at before a repeat is believed. */
Test(partition_reading, a_repeat_with_other_headers_is_judged_by_them) {
    kit_offer_binary(&HOLD);
    headers_add_text(&kit.headers, "ce_subject=s");
    cr_expect_eq(kit_offer_binary(&HOLD), OFFER_DUPLICATE);
    headers_add_text(&kit.headers, "content-type=application/json");
    cr_expect_eq(kit_offer_binary(&HOLD), OFFER_DUPLICATE);
    headers_add_text(&kit.headers, "content-type=application/json");
    cr_expect_eq(kit_offer_binary(&HOLD), OFFER_REJECTED);
    cr_expect_eq(kit.reject.reason, REJECT_DUPLICATE_MEMBER);
    cr_expect_str_eq(kit.reject.pointer, "/datacontenttype");
    headers_clear(&kit.headers);
    headers_add_text(&kit.headers, "ce_id=another");
    cr_expect_eq(kit_offer_binary(&HOLD), OFFER_REJECTED);
    cr_expect_str_eq(kit.reject.pointer, "/id");
}

/* The text that is hashed, as the value of a message in structured mode, is no JSON, though its hash is remembered. */
Test(partition_reading, the_hashed_text_itself_is_no_event) {
    struct buffer event = {0}, text = {0};
    struct headers headers = {0};
    static const char *const order[] = {"ce_type", "ce_source", "ce_id", "ce_time"};
    kit_offer_binary(&HOLD);
    events_put(&HOLD, &event);
    struct slice value = headers_from_event(buffer_slice(&event), &headers);
    for (size_t i = 0; i < 4; i++) {
        for (size_t j = 0; j < headers.count; j++) {
            if (slice_equal(headers.of[j].name, slice_of(order[i]))) {
                buffer_append_slice(&text, headers.of[j].value);
                buffer_append_byte(&text, 0x1f);
            }
        }
    }
    buffer_append_slice(&text, value);
    cr_expect(hash_equal(hash_of(buffer_slice(&text)), partition_hash_sum(kit.partition)), "it is that text");
    cr_expect_eq(kit_offer_raw(SLICE(TRAIN), buffer_slice(&text), -1), OFFER_REJECTED);
    cr_expect_eq(kit.reject.reason, REJECT_NOT_JSON);
    headers_clear(&headers);
    buffer_release(&event);
    buffer_release(&text);
}

Test(partition_reading, the_mark_decides_and_nothing_else) {
    struct buffer event = {0};
    events_put(&HOLD, &event);
    headers_add_text(&kit.headers, "content-type=application/cloudevents+json");
    headers_add_text(&kit.headers, "ce_id=another");
    cr_expect_eq(kit_offer_raw(SLICE(TRAIN), buffer_slice(&event), -1), OFFER_ACCEPTED,
                 "without a version: structured");
    headers_add_text(&kit.headers, "ce_specversion=1.0");
    cr_expect_eq(kit_offer_raw(SLICE(TRAIN), buffer_slice(&event), -1), OFFER_REJECTED, "with it: binary");
    cr_expect_eq(kit.reject.reason, REJECT_BAD_ENVELOPE);
    buffer_release(&event);
}

Test(partition_reading, limits_and_counters_of_rejected_ones_take_the_value_alone) {
    size_t value_bytes;
    struct headers headers = {0};
    structured_bytes(&HOLD, &headers, &value_bytes);
    headers_clear(&headers);
    kit.options.limits.message_bytes = value_bytes;
    cr_expect_eq(kit_offer_binary(&HOLD), OFFER_ACCEPTED);
    kit.counters.bytes = 0;
    struct events_spec longer = EVENT(EVENTS_RELEASE, TRAIN, EVENTS_TIME_MS, .id = 1);
    size_t longer_bytes;
    structured_bytes(&longer, &headers, &longer_bytes);
    headers_clear(&headers);
    cr_assert_gt(longer_bytes, value_bytes);
    cr_expect_eq(kit_offer_binary(&longer), OFFER_REJECTED);
    cr_expect_eq(kit.reject.reason, REJECT_TOO_LARGE);
    cr_expect_eq(kit.counters.bytes, longer_bytes);
}

/* A train's bytes are those of the whole text. */
Test(partition_reading, the_trains_limit_counts_attributes_too) {
    kit.options.limits.train_bytes = text_bytes(&HOLD) - 1;
    cr_expect_eq(kit_offer_binary(&HOLD), OFFER_REJECTED);
    cr_expect_eq(kit.reject.reason, REJECT_LIMIT_EXCEEDED);
    kit_close();
    kit_open();
    kit.options.limits.train_bytes = text_bytes(&HOLD);
    cr_expect_eq(kit_offer_binary(&HOLD), OFFER_ACCEPTED);
}

Test(partition_reading, keys_and_repeats_under_another_one) {
    struct buffer event = {0};
    events_put(&HOLD, &event);
    struct slice value = headers_from_event(buffer_slice(&event), &kit.headers);
    cr_expect_eq(kit_offer_raw(SLICE(TRAIN), value, -1), OFFER_ACCEPTED);
    cr_expect_eq(kit_offer_raw(SLICE(OTHER), value, -1), OFFER_REJECTED);
    cr_expect_eq(kit.reject.reason, REJECT_KEY_MISMATCH);
    cr_expect_eq(kit_offer_raw(SLICE(TRAIN), value, EVENTS_TIME_MS - EVENTS_DAY_MS - 1), OFFER_REJECTED);
    cr_expect_eq(kit.reject.reason, REJECT_TIME_IN_FUTURE);
    buffer_release(&event);
}

/* A restart reads the input again, headers too, and judges each message as before. */
Test(partition_reading, the_way_back) {
    kit.options.emit = EMIT_ALWAYS;
    kit_offer_binary(&HOLD);
    kit_offer(&EVENT(EVENTS_ARRIVAL, TRAIN, EVENTS_TIME_MS + 1, .id = 2));
    headers_add_text(&kit.headers, "ce_time=x");
    kit_offer_binary(&EVENT(EVENTS_MANIFEST, TRAIN, EVENTS_TIME_MS + 2, .id = 3));
    headers_clear(&kit.headers);
    kit_offer_binary(&EVENT(EVENTS_COMPOSITION, OTHER, EVENTS_TIME_MS + 3, .id = 4));
    kit_barrier();
    cr_expect_eq(partition_live_events(kit.partition), 3);
    struct buffer before = kit_dump();
    cr_assert(kit_restart(), "%s", kit.error);
    cr_expect_eq(partition_restored_events(kit.partition), 4);
    struct buffer after = kit_dump();
    cr_expect(kit_same_dumps(&before, &after));
    cr_expect_eq(kit_offer_binary(&HOLD), OFFER_DUPLICATE, "live, so known without the table");
}

/* Somebody who copied the topic without its headers: the state is not that of the commit, and the restore says so. */
Test(partition_reading, a_log_without_its_headers_is_another_log) {
    kit_offer_binary(&HOLD);
    kit_barrier();
    headers_free(kit.messages[0].owner);
    kit.messages[0].owner = NULL;
    cr_expect_not(kit_restart());
    cr_expect_neq(strstr(kit.error, "input or checkpoints were changed"), NULL, "%s", kit.error);
}
