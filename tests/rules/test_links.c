/* Contract 5.18: trains that continue each other. */
#include <criterion/criterion.h>

#include "support/fixture.h"

TestSuite(links, .init = fixture_open, .fini = fixture_close);

Test(links, are_shown_by_role_and_train) {
    given_link(.role = "to", .number = "A", .containers = BOX_A);
    given_link(.number = "X80", .containers = BOX_B " " BOX_A);
    given_link(.number = "X8", .date = "2020-12-16", .containers = BOX_A);
    given_link(.number = "X8", .containers = BOX_A);
    given_link(.number = "X8", .port = "CNAKL", .containers = BOX_A);
    EXPECT("/links/0", "{'containers':['" BOX_A "'],'role':'from',"
                       "'train':{'date':'2020-12-16','number':'X8','port':'KZDYK'}}");
    EXPECT("/links/1/train", "{'date':'2020-12-17','number':'X8','port':'CNAKL'}");
    EXPECT("/links/2/train", "{'date':'2020-12-17','number':'X8','port':'KZDYK'}");
    EXPECT("/links/3/train/number", "X80"); /* behind X8, though its key comes before */
    EXPECT("/links/3/containers", "['" BOX_A "','" BOX_B "']");
    EXPECT("/links/4/role", "to");
    EXPECT("/links/5", "(absent)");
    EXPECT("/alerts", "[]"); /* without a composition nobody knows what is missing */
}

Test(links, the_newest_of_a_role_and_train_counts_and_none_withdraws) {
    given_link(.containers = BOX_A, .at = "08:00");
    given_link(.containers = BOX_B, .at = "08:10");
    EXPECT("/links/0/containers", "['" BOX_B "']");
    given_link(.containers = ABSENT, .at = "08:20");
    EXPECT("/links", "[]");
    EXPECT("/facts/count", "1");
}

Test(links, what_did_not_come_along_is_told_and_does_not_block) {
    given_manifest(.waybill = "W1", .at = "06:00", .boxes = {{.number = BOX_A}, {.number = BOX_C}});
    given_composition(.at = "06:10");
    given_declaration(.at = "06:20");
    given_arrival(.at = "09:05");
    given_link(.containers = BOX_A " " BOX_B " " BOX_C, .at = "06:00");
    given_link(.number = "X80", .containers = BOX_B, .at = "06:00");
    EXPECT("/off_train", "['" BOX_C "']");
    EXPECT("/alerts", "[{'container':'" BOX_B "','expected':'X8023|2020-12-17|KZDYK','kind':'link-missing'},"
                      "{'container':'" BOX_B "','expected':'X80|2020-12-17|KZDYK','kind':'link-missing'},"
                      "{'container':'" BOX_C "','expected':'X8023|2020-12-17|KZDYK','kind':'link-missing'}]");
    EXPECT("/status", "cleared");
}

Test(links, to_another_train_misses_nothing) {
    given_composition(.wagons = {{.wagon = "6001", .boxes = {"-" BOX_A}}});
    given_link(.role = "to", .containers = BOX_B);
    EXPECT("/alerts", "[]");
    given_link(.role = "from", .containers = BOX_A);
    EXPECT("/alerts", "[]"); /* listed is on the train, claimed or not */
}

Test(links, never_move_cleared_at) {
    given_manifest(.at = "06:00");
    given_composition(.at = "06:10");
    given_declaration(.at = "06:20");
    given_arrival(.at = "09:05");
    given_link(.at = "12:00");
    EXPECT("/cleared_at", "2020-12-18T09:05:00.000Z");
    EXPECT("/facts/last_at", "2020-12-18T12:00:00.000Z");
}
