/* The writer of JSON text: escapes, commas, values. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "encode/json_put.h"

static void expect_bytes(struct buffer *out, const char *expected) {
    buffer_append_byte(out, '\0');
    cr_expect_str_eq(out->data, expected);
    buffer_release(out);
}

Test(json_put, strings_are_escaped_as_little_as_possible) {
    struct buffer out = {0};
    json_put_text(&out, SLICE("a\"b\\c/\xc3\xa9\x7f"));
    json_put_text(&out, SLICE(""));
    json_put_text(&out, SLICE("\b\t\n\f\r\x01\x1f"));
    expect_bytes(&out, "\"a\\\"b\\\\c/\xc3\xa9\x7f\"\"\"\"\\b\\t\\n\\f\\r\\u0001\\u001f\"");
}

/* Of a text that ends where its memory does, in memory of just the bytes that are promised to do. */
static void escape_at(unsigned char c, size_t at, size_t len) {
    size_t room = JSON_TEXT_BYTES(len) + JSON_QUOTES_BYTES;
    char *text = malloc(len);
    char *out = malloc(room);
    memset(text, at % 2 == 0 ? '!' : '\xff', len);
    text[at] = (char)c;
    size_t written = (size_t)(json_text_at(out, (struct slice){text, len}) - out);
    bool escaped = c < 0x20 || c == '"' || c == '\\';
    cr_assert_leq(written, room);
    cr_assert_eq(out[1 + at] == '\\', escaped, "byte %d at %zu of %zu", c, at, len);
    cr_assert_eq(written > len + 2, escaped);
    cr_assert_eq(memcmp(out + 1, text, at), 0);
    cr_assert_eq(memcmp(out + written - (len - at), text + at + 1, len - at - 1), 0);
    cr_assert(out[0] == '"' && out[written - 1] == '"');
    free(text);
    free(out);
}

/* Wherever in a string of any length the one byte that needs an escape stands, and whatever is beside it. */
Test(json_put, escapes_at_every_place) {
    enum { LEN_MAX = 50 };
    for (size_t len = 1; len <= LEN_MAX; len++) {
        for (size_t at = 0; at < len; at++) {
            for (int c = 0; c < 256; c++) {
                escape_at((unsigned char)c, at, len);
            }
        }
    }
}

Test(json_put, the_longest_text_fits_what_is_asked_for) {
    struct buffer out = {0};
    char text[100] = {0};
    json_put_text(&out, (struct slice){text, sizeof text});
    cr_expect_eq(out.len, JSON_TEXT_BYTES(sizeof text) + JSON_QUOTES_BYTES);
    buffer_release(&out);
}

Test(json_put, numbers_below_zero) {
    static const struct {
        int64_t value;
        const char *text;
    } cases[] = {
        {0, "0"}, {-1, "-0.000001"}, {-45172500, "-45.1725"}, {180000000, "180"}, {INT64_MIN, "-9223372036854.775808"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buffer out = {0};
        json_put_signed(&out, cases[i].value, DECIMAL_DEGREE_PLACES);
        expect_bytes(&out, cases[i].text);
    }
}

Test(json_put, commas_come_by_themselves) {
    const struct slice texts[] = {SLICE("x"), SLICE("[{,:")};
    struct buffer out = {0};
    JSON_PUT(&out, "{");
    JSON_NAME(&out, "empty", "{");
    JSON_PUT(&out, "}");
    JSON_NAME(&out, "list", "[");
    for (int i = 0; i < 2; i++) {
        json_put_next(&out);
        JSON_PUT(&out, "{");
        JSON_MEMBER(&out, "a", texts, texts, (size_t)i * 2);
        json_put_name(&out, SLICE("b\"{"));
        json_put_count(&out, 7);
        JSON_PUT(&out, "}");
    }
    JSON_PUT(&out, "]");
    JSON_NAME(&out, "last", "true");
    JSON_PUT(&out, "}");
    expect_bytes(&out, "{\"empty\":{},\"list\":[{\"a\":[],\"b\\\"{\":7},{\"a\":[\"x\",\"[{,:\"],\"b\\\"{\":7}],"
                       "\"last\":true}");
}

/* Whatever room is left: a name is written where it has to be, and the room grows. */
Test(json_put, names_where_the_room_ends) {
    for (size_t room = 0; room < 40; room++) {
        struct buffer out = {0};
        JSON_PUT(&out, "{");
        out.capacity = out.len; /* no room: what comes next asks for more */
        JSON_NAME(&out, "n", "");
        out.capacity = out.len + room;
        JSON_PUT(&out, "1");
        JSON_NAME(&out, "a_longer_name", "null");
        JSON_PUT(&out, "}");
        expect_bytes(&out, "{\"n\":1,\"a_longer_name\":null}");
    }
}

Test(json_put, values) {
    struct buffer out = {0};
    JSON_PUT(&out, "{");
    JSON_MEMBER(&out, "bool", bool, false);
    JSON_MEMBER(&out, "decimal", decimal, 1500, 3);
    JSON_MEMBER(&out, "hash", hash, ((struct hash128){1, 0xabc}));
    JSON_OPTIONAL(&out, "none", ((struct slice){NULL, 0}));
    JSON_OPTIONAL(&out, "some", SLICE(""));
    JSON_MEMBER(&out, "signed", signed, -1250, 2);
    JSON_MEMBER(&out, "time", time, 1608278400123);
    JSON_MEMBER(&out, "word", word, "exit");
    JSON_PUT(&out, "}");
    expect_bytes(&out, "{\"bool\":false,\"decimal\":1.5,\"hash\":\"00000000000000010000000000000abc\",\"some\":\"\","
                       "\"signed\":-12.5,\"time\":\"2020-12-18T08:00:00.123Z\",\"word\":\"exit\"}");
}
