/* The checks of one live message: their order, stream time, horizon, the train's limit, repeats (contract 3, 7 and
 * 8). */
#include <criterion/criterion.h>

#include <stdio.h>

#include "partition/partition_keep.h"
#include "support/partition_kit.h"

#define TRAIN "X1|2020-06-01|CNAKL"
#define OTHER "X2|2020-06-01|CNAKL"
#define EARLY "X3|2020-03-01|CNAKL" /* before the horizon once 2020-06-01 is seen */

TestSuite(partition_offer, .init = kit_open, .fini = kit_close);

static struct buffer text_of(const struct events_spec *spec) {
    struct buffer text = {0};
    events_put(spec, &text);
    return text;
}

/* Offers an event under any key (NULL: none) and timestamp. */
static enum offer_result offer_as(const char *key, int64_t timestamp_ms, const struct events_spec *spec) {
    struct buffer text = text_of(spec);
    struct slice none = {NULL, 0};
    enum offer_result result = kit_offer_raw(key == NULL ? none : slice_of(key), buffer_slice(&text), timestamp_ms);
    buffer_release(&text);
    return result;
}

static void expect_rejected(enum offer_result result, enum reject_reason reason, const char *pointer) {
    cr_expect_eq(result, OFFER_REJECTED);
    cr_expect_eq(kit.reject.reason, reason, "found %s: %s", reject_name(kit.reject.reason), kit.reject.message);
    cr_expect_str_eq(kit.reject.pointer, pointer);
    cr_expect_gt(strlen(kit.reject.message), 10);
}

/* T, then H, of the text that a barrier writes. */
static void expect_time(int64_t stream_time_ms, const char *horizon) {
    char start[64];
    kit_barrier();
    snprintf(start, sizeof start, "2 %llu %lld %s ", (unsigned long long)partition_text(kit.partition)->number,
             (long long)stream_time_ms, horizon);
    cr_expect_eq(strncmp(kit_text(), start, strlen(start)), 0, "%s does not begin with %s", kit_text(), start);
}

/* What is told beforehand is true of that message alone: nothing of it is taken over to another one, wherever that
 * lies.
 */
Test(partition_offer, expected_messages) {
    struct decoder *decoder = decoder_new(1 << 20);
    struct arena scratch = {0};
    const struct partition_intake intake = {.decoder = decoder, .scratch = &scratch};
    struct buffer texts[2] = {text_of(&EVENT(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS + 1, .id = 1)),
                              text_of(&EVENT(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS + 2, .id = 2))};
    kit_start();
    for (int64_t i = 0; i < 6; i++) {
        struct message message = {.key = SLICE(TRAIN),
                                  .value = buffer_slice(&texts[i / 3]),
                                  .offset = i,
                                  .timestamp_ms = MESSAGE_NO_TIMESTAMP};
        struct message other = message;
        other.value = buffer_slice(&texts[1 - i / 3]);
        other.offset = i + i % 3;
        for (unsigned ahead = PARTITION_AHEAD; ahead > 0; ahead--) {
            partition_expect(kit.partition, i % 3 == 1 ? &message : &other, ahead);
        }
        enum offer_result result = partition_offer(kit.partition, &message, &intake, &KIT_SINK, &kit.reject);
        cr_expect_eq(result, i % 3 == 0 ? OFFER_ACCEPTED : OFFER_DUPLICATE, "%d: %d", (int)i, (int)result);
        arena_reset(&scratch, 1 << 20);
    }
    cr_expect(hash_equal(partition_hash_sum(kit.partition), hash_of(buffer_slice(&texts[1]))));
    buffer_release(&texts[0]);
    buffer_release(&texts[1]);
    arena_release(&scratch);
    decoder_free(decoder);
}

/* Several at once, as a lane has it: the one that is being taken is not forgotten for those behind it. Only a message
 * that changed against the rule shows it. */
Test(partition_offer, several_are_expected) {
    struct decoder *decoder = decoder_new(1 << 20);
    struct arena scratch = {0};
    const struct partition_intake intake = {.decoder = decoder, .scratch = &scratch};
    struct buffer text = text_of(&EVENT(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS + 1, .id = 1));
    buffer_append_byte(&text, ' ');
    struct hash128 hash = hash_of(buffer_slice(&text));
    kit_start();
    struct message messages[PARTITION_AHEAD + 1];
    for (int64_t i = 0; i <= PARTITION_AHEAD; i++) {
        messages[i] = (struct message){.key = SLICE(TRAIN),
                                       .value = buffer_slice(&text),
                                       .offset = i,
                                       .timestamp_ms = MESSAGE_NO_TIMESTAMP};
        partition_expect(kit.partition, &messages[i], PARTITION_AHEAD);
    }
    text.data[text.len - 1] = '\n';
    cr_expect_eq(partition_offer(kit.partition, &messages[0], &intake, &KIT_SINK, &kit.reject), OFFER_ACCEPTED);
    cr_expect(hash_equal(partition_hash_sum(kit.partition), hash));
    for (int64_t i = 1; i <= PARTITION_AHEAD; i++) {
        cr_expect_eq(partition_offer(kit.partition, &messages[i], &intake, &KIT_SINK, &kit.reject), OFFER_DUPLICATE);
    }
    buffer_release(&text);
    arena_release(&scratch);
    decoder_free(decoder);
}

Test(partition_offer, accepted_duplicate_stale) {
    struct events_spec newer = EVENT(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS + 2, .id = 1);
    struct events_spec older = EVENT(EVENTS_RELEASE, TRAIN, EVENTS_TIME_MS + 1, .id = 2);
    cr_expect_eq(kit_offer(&newer), OFFER_ACCEPTED);
    cr_expect_eq(kit_offer(&newer), OFFER_DUPLICATE);
    cr_expect_eq(kit_offer(&older), OFFER_STALE);
    cr_expect_eq(kit_offer(&older), OFFER_DUPLICATE, "still remembered");
    cr_expect_eq(kit.counters.events, 4);
    cr_expect_eq(kit.counters.accepted, 1);
    cr_expect_eq(kit.counters.duplicate, 2);
    cr_expect_eq(kit.counters.stale, 1);
    cr_expect_eq(counters_rejected(&kit.counters), 0);
    cr_expect_eq(partition_live_events(kit.partition), 1);
}

Test(partition_offer, without_memory_of_repeats_the_join_decides) {
    kit.options.seen_entries = 0;
    struct events_spec newer = EVENT(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS + 2, .id = 1);
    struct events_spec older = EVENT(EVENTS_RELEASE, TRAIN, EVENTS_TIME_MS + 1, .id = 2);
    kit_offer(&newer);
    kit_offer(&older);
    cr_expect_eq(kit_offer(&newer), OFFER_DUPLICATE);
    cr_expect_eq(kit_offer(&older), OFFER_STALE);
}

Test(partition_offer, bad_messages_are_counted_by_reason) {
    expect_rejected(kit_offer_raw(SLICE(TRAIN), SLICE("nonsense"), -1), REJECT_NOT_JSON, "");
    expect_rejected(kit_offer_raw(SLICE(TRAIN), (struct slice){NULL, 0}, -1), REJECT_NOT_JSON, "");
    cr_expect_eq(kit.counters.rejected[REJECT_NOT_JSON], 2);
    cr_expect_eq(kit.counters.bytes, 8);
    cr_expect_eq(partition_train_count(kit.partition), 0);
}

Test(partition_offer, message_limit_is_the_partitions) {
    kit.options.limits.message_bytes = 400;
    expect_rejected(OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS, .pad = 400), REJECT_TOO_LARGE, "");
    cr_expect_eq(OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS), OFFER_ACCEPTED);
}

Test(partition_offer, key_must_be_the_trains) {
    struct events_spec event = EVENT(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS);
    expect_rejected(offer_as(OTHER, -1, &event), REJECT_KEY_MISMATCH, "");
    expect_rejected(offer_as(NULL, -1, &event), REJECT_KEY_MISMATCH, "");
    expect_rejected(offer_as("", -1, &event), REJECT_KEY_MISMATCH, "");
    cr_expect_eq(partition_train_count(kit.partition), 0);
    expect_rejected(kit_offer_raw(SLICE(OTHER), SLICE("{}"), -1), REJECT_BAD_ENVELOPE, "/specversion");
    cr_expect_eq(offer_as(TRAIN, -1, &event), OFFER_ACCEPTED);
    expect_rejected(offer_as(OTHER, -1, &event), REJECT_KEY_MISMATCH, "");
}

Test(partition_offer, key_is_not_looked_at_where_there_is_none) {
    kit.options.check_key = false;
    cr_expect_eq(offer_as(NULL, -1, &EVENT(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS)), OFFER_ACCEPTED);
}

Test(partition_offer, future_is_more_than_a_day_ahead_of_the_timestamp) {
    struct events_spec event = EVENT(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS);
    expect_rejected(offer_as(TRAIN, EVENTS_TIME_MS - EVENTS_DAY_MS - 1, &event), REJECT_TIME_IN_FUTURE, "/time");
    kit_barrier();
    cr_expect_eq(strncmp(kit_text(), "2 1 - - 1 ", 10), 0, "%s", kit_text());
}

Test(partition_offer, a_day_ahead_is_not_the_future) {
    struct events_spec event = EVENT(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS);
    cr_expect_eq(offer_as(TRAIN, EVENTS_TIME_MS - EVENTS_DAY_MS, &event), OFFER_ACCEPTED);
    expect_rejected(offer_as(TRAIN, 0, &event), REJECT_TIME_IN_FUTURE, "/time");
    cr_expect_eq(offer_as(TRAIN, MESSAGE_NO_TIMESTAMP, &event), OFFER_DUPLICATE);
}

Test(partition_offer, key_comes_before_future_and_future_before_late) {
    OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS);
    struct events_spec event = EVENT(EVENTS_HOLD, EARLY, EVENTS_TIME_MS, .id = 2);
    expect_rejected(offer_as(TRAIN, 0, &event), REJECT_KEY_MISMATCH, "");
    expect_rejected(offer_as(EARLY, 0, &event), REJECT_TIME_IN_FUTURE, "/time");
    expect_rejected(offer_as(EARLY, -1, &event), REJECT_TOO_LATE, "/data/train/date");
}

Test(partition_offer, stream_time_moves_for_late_and_limited_events_too) {
    kit.options.limits.train_bytes = 600;
    OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS);
    expect_time(EVENTS_TIME_MS, "2020-03-18");
    expect_rejected(OFFER(EVENTS_HOLD, EARLY, EVENTS_TIME_MS + EVENTS_DAY_MS), REJECT_TOO_LATE, "/data/train/date");
    expect_time(EVENTS_TIME_MS + EVENTS_DAY_MS, "2020-03-19");
    expect_rejected(OFFER(EVENTS_HOLD, OTHER, EVENTS_TIME_MS + 2 * EVENTS_DAY_MS, .pad = 600), REJECT_LIMIT_EXCEEDED,
                    "");
    expect_time(EVENTS_TIME_MS + 2 * EVENTS_DAY_MS, "2020-03-20");
    OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS);
    expect_time(EVENTS_TIME_MS + 2 * EVENTS_DAY_MS, "2020-03-20");
}

Test(partition_offer, an_event_is_judged_by_the_horizon_before_it) {
    OFFER(EVENTS_HOLD, "X4|2020-03-18|CNAKL", EVENTS_TIME_MS);
    cr_expect_eq(partition_train_count(kit.partition), 1, "dated at the horizon is not before it");
    cr_expect_eq(OFFER(EVENTS_HOLD, "X4|2020-03-18|CNAKL", EVENTS_TIME_MS + EVENTS_DAY_MS, .id = 1), OFFER_ACCEPTED);
    cr_expect_eq(partition_train_count(kit.partition), 0, "and went with the horizon that it moved");
    cr_expect_eq(partition_live_events(kit.partition), 0);
    cr_expect(hash_equal(partition_hash_sum(kit.partition), (struct hash128){0, 0}));
}

Test(partition_offer, a_remembered_repeat_is_judged_like_the_first) {
    struct events_spec event = EVENT(EVENTS_HOLD, "X4|2020-03-18|CNAKL", EVENTS_TIME_MS);
    cr_expect_eq(kit_offer(&event), OFFER_ACCEPTED);
    cr_expect_eq(kit_offer(&event), OFFER_DUPLICATE);
    expect_rejected(offer_as(event.train, EVENTS_TIME_MS - EVENTS_DAY_MS - 1, &event), REJECT_TIME_IN_FUTURE, "/time");
    OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS + EVENTS_DAY_MS);
    expect_rejected(kit_offer(&event), REJECT_TOO_LATE, "/data/train/date");
}

Test(partition_offer, rejected_events_are_not_remembered) {
    kit.options.limits.train_bytes = 600;
    struct events_spec event = EVENT(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS, .pad = 600);
    expect_rejected(kit_offer(&event), REJECT_LIMIT_EXCEEDED, "");
    expect_rejected(kit_offer(&event), REJECT_LIMIT_EXCEEDED, "");
    cr_expect_eq(kit.counters.rejected[REJECT_LIMIT_EXCEEDED], 2);
    cr_expect_eq(kit.counters.duplicate, 0);
}

Test(partition_offer, limit_on_a_new_train_leaves_no_train) {
    kit.options.limits.train_bytes = 600;
    size_t before = (kit_start(), partition_memory_bytes(kit.partition));
    expect_rejected(OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS, .pad = 600), REJECT_LIMIT_EXCEEDED, "");
    cr_expect_eq(partition_train_count(kit.partition), 0);
    cr_expect_eq(partition_memory_bytes(kit.partition), before);
}

Test(partition_offer, limit_is_more_than_it_and_more_than_before) {
    struct buffer text = text_of(&EVENT(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS));
    kit.options.limits.train_bytes = text.len;
    buffer_release(&text);
    cr_expect_eq(OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS), OFFER_ACCEPTED);
    expect_rejected(OFFER(EVENTS_ARRIVAL, TRAIN, EVENTS_TIME_MS), REJECT_LIMIT_EXCEEDED, "");
    cr_expect_eq(OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS + 1), OFFER_ACCEPTED, "as much as before");
    cr_expect_eq(OFFER(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS), OFFER_DUPLICATE, "changes nothing");
}

Test(partition_offer, sums_are_those_of_the_live_events) {
    struct events_spec first = EVENT(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS, .id = 1);
    struct events_spec second = EVENT(EVENTS_RELEASE, TRAIN, EVENTS_TIME_MS + 1, .id = 2);
    struct events_spec third = EVENT(EVENTS_TRACKED, OTHER, EVENTS_TIME_MS, .id = 3);
    kit_offer(&first);
    kit_offer(&second);
    kit_offer(&third);
    struct buffer a = text_of(&second);
    struct buffer b = text_of(&third);
    cr_expect_eq(partition_live_events(kit.partition), 2);
    cr_expect(
        hash_equal(partition_hash_sum(kit.partition), hash_add(hash_of(buffer_slice(&a)), hash_of(buffer_slice(&b)))));
    buffer_release(&a);
    buffer_release(&b);
}

Test(partition_offer, memory_follows_the_trains) {
    kit.options.emit = EMIT_ALWAYS;
    kit_start();
    size_t empty = partition_memory_bytes(kit.partition);
    for (unsigned i = 0; i < 50; i++) {
        OFFER(EVENTS_MANIFEST, "X4|2020-03-18|CNAKL", EVENTS_TIME_MS, .waybill = i);
    }
    kit_barrier();
    size_t full = partition_memory_bytes(kit.partition);
    cr_expect_gt(full, empty + 50 * 100);
    OFFER(EVENTS_HOLD, "X9|2020-06-01|CNAKL", EVENTS_TIME_MS + EVENTS_DAY_MS);
    cr_expect_eq(partition_train_count(kit.partition), 1);
    cr_expect_lt(partition_memory_bytes(kit.partition), full);
}

static void add_memory(void *context, const struct train *train) {
    *(size_t *)context += train_memory_bytes(train);
}

Test(partition_offer, memory_of_trains_is_what_they_say) {
    kit_start();
    size_t empty = partition_memory_bytes(kit.partition);
    for (unsigned i = 0; i < 300; i++) {
        enum events_kind kind = (enum events_kind)(i % EVENTS_KIND_COUNT);
        OFFER(kind, i % 3 == 0 ? TRAIN : OTHER, EVENTS_TIME_MS + i % 7, .id = i, .waybill = i % 5, .bulk = 1 + i % 200);
    }
    size_t trains = 0;
    partition_each(kit.partition, add_memory, &trains);
    size_t rest = partition_memory_bytes(kit.partition) - empty - trains;
    cr_expect_gt(trains, 1000);
    cr_expect_lt(rest, 48000, "%zu bytes for two trains, a row, a day and strings that trains share", rest);
}

Test(partition_offer, file_mode_keeps_everything) {
    kit.options.file_mode = true;
    kit.options.check_key = false;
    kit.options.limits.train_bytes = 1;
    cr_expect_eq(offer_as(NULL, 0, &EVENT(EVENTS_HOLD, TRAIN, EVENTS_TIME_MS)), OFFER_ACCEPTED);
    cr_expect_eq(offer_as(NULL, 0, &EVENT(EVENTS_HOLD, EARLY, EVENTS_TIME_MS)), OFFER_ACCEPTED);
    cr_expect_eq(offer_as(NULL, 0, &EVENT(EVENTS_HOLD, EARLY, EVENTS_TIME_MS)), OFFER_DUPLICATE);
    cr_expect_eq(partition_train_count(kit.partition), 2);
    cr_expect_not(kit_barrier());
    cr_expect_eq(kit.outbox.output_count, 0);
}
