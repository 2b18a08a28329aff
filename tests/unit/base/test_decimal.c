#include <criterion/criterion.h>

#include <inttypes.h>
#include <stdio.h>

#include "base/decimal.h"

static const struct {
    const char *text;
    bool good; /* 9 digits, 3 places */
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
    {"0.0000", true, 0},
    {"1.5000", true, 1500},
    {"1.50000000000000000000000000000000000000", true, 1500},
    {"1.5001", false, 0},
    {"0.0001", false, 0},
    {"", false, 0},
    {".", false, 0},
    {"1.", false, 0},
    {".5", false, 0},
    {"00", false, 0},
    {"01", false, 0},
    {"00.5", false, 0},
    {"-1", false, 0},
    {"-0", true, 0},
    {"-0.00e5", true, 0},
    {"0e99999999999999999999", true, 0},
    {"0.000e-99999999999999999999", true, 0},
    {"-0.001", false, 0},
    {"+1", false, 0},
    {"1e3", true, 1000000},
    {"1E+3", true, 1000000},
    {"1.5e0", true, 1500},
    {"15e-1", true, 1500},
    {"15000E-4", true, 1500},
    {"0.0000015e6", true, 1500},
    {"0.00000000000000000000000000015e28", true, 1500},
    {"150000000000000000000000000000e-29", true, 1500},
    {"1e8", true, UINT64_C(100000000000)},
    {"1e9", false, 0},
    {"1e-3", true, 1},
    {"1e-4", false, 0},
    {"1e99999999999999999999999", false, 0},
    {"1e-99999999999999999999999", false, 0},
    {"1e", false, 0},
    {"1e+", false, 0},
    {"1ee3", false, 0},
    {"1e3.0", false, 0},
    {"1e 3", false, 0},
    {".5e1", false, 0},
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
        bool good = decimal_parse(slice_of(MASSES[i].text), 9, 3, &value);
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
        {"1.0", 10, 0, true, 1},
        {"1.01", 10, 0, false, 0},
        {"999999999999.999999", 12, 6, true, UINT64_C(999999999999999999)},
        {"9999999999.9999990", 10, 6, true, UINT64_C(9999999999999999)},
        {"1.", 10, 0, false, 0},
        {"999999999999999999", 18, 0, true, UINT64_C(999999999999999999)},
        {"0.999999999999999999", 0, 18, true, UINT64_C(999999999999999999)},
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

/* The bounds are for the value as given; only then what is behind six digits is cut off, towards zero. */
Test(decimal, cut) {
    static const struct {
        const char *text;
        bool good;
        int64_t value;
    } cases[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"-0.000000", true, 0},
        {"-0.000001", true, -1},
        {"180", true, 180000000},
        {"-90.5", true, -90500000},
        {"-", false, 0},
        {"", false, 0},
        {"--1", false, 0},
        {"+1", false, 0},
        {"-01", false, 0},
        {"- 1", false, 0},
        {"1-", false, 0},
        {"1000", false, 0},
        {"-0.0000001", true, 0},
        {"1e1", true, 10000000},
        {"180.000000000000", true, 180000000},
        {"180.0000000000000000000000000000001", false, 0},
        {"-180.0000001", false, 0},
        {"179.9999999999999999999999999999", true, 179999999},
        {"-179.99999999", true, -179999999},
        {"45.12345678", true, 45123456},
        {"-45.12345678", true, -45123456},
        {"1.8e2", true, 180000000},
        {"1.80000000000000000000000000001e2", false, 0},
        {"0.00000000000000000000000018e27", true, 180000000},
        {"1e-40", true, 0},
        {"1e400", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t value = 1;
        bool good = decimal_parse_cut(slice_of(cases[i].text), 180, DECIMAL_DEGREE_PLACES, &value);
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

/* What is written is read as the same value. */
Test(decimal, there_and_back) {
    struct buffer out = {0};
    for (uint64_t value = 0; value < UINT64_C(1000000000000); value = value * 3 + 1 + value / 7) {
        uint64_t back;
        buffer_clear(&out);
        decimal_write(&out, value, DECIMAL_MASS_PLACES);
        cr_assert(decimal_parse(buffer_slice(&out), DECIMAL_MASS_DIGITS, DECIMAL_MASS_PLACES, &back) && back == value,
                  "%.*s", (int)out.len, out.data);
    }
    buffer_release(&out);
}

/* A sum is read back whole; what decimal_write never writes is none. */
Test(decimal, sums_there_and_back) {
    static const struct {
        const char *text;
        int places;
        bool good;
    } cases[] = {
        {"0", 6, true},
        {"0", 0, true},
        {"12.5", 2, true},
        {"340282366920938463463374607431.768211", 6, true},
        {"99999999999999999999999999999999.999999", 6, true},
        {"999999999999999999999999999999999.999999", 6, false},
        {"1.234", 2, false},
        {"1.5", 0, false},
        {"", 6, false},
        {".5", 6, false},
        {"5.", 6, false},
        {"1.2.3", 6, false},
        {"-1", 6, false},
        {"1e3", 6, false},
        {" 1", 6, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint128 value;
        struct buffer out = {0};
        cr_expect_eq(decimal_parse_sum(slice_of(cases[i].text), cases[i].places, &value), cases[i].good, "%s",
                     cases[i].text);
        if (cases[i].good) {
            decimal_write(&out, value, cases[i].places);
            cr_expect(slice_equal(buffer_slice(&out), slice_of(cases[i].text)), "%s", cases[i].text);
        }
        buffer_release(&out);
    }
}

/* The plain way: all digits, then the zeros cut off. */
static void write_slowly(char *text, size_t room, uint64_t value, int places) {
    uint64_t power = 1;
    for (int i = 0; i < places; i++) {
        power *= 10;
    }
    int len = snprintf(text, room, "%" PRIu64, value / power);
    if (value % power != 0) {
        len += snprintf(text + len, room - (size_t)len, ".%0*" PRIu64, places, value % power);
        while (text[len - 1] == '0') {
            text[--len] = '\0';
        }
    }
}

/* Around each number of digits, with zeros at every end. */
Test(decimal, written_with_every_number_of_digits) {
    static const int PLACES[] = {0, 2, 6};
    for (size_t i = 0; i < sizeof PLACES / sizeof PLACES[0]; i++) {
        for (uint64_t power = 1; power <= TEN_TO_18; power *= 10) {
            for (uint64_t step = 1; step <= power; step *= 10) {
                const uint64_t values[] = {power - step, power + step, power * 9 + step * 5, power / 7 * step};
                for (size_t k = 0; k < sizeof values / sizeof values[0]; k++) {
                    char expected[64], written[DECIMAL_TEXT_BYTES + 1];
                    write_slowly(expected, sizeof expected, values[k], PLACES[i]);
                    *decimal_put(written, values[k], PLACES[i]) = '\0';
                    cr_assert_str_eq(written, expected);
                }
            }
        }
    }
}
