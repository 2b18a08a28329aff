/* Contract 2.12, 5.9, 5.19 and 5.21: several customs, and what one accepts of another. */
#include <criterion/criterion.h>

#include "support/fixture.h"

TestSuite(authorities, .init = fixture_open, .fini = fixture_close);
TestSuite(recognition, .init = fixture_open, .fini = fixture_close);
TestSuite(operators, .init = fixture_open, .fini = fixture_close);

Test(authorities, each_has_a_register_of_its_own) {
    given_control(.outcome = "ordered", .at = "08:00");
    given_control(.outcome = "passed", .authority = "KZ", .at = "08:10");
    given_control(.outcome = "failed", .authority = "DE", .at = "08:20");
    EXPECT("/controls/0/authority", "CN"); /* of the train's port */
    EXPECT("/controls/1/authority", "DE");
    EXPECT("/controls/2", "(absent)");
    given_control(.outcome = "passed", .authority = "CN", .at = "08:30");
    EXPECT("/controls/0/authority", "DE");
    EXPECT("/accepted", "[]");
}

Test(recognition, a_newer_pass_of_another_customs_closes) {
    fixture_recognise("control:KZ:risk");
    given_control(.outcome = "ordered", .at = "08:00");
    given_control(.outcome = "passed", .authority = "KZ", .at = "08:10");
    EXPECT("/controls", "[]");
    EXPECT("/accepted", "[{'at':'2020-12-18T08:10:00.000Z','authority':'CN','by':'KZ','kind':'risk','scope':'train'}]");
    EXPECT("/rules/recognised", "['control:KZ:risk']");
    EXPECT("/reasons", "['composition-missing']");
    fixture_recognise("");
    EXPECT("/controls/0/authority", "CN");
    EXPECT("/accepted", "[]");
}

Test(recognition, only_of_that_kind_customs_and_outcome_and_newer) {
    static const struct {
        const char *authority, *kind, *outcome, *at;
        bool accepted;
    } rows[] = {
        {"KZ", "risk", "passed", "08:10", true},        {"KZ", "risk", "released", "08:10", true},
        {"KZ", "risk", "ordered", "08:10", false},      {"KZ", "risk", "failed", "08:10", false},
        {"KZ", "risk", "passed", "07:59", false},       {"DE", "risk", "passed", "08:10", false},
        {"KZ", "quarantine", "passed", "08:10", false},
    };
    fixture_recognise("aeo:DE:2020-01-01,control:CN:risk,control:DE:document,control:KZ:risk");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        given_control(.outcome = "ordered", .at = "08:00");
        given_control(.outcome = rows[i].outcome, .authority = rows[i].authority, .kind = rows[i].kind,
                      .at = rows[i].at);
        EXPECT("/accepted/0/by", rows[i].accepted ? "KZ" : "(absent)");
        fixture_close();
        fixture_open();
        fixture_recognise("aeo:DE:2020-01-01,control:CN:risk,control:DE:document,control:KZ:risk");
    }
}

Test(recognition, only_of_the_same_scope_and_ref) {
    fixture_recognise("control:KZ:risk");
    given_manifest(.waybill = "W1", .boxes = {{.number = BOX_A}, {.number = BOX_B}});
    given_control(.scope = "container", .ref = BOX_A);
    given_control(.scope = "container", .ref = BOX_B, .authority = "KZ", .outcome = "passed", .at = "08:30");
    given_control(.scope = "waybill", .ref = "W1", .authority = "KZ", .outcome = "passed", .at = "08:30");
    EXPECT("/accepted", "[]");
    given_control(.scope = "container", .ref = BOX_A, .authority = "KZ", .outcome = "passed", .at = "08:30");
    EXPECT("/accepted/0/ref", BOX_A);
}

/* The newest pass accepts; its own control is not accepted by itself. */
Test(recognition, by_the_newest_of_several) {
    fixture_recognise("control:BY:risk,control:DE:risk,control:KZ:risk");
    given_control(.outcome = "failed", .at = "08:00");
    given_control(.outcome = "passed", .authority = "KZ", .at = "08:10");
    given_control(.outcome = "released", .authority = "BY", .at = "08:30");
    given_control(.outcome = "passed", .authority = "DE", .at = "08:20");
    EXPECT("/accepted/0/by", "BY");
    given_control(.outcome = "ordered", .authority = "BY", .at = "08:40");
    EXPECT("/accepted/0/by", "DE");        /* CN's, by DE's newer pass */
    EXPECT("/controls/0/authority", "BY"); /* newer than every pass */
    given_control(.outcome = "passed", .authority = "KZ", .at = "08:50");
    EXPECT("/accepted/0/authority", "BY");
    EXPECT("/accepted/1/authority", "CN");
    EXPECT("/accepted/1/by", "KZ");
}

/* Newer is the whole order of 3.1: equal times are told apart by source and id. */
Test(recognition, newer_by_source_and_id_too) {
    fixture_recognise("control:KZ:risk");
    given_control(.at = "08:00", .source = "m", .id = "1");
    given_control(.outcome = "passed", .authority = "KZ", .at = "08:00", .source = "a", .id = "9");
    EXPECT("/accepted", "[]");
    given_control(.outcome = "passed", .authority = "KZ", .at = "08:00", .source = "n", .id = "0");
    EXPECT("/accepted/0/by", "KZ");
}

Test(operators, priority_counts_both_sides) {
    fixture_recognise("aeo:DE:2020-12-18");
    given_manifest(.consignor = {.aeo = "A1"}, .consignee = {.code = "C2", .country = "DE", .aeo = "A2"});
    EXPECT("/declarations/0/aeo", "true");
    EXPECT("/declarations/0/aeo_partner", "true");
    EXPECT("/declarations/0/priority", "2");
    fixture_recognise("aeo:DE:2020-12-19"); /* from the day behind the train's on */
    EXPECT("/declarations/0/aeo_partner", "false");
    EXPECT("/declarations/0/priority", "1");
    fixture_recognise("aeo:DE:2020-01-01,aeo:DE:2021-01-01"); /* the earlier date counts */
    EXPECT("/declarations/0/aeo_partner", "true");
    fixture_recognise("aeo:FR:2020-01-01");
    EXPECT("/declarations/0/aeo_partner", "false");
}

Test(operators, of_every_waybill_of_the_declaration) {
    fixture_recognise("aeo:DE:2020-01-01");
    given_manifest(.waybill = "W1", .consignee = {.code = "C2", .country = "DE", .aeo = "A2"});
    given_manifest(.waybill = "W2", .boxes = {{.number = BOX_B}}, .consignee = {.code = "C3", .country = "DE"});
    EXPECT("/declarations/0/waybills", "['W1','W2']");
    EXPECT("/declarations/0/aeo_partner", "false");
    EXPECT("/declarations/0/priority", "0");
}

Test(operators, the_counterpart_of_an_entry_is_its_consignor) {
    fixture_recognise("aeo:DE:2020-01-01");
    given_manifest(.direction = "entry", .consignor = {.country = "DE", .aeo = "A1"},
                   .consignee = {.country = "CN", .aeo = "A2"});
    EXPECT("/declarations/0/party/aeo", "A2");
    EXPECT("/declarations/0/priority", "2");
}

Test(operators, in_transit_there_is_no_counterpart) {
    fixture_recognise("aeo:CN:2020-01-01,aeo:DE:2020-01-01");
    given_manifest(.direction = "transit", .consignor = {.aeo = "A1"}, .consignee = {.country = "DE", .aeo = "A2"},
                   .declarant = {.code = "D1", .country = "KZ", .aeo = "A3"});
    EXPECT("/declarations/0/party/code", "D1");
    EXPECT("/declarations/0/aeo", "true");
    EXPECT("/declarations/0/aeo_partner", "false");
}
