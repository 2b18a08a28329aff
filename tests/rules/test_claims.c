/* Contract 4.1 and 4.2: claims on a container, which are used, and what is shown when they differ. Nothing
 * here is composed: a container is on the train because it is claimed. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "support/fixture.h"

TestSuite(claims, .init = fixture_open, .fini = fixture_close);

Test(claims, one_claim_is_used) {
    given_manifest(.waybill = "W1", .boxes = {{.number = BOX_A, .seal = "S1", .wagon = "6001", .tare_kg = "2200.500"}});
    EXPECT("/containers",
           "[{'dangerous':[],'load':'FCL','number':'" BOX_A "','seal':'S1','size_type':'22G1','tare_kg':2200.5,"
           "'wagon':'6001','waybills':['W1']}]");
    EXPECT("/alerts", "[]");
    EXPECT("/off_train", "[]");
    EXPECT("/missing", "[]");
}

Test(claims, optional_members_stay_absent) {
    given_manifest(.waybill = "W1");
    EXPECT("/containers",
           "[{'dangerous':[],'load':'FCL','number':'" BOX_A "','size_type':'22G1','tare_kg':0,'waybills':['W1']}]");
}

Test(claims, two_fcl_claims_only_the_newest_is_used) {
    given_manifest(.waybill = "W1", .at = "08:10", .boxes = {{.number = BOX_A, .seal = "S1"}});
    given_manifest(.waybill = "W2", .at = "08:00", .boxes = {{.number = BOX_A, .seal = "S2"}});
    EXPECT("/alerts", "[{'container':'" BOX_A "','kind':'container-claimed-twice','waybills':['W1','W2']}]");
    EXPECT("/containers/0/waybills", "['W1']");
    EXPECT("/containers/0/seal", "S1");
    EXPECT("/totals/waybills", "1");
    EXPECT("/declarations/0/waybills", "['W1']");
    EXPECT("/totals/packages", "10");
    EXPECT("/reasons", "['composition-missing','conflict','declaration-missing']");
}

Test(claims, one_fcl_among_lcl_spoils_sharing) {
    given_manifest(.waybill = "W1", .at = "08:00", .boxes = {{.number = BOX_A, .load = "FCL"}});
    given_manifest(.waybill = "W2", .at = "08:10", .boxes = {{.number = BOX_A, .load = "LCL"}});
    given_manifest(.waybill = "W3", .at = "08:05", .boxes = {{.number = BOX_A, .load = "LCL"}});
    EXPECT("/alerts/0/kind", "container-claimed-twice");
    EXPECT("/alerts/0/waybills", "['W1','W2','W3']");
    EXPECT("/containers/0/waybills", "['W2']");
    EXPECT("/containers/0/load", "LCL"); /* of the used claim */
}

Test(claims, fcl_is_the_default_load) {
    given_manifest(.waybill = "W1", .boxes = {{.number = BOX_A}});
    given_manifest(.waybill = "W2", .at = "08:10", .boxes = {{.number = BOX_A, .load = "LCL"}});
    EXPECT("/alerts/0/kind", "container-claimed-twice");
}

Test(claims, lcl_is_shared) {
    given_manifest(.waybill = "W2", .at = "08:10", .boxes = {{.number = BOX_A, .load = "LCL"}});
    given_manifest(.waybill = "W1", .at = "08:00", .boxes = {{.number = BOX_A, .load = "LCL"}});
    EXPECT("/alerts", "[]");
    EXPECT("/containers/0/waybills", "['W1','W2']");
    EXPECT("/containers/0/load", "LCL");
    EXPECT("/totals/containers", "1");
    EXPECT("/totals/waybills", "2");
    EXPECT("/totals/packages", "20");
    EXPECT("/totals/teu", "1");
}

Test(claims, one_lcl_claim_stays_lcl) {
    given_manifest(.boxes = {{.number = BOX_A, .load = "LCL"}});
    EXPECT("/containers/0/load", "LCL");
    EXPECT("/alerts", "[]");
}

Test(claims, a_deleted_manifest_claims_nothing) {
    given_manifest(.waybill = "W1");
    given_manifest(.waybill = "W2", .at = "08:10");
    EXPECT("/alerts/0/kind", "container-claimed-twice");
    given_delete(.waybill = "W2", .at = "08:20");
    EXPECT("/alerts", "[]");
    EXPECT("/containers/0/waybills", "['W1']");
}

/* "Newest" is the order of contract 3.1 to its last step. */
Test(claims, newest_claim_by_source_and_id) {
    given_manifest(.waybill = "W1", .source = "b", .id = "1", .boxes = {{.number = BOX_A}, {.number = BOX_B}});
    given_manifest(.waybill = "W2", .source = "a", .id = "9", .boxes = {{.number = BOX_A}, {.number = BOX_B}});
    EXPECT("/containers/0/waybills", "['W1']");
    given_manifest(.waybill = "W3", .source = "b", .id = "2", .boxes = {{.number = BOX_A}});
    EXPECT("/containers/0/waybills", "['W3']");
    EXPECT("/containers/1/waybills", "['W1']");
    EXPECT("/totals/waybills", "2"); /* W2 has no used claim left */
}

Test(claims, newest_claim_by_hash) {
    given_manifest(.waybill = "W1", .id = "same");
    given_manifest(.waybill = "W2", .id = "same");
    int order = hash_compare(hash_of(fixture_message(0)), hash_of(fixture_message(1)));
    EXPECT("/containers/0/waybills", order > 0 ? "['W1']" : "['W2']");
}

Test(claims, a_waybill_stays_live_by_its_other_container) {
    given_manifest(.waybill = "W1", .boxes = {{.number = BOX_A}, {.number = BOX_B}});
    given_manifest(.waybill = "W2", .at = "08:10", .boxes = {{.number = BOX_A}});
    EXPECT("/totals/waybills", "2");
    EXPECT("/declarations/0/containers", "['" BOX_A "','" BOX_B "']");
    fixture_rules(MERGE_NEVER, REQUIRE_SUMMARY);
    EXPECT("/totals/packages", "20"); /* the goods of W1 in A count nowhere */
}

/* Each field of rule 2: the older claim W1 and the newer W2, both LCL. A member absent on one side is no difference. */
static const struct {
    const char *about;
    struct builder_container older, newer;
    const char *alerts, *pointer, *shown;
} MISMATCHES[] = {
    {"size_type",
     {.size_type = "22G1"},
     {.size_type = "45G1"},
     "[{'container':'" BOX_A "','field':'size_type','kind':'container-mismatch',"
     "'values':[{'value':'22G1','waybill':'W1'},{'value':'45G1','waybill':'W2'}]}]",
     "/containers/0/size_type",
     "45G1"},
    {"seal",
     {.seal = "S1"},
     {.seal = "S2"},
     "[{'container':'" BOX_A "','field':'seal','kind':'container-mismatch',"
     "'values':[{'value':'S1','waybill':'W1'},{'value':'S2','waybill':'W2'}]}]",
     "/containers/0/seal",
     "S2"},
    {"wagon",
     {.wagon = "6001"},
     {.wagon = "6002"},
     "[{'container':'" BOX_A "','field':'wagon','kind':'container-mismatch',"
     "'values':[{'value':'6001','waybill':'W1'},{'value':'6002','waybill':'W2'}]}]",
     "/containers/0/wagon",
     "6002"},
    {"tare",
     {.tare_kg = "2200"},
     {.tare_kg = "2200.500"},
     "[{'container':'" BOX_A "','field':'tare_kg','kind':'container-mismatch',"
     "'values':[{'value':2200,'waybill':'W1'},{'value':2200.5,'waybill':'W2'}]}]",
     "/containers/0/tare_kg",
     "2200.5"},
    {"tare zero is a value",
     {.tare_kg = "2200"},
     {.tare_kg = "0"},
     "[{'container':'" BOX_A "','field':'tare_kg','kind':'container-mismatch',"
     "'values':[{'value':2200,'waybill':'W1'},{'value':0,'waybill':'W2'}]}]",
     "/containers/0/tare_kg",
     "0"},
    {"equal tares written differently",
     {.tare_kg = "2200"},
     {.tare_kg = "2200.000"},
     "[]",
     "/containers/0/tare_kg",
     "2200"},
    {"equal seals", {.seal = "S1"}, {.seal = "S1"}, "[]", "/containers/0/seal", "S1"},
    {"newer without seal", {.seal = "S1"}, {0}, "[]", "/containers/0/seal", "S1"},
    {"older without seal", {0}, {.seal = "S2"}, "[]", "/containers/0/seal", "S2"},
    {"newer without wagon", {.wagon = "6001"}, {0}, "[]", "/containers/0/wagon", "6001"},
    {"older without wagon", {0}, {.wagon = "6002"}, "[]", "/containers/0/wagon", "6002"},
    {"newer without tare", {.tare_kg = "2200"}, {0}, "[]", "/containers/0/tare_kg", "2200"},
    {"older without tare", {0}, {.tare_kg = "2200"}, "[]", "/containers/0/tare_kg", "2200"},
    {"no seal", {0}, {0}, "[]", "/containers/0/seal", "(absent)"},
    {"no tare", {0}, {0}, "[]", "/containers/0/tare_kg", "0"},
};

static void given_lcl(const char *waybill, const char *at, const struct builder_container *box) {
    given_manifest(.waybill = waybill, .at = at,
                   .boxes = {{.number = BOX_A,
                              .load = "LCL",
                              .size_type = box->size_type,
                              .seal = box->seal,
                              .wagon = box->wagon,
                              .tare_kg = box->tare_kg}});
}

Test(claims, mismatches) {
    for (size_t i = 0; i < sizeof MISMATCHES / sizeof MISMATCHES[0]; i++) {
        given_lcl("W1", "08:00", &MISMATCHES[i].older);
        given_lcl("W2", "08:10", &MISMATCHES[i].newer);
        cr_log_info("%s", MISMATCHES[i].about);
        EXPECT("/alerts", MISMATCHES[i].alerts);
        EXPECT(MISMATCHES[i].pointer, MISMATCHES[i].shown);
        bool conflict = MISMATCHES[i].alerts[1] != ']';
        EXPECT("/reasons/1", conflict ? "conflict" : "declaration-missing");
        fixture_close();
        fixture_open();
    }
}

Test(claims, a_mismatch_shows_every_value_sorted_by_waybill) {
    given_lcl("W3", "08:00", &(struct builder_container){.seal = "S1"});
    given_lcl("W2", "08:10", &(struct builder_container){.seal = "S2"});
    given_lcl("W4", "08:20", &(struct builder_container){0});
    given_lcl("W1", "08:05", &(struct builder_container){.seal = "S1"});
    EXPECT("/alerts/0/values",
           "[{'value':'S1','waybill':'W1'},{'value':'S2','waybill':'W2'},{'value':'S1','waybill':'W3'}]");
    EXPECT("/containers/0/seal", "S2");
}

Test(claims, several_fields_differ_one_alert_each) {
    given_lcl("W1", "08:00",
              &(struct builder_container){.seal = "S1", .size_type = "22G1", .tare_kg = "1", .wagon = "A"});
    given_lcl("W2", "08:10",
              &(struct builder_container){.seal = "S2", .size_type = "45G1", .tare_kg = "2", .wagon = "B"});
    EXPECT("/alerts/0/field", "seal");
    EXPECT("/alerts/1/field", "size_type");
    EXPECT("/alerts/2/field", "tare_kg");
    EXPECT("/alerts/3/field", "wagon");
    EXPECT("/alerts/4", "(absent)");
}

Test(claims, an_unused_claim_takes_no_part_in_mismatches) {
    given_manifest(.waybill = "W1", .boxes = {{.number = BOX_A, .seal = "S1", .tare_kg = "1"}});
    given_manifest(.waybill = "W2", .at = "08:10", .boxes = {{.number = BOX_A, .seal = "S2"}});
    EXPECT("/alerts/0/kind", "container-claimed-twice");
    EXPECT("/alerts/1", "(absent)");
    EXPECT("/containers/0/tare_kg", "0");
}

Test(claims, alerts_are_sorted_by_kind_then_container) {
    given_manifest(.waybill = "W1",
                   .boxes = {{.number = BOX_C}, {.number = BOX_A}, {.number = BOX_B, .load = "LCL", .seal = "1"}});
    given_manifest(.waybill = "W2",
                   .boxes = {{.number = BOX_A}, {.number = BOX_C}, {.number = BOX_B, .load = "LCL", .seal = "2"}});
    EXPECT("/alerts/0/container", BOX_A);
    EXPECT("/alerts/1/container", BOX_C);
    EXPECT("/alerts/2/container", BOX_B);
    EXPECT("/alerts/2/kind", "container-mismatch");
}

/* More alerts than fit where the first ones do, of kinds that come up in another order than they are shown in. */
Test(claims, many_alerts_are_all_there_and_sorted) {
    char box[12], pointer[40];
    for (unsigned i = 0; i < 40; i++) {
        char waybill[8];
        builder_container_number(i, box);
        snprintf(waybill, sizeof waybill, "W%u", i);
        given_manifest(.waybill = waybill, .boxes = {{.number = box, .seal = "S1"}});
        given_tracked(.container = box, .what = "sealed", .seal = "S2");
        given_tracked(.container = box, .what = "door-opened");
    }
    for (unsigned i = 0; i < 40; i++) {
        builder_container_number(i, box);
        snprintf(pointer, sizeof pointer, "/alerts/%u", i);
        char expected[128];
        snprintf(expected, sizeof expected, "{'container':'%s','kind':'door-opened'}", box);
        EXPECT(pointer, expected);
        snprintf(pointer, sizeof pointer, "/alerts/%u", 40 + i);
        snprintf(expected, sizeof expected, "{'container':'%s','expected':'S1','found':'S2','kind':'seal-changed'}",
                 box);
        EXPECT(pointer, expected);
    }
    EXPECT("/alerts/80", "(absent)");
}
