/* Contract 5.20, and what follows from it for 5.10 to 5.13: void and released steps. */
#include <criterion/criterion.h>

#include "support/fixture.h"

static void begin(void) {
    fixture_open();
    given_manifest(.at = "06:00");
    given_composition(.at = "06:10");
    given_arrival(.at = "09:05", .arrived_at = "09:00");
}

TestSuite(decisions, .init = begin, .fini = fixture_close);
TestSuite(release, .init = begin, .fini = fixture_close);

Test(decisions, what_is_refused_or_withdrawn_is_void) {
    static const struct {
        const char *outcome, *declared, *status, *reasons;
    } rows[] = {{"accepted", "summary", "cleared", "[]"},
                {"released", "summary", "cleared", "[]"},
                {"refused", "none", "held", "['declaration-missing','declaration-refused']"},
                {"withdrawn", "none", "held", "['declaration-missing','declaration-refused']"}};
    for (size_t i = 0; i < 4; i++) {
        given_declaration(.at = "06:20", .number = "D1");
        given_decision(.outcome = rows[i].outcome, .at = "07:00");
        EXPECT("/declarations/0/declared", rows[i].declared);
        EXPECT("/status", rows[i].status);
        EXPECT("/reasons", rows[i].reasons);
        EXPECT("/declarations/0/advance", i < 2 ? "true" : "false");
        fixture_close();
        begin();
    }
}

Test(decisions, speak_only_of_what_was_lodged_before) {
    given_declaration(.at = "06:20", .number = "D1");
    given_decision(.outcome = "refused", .at = "06:19");
    EXPECT("/declarations/0/declared", "summary");
    given_decision(.outcome = "refused", .at = "06:30");
    EXPECT("/declarations/0/declared", "none");
    given_declaration(.at = "06:40", .number = "D1"); /* lodged anew under its number */
    EXPECT("/declarations/0/declared", "summary");
    EXPECT("/status", "cleared");
}

Test(decisions, of_another_number_or_none_change_nothing) {
    given_declaration(.at = "06:20", .number = "D1");
    given_decision(.number = "D2", .outcome = "refused", .at = "07:00");
    EXPECT("/declarations/0/declared", "summary");
    given_declaration(.at = "06:30");
    given_decision(.outcome = "refused", .at = "07:00");
    EXPECT("/declarations/0/declared", "summary"); /* it names no number */
}

/* A void summary beside a full step that stands: declared in full, and nothing is refused that is still asked for. */
Test(decisions, a_void_step_counts_nowhere) {
    given_declaration(.step = "summary", .at = "06:20", .number = "D1", .lodged_at = "06:15");
    given_declaration(.step = "full", .at = "06:30", .number = "D2", .lodged_at = "09:30");
    EXPECT("/declarations/0/advance", "true");
    given_decision(.outcome = "withdrawn", .at = "07:00");
    EXPECT("/declarations/0/declared", "full");
    EXPECT("/declarations/0/advance", "false"); /* the step that was early is void */
    EXPECT("/status", "cleared");
}

Test(decisions, refusal_without_a_lack_is_no_reason) {
    fixture_rules(MERGE_AUTO, REQUIRE_NONE);
    given_declaration(.at = "06:20", .number = "D1");
    given_decision(.outcome = "refused", .at = "07:00");
    EXPECT("/reasons", "[]");
    EXPECT("/status", "cleared");
}

/* Of the declaration that lacks something, and of no other. */
Test(decisions, refusal_of_another_declaration_is_no_reason) {
    given_manifest(.waybill = "W2", .at = "06:00", .contract = "K2", .boxes = {{.number = BOX_B}});
    given_composition(.at = "06:11", .wagons = {{.wagon = "6001", .boxes = {BOX_A, BOX_B}}});
    given_declaration(.step = "summary", .at = "06:20", .number = "D1", .waybills = "W1");
    given_declaration(.step = "full", .at = "06:20", .waybills = "W1");
    given_decision(.outcome = "refused", .at = "07:00");
    EXPECT("/reasons", "['declaration-missing']"); /* W2's; W1 is declared in full */
    EXPECT("/status", "incomplete");
}

Test(release, every_waybill_needs_a_released_step) {
    fixture_rules(MERGE_AUTO, REQUIRE_RELEASE);
    EXPECT("/reasons", "['declaration-missing','release-missing']");
    given_declaration(.at = "06:20", .number = "D1");
    EXPECT("/reasons", "['release-missing']");
    EXPECT("/status", "incomplete");
    given_decision(.outcome = "released", .at = "10:30");
    EXPECT("/declarations/0/released", "true");
    EXPECT("/status", "cleared");
    EXPECT("/cleared_at", "2020-12-18T10:30:00.000Z");
    EXPECT("/clearance_seconds", "5400");
    given_manifest(.waybill = "W2", .at = "06:01", .boxes = {{.number = BOX_B}});
    given_composition(.at = "06:11", .wagons = {{.wagon = "6001", .boxes = {BOX_A, BOX_B}}});
    given_declaration(.at = "06:21", .waybills = "W2", .number = "D2");
    EXPECT("/declarations/0/released", "false");
    given_decision(.number = "D2", .outcome = "refused", .at = "10:40");
    EXPECT("/reasons", "['declaration-missing','declaration-refused','release-missing']");
    EXPECT("/status", "held");
}

/* The earliest release is the ground; a full declaration that follows weeks later moves nothing. */
Test(release, cleared_at_is_the_earliest_release) {
    fixture_rules(MERGE_AUTO, REQUIRE_RELEASE);
    given_declaration(.step = "summary", .at = "06:20", .number = "D1");
    given_decision(.number = "D1", .at = "10:00");
    given_declaration(.step = "full", .at = "2020-12-28T10:00:00Z", .number = "D2");
    given_decision(.number = "D2", .at = "2020-12-29T10:00:00Z");
    EXPECT("/cleared_at", "2020-12-18T10:00:00.000Z");
}

Test(release, cleared_at_by_what_is_required) {
    given_declaration(.step = "summary", .at = "10:00", .number = "D1");
    given_declaration(.step = "full", .at = "11:00", .number = "D1");
    given_decision(.at = "12:00");
    static const char *const expected[REQUIRE_LEVEL_COUNT] = {
        [REQUIRE_NONE] = "2020-12-18T09:05:00.000Z",
        [REQUIRE_SUMMARY] = "2020-12-18T10:00:00.000Z",
        [REQUIRE_FULL] = "2020-12-18T11:00:00.000Z",
        [REQUIRE_RELEASE] = "2020-12-18T12:00:00.000Z",
    };
    for (int level = 0; level < REQUIRE_LEVEL_COUNT; level++) {
        fixture_rules(MERGE_AUTO, (enum require_level)level);
        EXPECT("/status", "cleared");
        EXPECT("/cleared_at", expected[level]);
    }
}

/* Under summary the earlier of the steps, which may be the full one. */
Test(release, summary_is_reached_by_either_step) {
    given_declaration(.step = "full", .at = "10:00");
    given_declaration(.step = "summary", .at = "11:00");
    EXPECT("/cleared_at", "2020-12-18T10:00:00.000Z");
}
