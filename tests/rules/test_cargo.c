/* Contract 5.16 and 5.17: what was counted in a container, and its dangerous goods. */
#include <criterion/criterion.h>

#include "support/fixture.h"

TestSuite(tally, .init = fixture_open, .fini = fixture_close);
TestSuite(dangerous, .init = fixture_open, .fini = fixture_close);

/* ---- tally */

static void given_hundred_kg(void) {
    given_manifest(.boxes = {{.number = BOX_A, .goods = {{.packages = "7", .gross_kg = "60"}, {.gross_kg = "40"}}}});
}

Test(tally, is_shown) {
    given_hundred_kg();
    EXPECT("/containers/0/tally", "(absent)");
    given_tally(.packages = "17", .gross_kg = "1e2", .seal = "S9", .damaged = "true", .at = "10:00");
    EXPECT("/containers/0/tally",
           "{'at':'2020-12-18T10:00:00.000Z','damaged':true,'gross_kg':100,'packages':17,'seal':'S9'}");
    EXPECT("/alerts", "[]");
    EXPECT("/containers/0/seal", "(absent)"); /* shown in the tally, compared with nothing */
    given_tally(.at = "10:01");
    EXPECT("/containers/0/tally", "{'at':'2020-12-18T10:01:00.000Z','damaged':false}");
}

Test(tally, packages_must_be_equal) {
    static const char *const wrong[] = {"16", "18", "0"};
    for (size_t i = 0; i < 3; i++) {
        given_hundred_kg();
        given_tally(.packages = wrong[i]);
        EXPECT("/alerts/0/kind", "tally-mismatch");
        EXPECT("/alerts/0/field", "packages");
        EXPECT("/alerts/0/expected", "17");
        EXPECT("/alerts/0/found", wrong[i]);
        EXPECT("/reasons/1", "conflict");
        fixture_close();
        fixture_open();
    }
}

Test(tally, weight_may_be_five_percent_off) {
    static const struct {
        const char *gross_kg;
        bool differs;
    } rows[] = {{"95", false},        {"105", false}, {"100", false}, {"94.999999", true},
                {"105.000001", true}, {"0", true},    {"1e9", true}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        given_hundred_kg();
        given_tally(.gross_kg = rows[i].gross_kg);
        EXPECT("/alerts/0/field", rows[i].differs ? "gross_kg" : "(absent)");
        EXPECT("/alerts/0/expected", rows[i].differs ? "100" : "(absent)");
        fixture_close();
        fixture_open();
    }
}

Test(tally, nothing_declared_weighs_nothing) {
    given_manifest(.boxes = {{.number = BOX_A, .goods = {{.gross_kg = "0"}}}});
    given_tally(.gross_kg = "0");
    EXPECT("/alerts", "[]");
    given_tally(.gross_kg = "0.000001", .at = "10:01");
    EXPECT("/alerts/0/field", "gross_kg");
}

/* Fields sort; both differ at once. */
Test(tally, both_can_differ) {
    given_hundred_kg();
    given_tally(.packages = "1", .gross_kg = "1");
    EXPECT("/alerts", "[{'container':'" BOX_A "','expected':100,'field':'gross_kg','found':1,'kind':'tally-mismatch'},"
                      "{'container':'" BOX_A "','expected':17,'field':'packages','found':1,'kind':'tally-mismatch'}]");
}

/* All used claims together, and no other. */
Test(tally, is_compared_with_the_used_claims) {
    given_manifest(.waybill = "W1", .boxes = {{.number = BOX_A, .load = "LCL"}});
    given_manifest(.waybill = "W2", .boxes = {{.number = BOX_A, .load = "LCL", .goods = {{.packages = "3"}}}});
    given_tally(.packages = "13");
    EXPECT("/alerts", "[]");
    given_manifest(.waybill = "W3", .at = "09:30", .boxes = {{.number = BOX_A, .goods = {{.packages = "5"}}}});
    EXPECT("/alerts/1/expected", "5");
}

Test(tally, of_a_container_that_nobody_knows) {
    given_tally(.container = BOX_B, .packages = "1");
    EXPECT("/alerts", "[{'container':'" BOX_B "','kind':'tally-unexpected'}]");
    given_composition(.wagons = {{.wagon = "6001", .boxes = {BOX_B}}});
    EXPECT("/alerts", "[]"); /* listed; unclaimed, so there is nothing to compare with */
}

Test(tally, of_a_container_off_the_train_raises_nothing) {
    given_manifest(.boxes = {{.number = BOX_A}});
    given_composition(.wagons = {{.wagon = "6001", .boxes = {"-" BOX_B}}});
    given_tally(.packages = "1");
    EXPECT("/off_train", "['" BOX_A "']");
    EXPECT("/alerts", "[]");
}

/* ---- dangerous goods */

#define FOUND(numbers, ...)                                                                                            \
    given_control(.scope = "container", .ref = BOX_A, .kind = "image-scan", .outcome = "failed", .found = (numbers),   \
                  __VA_ARGS__)

Test(dangerous, declared_numbers_are_shown) {
    given_manifest(.waybill = "W1",
                   .boxes = {
                       {.number = BOX_A, .load = "LCL", .goods = {{.dangerous = "3480 1950"}, {.dangerous = "1950"}}}});
    given_manifest(.waybill = "W2", .boxes = {{.number = BOX_A, .load = "LCL", .goods = {{.dangerous = "1202"}}}});
    EXPECT("/containers/0/dangerous", "['1202','1950','3480']");
    EXPECT("/alerts", "[{'container':'" BOX_A "','kind':'dangerous-unchecked','un':['1202','1950','3480']}]");
}

/* What customs published: 2.4 t of fragrance spray that no paper named. */
Test(dangerous, found_and_not_declared) {
    given_manifest(.boxes = {{.number = BOX_A, .goods = {{.dangerous = "3480"}}}});
    given_control(.kind = "document", .outcome = "passed");
    FOUND("1950 3480", .authority = "KZ");
    EXPECT("/alerts", "[{'container':'" BOX_A "','kind':'dangerous-undeclared','un':['1950']}]");
    EXPECT("/reasons/1", "conflict");
    FOUND("1202", .authority = "CN");
    EXPECT("/alerts/0/un", "['1202','1950']"); /* of all authorities */
    FOUND("3480", .authority = "KZ", .at = "09:30");
    EXPECT("/alerts/0/un", "['1202']"); /* of each the newest */
}

Test(dangerous, found_in_a_container_that_is_only_listed) {
    given_composition(.wagons = {{.wagon = "6001", .boxes = {BOX_A}}});
    FOUND("1950", .at = "09:00");
    EXPECT("/alerts/0/kind", "dangerous-undeclared");
    given_composition(.wagons = {{.wagon = "6001", .boxes = {BOX_B}}}, .at = "09:30");
    EXPECT("/alerts", "[]");
}

Test(dangerous, found_elsewhere_than_in_a_container_is_not_used) {
    given_manifest(.boxes = {{.number = BOX_A}});
    given_control(.found = "1950", .outcome = "passed");
    given_control(.scope = "waybill", .ref = "W1", .found = "1950", .outcome = "passed");
    EXPECT("/alerts", "[]");
}

/* One pass of a document control or an inspection is enough: of the container, the train, or a waybill that declares.
 */
Test(dangerous, checked_by_one_pass) {
    static const struct {
        const char *scope, *ref, *kind, *outcome;
        bool checked;
    } rows[] = {
        {"container", BOX_A, "document", "passed", true},
        {"container", BOX_A, "physical-inspection", "released", true},
        {"train", NULL, "document", "released", true},
        {"waybill", "W1", "physical-inspection", "passed", true},
        {"waybill", "W2", "document", "passed", false}, /* which declares none in it */
        {"waybill", "W9", "document", "passed", false},
        {"container", BOX_B, "document", "passed", false},
        {"container", BOX_A, "risk", "passed", false},
        {"container", BOX_A, "document", "ordered", false},
        {"container", BOX_A, "document", "failed", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        given_manifest(.waybill = "W1", .boxes = {{.number = BOX_A, .load = "LCL", .goods = {{.dangerous = "1950"}}}});
        given_manifest(.waybill = "W2", .boxes = {{.number = BOX_A, .load = "LCL"}});
        given_control(.scope = rows[i].scope, .ref = rows[i].ref, .kind = rows[i].kind, .outcome = rows[i].outcome,
                      .authority = "KZ");
        EXPECT("/alerts/0/kind", rows[i].checked ? "(absent)" : "dangerous-unchecked");
        fixture_close();
        fixture_open();
    }
}

Test(dangerous, off_the_train_raises_nothing) {
    given_manifest(.boxes = {{.number = BOX_A, .goods = {{.dangerous = "1950"}}}});
    given_composition(.wagons = {{.wagon = "6001", .boxes = {"-" BOX_B}}});
    FOUND("1202", .at = "09:00");
    EXPECT("/alerts", "[]");
}
