/* How a record is written: order of names, numbers, the digest's place. What stands in it is in tests/rules/
 * and tests/golden/. */
#include <criterion/criterion.h>
#include <string.h>

#include "encode/record_json.h"

static void expect_bytes(struct buffer *out, const char *expected) {
    buffer_append_byte(out, '\0');
    cr_expect_str_eq(out->data, expected);
    buffer_release(out);
}

static struct record open_record(void) {
    return (struct record){.number = SLICE("X1"),
                           .date = SLICE("2020-12-18"),
                           .port = SLICE("CNAKL"),
                           .rules = {MERGE_AUTO, REQUIRE_SUMMARY, SLICE("")},
                           .fact_count = 1,
                           .first_at_ms = 1608278400000,
                           .last_at_ms = 1608278400001,
                           .reasons = 1u << REASON_COMPOSITION_MISSING};
}

#define HEAD "{\"accepted\":[],\"alerts\":[],\"containers\":[],\"controls\":[],\"declarations\":[],"
#define DOMESTIC "\"domestic\":[],"
#define TAIL                                                                                                           \
    "\"facts\":{\"count\":1,\"first_at\":\"2020-12-18T08:00:00.000Z\",\"last_at\":\"2020-12-18T08:00:00.001Z\"},"      \
    "\"links\":[],\"missing\":[],\"off_train\":[],\"reasons\":[\"composition-missing\"],"                              \
    "\"rules\":{\"merge\":\"auto\",\"recognised\":[],\"require\":\"summary\"},\"schema\":\"rail.clearance.v1\","       \
    "\"status\":\"open\","                                                                                             \
    "\"totals\":{\"containers\":0,\"declarations\":0,\"empty_containers\":0,\"gross_kg\":0,\"net_kg\":0,\"packages\":" \
    "0,"                                                                                                               \
    "\"tare_kg\":0,\"teu\":0,\"values\":{},\"wagons\":0,\"waybills\":0},"                                              \
    "\"train\":{\"date\":\"2020-12-18\",\"number\":\"X1\",\"port\":\"CNAKL\"}}"

static void expect_record(bool expired, const char *without, const char *head, const char *tail) {
    struct record record = open_record();
    struct buffer out = {0};
    struct buffer expected = {0};
    buffer_append_text(&out, "before"); /* appended behind what is there */
    struct hash128 digest = encode_record(&record, expired, &out);
    cr_expect(hash_equal(digest, hash_of(slice_of(without))));
    char hex[HASH_HEX_BYTES];
    hash_write(digest, hex);
    buffer_printf(&expected, "before%s\"digest\":\"%.*s\",%s", head, HASH_HEX_BYTES, hex, tail);
    buffer_append_byte(&expected, '\0');
    expect_bytes(&out, expected.data);
    buffer_release(&expected);
}

Test(record_json, digest_is_of_the_bytes_without_it) {
    expect_record(false, HEAD DOMESTIC TAIL, HEAD, DOMESTIC TAIL);
}

Test(record_json, expired) {
    expect_record(true, HEAD DOMESTIC "\"expired\":true," TAIL, HEAD, DOMESTIC "\"expired\":true," TAIL);
}

Test(record_json, traffic_row) {
    struct totals totals = {.trains = 4,
                            .open = 1,
                            .cleared = 1,
                            .held = 1,
                            .incomplete = 1,
                            .waybills = 9,
                            .declarations = 3,
                            .containers = 7,
                            .teu = 1225,
                            .gross_kg = (uint128)UINT64_MAX * 1000000 + 500000,
                            .clearance_seconds = 60,
                            .entry = {1, 60},
                            .transit = {2, 5}};
    struct buffer out = {0};
    encode_traffic(SLICE("CNAKL"), SLICE("2020-12-18"), 3, &totals, &out);
    expect_bytes(&out,
                 "{\"clearance_seconds\":60,\"cleared\":1,\"containers\":7,\"date\":\"2020-12-18\",\"declarations\":3,"
                 "\"entry\":{\"clearance_seconds\":60,\"cleared\":1},\"exit\":{\"clearance_seconds\":0,\"cleared\":0},"
                 "\"gross_kg\":18446744073709551615.5,\"held\":1,\"incomplete\":1,\"open\":1,\"partition\":3,"
                 "\"port\":\"CNAKL\",\"schema\":\"rail.traffic.v1\",\"teu\":12.25,\"trains\":4,"
                 "\"transit\":{\"clearance_seconds\":5,\"cleared\":2},\"waybills\":9}");
}
