/* Contract 5.9 to 5.13: controls, what is declared, the reasons that block, the status, when a train was cleared. */
#include <criterion/criterion.h>

#include "support/fixture.h"

TestSuite(controls, .init = fixture_open, .fini = fixture_close);
TestSuite(declared, .init = fixture_open, .fini = fixture_close);
TestSuite(clearance, .init = fixture_open, .fini = fixture_close);

static const struct {
    const char *outcome;
    bool open;
} OUTCOMES[] = {{"ordered", true}, {"failed", true}, {"passed", false}, {"released", false}};

Test(controls, open_when_ordered_or_failed) {
    for (size_t i = 0; i < 4; i++) {
        given_control(.outcome = OUTCOMES[i].outcome, .at = "08:15");
        EXPECT("/controls/0/outcome", OUTCOMES[i].open ? OUTCOMES[i].outcome : "(absent)");
        EXPECT("/reasons", OUTCOMES[i].open ? "['composition-missing','control-open']" : "['composition-missing']");
        fixture_close();
        fixture_open();
    }
}

Test(controls, the_newest_outcome_decides) {
    given_control(.outcome = "passed", .at = "08:30");
    given_control(.outcome = "ordered", .at = "08:00");
    EXPECT("/controls", "[]");
    given_control(.outcome = "failed", .at = "2020-12-18T08:31:02.003Z");
    EXPECT("/controls",
           "[{'at':'2020-12-18T08:31:02.003Z','authority':'CN','kind':'risk','outcome':'failed','scope':'train'}]");
}

Test(controls, of_a_waybill_matter_while_it_is_live) {
    given_control(.scope = "waybill", .ref = "W1");
    EXPECT("/controls", "[]"); /* not known yet */
    given_manifest(.waybill = "W1");
    EXPECT("/controls", "[{'at':'2020-12-18T08:00:00.000Z','authority':'CN','kind':'risk','outcome':'ordered','ref':'"
                        "W1','scope':'waybill'}]");
    given_manifest(.waybill = "W2", .at = "08:10"); /* takes its only container */
    EXPECT("/controls", "[]");
    given_delete(.waybill = "W2", .at = "08:20");
    EXPECT("/controls/0/ref", "W1");
    given_composition(.wagons = {{.wagon = "6001", .boxes = {BOX_B}}});
    EXPECT("/controls", "[]"); /* off the train */
}

Test(controls, of_a_deleted_waybill_do_not_matter) {
    given_control(.scope = "waybill", .ref = "W1");
    given_manifest(.waybill = "W1");
    given_delete(.waybill = "W1", .at = "08:10");
    EXPECT("/controls", "[]");
}

Test(controls, of_a_container_matter_while_it_is_on_the_train) {
    given_control(.scope = "container", .ref = BOX_A);
    EXPECT("/controls", "[]");
    given_manifest(.waybill = "W1");
    EXPECT("/controls/0/ref", BOX_A);
    given_composition(.wagons = {{.wagon = "6001", .boxes = {BOX_B}}});
    EXPECT("/controls", "[]");
    given_composition(.at = "08:10", .wagons = {{.wagon = "6001", .boxes = {BOX_A}}});
    EXPECT("/controls/0/ref", BOX_A);
    given_delete(.waybill = "W1", .at = "08:10"); /* listed and unclaimed */
    EXPECT("/controls/0/ref", BOX_A);
}

Test(controls, of_a_listed_empty_matter) {
    given_composition(.wagons = {{.wagon = "6001", .boxes = {"-" BOX_A}}});
    given_control(.scope = "container", .ref = BOX_A);
    EXPECT("/controls/0/ref", BOX_A);
}

/* A reference is one of its scope: a waybill that is named like a container is another thing. */
Test(controls, scopes_do_not_mix) {
    given_manifest(.waybill = BOX_B);
    given_control(.scope = "container", .ref = BOX_B);
    given_control(.scope = "waybill", .ref = BOX_A);
    EXPECT("/controls", "[]");
}

Test(controls, are_sorted_by_scope_ref_kind) {
    given_manifest(.waybill = "W1", .boxes = {{.number = BOX_A}, {.number = BOX_B}});
    given_manifest(.waybill = "W2", .boxes = {{.number = BOX_C}});
    given_control(.scope = "waybill", .ref = "W2", .kind = "disinfection");
    given_control(.scope = "waybill", .ref = "W1", .kind = "risk");
    given_control(.scope = "train", .kind = "risk");
    given_control(.scope = "train", .kind = "document");
    given_control(.scope = "container", .ref = BOX_B, .kind = "image-scan");
    given_control(.scope = "container", .ref = BOX_A, .kind = "quarantine");
    given_control(.scope = "container", .ref = BOX_A, .kind = "physical-inspection");
    EXPECT("/controls/0/kind", "physical-inspection");
    EXPECT("/controls/1/kind", "quarantine");
    EXPECT("/controls/2/ref", BOX_B);
    EXPECT("/controls/3/kind", "document");
    EXPECT("/controls/4/scope", "train");
    EXPECT("/controls/5/ref", "W1");
    EXPECT("/controls/6/ref", "W2");
    EXPECT("/controls/7", "(absent)");
}

/* Which steps the two waybills of one declaration have, and what that makes of it. */
static const struct {
    const char *summary, *full, *declared;
} STEPS[] = {
    {NULL, NULL, "none"},       {"W1", NULL, "none"},       {NULL, "W1", "none"},
    {"W1 W2", NULL, "summary"}, {"W1", "W2", "summary"},    {"W1 W2", "W2", "summary"},
    {NULL, "W1 W2", "full"},    {"W1 W2", "W1 W2", "full"}, {"W3", "W3", "none"},
};

static void given_steps(size_t row) {
    if (STEPS[row].summary != NULL) {
        given_declaration(.step = "summary", .waybills = STEPS[row].summary);
    }
    if (STEPS[row].full != NULL) {
        given_declaration(.step = "full", .waybills = STEPS[row].full);
    }
}

Test(declared, by_the_steps_of_every_waybill) {
    for (size_t i = 0; i < sizeof STEPS / sizeof STEPS[0]; i++) {
        given_manifest(.waybill = "W1");
        given_manifest(.waybill = "W2", .boxes = {{.number = BOX_B}});
        given_steps(i);
        const char *declared = fixture_at("/declarations/0/declared");
        cr_expect_str_eq(declared, STEPS[i].declared, "row %zu: %s", i, declared);
        bool none = STEPS[i].declared[0] == 'n', full = STEPS[i].declared[0] == 'f';
        EXPECT("/reasons/1", none ? "declaration-missing" : "(absent)");
        fixture_rules(MERGE_AUTO, REQUIRE_FULL);
        EXPECT("/reasons/1", full ? "(absent)" : "declaration-missing");
        EXPECT("/rules/require", "full");
        fixture_rules(MERGE_AUTO, REQUIRE_NONE);
        EXPECT("/reasons/1", "(absent)");
        EXPECT("/rules/require", "none");
        fixture_close();
        fixture_open();
    }
}

Test(declared, one_declaration_below_is_enough) {
    given_manifest(.waybill = "W1");
    given_manifest(.waybill = "W2", .contract = "K2", .boxes = {{.number = BOX_B}});
    given_declaration(.waybills = "W1");
    EXPECT("/reasons/1", "declaration-missing");
    given_declaration(.waybills = "W2", .at = "08:10");
    EXPECT("/reasons/1", "(absent)");
}

Test(declared, without_declarations_none_is_missing) {
    given_composition(.wagons = {{.wagon = "6001"}});
    fixture_rules(MERGE_AUTO, REQUIRE_FULL);
    EXPECT("/reasons", "[]");
}

/* The train arrives at 09:00. */
static const struct {
    const char *summary_at, *full_at, *advance;
} LODGED[] = {
    {"2020-12-18T08:59:59.999Z", NULL, "true"},
    {"09:00", NULL, "false"},
    {NULL, "08:00", "true"},
    {NULL, "09:01", "false"},
    {"10:00", "08:00", "true"}, /* the earliest of its steps */
    {"08:00", "10:00", "true"},
    {"10:00", "11:00", "false"},
    {NULL, NULL, "false"},
};

Test(declared, advance_is_lodged_before_arrival) {
    for (size_t i = 0; i < sizeof LODGED / sizeof LODGED[0]; i++) {
        given_manifest(.waybill = "W1");
        if (LODGED[i].summary_at != NULL) {
            given_declaration(.step = "summary", .lodged_at = LODGED[i].summary_at, .at = "12:00");
        }
        if (LODGED[i].full_at != NULL) {
            given_declaration(.step = "full", .lodged_at = LODGED[i].full_at, .at = "12:00");
        }
        EXPECT("/declarations/0/advance", "false"); /* arrival unknown */
        given_arrival(.arrived_at = "09:00", .at = "07:00");
        const char *advance = fixture_at("/declarations/0/advance");
        cr_expect_str_eq(advance, LODGED[i].advance, "row %zu", i);
        fixture_close();
        fixture_open();
    }
}

Test(declared, advance_needs_every_waybill) {
    given_manifest(.waybill = "W1");
    given_manifest(.waybill = "W2", .boxes = {{.number = BOX_B}});
    given_arrival(.arrived_at = "09:00");
    given_declaration(.waybills = "W1", .lodged_at = "08:00");
    EXPECT("/declarations/0/advance", "false"); /* W2 is not declared at all */
    given_declaration(.waybills = "W2", .lodged_at = "09:30");
    EXPECT("/declarations/0/advance", "false");
    given_declaration(.waybills = "W2", .step = "full", .lodged_at = "08:30");
    EXPECT("/declarations/0/advance", "true");
}

/* The newest fact of a step stands, not the earliest lodging ever heard of. */
Test(declared, a_corrected_lodging_replaces_the_first) {
    given_manifest(.waybill = "W1");
    given_arrival(.arrived_at = "09:00");
    given_declaration(.lodged_at = "08:00", .at = "10:00");
    EXPECT("/declarations/0/advance", "true");
    given_declaration(.lodged_at = "09:10", .at = "10:01");
    EXPECT("/declarations/0/advance", "false");
}

static void given_clear_but_for_arrival(void) {
    given_manifest(.waybill = "W1", .at = "06:00");
    given_composition(.at = "06:10");
    given_declaration(.at = "06:20");
}

Test(clearance, open_without_arrival) {
    given_clear_but_for_arrival();
    EXPECT("/status", "open");
    EXPECT("/reasons", "[]");
    EXPECT("/arrived_at", "(absent)");
    EXPECT("/arrived_place", "(absent)");
    EXPECT("/cleared_at", "(absent)");
    EXPECT("/clearance_seconds", "(absent)");
    given_control(.at = "06:30");
    EXPECT("/status", "open"); /* whatever blocks */
}

Test(clearance, cleared) {
    given_clear_but_for_arrival();
    given_arrival(.at = "09:05", .arrived_at = "09:00", .place = "KZDYK");
    EXPECT("/status", "cleared");
    EXPECT("/reasons", "[]");
    EXPECT("/arrived_at", "2020-12-18T09:00:00.000Z");
    EXPECT("/arrived_place", "KZDYK");
    EXPECT("/cleared_at", "2020-12-18T09:05:00.000Z");
    EXPECT("/clearance_seconds", "300");
}

Test(clearance, incomplete) {
    given_arrival(.at = "09:05");
    EXPECT("/status", "incomplete");
    EXPECT("/reasons", "['composition-missing']");
    EXPECT("/cleared_at", "(absent)");
    given_manifest(.waybill = "W1");
    given_composition(.wagons = {{.wagon = "6001", .boxes = {BOX_A, BOX_B}}});
    EXPECT("/reasons", "['containers-missing','declaration-missing']");
    EXPECT("/status", "incomplete");
}

Test(clearance, held_by_a_control) {
    given_clear_but_for_arrival();
    given_arrival(.at = "09:05");
    given_control(.at = "09:06");
    EXPECT("/status", "held");
    EXPECT("/reasons", "['control-open']");
    EXPECT("/cleared_at", "(absent)");
    EXPECT("/clearance_seconds", "(absent)");
    given_control(.at = "09:07", .outcome = "released");
    EXPECT("/status", "cleared");
    EXPECT("/clearance_seconds", "420");
}

Test(clearance, held_by_a_conflict) {
    given_clear_but_for_arrival();
    given_arrival(.at = "09:05");
    given_manifest(.waybill = "W2", .at = "05:00");
    EXPECT("/status", "held");
    EXPECT("/reasons", "['conflict']");
}

Test(clearance, held_comes_before_incomplete) {
    given_arrival(.at = "09:05");
    given_control(.at = "09:06");
    EXPECT("/status", "held");
    EXPECT("/reasons", "['composition-missing','control-open']");
}

Test(clearance, every_reason_at_once_is_sorted) {
    given_arrival(.at = "09:05");
    given_manifest(.waybill = "W1");
    given_manifest(.waybill = "W2");
    given_control(.at = "09:06");
    EXPECT("/reasons", "['composition-missing','conflict','control-open','declaration-missing']");
    given_composition(.wagons = {{.wagon = "6001", .boxes = {BOX_A, BOX_B}}});
    EXPECT("/reasons", "['conflict','containers-missing','control-open','declaration-missing']");
}

/* Each kind of fact in turn is the last one of a cleared train. */
Test(clearance, cleared_at_is_the_last_fact_it_rests_on) {
    given_clear_but_for_arrival();
    given_arrival(.at = "09:05", .arrived_at = "09:00");
    given_manifest(.waybill = "W1", .at = "10:01");
    EXPECT("/cleared_at", "2020-12-18T10:01:00.000Z");
    given_composition(.at = "10:02");
    EXPECT("/cleared_at", "2020-12-18T10:02:00.000Z");
    given_declaration(.at = "10:03");
    EXPECT("/cleared_at", "2020-12-18T10:03:00.000Z");
    given_control(.at = "10:04", .outcome = "passed");
    EXPECT("/cleared_at", "2020-12-18T10:04:00.000Z");
    given_application(.at = "10:05"); /* no ground where applications decide nothing */
    EXPECT("/cleared_at", "2020-12-18T10:04:00.000Z");
    fixture_rules(MERGE_APPLIED, REQUIRE_SUMMARY);
    EXPECT("/cleared_at", "2020-12-18T10:05:00.000Z");
    fixture_rules(MERGE_AUTO, REQUIRE_SUMMARY);
    given_delete(.waybill = "W9", .at = "10:06");
    EXPECT("/cleared_at", "2020-12-18T10:06:00.000Z");
    given_control(.at = "10:07", .scope = "waybill", .ref = "W9"); /* open, but its scope does not matter */
    EXPECT("/cleared_at", "2020-12-18T10:07:00.000Z");
    given_tally(.at = "10:08", .packages = "10");
    EXPECT("/cleared_at", "2020-12-18T10:08:00.000Z");
    given_declaration(.at = "10:12", .waybills = "W9"); /* of a waybill that is not live */
    EXPECT("/cleared_at", "2020-12-18T10:08:00.000Z");
    given_arrival(.at = "10:09", .arrived_at = "09:00");
    EXPECT("/cleared_at", "2020-12-18T10:09:00.000Z");
    EXPECT("/clearance_seconds", "4140");
}

Test(clearance, tracking_never_moves_cleared_at) {
    given_clear_but_for_arrival();
    given_arrival(.at = "09:05");
    given_tracked(.at = "11:00", .what = "door-opened");
    given_tracked(.at = "12:00", .what = "resealed", .seal = "S");
    given_control(.at = "09:06", .scope = "container", .ref = BOX_A, .kind = "physical-inspection",
                  .outcome = "passed");
    EXPECT("/cleared_at", "2020-12-18T09:06:00.000Z");
    EXPECT("/facts/last_at", "2020-12-18T12:00:00.000Z");
}

Test(clearance, whole_seconds) {
    given_clear_but_for_arrival();
    given_arrival(.at = "2020-12-18T09:00:01.998Z", .arrived_at = "2020-12-18T09:00:00.999Z");
    EXPECT("/clearance_seconds", "0");
    given_arrival(.at = "2020-12-18T09:00:01.999Z", .arrived_at = "2020-12-18T09:00:00.999Z");
    EXPECT("/clearance_seconds", "1");
}

Test(clearance, zero_seconds_when_cleared_before_arrival) {
    given_clear_but_for_arrival();
    given_arrival(.at = "06:25", .arrived_at = "2020-12-19T09:00:00Z");
    EXPECT("/status", "cleared");
    EXPECT("/cleared_at", "2020-12-18T06:25:00.000Z");
    EXPECT("/clearance_seconds", "0");
}

Test(clearance, require_none_clears_an_undeclared_train) {
    given_manifest(.waybill = "W1");
    given_composition(.at = "08:10");
    given_arrival(.at = "09:05");
    EXPECT("/status", "incomplete");
    fixture_rules(MERGE_AUTO, REQUIRE_NONE);
    EXPECT("/status", "cleared");
}
