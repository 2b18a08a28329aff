/* Contract 4.B, 4.3, 4.4, 5.2, 5.5: inland boxes, irregular numbers, transit, goods without code or value. */
#include <criterion/criterion.h>

#include "support/fixture.h"

TestSuite(inland, .init = fixture_open, .fini = fixture_close);
TestSuite(numbers, .init = fixture_open, .fini = fixture_close);
TestSuite(transit, .init = fixture_open, .fini = fixture_close);
TestSuite(unpriced, .init = fixture_open, .fini = fixture_close);

Test(inland, domestic_boxes_need_no_manifest) {
    given_composition(.wagons = {{.wagon = "6001", .boxes = {"+" BOX_A, "-+" BOX_B, "-" BOX_C, BOX_D}}});
    EXPECT("/domestic", "['" BOX_A "','" BOX_B "']");
    EXPECT("/missing", "['" BOX_D "']");
    EXPECT("/totals/empty_containers", "1"); /* the one that is not domestic */
    EXPECT("/alerts", "[]");
}

Test(inland, a_claimed_one_contradicts_and_counts_as_claimed) {
    given_manifest(.boxes = {{.number = BOX_A}, {.number = BOX_B}, {.number = BOX_C}});
    given_composition(.wagons = {{.wagon = "6001", .boxes = {"+" BOX_A, "-+" BOX_B, "-" BOX_C}}});
    EXPECT("/domestic", "[]");
    EXPECT("/totals/containers", "3");
    EXPECT("/alerts", "[{'container':'" BOX_A "','kind':'domestic-with-manifest'},"
                      "{'container':'" BOX_B "','kind':'domestic-with-manifest'},"
                      "{'container':'" BOX_C "','kind':'empty-with-goods'}]");
    EXPECT("/reasons/0", "conflict");
}

#define IRREGULAR "CBHU1234567"

Test(numbers, irregular_ones_are_told_and_do_not_block) {
    given_manifest(.at = "06:00", .boxes = {{.number = IRREGULAR}});
    EXPECT("/alerts", "[{'container':'" IRREGULAR "','kind':'container-number'}]");
    given_composition(.at = "06:10", .wagons = {{.wagon = "6001", .boxes = {IRREGULAR, "-CSQX3054383"}}});
    EXPECT("/alerts", "[{'container':'" IRREGULAR "','kind':'container-number'},"
                      "{'container':'CSQX3054383','kind':'container-number'}]");
    given_declaration(.at = "06:20");
    given_arrival(.at = "09:05");
    EXPECT("/status", "cleared");
    given_composition(.at = "06:30", .wagons = {{.wagon = "6001", .boxes = {"-" BOX_A}}});
    EXPECT("/alerts", "[]"); /* off the train */
}

Test(transit, stays_alone_and_is_of_its_declarant) {
    for (int i = 0; i < 2; i++) {
        given_manifest(.waybill = "W1", .direction = "transit", .declarant = {.code = i == 0 ? "D1" : NULL},
                       .consignee = {.code = "C2"});
        given_manifest(.waybill = "W2", .direction = "transit", .declarant = {.code = i == 0 ? "D1" : NULL},
                       .consignee = {.code = "C2"}, .boxes = {{.number = BOX_B}});
        EXPECT("/totals/declarations", "2");
        EXPECT("/declarations/0/direction", "transit");
        EXPECT("/declarations/0/party/code", i == 0 ? "D1" : "C2");
        EXPECT("/declarations/0/contract", "K1");
        fixture_close();
        fixture_open();
    }
}

Test(unpriced, absent_is_one_key_and_is_not_shown) {
    given_manifest(.boxes = {{.number = BOX_A,
                              .goods = {{.hs = ABSENT, .value = ABSENT, .currency = ABSENT},
                                        {.hs = ABSENT, .value = ABSENT, .currency = ABSENT},
                                        {.hs = ABSENT},
                                        {.value = ABSENT, .currency = ABSENT}}}});
    EXPECT("/declarations/0/lines/0",
           "{'description':'Laptops','gross_kg':200,'merged':2,'net_kg':0,'package_type':'PK','packages':20}");
    EXPECT("/declarations/0/lines/1/currency", "USD");
    EXPECT("/declarations/0/lines/1/hs", "(absent)");
    EXPECT("/declarations/0/lines/2/hs", "847130");
    EXPECT("/declarations/0/lines/2/value", "(absent)");
    EXPECT("/declarations/0/values", "{'USD':1000}");
}

/* Sums that 64 bits do not hold: two thousand goods of the greatest mass. */
Test(unpriced, masses_sum_in_128_bits) {
    static const char *const boxes[] = {BOX_A, BOX_B, BOX_C, BOX_D};
    struct buffer *out = fixture_messages();
    buffer_append_text(out,
                       "{\"specversion\":\"1.0\",\"id\":\"i\",\"source\":\"s\",\"type\":"
                       "\"rail.manifest.transmitted.v1\",\"time\":\"2020-12-18T08:00:00Z\",\"data\":{\"train\":"
                       "{\"number\":\"X8024\",\"date\":\"2020-12-18\",\"port\":\"CNAKL\"},\"waybill\":{\"number\":"
                       "\"W1\",\"direction\":\"exit\",\"product\":\"p\",\"consignor\":{\"code\":\"C\",\"name\":\"N\","
                       "\"country\":\"CN\"},\"consignee\":{\"code\":\"C\",\"name\":\"N\",\"country\":\"DE\"},"
                       "\"origin\":\"CNXIY\",\"destination\":\"DEHAM\"},\"containers\":[");
    for (int i = 0; i < 2000; i++) {
        if (i % 500 == 0) {
            buffer_printf(out, "%s{\"number\":\"%s\",\"size_type\":\"22G1\",\"goods\":[", i > 0 ? "]}," : "",
                          boxes[i / 500]);
        }
        buffer_printf(out, "%s{\"description\":\"d\",\"packages\":1,\"gross_kg\":9999999999.999999}",
                      i % 500 > 0 ? "," : "");
    }
    buffer_append_text(out, "]}]}}");
    fixture_join();
    EXPECT("/totals/gross_kg", "19999999999999.998");
    EXPECT("/declarations/0/lines/0/merged", "2000");
}
