#include <criterion/criterion.h>

#include "base/decimal.h"

static const struct {
    const char *text;
    bool good; /* as a mass: 9 digits, 3 places */
    uint64_t value;
} MASSES[] = {
    {"0", true, 0},
    {"0.0", true, 0},
    {"0.001", true, 1},
    {"0.01", true, 10},
    {"0.1", true, 100},
    {"1", true, 1000},
    {"1.5", true, 1500},
    {"1.500", true, 1500},
    {"10.05", true, 10050},
    {"999999999", true, UINT64_C(999999999000)},
    {"999999999.999", true, UINT64_C(999999999999)},
    {"1000000000", false, 0},
    {"0.0000", false, 0},
    {"1.5000", false, 0},
    {"", false, 0},
    {".", false, 0},
    {"1.", false, 0},
    {".5", false, 0},
    {"00", false, 0},
    {"01", false, 0},
    {"00.5", false, 0},
    {"-1", false, 0},
    {"-0", false, 0},
    {"+1", false, 0},
    {"1e3", false, 0},
    {"1E3", false, 0},
    {"1.5e0", false, 0},
    {"1 ", false, 0},
    {" 1", false, 0},
    {"1,5", false, 0},
    {"1.5.5", false, 0},
    {"0x1", false, 0},
    {"12345678901234567890123", false, 0},
    {"0.12345678901234567890123", false, 0},
    {"NaN", false, 0},
};

Test(decimal, masses) {
    for (size_t i = 0; i < sizeof MASSES / sizeof MASSES[0]; i++) {
        uint64_t value = 0;
        bool good = decimal_parse(slice_of(MASSES[i].text), 9, DECIMAL_MASS_PLACES, &value);
        cr_expect_eq(good, MASSES[i].good, "'%s'", MASSES[i].text);
        cr_expect(!good || value == MASSES[i].value, "'%s'", MASSES[i].text);
    }
}

Test(decimal, other_widths) {
    static const struct {
        const char *text;
        int whole, places;
        bool good;
        uint64_t value;
    } cases[] = {
        {"999999999999.9999", 12, 4, true, UINT64_C(9999999999999999)},
        {"0.0001", 12, 4, true, 1},
        {"1000000000000", 12, 4, false, 0},
        {"0.00001", 12, 4, false, 0},
        {"9999999999", 10, 0, true, UINT64_C(9999999999)},
        {"10000000000", 10, 0, false, 0},
        {"1.0", 10, 0, false, 0},
        {"1.", 10, 0, false, 0},
        {"999999999999999999", 18, 0, true, UINT64_C(999999999999999999)},
        {"0.999999999999999999", 0, 18, false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t value = 0;
        bool good = decimal_parse(slice_of(cases[i].text), cases[i].whole, cases[i].places, &value);
        cr_expect_eq(good, cases[i].good, "%s", cases[i].text);
        cr_expect(!good || value == cases[i].value, "%s", cases[i].text);
    }
}

Test(decimal, never_reads_beyond_the_text) {
    static const char text[] = "12.345678";
    uint64_t value;
    cr_expect(decimal_parse((struct slice){text, 1}, 9, 3, &value) && value == 1000);
    cr_expect(decimal_parse((struct slice){text, 2}, 9, 3, &value) && value == 12000);
    cr_expect_not(decimal_parse((struct slice){text, 3}, 9, 3, &value));
    cr_expect(decimal_parse((struct slice){text, 6}, 9, 3, &value) && value == 12345);
    cr_expect_not(decimal_parse((struct slice){text, 7}, 9, 3, &value));
    cr_expect_not(decimal_parse((struct slice){NULL, 0}, 9, 3, &value));
}

Test(decimal, signs) {
    static const struct {
        const char *text;
        bool good;
        int64_t value;
    } cases[] = {
        {"0", true, 0},          {"-0", true, 0},          {"-0.000000", true, 0},
        {"-0.000001", true, -1}, {"180", true, 180000000}, {"-90.5", true, -90500000},
        {"-", false, 0},         {"", false, 0},           {"--1", false, 0},
        {"+1", false, 0},        {"-01", false, 0},        {"- 1", false, 0},
        {"1-", false, 0},        {"1000", false, 0},       {"-0.0000001", false, 0},
        {"1e1", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t value = 1;
        bool good = decimal_parse_signed(slice_of(cases[i].text), 3, DECIMAL_DEGREE_PLACES, &value);
        cr_expect_eq(good, cases[i].good, "'%s'", cases[i].text);
        cr_expect(!good || value == cases[i].value, "'%s'", cases[i].text);
    }
}

#define TEN_TO_18 UINT64_C(1000000000000000000)

Test(decimal, written_plain) {
    static const struct {
        uint64_t high; /* times 10^18 */
        uint64_t value;
        int places;
        const char *text;
    } cases[] = {
        {0, 0, 0, "0"},
        {0, 0, 3, "0"},
        {0, 1, 3, "0.001"},
        {0, 10, 3, "0.01"},
        {0, 100, 3, "0.1"},
        {0, 1000, 3, "1"},
        {0, 1001, 3, "1.001"},
        {0, 10500, 3, "10.5"},
        {0, 100000, 3, "100"},
        {0, 225, 2, "2.25"},
        {0, 7, 0, "7"},
        {0, 100, 0, "100"},
        {0, UINT64_MAX, 0, "18446744073709551615"},
        {18, UINT64_C(446744073709551616), 0, "18446744073709551616"},
        {18, UINT64_C(446744073709551616), 4, "1844674407370955.1616"},
        {TEN_TO_18, 0, 18, "1000000000000000000"},
        {TEN_TO_18, 1, 18, "1000000000000000000.000000000000000001"},
        {UINT64_C(99999999999999999), UINT64_C(999999999999999999), 4, "9999999999999999999999999999999.9999"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buffer out = {0};
        decimal_write(&out, (uint128)cases[i].high * TEN_TO_18 + cases[i].value, cases[i].places);
        cr_expect(slice_equal(buffer_slice(&out), slice_of(cases[i].text)), "%.*s instead of %s", (int)out.len,
                  out.data, cases[i].text);
        buffer_release(&out);
    }
}

Test(decimal, the_greatest_number) {
    struct buffer out = {0};
    decimal_write(&out, ~(uint128)0, 0);
    cr_expect(slice_equal(buffer_slice(&out), SLICE("340282366920938463463374607431768211455")));
    buffer_release(&out);
}

Test(decimal, signed_written_plain) {
    static const struct {
        int64_t value;
        const char *text;
    } cases[] = {
        {0, "0"}, {-1, "-0.000001"}, {-45172500, "-45.1725"}, {180000000, "180"}, {INT64_MIN, "-9223372036854.775808"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buffer out = {0};
        decimal_write_signed(&out, cases[i].value, DECIMAL_DEGREE_PLACES);
        cr_expect(slice_equal(buffer_slice(&out), slice_of(cases[i].text)), "%s", cases[i].text);
        buffer_release(&out);
    }
}

/* What is written is read as the same value. */
Test(decimal, there_and_back) {
    struct buffer out = {0};
    for (uint64_t value = 0; value < UINT64_C(1000000000000); value = value * 3 + 1 + value / 7) {
        uint64_t back;
        buffer_clear(&out);
        decimal_write(&out, value, DECIMAL_MASS_PLACES);
        cr_assert(decimal_parse(buffer_slice(&out), 9, DECIMAL_MASS_PLACES, &back) && back == value, "%.*s",
                  (int)out.len, out.data);
    }
    buffer_release(&out);
}
