/* Packed facts: what they keep of an event, at the bounds of contract 2 too. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "support/fixture.h"
#include "train/fact_registers.h"
#include "train/fact_share.h"

TestSuite(facts, .init = fixture_open, .fini = fixture_close);

struct seen_fact {
    const struct fact *fact;
    size_t count;
};

static void keep_fact(void *context, const struct fact *fact, const size_t *registers, size_t register_count) {
    (void)registers;
    cr_expect_gt(register_count, 0);
    struct seen_fact *seen = context;
    seen->fact = fact;
    seen->count++;
}

/* The only live fact. */
static const struct fact *the_fact(void) {
    struct seen_fact seen = {0};
    train_each(fixture_train(), keep_fact, &seen);
    cr_assert_eq(seen.count, 1);
    return seen.fact;
}

Test(facts, keep_the_envelope) {
    given_arrival(.at = "2020-12-18T08:00:00.123Z", .source = "urn:a", .id = "x-1");
    const struct fact *fact = the_fact();
    cr_expect_eq(fact_type(fact), EVENT_ARRIVED);
    cr_expect_eq(fact_time_ms(fact), INT64_C(1608278400123));
    cr_expect(hash_equal(fact_hash(fact), hash_of(fixture_message(0))));
    cr_expect_eq(fact_message_bytes(fact), fixture_message(0).len);
    cr_expect(slice_equal(fact_source(fact), SLICE("urn:a")));
    cr_expect(slice_equal(fact_id(fact), SLICE("x-1")));
    cr_expect_eq(fact_compare(fact, fact), 0);
    cr_expect_eq(fact_register_count(fact), 1);
    struct buffer own = {0};
    fact_unshare(fact, &own); /* as it goes into a checkpoint */
    cr_expect(fact_check(own.data, own.len));
    cr_expect_not(fact_check(fact, fact_bytes(fact)), "from outside it would name strings that are not there");
    buffer_release(&own);
}

Test(facts, keep_envelopes_of_the_greatest_length) {
    char id[129], source[257];
    memset(id, 'i', sizeof id - 1);
    memset(source, 's', sizeof source - 1);
    id[sizeof id - 1] = source[sizeof source - 1] = '\0';
    given_arrival(.id = id, .source = source);
    cr_expect(slice_equal(fact_id(the_fact()), slice_of(id)));
    cr_expect(slice_equal(fact_source(the_fact()), slice_of(source)));
    EXPECT("/status", "incomplete");
}

/* The first accepted copy's place stays. */
Test(facts, keep_their_origin) {
    struct event event = {.type = EVENT_ARRIVED,
                          .id = SLICE("1"),
                          .source = SLICE("s"),
                          .time_ms = INT64_C(1608278400000),
                          .train_key = SLICE(BUILDER_TRAIN),
                          .hash = {1, 2},
                          .message_bytes = 100};
    event.data.arrived = (struct event_arrived){SLICE("CNAKL"), INT64_C(1608278400000)};
    event.registers = registers_of(event.type, &event.data);
    struct join_effect effect;
    cr_expect_eq(train_join(fixture_train(), &event, UINT64_C(0x123456789abcdef0), SIZE_MAX, &effect), JOIN_ACCEPTED);
    cr_expect_eq(train_join(fixture_train(), &event, 5, SIZE_MAX, &effect), JOIN_DUPLICATE);
    cr_expect_eq(fact_origin(the_fact()), UINT64_C(0x123456789abcdef0));
}

/* Equal in time, source and id: the hash as a number decides, its high half first. */
static const struct {
    struct hash128 older, newer;
} HASHES[] = {
    {{1, 2}, {1, 3}},
    {{1, UINT64_MAX}, {2, 0}},
    {{0, UINT64_MAX}, {UINT64_MAX, 0}},
    {{UINT64_C(0x7fffffffffffffff), 0}, {UINT64_C(0x8000000000000000), 0}},
    {{5, UINT64_C(0x7fffffffffffffff)}, {5, UINT64_C(0x8000000000000000)}},
    {{UINT64_C(0x00000000000000ff), 0}, {UINT64_C(0x0100000000000000), 0}},
};

Test(facts, order_by_hash) {
    struct event event = {.type = EVENT_ARRIVED,
                          .id = SLICE("1"),
                          .source = SLICE("s"),
                          .time_ms = INT64_C(1608278400000),
                          .train_key = SLICE(BUILDER_TRAIN),
                          .message_bytes = 100};
    event.data.arrived = (struct event_arrived){SLICE("CNAKL"), INT64_C(1608278400000)};
    event.registers = registers_of(event.type, &event.data);
    for (size_t i = 0; i < sizeof HASHES / sizeof HASHES[0]; i++) {
        struct buffer older = {0}, newer = {0};
        event.hash = HASHES[i].older;
        fact_pack(&event, 0, &older);
        event.hash = HASHES[i].newer;
        fact_pack(&event, 0, &newer);
        const struct fact *a = (const void *)older.data, *b = (const void *)newer.data;
        cr_expect_lt(fact_compare(a, b), 0, "row %zu", i);
        cr_expect_gt(fact_compare(b, a), 0, "row %zu", i);
        buffer_release(&older);
        buffer_release(&newer);
    }
}

/* Some 100 KB of different strings in one manifest: 500 goods of 200 bytes each. */
Test(facts, keep_a_manifest_of_many_strings) {
    struct buffer *out = fixture_messages();
    buffer_append_text(
        out, "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"rail.manifest.transmitted.v1\","
             "\"time\":\"2020-12-18T08:00:00Z\",\"data\":{\"train\":{\"number\":\"X8024\",\"date\":\"2020-12-18\","
             "\"port\":\"CNAKL\"},\"waybill\":{\"number\":\"W1\",\"direction\":\"exit\",\"contract\":\"K1\","
             "\"product\":\"P\",\"consignor\":{\"code\":\"C\",\"name\":\"N\",\"country\":\"CN\"},\"consignee\":"
             "{\"code\":\"C\",\"name\":\"N\",\"country\":\"CN\"},\"origin\":\"CNXIY\",\"destination\":\"DEHAM\"},"
             "\"containers\":[{\"number\":\"" BOX_A "\",\"size_type\":\"22G1\",\"seal\":\"S1\",\"goods\":[");
    for (int i = 0; i < 500; i++) {
        buffer_printf(out,
                      "%s{\"hs\":\"847130\",\"description\":\"%0200d\",\"packages\":%d,\"gross_kg\":1,\"value\":%d,"
                      "\"currency\":\"USD\"}",
                      i > 0 ? "," : "", i, i, i);
    }
    buffer_append_text(out, "]}]}}");
    cr_expect_eq(fixture_join(), JOIN_ACCEPTED);
    char last[201];
    snprintf(last, sizeof last, "%0200d", 499);
    EXPECT("/declarations/0/lines/499/description", last);
    EXPECT("/declarations/0/lines/499/value", "499");
    EXPECT("/declarations/0/lines/0/value", "0");
    EXPECT("/declarations/0/product", "P");
    EXPECT("/containers/0/seal", "S1");
    EXPECT("/totals/packages", "124750");
}

static const char *five_hundred_waybills(char *text) {
    size_t len = 0;
    for (int i = 0; i < 500; i++) {
        len += (size_t)sprintf(text + len, "%sWAYBILL-%03d-%020d", i > 0 ? " " : "", i, i);
    }
    return text;
}

Test(facts, hold_five_hundred_registers) {
    static char waybills[500 * 34];
    five_hundred_waybills(waybills);
    given_declaration(.waybills = waybills, .step = "full");
    cr_expect_eq(fact_register_count(the_fact()), 500);
    char *last = strrchr(waybills, ' ');
    *last = '\0'; /* all but one are written again, then that one too */
    given_declaration(.waybills = waybills, .step = "full", .at = "08:10");
    EXPECT("/facts/count", "2");
    given_declaration(.waybills = last + 1, .step = "full", .at = "08:10");
    EXPECT("/facts/count", "2");
    EXPECT("/facts/first_at", "2020-12-18T08:10:00.000Z");
}
