/* What is recognised in one pass, and what is left to the general decoder, by every path that runs here; whatever is
 * recognised or not, they agree (support/twin.h). */
#include <criterion/criterion.h>

#include "support/twin.h"

#define HEAD(type)                                                                                                     \
    "{\"specversion\":\"1.0\",\"id\":\"i\",\"source\":\"s\",\"type\":\"rail." type                                     \
    "\",\"time\":\"2020-12-18T09:14:07Z\""
#define TRAIN "\"train\":{\"number\":\"X8001\",\"date\":\"2020-12-18\",\"port\":\"CNAKL\"}"
#define ARRIVED(place)                                                                                                 \
    HEAD("train.arrived.v1") ",\"data\":{" TRAIN ",\"place\":\"" place "\",\"arrived_at\":\"2020-12-18T09:00:00Z\"}}"
#define TRACKED(more)                                                                                                  \
    HEAD("container.tracked.v1") ",\"data\":{" TRAIN ",\"container\":\"CSQU3054383\",\"event\":\"loaded\"" more "}}"
#define TALLY(more) HEAD("tally.reported.v1") ",\"data\":{" TRAIN ",\"container\":\"CSQU3054383\"" more "}}"
#define LINK(list)                                                                                                     \
    HEAD("train.linked.v1")                                                                                            \
    ",\"data\":{" TRAIN ",\"role\":\"from\",\"other\":{\"number\":\"X2\",\"date\":\"2020-12-18\",\"port\":\"CNAKL\"}," \
    "\"containers\":[" list "]}}"

static struct twin *twin;

static void begin(void) {
    twin = twin_new();
}

static void end(void) {
    twin_free(twin);
}

TestSuite(scan, .init = begin, .fini = end);

static void expect(struct slice message, bool recognised) {
    const char *difference = twin_compare(twin, message);
    cr_expect_null(difference, "%s: %.*s", difference, (int)message.len, message.data);
    cr_expect_eq(twin_recognised(twin), recognised, "%.*s", (int)message.len, message.data);
    cr_expect(twin_took(twin) || !recognised, "%.*s", (int)message.len, message.data);
}

static void expect_all(const char *const *messages, size_t count, bool recognised) {
    for (size_t i = 0; i < count; i++) {
        expect(slice_of(messages[i]), recognised);
    }
}

#define EXPECT_ALL(recognised, ...)                                                                                    \
    do {                                                                                                               \
        static const char *const messages[] = {__VA_ARGS__};                                                           \
        expect_all(messages, sizeof messages / sizeof messages[0], recognised);                                        \
    } while (0)

Test(scan, members_in_any_order_and_others) {
    EXPECT_ALL(true, ARRIVED("CNAKL"), " \r\n\t" ARRIVED("CNAKL") "\n",
               "{\"data\":{\"arrived_at\":\"2020-12-18T09:00:00+08:00\" , \"place\":\"CNAKL\"," TRAIN
               "},\"time\":\"2020-12-18T09:14:07Z\",\"type\":\"rail.train.arrived.v1\",\"source\":\"s\",\"id\":\"i\","
               "\"specversion\":\"1.0\",\"traceparent\":[1,{\"a\":[true,false,null,-0.5e+7]}],\"\":{}}",
               HEAD("train.arrived.v1") ",\"datacontenttype\":\"application/json; charset=utf-8\",\"data\":{" TRAIN
                                        ",\"place\":\"CNAKL\",\"arrived_at\":\"2020-12-18T09:00:00Z\"}}",
               TRACKED(",\"seal\":null"), TRACKED(",\"latitude\":1,\"x\":1,\"longitude\":-2.5,\"x\":2"));
}

Test(scan, numbers_however_spelled) {
    EXPECT_ALL(true, TALLY(",\"gross_kg\":0"), TALLY(",\"gross_kg\":9999999.999999"), TALLY(",\"gross_kg\":15e-1"),
               TALLY(",\"gross_kg\":1234567890.5"), TALLY(",\"gross_kg\":1.5000000000"), TALLY(",\"packages\":-0"),
               TALLY(",\"packages\":1000000000"), TALLY(",\"packages\":1.0"), TALLY(",\"packages\":1e3 "),
               TRACKED(",\"latitude\":-90,\"longitude\":180.000000"),
               TRACKED(",\"latitude\":-0,\"longitude\":0.1234567"));
    EXPECT_ALL(false, TALLY(",\"gross_kg\":01"), TALLY(",\"gross_kg\":1."), TALLY(",\"gross_kg\":-1"),
               TALLY(",\"gross_kg\":1.0000001"), TALLY(",\"gross_kg\":10000000000"), TALLY(",\"packages\":1000000001"),
               TALLY(",\"packages\":\"1\""), TALLY(",\"packages\":1.5"), TALLY(",\"packages\":1x"),
               TRACKED(",\"latitude\":90.0000001,\"longitude\":0"), TRACKED(",\"latitude\":1"));
}

Test(scan, strings_and_escapes) {
    EXPECT_ALL(true, TALLY(",\"seal\":\"\\\"\\\\\\/\\u0041\\u4e2d\\ud83d\\ude82\""),
               TALLY(",\"seal\":\"\xe4\xb8\xad\xf0\x9f\x9a\x82\xc3\xa9\""),
               TALLY(",\"seal\":\"0123456789abcdef0123456789abcdef\""),
               TALLY(",\"x\":\"0123456789abcdef0123456789abcdef0123456789abcdef\\u00e9\""));
    EXPECT_ALL(false, TALLY(",\"seal\":\"\""), TALLY(",\"seal\":\"0123456789abcdef0123456789abcdef0\""),
               TALLY(",\"seal\":\"\\ud83d\""), TALLY(",\"seal\":\"\\ude82\\ud83d\""), TALLY(",\"seal\":\"\\x\""),
               TALLY(",\"seal\":\"\\u00g0\""), TALLY(",\"seal\":\"\\u0000\""), TALLY(",\"seal\":\"a\\nb\""),
               TALLY(",\"seal\":\"a\tb\""), TALLY(",\"seal\":\"\x7f\""), TALLY(",\"seal\":\"\xe4\xb8\""),
               TALLY(",\"seal\":\"\xc0\xaf\""), TALLY(",\"seal\":\"\xed\xa0\x80\""), TALLY(",\"x\":\"\xff\""),
               TALLY(",\"x\":\"\\ud83d\""), TALLY(",\"se\\u0061l\":\"a\""), TALLY(",\"\xff\":1"));
}

Test(scan, what_is_wrong_is_left_to_the_general_decoder) {
    EXPECT_ALL(false, "", "{", "[]", "null", "\"", "{}", "\xef\xbb\xbf" ARRIVED("CNAKL"), ARRIVED("CNAKL") "x",
               ARRIVED("CNAKL") "{}", ARRIVED("CNAK1"), ARRIVED("CNAKLL"), ARRIVED("cnakl"),
               HEAD("train.arrived.v1") "}", HEAD("train.arrived.v2") ",\"data\":{}}", TRACKED(",\"event\":\"loaded\""),
               TRACKED(",\"event\":null"), TRACKED(",}"), TRACKED(",\"x\":"), TRACKED(",\"x\":01"),
               TRACKED(",\"x\":tru"), TRACKED(",\"x\":[1,]"), TRACKED(",\"x\":{\"a\"}"), TRACKED(",\"wagon\":\"\""),
               TRACKED(",\"wagon\":\"_\""),
               HEAD("train.arrived.v1") ",\"datacontenttype\":\"text/plain\",\"data\":{" TRAIN
                                        ",\"place\":\"CNAKL\",\"arrived_at\":\"2020-12-18T09:00:00Z\"}}");
    expect((struct slice){ARRIVED("CNAKL") "\0", sizeof ARRIVED("CNAKL")}, false);
    expect((struct slice){NULL, 0}, false);
}

Test(scan, lists_and_repeats) {
    EXPECT_ALL(true, LINK(""), LINK("\"CSQU3054383\" , \"TEXU3070079\""));
    EXPECT_ALL(false, LINK("\"CSQU3054383\",\"CSQU3054383\""), LINK("\"CSQU3054383\","), LINK(",\"CSQU3054383\""),
               LINK("null"), LINK("\"CSQU305438\""), LINK("\"CSQU30543830\""), LINK("\"CsQU3054383\""),
               LINK("\"CSQU3054383\" \"TEXU3070079\""));
}

/* As many as a list may have, and one more; the last may be the first once more. */
Test(scan, long_lists) {
    for (unsigned count = 479; count <= 481; count++) {
        struct buffer message = {0};
        for (unsigned twice = 0; twice < 2; twice++) {
            buffer_clear(&message);
            buffer_append_text(&message, "{\"data\":{" TRAIN ",\"role\":\"to\",\"other\":{\"number\":\"X\",\"date\":"
                                         "\"2020-12-18\",\"port\":\"CNAKL\"},\"containers\":[");
            for (unsigned i = 0; i < count; i++) {
                buffer_printf(&message, "%s\"CSQU%07u\"", i == 0 ? "" : ",", i + 1 < count || !twice ? i : 0);
            }
            buffer_append_text(&message,
                               "]},\"specversion\":\"1.0\",\"id\":\"i\",\"source\":\"s\",\"type\":\"rail.train."
                               "linked.v1\",\"time\":\"2020-12-18T09:14:07Z\"}");
            expect(buffer_slice(&message), count <= 480 && !twice);
        }
        buffer_release(&message);
    }
}

/* An event of `type` whose list has `count` elements, written by `format` with their number. */
static void expect_dense(const char *begin, const char *format, unsigned count, const char *end) {
    struct buffer message = {0};
    buffer_append_text(&message, begin);
    for (unsigned i = 0; i < count; i++) {
        buffer_append_text(&message, i == 0 ? "" : ",");
        for (const char *at = format; *at != '\0'; at++) {
            if (*at == '#') {
                buffer_printf(&message, "%u", i + 1);
            } else if (*at == '%') {
                buffer_printf(&message, "%07u", i + 1);
            } else {
                buffer_append_byte(&message, *at);
            }
        }
    }
    buffer_append_text(&message, end);
    expect(buffer_slice(&message), true);
    buffer_release(&message);
}

/* As little JSON as there can be for so much fact: there is room for it all the same. */
Test(scan, dense_messages) {
    expect_dense(HEAD("merge.applied.v1") ",\"data\":{" TRAIN ",\"application\":\"A\",\"waybills\":[", "\"#\"", 500,
                 "]}}");
    expect_dense(
        HEAD("declaration.lodged.v1") ",\"data\":{" TRAIN
                                      ",\"step\":\"full\",\"lodged_at\":\"2020-12-18T09:14:07Z\",\"waybills\":[",
        "\"#\"", 500, "]}}");
    expect_dense(HEAD("train.composed.v1") ",\"data\":{" TRAIN ",\"wagons\":[",
                 "{\"wagon\":\"#\",\"position\":#,\"containers\":[{\"number\":\"CSQU%\"}]}", 120, "]}}");
    static const char MANIFEST[] =
        HEAD("manifest.transmitted.v1") ",\"data\":{" TRAIN ",\"waybill\":{\"number\":\"W\",\"direction\":\"exit\","
                                        "\"product\":\"P\",\"consignor\":{\"code\":\"c\",\"name\":"
                                        "\"n\",\"country\":\"CN\"},\"consignee\":{\"code\":\"c\",\"name\":\"n\","
                                        "\"country\":\"DE\"},\"origin\":\"CNAKL\","
                                        "\"destination\":\"CNAKL\"},\"containers\":[";
    expect_dense(MANIFEST,
                 "{\"number\":\"CSQU%\",\"size_type\":\"22G1\",\"goods\":[{\"description\":\"#\",\"packages\":0,"
                 "\"gross_kg\":0,\"dangerous\":[{\"un\":\"1234\"}]}]}",
                 200, "]}}");
}

/* Longer than a scanner takes, and members nested as deep as it goes and deeper. */
Test(scan, what_is_large) {
    static const size_t depths[] = {1, 40, 41, 62, 63};
    struct buffer message = {0};
    for (size_t i = 0; i < sizeof depths / sizeof depths[0]; i++) {
        buffer_clear(&message);
        buffer_append_text(
            &message, HEAD("train.arrived.v1") ",\"data\":{" TRAIN
                                               ",\"place\":\"CNAKL\",\"arrived_at\":\"2020-12-18T09:00:00Z\"},\"x\":");
        for (size_t k = 0; k < depths[i]; k++) {
            buffer_append_byte(&message, '[');
        }
        for (size_t k = 0; k < depths[i]; k++) {
            buffer_append_byte(&message, ']');
        }
        buffer_append_byte(&message, '}');
        expect(buffer_slice(&message), depths[i] <= 40);
        cr_expect_eq(twin_took(twin), depths[i] < 64);
    }
    for (int larger = 0; larger < 2; larger++) {
        buffer_clear(&message);
        buffer_append_text(&message, ARRIVED("CNAKL"));
        while (message.len < (size_t)(256 * 1024 + larger)) {
            buffer_append_byte(&message, ' ');
        }
        expect(buffer_slice(&message), !larger);
        cr_expect(twin_took(twin));
    }
    buffer_release(&message);
}

Test(scan, paths) {
    cr_expect(decode_path_runs(DECODE_GENERAL) && decode_path_runs(DECODE_PORTABLE));
    cr_expect_not(decode_path_runs(DECODE_PATH_COUNT));
    cr_expect_not(decode_path_runs(DECODE_SSE2) && decode_path_runs(DECODE_NEON));
    cr_expect(decode_path_runs(DECODE_SSE2) || !decode_path_runs(DECODE_AVX2));
}
