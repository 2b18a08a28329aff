/* How a record is written: escapes, order of keys, numbers, the digest's place. What stands in it is in tests/unit/core
 * and golden/. */
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
                           .rules = {MERGE_AUTO, REQUIRE_SUMMARY},
                           .fact_count = 1,
                           .first_at_ms = 1608278400000,
                           .last_at_ms = 1608278400001,
                           .reasons = 1u << REASON_COMPOSITION_MISSING};
}

#define HEAD "{\"alerts\":[],\"containers\":[],\"controls\":[],\"declarations\":[],"
#define TAIL                                                                                                           \
    "\"facts\":{\"count\":1,\"first_at\":\"2020-12-18T08:00:00.000Z\",\"last_at\":\"2020-12-18T08:00:00.001Z\"},"      \
    "\"missing\":[],\"off_train\":[],\"reasons\":[\"composition-missing\"],"                                           \
    "\"rules\":{\"merge\":\"auto\",\"require\":\"summary\"},\"schema\":\"rail.clearance.v1\",\"status\":\"open\","     \
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
    expect_record(false, HEAD TAIL, HEAD, TAIL);
}

Test(record_json, expired) {
    expect_record(true, HEAD "\"expired\":true," TAIL, HEAD, "\"expired\":true," TAIL);
}

Test(record_json, strings_are_escaped_as_little_as_possible) {
    struct buffer out = {0};
    encode_string(SLICE("a\"b\\c/\xc3\xa9\x7f"), &out);
    encode_string(SLICE(""), &out);
    encode_string(SLICE("\b\t\n\f\r\x01\x1f"), &out);
    expect_bytes(&out, "\"a\\\"b\\\\c/\xc3\xa9\x7f\"\"\"\"\\b\\t\\n\\f\\r\\u0001\\u001f\"");
}

/* Wherever in a longer string the one byte that needs an escape stands, and whatever is beside it. */
Test(record_json, escapes_at_every_place) {
    enum { LEN = 27 };
    for (int c = 1; c < 256; c++) {
        for (size_t at = 0; at < LEN; at++) {
            char text[LEN];
            memset(text, at % 2 == 0 ? '!' : '\xff', sizeof text);
            text[at] = (char)c;
            struct buffer out = {0};
            encode_string((struct slice){text, LEN}, &out);
            bool escaped = c < 0x20 || c == '"' || c == '\\';
            cr_assert_eq(out.data[1 + at] == '\\', escaped, "byte %d at %zu", c, at);
            cr_assert_eq(out.len > LEN + 2, escaped);
            cr_assert_eq(memcmp(out.data + 1, text, at), 0);
            cr_assert_eq(memcmp(out.data + out.len - (LEN - at), text + at + 1, LEN - at - 1), 0);
            buffer_release(&out);
        }
    }
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
                            .gross_kg = (uint128)UINT64_MAX * 1000 + 500,
                            .clearance_seconds = 60,
                            .entry = {1, 60}};
    struct buffer out = {0};
    encode_traffic(SLICE("CNAKL"), SLICE("2020-12-18"), 3, &totals, &out);
    expect_bytes(&out,
                 "{\"clearance_seconds\":60,\"cleared\":1,\"containers\":7,\"date\":\"2020-12-18\",\"declarations\":3,"
                 "\"entry\":{\"clearance_seconds\":60,\"cleared\":1},\"exit\":{\"clearance_seconds\":0,\"cleared\":0},"
                 "\"gross_kg\":18446744073709551615.5,\"held\":1,\"incomplete\":1,\"open\":1,\"partition\":3,"
                 "\"port\":\"CNAKL\",\"schema\":\"rail.traffic.v1\",\"teu\":12.25,\"trains\":4,\"waybills\":9}");
}
