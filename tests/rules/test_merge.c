/* Contract 5.2 to 5.4: which waybills merge under which policy, and what a declaration is called.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "support/fixture.h"

TestSuite(merge, .init = fixture_open, .fini = fixture_close);

/* XXH3-128 of the words joined by 0x1F, as 32 hex digits. Computed here and not by the code under test. */
static const char *id_of(const char *const *fields) {
    static char hex[33];
    char text[1000] = "";
    for (size_t i = 0; fields[i] != NULL; i++) {
        strcat(text, i > 0 ? "\x1f" : "");
        strcat(text, fields[i]);
    }
    XXH128_hash_t hash = XXH3_128bits(text, strlen(text));
    snprintf(hex, sizeof hex, "%016llx%016llx", (unsigned long long)hash.high64, (unsigned long long)hash.low64);
    return hex;
}
#define ID(...) id_of((const char *const[]){"X8024", "2020-12-18", "CNAKL", __VA_ARGS__, NULL})

/* Two waybills that merge but for what a row changes in the second. */
static const struct {
    const char *about;
    struct builder_manifest second;
    bool merge;
} AUTO[] = {
    {"nothing differs", {0}, true},
    {"consignor's code", {.consignor = {.code = "C2"}}, false},
    {"consignor's code by case", {.consignor = {.code = "c1"}}, false},
    {"consignor's name, country and aeo", {.consignor = {.name = "Other", .country = "KZ", .aeo = "AEO"}}, true},
    {"consignee on exit", {.consignee = {.code = "C2"}}, true},
    {"contract", {.contract = "K2"}, false},
    {"contract by case", {.contract = "k1"}, false},
    {"contract by spaces", {.contract = "K1 "}, false},
    {"contract absent", {.contract = ABSENT}, false},
    {"direction", {.direction = "entry"}, false},
    {"product", {.product = "Lap tops"}, false},
    {"product by case", {.product = "lAPtOPS"}, true},
    {"product by spaces around", {.product = "   Laptops  "}, true},
    {"product by a space that is not U+0020", {.product = "Laptops\xc2\xa0"}, false},
    {"product by the case of another alphabet", {.product = "Laptops \xc3\x84"}, false},
};

Test(merge, auto_table) {
    for (size_t i = 0; i < sizeof AUTO / sizeof AUTO[0]; i++) {
        struct builder_manifest second = AUTO[i].second;
        second.waybill = "W2";
        second.boxes[0].number = BOX_B;
        given_manifest(.waybill = "W1");
        builder_manifest(&second, fixture_messages());
        fixture_join();
        const char *found = fixture_at("/totals/declarations");
        cr_expect_str_eq(found, AUTO[i].merge ? "1" : "2", "%s: %s declarations", AUTO[i].about, found);
        fixture_close();
        fixture_open();
    }
}

Test(merge, product_runs_of_spaces_collapse) {
    given_manifest(.waybill = "W1", .product = "  Spare   PARTS of  cars ");
    given_manifest(.waybill = "W2", .product = "spare parts of cars", .boxes = {{.number = BOX_B}});
    EXPECT("/totals/declarations", "1");
    EXPECT("/declarations/0/id", ID("exit", "m", "C1", "K1", "spare parts of cars"));
}

Test(merge, product_of_spaces_only) {
    given_manifest(.waybill = "W1", .product = " ");
    given_manifest(.waybill = "W2", .product = "   ", .boxes = {{.number = BOX_B, .goods = {{.description = "  "}}}});
    EXPECT("/totals/declarations", "1");
    EXPECT("/declarations/0/id", ID("exit", "m", "C1", "K1", ""));
    EXPECT("/declarations/0/lines/0/description", "  "); /* normalised it is empty, so the first */
    EXPECT("/declarations/0/lines/1/description", "Laptops");
}

Test(merge, product_of_other_alphabets_keeps_its_case) {
    given_manifest(.waybill = "W1", .product = "\xc3\x84pfel A");
    EXPECT("/declarations/0/id", ID("exit", "m", "C1", "K1", "\xc3\x84pfel a"));
}

Test(merge, domestic_party_is_the_consignee_on_entry) {
    given_manifest(.waybill = "W1", .direction = "entry", .consignor = {.code = "F1"}, .consignee = {.code = "D1"});
    given_manifest(.waybill = "W2", .direction = "entry", .consignor = {.code = "F2"}, .consignee = {.code = "D1"},
                   .boxes = {{.number = BOX_B}});
    given_manifest(.waybill = "W3", .direction = "entry", .consignor = {.code = "F1"}, .consignee = {.code = "D2"},
                   .boxes = {{.number = BOX_C}});
    EXPECT("/totals/declarations", "2");
    const char *merged = strcmp(fixture_at("/declarations/0/party/code"), "D1") == 0 ? "/declarations/0/waybills"
                                                                                     : "/declarations/1/waybills";
    EXPECT(merged, "['W1','W2']");
}

Test(merge, id_of_a_merged_kind) {
    given_manifest(.waybill = "W1");
    EXPECT("/declarations/0/id", ID("exit", "m", "C1", "K1", "laptops"));
    given_manifest(.waybill = "W2", .boxes = {{.number = BOX_B}});
    EXPECT("/declarations/0/id", ID("exit", "m", "C1", "K1", "laptops"));
    EXPECT("/declarations/0/waybills", "['W1','W2']");
}

Test(merge, id_of_an_entry) {
    given_manifest(.waybill = "W1", .direction = "entry", .consignor = {.code = "F"}, .consignee = {.code = "D"});
    EXPECT("/declarations/0/id", ID("entry", "m", "D", "K1", "laptops"));
}

Test(merge, without_contract_alone) {
    given_manifest(.waybill = "W1", .contract = ABSENT);
    EXPECT("/declarations/0/id", ID("exit", "w", "W1"));
    EXPECT("/declarations/0/contract", "(absent)");
    given_manifest(.waybill = "W2", .contract = ABSENT, .boxes = {{.number = BOX_B}});
    EXPECT("/totals/declarations", "2");
}

Test(merge, never) {
    fixture_rules(MERGE_NEVER, REQUIRE_SUMMARY);
    given_manifest(.waybill = "W1");
    given_manifest(.waybill = "W2", .boxes = {{.number = BOX_B}});
    given_application(.waybills = "W1 W2");
    EXPECT("/totals/declarations", "2");
    EXPECT("/rules", "{'merge':'never','recognised':[],'require':'summary'}");
    bool first = strcmp(fixture_at("/declarations/0/waybills"), "['W1']") == 0;
    EXPECT(first ? "/declarations/0/id" : "/declarations/1/id", ID("exit", "w", "W1"));
    EXPECT(first ? "/declarations/1/id" : "/declarations/0/id", ID("exit", "w", "W2"));
    EXPECT("/declarations/0/contract", "K1"); /* shown as written all the same */
    EXPECT("/declarations/0/application", "(absent)");
}

Test(merge, declarations_are_sorted_by_id) {
    fixture_rules(MERGE_NEVER, REQUIRE_SUMMARY);
    for (unsigned i = 0; i < 20; i++) {
        char waybill[8], box[12];
        snprintf(waybill, sizeof waybill, "W%u", i);
        builder_container_number(i, box);
        given_manifest(.waybill = waybill, .boxes = {{.number = box}});
    }
    char before[64] = "";
    for (unsigned i = 0; i < 20; i++) {
        char pointer[40];
        snprintf(pointer, sizeof pointer, "/declarations/%u/id", i);
        const char *id = fixture_at(pointer);
        cr_expect_gt(strcmp(id, before), 0);
        snprintf(before, sizeof before, "%s", id);
    }
}

static void given_two_waybills(void) {
    given_manifest(.waybill = "W1");
    given_manifest(.waybill = "W2", .boxes = {{.number = BOX_B}});
    fixture_rules(MERGE_APPLIED, REQUIRE_SUMMARY);
}

Test(merge, applied_without_an_application_alone) {
    given_two_waybills();
    EXPECT("/totals/declarations", "2");
    EXPECT("/declarations/0/application", "(absent)");
    const char *id =
        strcmp(fixture_at("/declarations/0/waybills"), "['W1']") == 0 ? "/declarations/0/id" : "/declarations/1/id";
    EXPECT(id, ID("exit", "w", "W1"));
}

Test(merge, applied_merges_what_an_application_lists) {
    given_two_waybills();
    given_application(.application = "A7", .waybills = "W2 W1");
    EXPECT("/totals/declarations", "1");
    EXPECT("/declarations/0/application", "A7");
    EXPECT("/declarations/0/id", ID("exit", "m", "C1", "K1", "laptops", "A7"));
    EXPECT("/rules/merge", "applied");
    fixture_rules(MERGE_AUTO, REQUIRE_SUMMARY);
    EXPECT("/declarations/0/application", "(absent)");
    EXPECT("/declarations/0/id", ID("exit", "m", "C1", "K1", "laptops"));
}

Test(merge, applied_listed_alone_is_a_merged_kind) {
    given_two_waybills();
    given_application(.application = "A7", .waybills = "W1");
    EXPECT("/totals/declarations", "2");
    const char *first = strcmp(fixture_at("/declarations/0/waybills"), "['W1']") == 0 ? "0" : "1";
    char pointer[40];
    snprintf(pointer, sizeof pointer, "/declarations/%s/id", first);
    EXPECT(pointer, ID("exit", "m", "C1", "K1", "laptops", "A7"));
    snprintf(pointer, sizeof pointer, "/declarations/%s/application", first);
    EXPECT(pointer, "A7");
}

Test(merge, applied_does_not_merge_what_differs) {
    given_two_waybills();
    given_manifest(.waybill = "W2", .at = "08:10", .contract = "K2", .boxes = {{.number = BOX_B}});
    given_application(.waybills = "W1 W2");
    EXPECT("/totals/declarations", "2");
}

Test(merge, applied_without_contract_alone_whatever_is_applied) {
    fixture_rules(MERGE_APPLIED, REQUIRE_SUMMARY);
    given_manifest(.waybill = "W1", .contract = ABSENT);
    given_application(.waybills = "W1");
    EXPECT("/declarations/0/id", ID("exit", "w", "W1"));
    EXPECT("/declarations/0/application", "(absent)");
}

Test(merge, two_applications_do_not_merge) {
    given_two_waybills();
    given_application(.application = "A1", .waybills = "W1");
    given_application(.application = "A2", .waybills = "W2");
    EXPECT("/totals/declarations", "2");
}

/* By bytes, whichever is newer: "A10" comes before "A9". */
Test(merge, listed_by_several_the_smallest_application) {
    given_two_waybills();
    given_application(.application = "A9", .waybills = "W1 W2", .at = "08:30");
    given_application(.application = "A10", .waybills = "W1 W2", .at = "08:20");
    EXPECT("/declarations/0/application", "A10");
    given_application(.application = "A1", .waybills = "W2", .at = "08:10");
    EXPECT("/totals/declarations", "2"); /* W1 by A10, W2 by A1 */
}

Test(merge, a_withdrawn_application_lists_nothing) {
    given_two_waybills();
    given_application(.application = "A1", .waybills = "W1 W2");
    EXPECT("/totals/declarations", "1");
    given_application(.application = "A1", .at = "08:30");
    EXPECT("/totals/declarations", "2");
    given_application(.application = "A2", .waybills = "W1 W2", .at = "08:05");
    EXPECT("/declarations/0/application", "A2");
}

Test(merge, an_application_is_replaced_as_a_whole) {
    given_two_waybills();
    given_application(.application = "A1", .waybills = "W1 W2");
    given_application(.application = "A1", .waybills = "W1", .at = "08:30");
    EXPECT("/totals/declarations", "2");
}

Test(merge, an_application_may_come_before_its_waybills) {
    given_application(.application = "A1", .waybills = "W1 W2 W9", .at = "06:00");
    given_two_waybills();
    EXPECT("/totals/declarations", "1");
    EXPECT("/declarations/0/waybills", "['W1','W2']");
}

Test(merge, shown_texts_come_from_the_newest_waybill) {
    given_manifest(.waybill = "W1", .at = "08:30", .product = "LAPTOPS",
                   .consignor = {.name = "New Name", .country = "KZ", .aeo = "AEO-1"});
    given_manifest(.waybill = "W2", .at = "08:10", .product = "laptops ", .boxes = {{.number = BOX_B}},
                   .consignor = {.name = "Old Name"});
    EXPECT("/declarations/0/product", "LAPTOPS");
    EXPECT("/declarations/0/party", "{'aeo':'AEO-1','code':'C1','country':'KZ','name':'New Name'}");
    given_manifest(.waybill = "W2", .at = "08:40", .product = " Laptops", .boxes = {{.number = BOX_B}});
    EXPECT("/declarations/0/product", " Laptops");
    EXPECT("/declarations/0/party", "{'code':'C1','country':'CN','name':'Company'}");
    EXPECT("/declarations/0/direction", "exit");
    EXPECT("/declarations/0/contract", "K1");
}

Test(merge, aeo_when_every_domestic_party_has_one) {
    given_manifest(.waybill = "W1", .consignor = {.aeo = "X"});
    EXPECT("/declarations/0/aeo", "true");
    given_manifest(.waybill = "W2", .consignee = {.aeo = "Y"}, .boxes = {{.number = BOX_B}});
    EXPECT("/declarations/0/aeo", "false");
    given_manifest(.waybill = "W2", .at = "08:10", .consignor = {.aeo = "Z"}, .boxes = {{.number = BOX_B}});
    EXPECT("/declarations/0/aeo", "true");
}

Test(merge, only_live_waybills_merge) {
    given_manifest(.waybill = "W1");
    given_manifest(.waybill = "W2", .boxes = {{.number = BOX_B}});
    given_composition(.wagons = {{.wagon = "6001", .boxes = {BOX_A}}});
    EXPECT("/declarations/0/waybills", "['W1']");
    EXPECT("/totals/declarations", "1");
}
