/* Contract 5.14, 5.15: the record as a whole: members, facts, totals, tracking, and the digest over its bytes. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "encode/record_json.h"
#include "support/fixture.h"

TestSuite(record, .init = fixture_open, .fini = fixture_close);

/* The record of a train of which only one deletion is known, without its digest. */
static const char SMALLEST[] =
    "{\"accepted\":[],\"alerts\":[],\"containers\":[],\"controls\":[],\"declarations\":[],\"domestic\":[],"
    "\"facts\":{\"count\":1,"
    "\"first_at\":\"2020-12-18T08:00:00.000Z\",\"last_at\":\"2020-12-18T08:00:00.000Z\"},\"links\":[],"
    "\"missing\":[],\"off_train\":[],"
    "\"reasons\":[\"composition-missing\"],\"rules\":{\"merge\":\"auto\",\"recognised\":[],\"require\":\"summary\"},"
    "\"schema\":\"rail.clearance.v1\",\"status\":\"open\",\"totals\":{\"containers\":0,\"declarations\":0,"
    "\"empty_containers\":0,\"gross_kg\":0,\"net_kg\":0,\"packages\":0,\"tare_kg\":0,\"teu\":0,\"values\":{},"
    "\"wagons\":0,\"waybills\":0},\"train\":{\"date\":\"2020-12-18\",\"number\":\"X8024\",\"port\":\"CNAKL\"}}";

/* Takes `,"digest":"..."` out of a record's text and returns the hex digits. */
static void cut_digest(char *text, char digest[33]) {
    static const char NAME[] = "\"digest\":\"";
    char *at = strstr(text, NAME);
    cr_assert_not_null(at);
    memcpy(digest, at + strlen(NAME), 32);
    digest[32] = '\0';
    char *end = at + strlen(NAME) + 32 + strlen("\",");
    memmove(at, end, strlen(end) + 1);
}

static void expect_digest(bool expired) {
    const char *record = fixture_record(expired);
    char text[4096], digest[33], expected[33];
    cr_assert_lt(strlen(record), sizeof text);
    strcpy(text, record);
    cut_digest(text, digest);
    XXH128_hash_t hash = XXH3_128bits(text, strlen(text));
    snprintf(expected, sizeof expected, "%016llx%016llx", (unsigned long long)hash.high64,
             (unsigned long long)hash.low64);
    cr_expect_str_eq(digest, expected);
    struct buffer again = {0};
    struct hash128 returned = encode_record(fixture_derive(), expired, &again);
    cr_expect_eq(returned.high, hash.high64);
    cr_expect_eq(returned.low, hash.low64);
    buffer_release(&again);
}

Test(record, the_smallest_one_to_the_byte) {
    given_delete(.waybill = "W1", .at = "08:00");
    char text[1024], digest[33];
    strcpy(text, fixture_record(false));
    cut_digest(text, digest);
    cr_expect_str_eq(text, SMALLEST);
}

Test(record, digest_is_the_hash_of_the_rest) {
    given_manifest(.waybill = "W1", .product = "K\xc3\xa4se");
    expect_digest(false);
    given_arrival(.at = "09:00");
    expect_digest(false);
}

Test(record, digest_covers_expired) {
    given_manifest(.waybill = "W1");
    char before[33];
    snprintf(before, sizeof before, "%s", fixture_at("/digest"));
    expect_digest(true);
    cr_expect_not_null(strstr(fixture_record(true), ",\"expired\":true,\"facts\":"));
    cr_expect_null(strstr(fixture_record(true), before));
    cr_expect_null(strstr(fixture_record(false), "expired"));
}

Test(record, digest_changes_with_the_rules) {
    given_manifest(.waybill = "W1");
    char before[33];
    snprintf(before, sizeof before, "%s", fixture_at("/digest"));
    fixture_rules(MERGE_AUTO, REQUIRE_NONE);
    cr_expect_str_neq(fixture_at("/digest"), before);
}

Test(record, strings_have_minimal_escapes) {
    given_manifest(.product = "a\\\"b\\\\c\\/d\\u00e4 \xf0\x9f\x9a\x82 \\u2028");
    cr_expect_not_null(
        strstr(fixture_record(false), "\"product\":\"a\\\"b\\\\c/d\xc3\xa4 \xf0\x9f\x9a\x82 \xe2\x80\xa8\""));
}

Test(record, train_and_schema) {
    given_manifest(.waybill = "W1");
    EXPECT("/schema", "rail.clearance.v1");
    EXPECT("/train", "{'date':'2020-12-18','number':'X8024','port':'CNAKL'}");
    EXPECT("/rules", "{'merge':'auto','recognised':[],'require':'summary'}");
}

/* Live events, each once however many registers it holds; tombstones, tracking and withdrawn applications too. */
Test(record, facts_count_live_events) {
    given_manifest(.waybill = "W1", .at = "08:00");
    given_manifest(.waybill = "W1", .at = "08:10");
    given_delete(.waybill = "W2", .at = "2020-12-18T08:20:00.120Z");
    given_declaration(.waybills = "W1 W2 W3", .at = "08:15");
    given_tracked(.what = "sealed", .seal = "S", .at = "08:12");
    given_application(.at = "08:13");
    EXPECT("/facts", "{'count':5,'first_at':'2020-12-18T08:10:00.000Z','last_at':'2020-12-18T08:20:00.120Z'}");
    given_tracked(.what = "position", .at = "2020-12-31T23:59:59.999999Z");
    EXPECT("/facts/count", "6");
    EXPECT("/facts/last_at", "2020-12-31T23:59:59.999Z");
    given_tracked(.what = "position", .container = BOX_B, .at = "2020-01-01T00:00:00+08:00");
    EXPECT("/facts/first_at", "2019-12-31T16:00:00.000Z");
}

Test(record, last_tracking_is_shown) {
    given_manifest(.waybill = "W1");
    EXPECT("/containers/0/last", "(absent)");
    given_tracked(.what = "border-crossed", .at = "08:10", .place = "KZDYK", .latitude = "-0.500000",
                  .longitude = "180.000");
    EXPECT("/containers/0/last",
           "{'at':'2020-12-18T08:10:00.000Z','event':'border-crossed','latitude':-0.5,'longitude':180,"
           "'place':'KZDYK'}");
    given_tracked(.what = "gate-out", .at = "08:20");
    EXPECT("/containers/0/last", "{'at':'2020-12-18T08:20:00.000Z','event':'gate-out'}");
    given_tracked(.what = "position", .at = "08:30", .latitude = "-0", .longitude = "-179.999999");
    EXPECT("/containers/0/last/latitude", "0");
    EXPECT("/containers/0/last/longitude", "-179.999999");
}

static const char *const TRACKING[] = {"gate-in",      "loaded",      "departed", "arrived", "border-crossed",
                                       "transshipped", "unloaded",    "gate-out", "sealed",  "resealed",
                                       "door-opened",  "door-closed", "position"};

Test(record, every_tracking_event_is_shown) {
    given_manifest(.waybill = "W1");
    for (size_t i = 0; i < sizeof TRACKING / sizeof TRACKING[0]; i++) {
        char at[6];
        snprintf(at, sizeof at, "09:%02zu", i);
        given_tracked(.what = TRACKING[i], .at = at, .seal = "S");
        EXPECT("/containers/0/last/event", TRACKING[i]);
    }
}

Test(record, tracking_does_not_put_a_container_on_the_train) {
    given_tracked(.container = BOX_B, .wagon = "6001");
    EXPECT("/containers", "[]");
    EXPECT("/totals/wagons", "0");
    given_manifest(.waybill = "W1");
    given_tracked(.container = BOX_A, .wagon = "6009", .at = "08:10");
    EXPECT("/containers/0/wagon", "(absent)");
}

Test(record, containers_are_sorted) {
    given_manifest(.waybill = "W1", .boxes = {{.number = BOX_D}, {.number = BOX_B}});
    given_manifest(.waybill = "W2", .boxes = {{.number = BOX_C}, {.number = BOX_A}});
    EXPECT("/containers/0/number", BOX_A);
    EXPECT("/containers/1/number", BOX_B);
    EXPECT("/containers/2/number", BOX_C);
    EXPECT("/containers/3/number", BOX_D);
    EXPECT("/declarations/0/containers", "['" BOX_A "','" BOX_B "','" BOX_C "','" BOX_D "']");
    EXPECT("/totals", "{'containers':4,'declarations':1,'empty_containers':0,'gross_kg':400,'net_kg':0,'packages':40,"
                      "'tare_kg':0,'teu':4,'values':{'USD':4000},'wagons':0,'waybills':2}");
}

/* A container that two declarations share stands in both, and once in the totals. */
Test(record, a_shared_container_stands_in_each_declaration) {
    given_manifest(.waybill = "W1", .contract = "K1", .boxes = {{.number = BOX_A, .load = "LCL"}});
    given_manifest(.waybill = "W2", .contract = "K2", .boxes = {{.number = BOX_A, .load = "LCL"}});
    EXPECT("/declarations/0/containers", "['" BOX_A "']");
    EXPECT("/declarations/1/containers", "['" BOX_A "']");
    EXPECT("/totals/containers", "1");
}

/* W1's claim on A is not used: the declaration of W1 does not show A. */
Test(record, a_declaration_shows_containers_of_used_claims) {
    given_manifest(.waybill = "W1", .contract = "K1", .boxes = {{.number = BOX_A}, {.number = BOX_B}});
    given_manifest(.waybill = "W2", .contract = "K2", .at = "08:10", .boxes = {{.number = BOX_A}});
    bool first = strcmp(fixture_at("/declarations/0/waybills"), "['W1']") == 0;
    EXPECT(first ? "/declarations/0/containers" : "/declarations/1/containers", "['" BOX_B "']");
    EXPECT(first ? "/declarations/1/containers" : "/declarations/0/containers", "['" BOX_A "']");
}

/* Sorting strings means their bytes, the shorter first. */
Test(record, waybills_are_sorted_by_bytes) {
    given_manifest(.waybill = "W10", .boxes = {{.number = BOX_A, .load = "LCL"}});
    given_manifest(.waybill = "W9", .boxes = {{.number = BOX_A, .load = "LCL"}});
    given_manifest(.waybill = "W1", .boxes = {{.number = BOX_A, .load = "LCL"}});
    given_manifest(.waybill = "W-1", .boxes = {{.number = BOX_A, .load = "LCL"}});
    EXPECT("/containers/0/waybills", "['W-1','W1','W10','W9']");
    EXPECT("/declarations/0/waybills", "['W-1','W1','W10','W9']");
}
