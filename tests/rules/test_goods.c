/* Contract 5.5 and 5.6: lines, TEU, sums and exact decimals. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "support/fixture.h"

TestSuite(goods, .init = fixture_open, .fini = fixture_close);

Test(goods, a_line) {
    given_manifest(.boxes = {{.number = BOX_A,
                              .goods = {{.hs = "84713000",
                                         .description = "Laptop PC",
                                         .packages = "3",
                                         .package_type = "CT",
                                         .gross_kg = "10.500",
                                         .net_kg = "9.25",
                                         .value = "1234.5600",
                                         .currency = "EUR"}}}});
    EXPECT("/declarations/0/lines", "[{'currency':'EUR','description':'Laptop PC','gross_kg':10.5,'hs':'84713000',"
                                    "'merged':1,'net_kg':9.25,'package_type':'CT','packages':3,'value':1234.56}]");
}

Test(goods, defaults) {
    given_manifest(.waybill = "W1");
    EXPECT("/declarations/0/lines/0/package_type", "PK");
    EXPECT("/declarations/0/lines/0/net_kg", "0");
}

/* A second entry that merges with the first but for what a row changes. */
static const struct {
    const char *about;
    struct builder_goods second;
    bool merge;
} LINES[] = {
    {"amounts", {.packages = "5", .gross_kg = "7", .net_kg = "1", .value = "2"}, true},
    {"hs", {.hs = "847131"}, false},
    {"a longer hs", {.hs = "84713000"}, false},
    {"description", {.description = "Lap tops"}, false},
    {"description by case", {.description = "LAPTOPS"}, true},
    {"description by spaces", {.description = "  laptops "}, true},
    {"the default package type, written", {.package_type = "PK"}, true},
    {"package type", {.package_type = "CT"}, false},
    {"currency", {.currency = "EUR"}, false},
};

Test(goods, which_merge) {
    for (size_t i = 0; i < sizeof LINES / sizeof LINES[0]; i++) {
        struct builder_manifest manifest = {.boxes = {{.number = BOX_A}}};
        manifest.boxes[0].goods[0].hs = "847130";
        manifest.boxes[0].goods[1] = LINES[i].second;
        builder_manifest(&manifest, fixture_messages());
        fixture_join();
        const char *second = fixture_at("/declarations/0/lines/1/merged");
        cr_expect_str_eq(second, LINES[i].merge ? "(absent)" : "1", "%s", LINES[i].about);
        EXPECT("/declarations/0/lines/0/merged", LINES[i].merge ? "2" : "1");
        fixture_close();
        fixture_open();
    }
}

Test(goods, lines_merge_over_containers_and_waybills) {
    given_manifest(.waybill = "W1",
                   .boxes = {{.number = BOX_A,
                              .goods = {{.packages = "1", .gross_kg = "0.001", .net_kg = "0.001", .value = "0.0001"}}},
                             {.number = BOX_B,
                              .goods = {{.packages = "2", .gross_kg = "0.999", .net_kg = "0.5", .value = "0.9999"}}}});
    given_manifest(.waybill = "W2",
                   .boxes = {{.number = BOX_C, .goods = {{.packages = "4", .gross_kg = "1.1", .value = "7"}}}});
    EXPECT("/declarations/0/lines",
           "[{'currency':'USD','description':'Laptops','gross_kg':2.1,'hs':'847130','merged':3,"
           "'net_kg':0.501,'package_type':'PK','packages':7,'value':8}]");
    EXPECT("/declarations/0/packages", "7");
    EXPECT("/declarations/0/gross_kg", "2.1");
    EXPECT("/declarations/0/net_kg", "0.501");
    EXPECT("/declarations/0/values", "{'USD':8}");
}

Test(goods, lines_do_not_merge_over_declarations) {
    given_manifest(.waybill = "W1");
    given_manifest(.waybill = "W2", .contract = "K2", .boxes = {{.number = BOX_B}});
    EXPECT("/declarations/0/lines/0/merged", "1");
    EXPECT("/declarations/1/lines/0/merged", "1");
    EXPECT("/totals/packages", "20");
    EXPECT("/totals/gross_kg", "200");
    EXPECT("/totals/values", "{'USD':2000}");
}

/* Smallest by bytes as written: a space before letters, upper case before lower. */
Test(goods, the_smallest_raw_description_is_shown) {
    given_manifest(.at = "08:10", .boxes = {{.number = BOX_A,
                                             .goods = {{.description = "laptops"},
                                                       {.description = "Laptops"},
                                                       {.description = "LAPTOPS"}}}});
    EXPECT("/declarations/0/lines/0/description", "LAPTOPS");
    given_manifest(.waybill = "W2", .boxes = {{.number = BOX_B, .goods = {{.description = " laptops"}}}});
    EXPECT("/declarations/0/lines/0/description", " laptops");
    EXPECT("/declarations/0/lines/0/merged", "4");
}

/* By (hs, normalised description, package type, currency): "Zinc" and "apple" sort as "apple", "zinc". */
Test(goods, lines_are_sorted) {
    given_manifest(.boxes = {
                       {.number = BOX_A,
                        .goods = {{.hs = "900000", .description = "a", .currency = "AAA"},
                                  {.hs = "100000", .description = "Zinc"},
                                  {.hs = "100000", .description = "apple", .package_type = "PX"},
                                  {.hs = "100000", .description = "apple", .package_type = "CT"},
                                  {.hs = "100000", .description = "apple", .package_type = "CT", .currency = "EUR"},
                                  {.hs = "10000000", .description = "a"}}}});
    static const char *const ORDER[][4] = {{"100000", "apple", "CT", "EUR"}, {"100000", "apple", "CT", "USD"},
                                           {"100000", "apple", "PX", "USD"}, {"100000", "Zinc", "PK", "USD"},
                                           {"10000000", "a", "PK", "USD"},   {"900000", "a", "PK", "AAA"}};
    static const char *const MEMBERS[4] = {"hs", "description", "package_type", "currency"};
    for (size_t i = 0; i < 6; i++) {
        for (size_t k = 0; k < 4; k++) {
            char pointer[64];
            snprintf(pointer, sizeof pointer, "/declarations/0/lines/%zu/%s", i, MEMBERS[k]);
            EXPECT(pointer, ORDER[i][k]);
        }
    }
}

Test(goods, every_currency_stands_also_with_zero) {
    given_manifest(.boxes = {{.number = BOX_A,
                              .goods = {{.currency = "USD", .value = "0"},
                                        {.currency = "CNY", .value = "7.1"},
                                        {.currency = "EUR", .value = "0.0000"}}}});
    EXPECT("/declarations/0/values", "{'CNY':7.1,'EUR':0,'USD':0}");
    EXPECT("/totals/values", "{'CNY':7.1,'EUR':0,'USD':0}");
}

static const struct {
    const char *size_type, *teu;
} TEUS[] = {{"12G1", "0.5"},  {"22G1", "1"},    {"32G1", "1.5"}, {"45G1", "2"},
            {"L5G1", "2.25"}, {"M2G1", "2.25"}, {"A2G1", "1.5"}, {"G2G1", "2.25"}};

Test(goods, teu_by_first_character) {
    for (size_t i = 0; i < sizeof TEUS / sizeof TEUS[0]; i++) {
        given_manifest(.boxes = {{.number = BOX_A, .size_type = TEUS[i].size_type}});
        EXPECT("/totals/teu", TEUS[i].teu);
        fixture_close();
        fixture_open();
    }
}

Test(goods, teu_and_tare_sum_over_containers_once_each) {
    given_manifest(.waybill = "W1", .boxes = {{.number = BOX_A, .size_type = "L5G1", .load = "LCL", .tare_kg = "0.7"},
                                              {.number = BOX_B, .size_type = "M2G1", .tare_kg = "0.3"},
                                              {.number = BOX_C, .size_type = "12G1"}});
    given_manifest(.waybill = "W2", .boxes = {{.number = BOX_A, .size_type = "L5G1", .load = "LCL", .tare_kg = "0.7"}});
    EXPECT("/totals/teu", "5");
    EXPECT("/totals/tare_kg", "1");
    EXPECT("/totals/containers", "3");
}

/* The shown size counts. */
Test(goods, teu_of_a_mismatch_is_the_newest) {
    given_manifest(.waybill = "W1", .at = "08:10", .boxes = {{.number = BOX_A, .load = "LCL", .size_type = "22G1"}});
    given_manifest(.waybill = "W2", .at = "08:00", .boxes = {{.number = BOX_A, .load = "LCL", .size_type = "45G1"}});
    EXPECT("/totals/teu", "1");
}

/* No double holds them, and the sum of money is above 2^64 ten-thousandths. */
Test(goods, money_sums_are_exact_beyond_64_bits) {
    struct builder_manifest manifest = {.boxes = {{.number = BOX_A}}};
    for (int i = 0; i < 5; i++) {
        manifest.boxes[0].goods[i] = (struct builder_goods){.value = "999999999999.9999",
                                                            .gross_kg = "999999999.999",
                                                            .net_kg = "999999999.999",
                                                            .packages = "1000000000"};
    }
    for (unsigned i = 0; i < 500; i++) {
        char box[12], waybill[8];
        builder_container_number(i, box);
        snprintf(waybill, sizeof waybill, "W%u", i);
        manifest.waybill = waybill;
        manifest.boxes[0].number = box;
        builder_manifest(&manifest, fixture_messages());
        fixture_join();
    }
    EXPECT("/totals/values/USD", "2499999999999999.75");
    EXPECT("/declarations/0/values/USD", "2499999999999999.75");
    EXPECT("/declarations/0/lines/0/value", "2499999999999999.75");
    EXPECT("/declarations/0/lines/0/merged", "2500");
    EXPECT("/totals/packages", "2500000000000");
    EXPECT("/totals/gross_kg", "2499999999997.5");
    EXPECT("/totals/net_kg", "2499999999997.5");
}

Test(goods, numbers_are_plain_decimals) {
    given_manifest(.boxes = {{.number = BOX_A,
                              .tare_kg = "0.001",
                              .goods = {{.gross_kg = "100000000", .value = "999999999999.0001"}}}});
    EXPECT("/totals/tare_kg", "0.001");
    EXPECT("/totals/gross_kg", "100000000");
    EXPECT("/totals/values/USD", "999999999999.0001");
}

Test(goods, zero) {
    given_manifest(.boxes = {{.number = BOX_A, .goods = {{.packages = "0", .gross_kg = "0.000", .value = "0.0"}}}});
    EXPECT("/declarations/0/lines/0/packages", "0");
    EXPECT("/declarations/0/lines/0/gross_kg", "0");
    EXPECT("/declarations/0/lines/0/value", "0");
}
