/* Contract 5.7 and 5.8: seals and doors. */
#include <criterion/criterion.h>

#include "support/fixture.h"

TestSuite(seals, .init = fixture_open, .fini = fixture_close);
TestSuite(doors, .init = fixture_open, .fini = fixture_close);

#define CLAIMED(seal_of_claim) given_manifest(.boxes = {{.number = BOX_A, .seal = (seal_of_claim)}})

Test(seals, a_seal_fact_is_the_one_shown) {
    CLAIMED("S1");
    EXPECT("/containers/0/seal", "S1");
    given_tracked(.what = "resealed", .seal = "S2", .at = "06:00");
    EXPECT("/containers/0/seal", "S2");
    EXPECT("/alerts", "[]"); /* resealed: explained */
}

Test(seals, sealed_otherwise_than_claimed) {
    CLAIMED("S1");
    given_tracked(.what = "sealed", .seal = "S2");
    EXPECT("/containers/0/seal", "S2");
    EXPECT("/alerts", "[{'container':'" BOX_A "','expected':'S1','found':'S2','kind':'seal-changed'}]");
    EXPECT("/reasons/1", "conflict");
}

Test(seals, sealed_as_claimed) {
    CLAIMED("S1");
    given_tracked(.what = "sealed", .seal = "S1");
    EXPECT("/alerts", "[]");
}

Test(seals, sealed_without_a_claimed_seal) {
    CLAIMED(ABSENT);
    given_tracked(.what = "sealed", .seal = "S2");
    EXPECT("/containers/0/seal", "S2");
    EXPECT("/alerts", "[]");
}

Test(seals, seals_are_compared_by_bytes) {
    CLAIMED("s1");
    given_tracked(.what = "sealed", .seal = "S1");
    EXPECT("/alerts/0/kind", "seal-changed");
}

Test(seals, resealed_after_sealed_ends_the_alert) {
    CLAIMED("S1");
    given_tracked(.what = "sealed", .seal = "S2");
    given_tracked(.what = "resealed", .seal = "S2", .at = "08:10");
    EXPECT("/alerts", "[]");
}

Test(seals, sealed_after_resealed_begins_it) {
    CLAIMED("S1");
    given_tracked(.what = "resealed", .seal = "S2");
    given_tracked(.what = "sealed", .seal = "S3", .at = "08:10");
    EXPECT("/alerts/0/found", "S3");
}

Test(seals, the_newest_claimed_seal_is_expected) {
    given_manifest(.waybill = "W1", .at = "08:00", .boxes = {{.number = BOX_A, .load = "LCL", .seal = "S1"}});
    given_manifest(.waybill = "W2", .at = "08:10", .boxes = {{.number = BOX_A, .load = "LCL", .seal = "S2"}});
    given_manifest(.waybill = "W3", .at = "08:20", .boxes = {{.number = BOX_A, .load = "LCL"}});
    given_tracked(.what = "sealed", .seal = "S1");
    EXPECT("/alerts/0/kind", "container-mismatch");
    EXPECT("/alerts/1/expected", "S2");
    EXPECT("/alerts/1/found", "S1");
}

Test(seals, other_events_with_a_seal_do_not_count) {
    CLAIMED("S1");
    given_tracked(.what = "unloaded", .seal = "S2");
    EXPECT("/containers/0/seal", "S1");
    EXPECT("/alerts", "[]");
}

Test(seals, unclaimed_containers_have_no_seal_alert) {
    given_composition(.wagons = {{.wagon = "6001", .boxes = {"-" BOX_A}}});
    given_tracked(.what = "sealed", .seal = "S2");
    EXPECT("/alerts", "[]");
}

/* Doors are opened at 10:00 of the 18th. When is the inspection of the container, and does it explain the opening? */
static const struct {
    const char *at, *scope, *ref, *kind, *outcome;
    bool explains;
} INSPECTIONS[] = {
    {"2020-12-17T10:00:00.000Z", "container", BOX_A, "physical-inspection", "ordered", true},
    {"2020-12-17T09:59:59.999Z", "container", BOX_A, "physical-inspection", "ordered", false},
    {"09:00", "container", BOX_A, "physical-inspection", "ordered", true},
    {"09:00", "container", BOX_A, "physical-inspection", "passed", true},
    {"09:00", "container", BOX_A, "physical-inspection", "failed", true},
    {"09:00", "container", BOX_A, "physical-inspection", "released", true},
    {"11:00", "container", BOX_A, "physical-inspection", "passed", true}, /* reported late: no upper bound */
    {"2020-12-30T00:00:00Z", "container", BOX_A, "physical-inspection", "passed", true},
    {"09:00", "container", BOX_B, "physical-inspection", "passed", false},
    {"09:00", "container", BOX_A, "image-scan", "passed", false},
    {"09:00", "container", BOX_A, "quarantine", "passed", false},
    {"09:00", "waybill", "W1", "physical-inspection", "passed", false},
    {"09:00", "train", NULL, "physical-inspection", "passed", false},
};

Test(doors, which_inspection_explains) {
    for (size_t i = 0; i < sizeof INSPECTIONS / sizeof INSPECTIONS[0]; i++) {
        given_manifest(.waybill = "W1");
        given_tracked(.what = "door-opened", .at = "10:00");
        EXPECT("/alerts", "[{'container':'" BOX_A "','kind':'door-opened'}]");
        EXPECT("/reasons/1", "conflict");
        given_control(.at = INSPECTIONS[i].at, .scope = INSPECTIONS[i].scope, .ref = INSPECTIONS[i].ref,
                      .kind = INSPECTIONS[i].kind, .outcome = INSPECTIONS[i].outcome);
        const char *kind = fixture_at("/alerts/0/kind");
        cr_expect_str_eq(kind, INSPECTIONS[i].explains ? "(absent)" : "door-opened", "inspection %zu", i);
        fixture_close();
        fixture_open();
    }
}

Test(doors, the_newest_opening_counts) {
    given_manifest(.waybill = "W1");
    given_control(.scope = "container", .ref = BOX_A, .kind = "physical-inspection", .outcome = "passed",
                  .at = "2020-12-16T10:00:00Z");
    given_tracked(.what = "door-opened", .at = "2020-12-17T09:00:00Z");
    EXPECT("/alerts", "[]");
    given_tracked(.what = "door-opened", .at = "2020-12-18T09:00:00Z");
    EXPECT("/alerts/0/kind", "door-opened");
}

Test(doors, closing_them_explains_nothing) {
    given_manifest(.waybill = "W1");
    given_tracked(.what = "door-opened", .at = "10:00");
    given_tracked(.what = "door-closed", .at = "10:05");
    EXPECT("/alerts/0/kind", "door-opened");
    EXPECT("/containers/0/last/event", "door-closed");
}

Test(doors, listed_and_unclaimed_containers_count_too) {
    given_composition(.wagons = {{.wagon = "6001", .boxes = {"-" BOX_B, BOX_A}}});
    given_tracked(.container = BOX_A, .what = "door-opened");
    given_tracked(.container = BOX_B, .what = "door-opened");
    EXPECT("/alerts",
           "[{'container':'" BOX_A "','kind':'door-opened'},{'container':'" BOX_B "','kind':'door-opened'}]");
    EXPECT("/containers", "[]");
}

Test(doors, off_the_train_they_do_not_count) {
    given_tracked(.container = BOX_A, .what = "door-opened");
    EXPECT("/alerts", "[]");
    given_manifest(.waybill = "W1");
    EXPECT("/alerts/0/kind", "door-opened");
    given_composition(.wagons = {{.wagon = "6001", .boxes = {BOX_B}}});
    EXPECT("/alerts", "[]");
}
