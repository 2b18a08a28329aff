#include <criterion/criterion.h>

#include "base/buffer.h"
#include "event/json.h"
#include "support/verdict.h"

static struct json_parser *parser;
static const char *what;
static size_t at;

static const struct json_value *parse(struct slice text) {
    if (parser == NULL) {
        parser = json_parser_new();
    }
    what = NULL;
    return json_parse(parser, text, &what, &at);
}

#define BYTES(literal)                                                                                                 \
    { literal, sizeof(literal) - 1 }

struct text {
    const char *data;
    size_t len;
};

/* RFC 8259, byte by byte. */
static const struct text JSON[] = {
    BYTES("{}"),
    BYTES("[]"),
    BYTES(" \t\r\n1 \t\r\n"),
    BYTES("null"),
    BYTES("true"),
    BYTES("false"),
    BYTES("\"\""),
    BYTES("0"),
    BYTES("-0"),
    BYTES("-0.0e-0"),
    BYTES("1E+400"),
    BYTES("1e-400"),
    BYTES("12345678901234567890123"),
    BYTES("0.10000000000000000000001"),
    BYTES("\"\\u0000\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\""),
    BYTES("\"\\ud83d\\ude82\""),
    BYTES("\"\\uD83D\\uDE82\""),
    BYTES("\"\x7f\""),
    BYTES("\"\xc2\x80\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\""),
    BYTES("\"\xef\xbf\xbf\xef\xbb\xbf\""),
    BYTES("{\"a\":1,\"a\":2,\"\":3}"),
    BYTES("[1,[2,{\"a\":[]}]]"),
};

static const struct text NOT_JSON[] = {
    BYTES(""),
    BYTES(" "),
    BYTES("\xef\xbb\xbf{}"),
    BYTES("\xff\xfe{\0}\0"),
    BYTES("{}\0"),
    BYTES("\0{}"),
    BYTES("{} {}"),
    BYTES("{},"),
    BYTES("[1,]"),
    BYTES("{\"a\":1,}"),
    BYTES("{\"a\" 1}"),
    BYTES("{\"a\"}"),
    BYTES("{a:1}"),
    BYTES("{'a':1}"),
    BYTES("[1 2]"),
    BYTES("[1"),
    BYTES("{\"a\":1"),
    BYTES("\"a"),
    BYTES("]"),
    BYTES("// c\n{}"),
    BYTES("/**/{}"),
    BYTES("{}\v"),
    BYTES("\xc2\xa0{}"),
    BYTES("NaN"),
    BYTES("Infinity"),
    BYTES("-Infinity"),
    BYTES("nan"),
    BYTES("True"),
    BYTES("nul"),
    BYTES("nulls"),
    BYTES("00"),
    BYTES("01"),
    BYTES("-01"),
    BYTES("+1"),
    BYTES("-"),
    BYTES("1."),
    BYTES(".5"),
    BYTES("1.e1"),
    BYTES("1e"),
    BYTES("1e+"),
    BYTES("0x1"),
    BYTES("1_0"),
    BYTES("--1"),
    BYTES("\"\n\""),
    BYTES("\"\t\""),
    BYTES("\"\0\""),
    BYTES("\"\x1f\""),
    BYTES("\"\\x41\""),
    BYTES("\"\\'\""),
    BYTES("\"\\u12\""),
    BYTES("\"\\u12g4\""),
    BYTES("\"\\U0041\""),
    BYTES("\"\\\""),
    BYTES("\"\\ud83d\""),
    BYTES("\"\\ude82\""),
    BYTES("\"\\ud83dx\""),
    BYTES("\"\\ud83d\\u0041\""),
    BYTES("\"\\ude82\\ud83d\""),
    BYTES("\"\\ud83d\\ud83d\""),
    BYTES("\"\xed\xa0\x80\""),
    BYTES("\"\xed\xbf\xbf\""),
    BYTES("\"\x80\""),
    BYTES("\"\xc3\""),
    BYTES("\"\xc0\x80\""),
    BYTES("\"\xc1\xbf\""),
    BYTES("\"\xe0\x9f\xbf\""),
    BYTES("\"\xe2\x82\""),
    BYTES("\"\xf0\x8f\xbf\xbf\""),
    BYTES("\"\xf4\x90\x80\x80\""),
    BYTES("\"\xf5\x80\x80\x80\""),
    BYTES("\"\xff\""),
    BYTES("{\"\xff\":1}"),
    BYTES("{\"a\":1,\"b\":\"\\udc00\"}"),
};

Test(json, what_is_json) {
    for (size_t i = 0; i < sizeof JSON / sizeof JSON[0]; i++) {
        struct slice text = {JSON[i].data, JSON[i].len};
        cr_expect_not_null(parse(text), "%zu: %s: %s", i, text.data, what);
    }
}

Test(json, what_is_not_json) {
    for (size_t i = 0; i < sizeof NOT_JSON / sizeof NOT_JSON[0]; i++) {
        struct slice text = {NOT_JSON[i].data, NOT_JSON[i].len};
        cr_expect_null(parse(text), "%zu: %s", i, text.data);
        cr_expect_not_null(what, "%zu: no reason", i);
        cr_expect_leq(at, text.len, "%zu: at %zu of %zu", i, at, text.len);
    }
}

/* They need more memory than any text that is JSON; a person must not read of memory in the reject. */
Test(json, brackets_that_nothing_closes) {
    static const char *const texts[] = {"<1000 [>", "<1000 [1,>", "<1000 {'a':>"};
    struct buffer text = {0};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        buffer_clear(&text);
        verdict_write(texts[i], &text);
        cr_expect_null(parse(buffer_slice(&text)));
        cr_expect_null(strstr(what, "memory"), "%s: %s", texts[i], what);
    }
    buffer_release(&text);
}

/* The most values for their length, up to a mebibyte of them: each must have room. */
Test(json, as_many_values_as_fit) {
    static const char *const texts[] = {
        "[1]",
        "[<2,1>]",
        "[<10,1>]",
        "[<1000,1>]",
        "[<500000,1>]",
        "[<1000,[]>]",
        "[<300000,[]>]",
        "[<300000,{}>]",
        "[<300000,''>]",
        "{<1000,'':1>}",
        "{<170000,'':1>}",
        "[\n <500000,1>]",
        "[<60000   >1]",
        "[<60000   ><250000,1>]",
    };
    struct buffer text = {0};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        buffer_clear(&text);
        verdict_write(texts[i], &text);
        cr_expect_not_null(parse(buffer_slice(&text)), "%s: %s", texts[i], what);
    }
    buffer_release(&text);
}

/* A text is borrowed as it is: neither written to nor read beyond its end. */
Test(json, reads_just_its_bytes) {
    char *text = malloc(5);
    memcpy(text, "[1,2]", 5);
    cr_expect_not_null(parse((struct slice){text, 5}));
    cr_expect_null(parse((struct slice){text, 4}));
    cr_expect_eq(memcmp(text, "[1,2]", 5), 0);
    free(text);
}

Test(json, depth_is_bounded_at_64) {
    static const struct {
        const char *text;
        bool good;
    } cases[] = {
        {"<64 [><64 ]>", true},
        {"<65 [><65 ]>", false},
        {"<63 {'a':>1<63 }>", true},
        {"<63 {'a':>{}<63 }>", true},
        {"<64 {'a':>[]<64 }>", false},
        {"[<100,[]>]", true},
        {"[1,<62 [>[],[[]],1<62 ]>,[[1]]]", false},
        {"[1,<62 [>[],[],1<62 ]>,[[1]]]", true},
        {"<63 [>{'a':1,'b':2}<63 ]>", true},
        {"<62 [>{'a':[],'b':[[]]}<62 ]>", false},
    };
    struct buffer text = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        buffer_clear(&text);
        verdict_write(cases[i].text, &text);
        cr_expect_eq(parse(buffer_slice(&text)) != NULL, cases[i].good, "%s", cases[i].text);
    }
    buffer_release(&text);
}

static void expect_text(struct slice text, const char *bytes, size_t len) {
    cr_expect(slice_equal(text, (struct slice){bytes, len}), "%.*s", (int)text.len, text.data);
}

Test(json, strings_are_unescaped) {
    const struct json_value *value =
        parse(SLICE("\"a\\u0000\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude82\xe4\xb8\xad\""));
    static const char bytes[] = "a\0\"\\/\b\f\n\r\t\xc3\xa9\xf0\x9f\x9a\x82\xe4\xb8\xad";
    cr_assert_eq(json_kind(value), JSON_STRING);
    expect_text(json_text(value), bytes, sizeof bytes - 1);
}

Test(json, numbers_stay_as_written) {
    static const char *const numbers[] = {
        "0",
        "-0",
        "1.5000",
        "1e3",
        "1E+400",
        "12345678901234567890123",
        "-9223372036854775809",
        "999999999999.1234",
        "0.10000000000000000000001",
    };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        const struct json_value *value = parse(slice_of(numbers[i]));
        cr_assert_not_null(value, "%s", numbers[i]);
        cr_assert_eq(json_kind(value), JSON_NUMBER, "%s", numbers[i]);
        expect_text(json_number(value), numbers[i], strlen(numbers[i]));
    }
}

Test(json, kinds_and_order) {
    static const enum json_kind kinds[] = {JSON_NULL,   JSON_FALSE, JSON_TRUE,  JSON_NUMBER,
                                           JSON_STRING, JSON_ARRAY, JSON_OBJECT};
    const struct json_value *root = parse(SLICE("[null,false,true,1.0,\"null\",[[],[]],{\"a\":{\"b\":1}}]"));
    struct json_walk walk = json_walk(root);
    const struct json_value *value;
    struct slice name;
    cr_expect_eq(json_count(root), 7);
    for (size_t i = 0; i < 7; i++) {
        cr_assert(json_step(&walk, &name, &value));
        cr_expect_eq(json_kind(value), kinds[i], "%zu", i);
        cr_expect_null(name.data);
    }
    cr_expect_not(json_step(&walk, &name, &value));
}

Test(json, members_come_in_order_with_repeats) {
    const struct json_value *root = parse(SLICE("{\"b\":[1],\"a\":2,\"\\u0062\":3,\"\":{}}"));
    static const char *const names[] = {"b", "a", "b", ""};
    static const enum json_kind kinds[] = {JSON_ARRAY, JSON_NUMBER, JSON_NUMBER, JSON_OBJECT};
    struct json_walk walk = json_walk(root);
    const struct json_value *value;
    struct slice name;
    cr_expect_eq(json_count(root), 4);
    for (size_t i = 0; i < 4; i++) {
        cr_assert(json_step(&walk, &name, &value));
        expect_text(name, names[i], strlen(names[i]));
        cr_expect_eq(json_kind(value), kinds[i], "%zu", i);
    }
    cr_expect_not(json_step(&walk, &name, &value));
}

Test(json, empty_containers_have_no_steps) {
    static const char *const empty[] = {"{}", "[]"};
    for (size_t i = 0; i < 2; i++) {
        struct json_walk walk = json_walk(parse(slice_of(empty[i])));
        const struct json_value *value;
        struct slice name;
        cr_expect_not(json_step(&walk, &name, &value));
    }
}
