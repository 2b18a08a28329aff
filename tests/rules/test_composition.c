/* Contract 4: who is on the train once it is composed. */
#include <criterion/criterion.h>

#include "support/fixture.h"

TestSuite(composition, .init = fixture_open, .fini = fixture_close);

Test(composition, missing_is_a_reason) {
    given_manifest(.waybill = "W1");
    EXPECT("/reasons/0", "composition-missing");
    given_composition(.at = "08:10");
    EXPECT("/reasons/0", "declaration-missing");
}

Test(composition, listed_and_claimed_is_on_the_train_with_its_wagon_and_position) {
    given_manifest(.waybill = "W1", .boxes = {{.number = BOX_A, .wagon = "9999"}});
    given_composition(.wagons = {{.wagon = "6001"}, {.wagon = "6002", .position = "17", .boxes = {BOX_A}}});
    EXPECT("/containers/0/wagon", "6002");
    EXPECT("/containers/0/position", "17");
    EXPECT("/totals/wagons", "2");
    EXPECT("/alerts", "[]");
}

Test(composition, with_it_manifests_do_not_quarrel_about_wagons) {
    given_manifest(.waybill = "W1", .boxes = {{.number = BOX_A, .load = "LCL", .wagon = "1"}});
    given_manifest(.waybill = "W2", .boxes = {{.number = BOX_A, .load = "LCL", .wagon = "2"}});
    EXPECT("/alerts/0/field", "wagon");
    given_composition(.at = "08:10");
    EXPECT("/alerts", "[]");
    EXPECT("/containers/0/wagon", "6001");
}

Test(composition, other_mismatches_stay) {
    given_manifest(.waybill = "W1", .boxes = {{.number = BOX_A, .load = "LCL", .seal = "1"}});
    given_manifest(.waybill = "W2", .boxes = {{.number = BOX_A, .load = "LCL", .seal = "2"}});
    given_composition(.at = "08:10");
    EXPECT("/alerts/0/field", "seal");
}

Test(composition, claimed_but_not_listed_is_off_train) {
    given_manifest(.waybill = "W1", .boxes = {{.number = BOX_C, .goods = {{.value = "5"}}},
                                              {.number = BOX_A, .tare_kg = "7"},
                                              {.number = BOX_B, .goods = {{.value = "9"}}}});
    given_composition(.wagons = {{.wagon = "6001", .boxes = {BOX_B}}});
    EXPECT("/off_train", "['" BOX_A "','" BOX_C "']");
    EXPECT("/containers/0/number", BOX_B);
    EXPECT("/containers/1", "(absent)");
    EXPECT("/totals/values", "{'USD':9}");
    EXPECT("/totals/tare_kg", "0");
    EXPECT("/totals/packages", "10");
    EXPECT("/declarations/0/containers", "['" BOX_B "']");
    EXPECT("/alerts", "[]");
    EXPECT("/missing", "[]");
}

Test(composition, off_train_raises_no_alert) {
    given_manifest(.waybill = "W1", .boxes = {{.number = BOX_A, .seal = "1"}});
    given_manifest(.waybill = "W2", .boxes = {{.number = BOX_A, .seal = "2"}});
    given_tracked(.what = "sealed", .seal = "3");
    given_tracked(.what = "door-opened", .at = "08:30");
    given_composition(.wagons = {{.wagon = "6001", .boxes = {"-" BOX_B}}});
    EXPECT("/off_train", "['" BOX_A "']");
    EXPECT("/alerts", "[]");
    EXPECT("/totals/waybills", "0");
    EXPECT("/declarations", "[]");
}

Test(composition, a_waybill_without_a_container_on_the_train_is_not_live) {
    given_manifest(.waybill = "W1", .boxes = {{.number = BOX_A}});
    given_manifest(.waybill = "W2", .boxes = {{.number = BOX_B}});
    given_composition(.wagons = {{.wagon = "6001", .boxes = {BOX_B}}});
    EXPECT("/totals/waybills", "1");
    EXPECT("/declarations/0/waybills", "['W2']");
}

Test(composition, listed_and_unclaimed_is_missing) {
    given_manifest(.waybill = "W1");
    given_composition(.wagons = {{.wagon = "6001", .boxes = {BOX_C, BOX_A, BOX_B}}});
    EXPECT("/missing", "['" BOX_B "','" BOX_C "']");
    EXPECT("/reasons", "['containers-missing','declaration-missing']");
    EXPECT("/totals/containers", "1");
    EXPECT("/totals/empty_containers", "0");
}

Test(composition, listed_empty_and_unclaimed_is_an_empty) {
    given_manifest(.waybill = "W1");
    given_composition(.wagons = {{.wagon = "6001", .boxes = {BOX_A, "-" BOX_B}},
                                 {.wagon = "6002", .boxes = {"-" BOX_C}}});
    EXPECT("/missing", "[]");
    EXPECT("/totals/empty_containers", "2");
    EXPECT("/totals/containers", "1");
    EXPECT("/reasons", "['declaration-missing']");
    EXPECT("/totals/teu", "1");
}

Test(composition, empty_with_goods) {
    given_manifest(.waybill = "W1", .boxes = {{.number = BOX_A}});
    given_composition(.wagons = {{.wagon = "6001", .boxes = {"-" BOX_A}}});
    EXPECT("/alerts", "[{'container':'" BOX_A "','kind':'empty-with-goods'}]");
    EXPECT("/reasons", "['conflict','declaration-missing']");
    EXPECT("/totals/empty_containers", "0");
    EXPECT("/totals/containers", "1");
    EXPECT("/totals/packages", "10");
    EXPECT("/totals/waybills", "1");
}

Test(composition, swapped_containers) {
    given_manifest(.waybill = "W1", .boxes = {{.number = BOX_A}});
    given_composition(.wagons = {{.wagon = "6001", .boxes = {BOX_B}}});
    EXPECT("/missing", "['" BOX_B "']");
    EXPECT("/off_train", "['" BOX_A "']");
    EXPECT("/totals/waybills", "0");
    given_composition(.at = "08:30", .wagons = {{.wagon = "6001", .boxes = {BOX_A}}});
    EXPECT("/missing", "[]");
    EXPECT("/off_train", "[]");
    EXPECT("/totals/waybills", "1");
}

Test(composition, the_newest_one_stands) {
    given_manifest(.waybill = "W1");
    given_composition(.at = "09:00", .wagons = {{.wagon = "7001", .boxes = {BOX_A}}});
    cr_expect_eq(given_composition(.at = "08:30", .wagons = {{.wagon = "6001", .boxes = {BOX_B}}}), JOIN_STALE);
    EXPECT("/containers/0/wagon", "7001");
}

Test(composition, wagons_without_containers_count) {
    given_composition(.wagons = {{.wagon = "6001"}, {.wagon = "6002"}, {.wagon = "6003"}});
    EXPECT("/totals/wagons", "3");
    EXPECT("/containers", "[]");
}

Test(composition, without_it_distinct_shown_wagons_count) {
    given_manifest(.waybill = "W1", .boxes = {{.number = BOX_A, .wagon = "6002"},
                                              {.number = BOX_B, .wagon = "6001"},
                                              {.number = BOX_C, .wagon = "6002"},
                                              {.number = BOX_D}});
    EXPECT("/totals/wagons", "2");
    EXPECT("/containers/0/position", "(absent)");
}

/* The wagon that is not shown does not count. */
Test(composition, without_it_a_hidden_wagon_does_not_count) {
    given_manifest(.waybill = "W1", .boxes = {{.number = BOX_A, .load = "LCL", .wagon = "6001"}});
    given_manifest(.waybill = "W2", .at = "08:10", .boxes = {{.number = BOX_A, .load = "LCL", .wagon = "6002"}});
    EXPECT("/totals/wagons", "1");
}

Test(composition, claims_twice_on_a_composed_train) {
    given_manifest(.waybill = "W1", .boxes = {{.number = BOX_A}, {.number = BOX_B}});
    given_manifest(.waybill = "W2", .at = "08:10", .boxes = {{.number = BOX_A}, {.number = BOX_B}});
    given_composition(.wagons = {{.wagon = "6001", .boxes = {BOX_A}}});
    EXPECT("/alerts", "[{'container':'" BOX_A "','kind':'container-claimed-twice','waybills':['W1','W2']}]");
    EXPECT("/off_train", "['" BOX_B "']");
    EXPECT("/totals/waybills", "1");
}
