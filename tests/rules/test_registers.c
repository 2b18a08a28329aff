/* Contract 0, 2.6 and 3: which registers an event writes, which fact is newer, and what a join reports. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "support/fixture.h"
#include "train/fact_registers.h"

TestSuite(registers, .init = fixture_open, .fini = fixture_close);

static void visit_names(void *context, const struct fact *fact, const size_t *registers, size_t count) {
    for (size_t i = 0; i < count; i++) {
        buffer_append_text(context, ((struct buffer *)context)->len > 0 ? " " : "");
        fact_register_name(fact, registers[i], context);
    }
}

static void expect_registers(const char *expected) {
    struct buffer names = {0};
    train_each(fixture_train(), visit_names, &names);
    buffer_append_byte(&names, '\0');
    cr_expect_str_eq(names.data, expected);
    buffer_release(&names);
}

static void expect_live(size_t events) {
    size_t found = train_live_events(fixture_train());
    cr_expect_eq(found, events, "%zu live events, not %zu", found, events);
    char count[24];
    snprintf(count, sizeof count, "%zu", events);
    EXPECT("/facts/count", count);
}

Test(registers, delete_before_original_wins) {
    given_delete(.at = "08:30");
    cr_expect_eq(given_manifest(.at = "08:00"), JOIN_STALE);
    EXPECT("/containers", "[]");
    EXPECT("/totals/waybills", "0");
    expect_live(1);
    expect_registers("manifest[W1]");
}

Test(registers, delete_after_original_wins) {
    given_manifest(.at = "08:00");
    EXPECT("/totals/waybills", "1");
    cr_expect_eq(given_delete(.at = "08:30"), JOIN_ACCEPTED);
    EXPECT("/totals/waybills", "0");
    expect_live(1);
}

Test(registers, older_delete_changes_nothing) {
    given_manifest(.at = "08:00");
    cr_expect_eq(given_delete(.at = "07:59"), JOIN_STALE);
    EXPECT("/totals/waybills", "1");
}

Test(registers, resend_after_delete_revives) {
    given_manifest(.at = "08:00");
    given_delete(.at = "08:30");
    cr_expect_eq(given_manifest(.at = "08:31"), JOIN_ACCEPTED);
    EXPECT("/totals/waybills", "1");
    expect_live(1);
}

Test(registers, delete_touches_its_waybill_only) {
    given_manifest(.waybill = "W1");
    given_manifest(.waybill = "W2", .boxes = {{.number = BOX_B}});
    given_delete(.waybill = "W1", .at = "08:30");
    EXPECT("/declarations/0/waybills", "['W2']");
    EXPECT("/totals/waybills", "1");
}

Test(registers, amendment_replaces_the_whole_manifest) {
    given_manifest(.boxes = {{.number = BOX_A}, {.number = BOX_B}});
    given_manifest(.at = "08:10", .boxes = {{.number = BOX_C}});
    EXPECT("/declarations/0/containers", "['" BOX_C "']");
    expect_live(1);
}

Test(registers, duplicate_is_byte_identical_to_a_live_event) {
    given_manifest(.id = "x");
    cr_expect_eq(given_manifest(.id = "x"), JOIN_DUPLICATE);
    cr_expect_eq(fixture_effect().live_events, 0);
    cr_expect_eq(fixture_effect().live_bytes, 0);
    cr_expect(hash_equal(fixture_effect().hash_sum, (struct hash128){0, 0}));
    expect_live(1);
}

Test(registers, repeat_of_a_replaced_event_is_stale) {
    given_manifest(.id = "x");
    given_manifest(.id = "y", .at = "08:10");
    cr_expect_eq(given_manifest(.id = "x"), JOIN_STALE);
    expect_live(1);
}

Test(registers, duplicate_of_a_partly_replaced_event) {
    given_declaration(.id = "x", .waybills = "W1 W2");
    given_declaration(.at = "08:10", .waybills = "W1");
    cr_expect_eq(given_declaration(.id = "x", .waybills = "W1 W2"), JOIN_DUPLICATE);
    expect_live(2);
}

/* One tie after the other: the second of a row is the newer by exactly the field it is about. */
struct order {
    const char *at, *source, *id;
};

static const struct {
    const char *about;
    struct order older, newer;
} TIES[] = {
    {"time", {"2020-12-18T08:00:00.000Z", "b", "b"}, {"2020-12-18T08:00:00.001Z", "a", "a"}},
    {"time with offset", {"2020-12-18T16:59:00+08:00", "b", "b"}, {"2020-12-18T09:00:00Z", "a", "a"}},
    {"time below a millisecond", {"2020-12-18T08:00:00.1239Z", "a", "b"}, {"2020-12-18T08:00:00.1231Z", "b", "a"}},
    {"source", {"08:00", "a", "b"}, {"08:00", "b", "a"}},
    {"source: a prefix is older", {"08:00", "a", "b"}, {"08:00", "aa", "a"}},
    {"source: upper case before lower", {"08:00", "Z", "b"}, {"08:00", "a", "a"}},
    {"source: bytes are unsigned", {"08:00", "z", "b"}, {"08:00", "\xc3\xa9", "a"}},
    {"source: no field of bytes runs into the next", {"08:00", "a", "ab"}, {"08:00", "aa", "b"}},
    {"id", {"08:00", "a", "1"}, {"08:00", "a", "2"}},
    {"id: a prefix is older", {"08:00", "a", "1"}, {"08:00", "a", "10"}},
    {"id: bytes, not numbers", {"08:00", "a", "10"}, {"08:00", "a", "9"}},
};

static void join_control(size_t row, bool newer) {
    const struct order *order = newer ? &TIES[row].newer : &TIES[row].older;
    given_control(.at = order->at, .source = order->source, .id = order->id, .outcome = newer ? "failed" : "ordered");
}

Test(registers, ties) {
    for (size_t i = 0; i < sizeof TIES / sizeof TIES[0]; i++) {
        for (int newer_first = 0; newer_first < 2; newer_first++) {
            join_control(i, newer_first);
            join_control(i, !newer_first);
            const char *outcome = fixture_at("/controls/0/outcome");
            cr_expect_str_eq(outcome, "failed", "%s, newer first: %d", TIES[i].about, newer_first);
            cr_expect_eq(train_live_events(fixture_train()), 1);
            fixture_close();
            fixture_open();
        }
    }
}

/* Equal in time, source and id, the greater hash of the whole message wins; read as a number, high half first. */
Test(registers, ties_by_hash) {
    static const char *const PLACES[] = {"CNAKL", "CNHRG", "CNMZL", "CNXIY", "DEHAM", "PLMAL", "KZDYK", "RUMOW"};
    struct hash128 greatest = {0, 0};
    const char *winner = NULL;
    for (size_t i = 0; i < sizeof PLACES / sizeof PLACES[0]; i++) {
        enum join_result result = given_arrival(.id = "same", .place = PLACES[i]);
        struct hash128 hash = hash_of(fixture_message(i));
        bool wins = hash_compare(hash, greatest) > 0;
        cr_expect_eq(result, wins ? JOIN_ACCEPTED : JOIN_STALE, "%s", PLACES[i]);
        greatest = wins ? hash : greatest;
        winner = wins ? PLACES[i] : winner;
    }
    EXPECT("/arrived_place", winner);
    expect_live(1);
}

Test(registers, controls_are_kept_by_scope_ref_and_kind) {
    given_control(.scope = "train", .kind = "risk");
    given_control(.scope = "train", .kind = "document");
    given_control(.scope = "waybill", .ref = "W1", .kind = "risk");
    given_control(.scope = "waybill", .ref = "W2", .kind = "risk");
    given_control(.scope = "container", .ref = BOX_A, .kind = "risk");
    expect_live(5);
    given_control(.scope = "waybill", .ref = "W2", .kind = "risk", .at = "08:01");
    expect_live(5);
}

/* "W1" of one register must not be taken for "W1" of another. */
Test(registers, kinds_of_register_do_not_mix) {
    given_manifest(.waybill = "W1");
    given_application(.application = "W1", .waybills = "W1");
    given_declaration(.step = "summary", .waybills = "W1");
    given_declaration(.step = "full", .waybills = "W1");
    given_control(.scope = "waybill", .ref = "W1");
    given_composition(.at = "08:00");
    given_arrival(.at = "08:00");
    given_tracked(.container = BOX_A);
    expect_live(8);
}

static const struct {
    const char *what, *seal, *registers;
} TRACKED[] = {
    {"position", NULL, "tracked[" BOX_A "]"},
    {"door-closed", NULL, "tracked[" BOX_A "]"},
    {"unloaded", "S1", "tracked[" BOX_A "]"},
    {"sealed", "S1", "tracked[" BOX_A "] seal[" BOX_A "]"},
    {"resealed", "S1", "tracked[" BOX_A "] seal[" BOX_A "]"},
    {"door-opened", NULL, "tracked[" BOX_A "] opened[" BOX_A "]"},
};

Test(registers, tracked_events_write_their_registers) {
    for (size_t i = 0; i < sizeof TRACKED / sizeof TRACKED[0]; i++) {
        given_tracked(.what = TRACKED[i].what, .seal = TRACKED[i].seal);
        expect_registers(TRACKED[i].registers);
        fixture_close();
        fixture_open();
    }
}

Test(registers, names) {
    given_control(.scope = "train", .kind = "risk");
    expect_registers("control[train,,risk,CN]");
}

Test(registers, names_of_a_declaration) {
    given_declaration(.step = "full", .waybills = "W2 W1");
    expect_registers("declaration[W2,full] declaration[W1,full]");
}

Test(registers, a_fact_is_shown_with_the_registers_it_still_holds) {
    given_tracked(.what = "sealed", .seal = "S1");
    given_tracked(.what = "position", .at = "08:10");
    struct buffer names = {0};
    train_each(fixture_train(), visit_names, &names);
    buffer_append_byte(&names, '\0');
    cr_expect(strcmp(names.data, "seal[" BOX_A "] tracked[" BOX_A "]") == 0 ||
                  strcmp(names.data, "tracked[" BOX_A "] seal[" BOX_A "]") == 0,
              "%s", names.data);
    buffer_release(&names);
    expect_live(2);
}

Test(registers, a_seal_outlives_later_tracking) {
    given_manifest(.waybill = "W1");
    given_tracked(.what = "resealed", .seal = "S1");
    given_tracked(.what = "departed", .at = "08:10", .seal = "S9");
    EXPECT("/containers/0/seal", "S1");
    EXPECT("/containers/0/last/event", "departed");
}

/* Accepted for one of its registers only. */
Test(registers, accepted_for_one_register) {
    given_tracked(.what = "position", .at = "09:00");
    cr_expect_eq(given_tracked(.what = "sealed", .seal = "S1", .at = "08:00"), JOIN_ACCEPTED);
    cr_expect_eq(given_tracked(.what = "sealed", .seal = "S2", .at = "07:00"), JOIN_STALE);
    expect_live(2);
}

Test(registers, a_declaration_writes_one_register_a_waybill) {
    given_declaration(.waybills = "W1 W2 W3");
    cr_expect_eq(given_declaration(.waybills = "W1", .at = "08:10"), JOIN_ACCEPTED);
    expect_live(2);
    given_declaration(.waybills = "W2 W3", .at = "08:20"); /* now the first holds none */
    expect_live(2);
    cr_expect_eq(given_declaration(.waybills = "W1 W2 W3", .at = "08:05"), JOIN_STALE);
    cr_expect_eq(given_declaration(.waybills = "W1 W4", .at = "08:05"), JOIN_ACCEPTED);
    expect_live(3);
}

Test(registers, a_step_has_a_register_of_its_own) {
    given_declaration(.step = "summary", .waybills = "W1");
    given_declaration(.step = "full", .waybills = "W1", .at = "08:10");
    expect_live(2);
}

Test(registers, effects_count_events_bytes_and_hashes) {
    given_declaration(.waybills = "W1");
    given_declaration(.waybills = "W2", .at = "08:01");
    struct hash128 sum = hash_add(hash_of(fixture_message(0)), hash_of(fixture_message(1)));
    cr_expect(hash_equal(train_hash_sum(fixture_train()), sum));
    cr_expect_eq(train_live_bytes(fixture_train()), fixture_message(0).len + fixture_message(1).len);

    given_declaration(.waybills = "W1 W2", .at = "08:02"); /* one comes, two go */
    struct join_effect effect = fixture_effect();
    struct hash128 came = hash_of(fixture_message(2));
    cr_expect_eq(effect.live_events, -1);
    cr_expect_eq(effect.live_bytes,
                 (int64_t)fixture_message(2).len - (int64_t)fixture_message(0).len - (int64_t)fixture_message(1).len);
    cr_expect(hash_equal(effect.hash_sum, hash_subtract(came, sum)));
    cr_expect(hash_equal(train_hash_sum(fixture_train()), came));
    cr_expect_eq(train_live_bytes(fixture_train()), fixture_message(2).len);
    cr_expect(train_has(fixture_train(), came));
    cr_expect_not(train_has(fixture_train(), hash_of(fixture_message(0))));
}

Test(registers, train_knows_its_key) {
    cr_expect(slice_equal(train_key(fixture_train()), SLICE(BUILDER_TRAIN)));
    cr_expect(slice_equal(train_number(fixture_train()), SLICE("X8024")));
    cr_expect(slice_equal(train_date(fixture_train()), SLICE("2020-12-18")));
    cr_expect(slice_equal(train_port(fixture_train()), SLICE("CNAKL")));
    cr_expect_eq(train_date_days(fixture_train()), 18614);
}
