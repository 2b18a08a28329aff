#include <criterion/criterion.h>
#include <stdio.h>

#include "base/timestamp.h"

/* 2020-12-18T09:14:07Z */
#define MORNING INT64_C(1608282847000)
#define FIRST INT64_C(946684800000)
#define LAST INT64_C(4102444799999)

Test(timestamp, taken) {
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {
        {"2020-12-18T09:14:07Z", MORNING},
        {"2020-12-18T09:14:07.1Z", MORNING + 100},
        {"2020-12-18T09:14:07.12Z", MORNING + 120},
        {"2020-12-18T09:14:07.123Z", MORNING + 123},
        {"2020-12-18T09:14:07.1239Z", MORNING + 123},
        {"2020-12-18T09:14:07.000999999Z", MORNING},
        {"2020-12-18T09:14:07.123456789Z", MORNING + 123},
        {"2020-12-18T09:14:07+00:00", MORNING},
        {"2020-12-18T09:14:07-00:00", MORNING},
        {"2020-12-18T17:14:07+08:00", MORNING},
        {"2020-12-18T17:14:07.500+08:00", MORNING + 500},
        {"2020-12-17T09:15:07-23:59", MORNING},
        {"2020-12-19T09:13:07+23:59", MORNING},
        {"2000-01-01T00:00:00Z", FIRST},
        {"2099-12-31T23:59:59.999Z", LAST},
        {"2099-12-31T23:59:59.999999999Z", LAST},
        {"1999-12-31T23:00:00-01:00", FIRST},
        {"2000-01-01T01:00:00+01:00", FIRST},
        {"2100-01-01T00:59:59.999+01:00", LAST},
        {"2000-02-29T00:00:00Z", FIRST + 59 * TIMESTAMP_DAY_MS},
        {"2000-12-31T00:00:00Z", FIRST + 365 * TIMESTAMP_DAY_MS},
        {"2001-01-01T00:00:00Z", FIRST + 366 * TIMESTAMP_DAY_MS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t ms = 0;
        cr_expect(timestamp_parse(slice_of(cases[i].text), &ms), "%s", cases[i].text);
        cr_expect_eq(ms, cases[i].ms, "%s: %lld", cases[i].text, (long long)ms);
    }
}

Test(timestamp, refused) {
    static const char *const texts[] = {
        "",
        "Z",
        "2020",
        "2020-12-18",
        "2020-12-18T",
        "2020-12-18T09:14Z",
        "2020-12-18T09:14:07",
        "2020-12-18t09:14:07Z",
        "2020-12-18T09:14:07z",
        "2020-12-18 09:14:07Z",
        "2020-12-18T09:14:07 Z",
        " 2020-12-18T09:14:07Z",
        "2020-12-18T09:14:07Z ",
        "2020-12-18T09:14:07ZZ",
        "2020-12-18T09:14:07.Z",
        "2020-12-18T09:14:07.1234567890Z",
        "2020-12-18T09:14:07,5Z",
        "2020-12-18T09:14:07.-1Z",
        "2020-12-18T09:14:07.1",
        "2020-12-18T09.14:07Z",
        "2020-12-18T09:14.07Z",
        "2020-12-18T24:00:00Z",
        "2020-12-18T23:60:00Z",
        "2020-12-18T23:59:60Z",
        "2020-12-18T9:14:07Z",
        "2020-12-18T09:14:7Z",
        "2020-12-18T+9:14:07Z",
        "2020-12-18T09:14:07+24:00",
        "2020-12-18T09:14:07+08:60",
        "2020-12-18T09:14:07+0800",
        "2020-12-18T09:14:07+08",
        "2020-12-18T09:14:07+8:00",
        "2020-12-18T09:14:07+08:00Z",
        "2020-12-18T09:14:07+08:000",
        "2020-12-18T09:14:07+-8:00",
        "2020-12-18T09:14:07*08:00",
        "2020-12-18T09:14:07 08:00",
        "2020-12-18T09:14:07+08-00",
        "2020-13-18T09:14:07Z",
        "2020-00-18T09:14:07Z",
        "2020-12-00T09:14:07Z",
        "2020-12-32T09:14:07Z",
        "2021-02-29T09:14:07Z",
        "2100-02-29T09:14:07Z",
        "2020-12-1809:14:07Z",
        "20201218T091407Z",
        "02020-12-18T09:14:07Z",
        "-2020-12-18T09:14:07Z",
        "1999-12-31T23:59:59.999Z",
        "2100-01-01T00:00:00Z",
        "2000-01-01T00:59:59.999+01:00",
        "2099-12-31T23:00:00-01:00",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int64_t ms;
        cr_expect_not(timestamp_parse(slice_of(texts[i]), &ms), "%s", texts[i]);
    }
}

/* Every prefix of a time is none, and none of them is read beyond. */
Test(timestamp, prefixes_are_refused) {
    static const char text[] = "2020-12-18T09:14:07.123456789+08:00";
    for (size_t len = 0; len < sizeof text - 1; len++) {
        char *exact = malloc(len == 0 ? 1 : len);
        memcpy(exact, text, len);
        int64_t ms;
        cr_expect_not(timestamp_parse((struct slice){exact, len}, &ms), "%.*s", (int)len, text);
        free(exact);
    }
}

static void expect_written(int64_t ms, const char *text) {
    char out[TIMESTAMP_TEXT_BYTES];
    timestamp_write(ms, out);
    cr_expect_eq(memcmp(out, text, sizeof out), 0, "%.24s instead of %s", out, text);
}

Test(timestamp, written) {
    expect_written(0, "1970-01-01T00:00:00.000Z");
    expect_written(FIRST + 3600000, "2000-01-01T01:00:00.000Z");
    expect_written(FIRST + 60000, "2000-01-01T00:01:00.000Z");
    expect_written(FIRST, "2000-01-01T00:00:00.000Z");
    expect_written(MORNING + 7, "2020-12-18T09:14:07.007Z");
    expect_written(LAST, "2099-12-31T23:59:59.999Z");
    expect_written(LAST + 1, "2100-01-01T00:00:00.000Z");
    expect_written(INT64_C(253402300799999), "9999-12-31T23:59:59.999Z");
}

Test(timestamp, there_and_back) {
    for (int64_t ms = FIRST; ms <= LAST; ms += INT64_C(7654321987)) {
        char text[TIMESTAMP_TEXT_BYTES];
        int64_t back;
        timestamp_write(ms, text);
        cr_assert(timestamp_parse((struct slice){text, sizeof text}, &back) && back == ms, "%.24s", text);
    }
}

/* Every day of the century, one after the other. */
Test(date, calendar) {
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int32_t expected = 10957;
    for (int year = 2000; year <= 2099; year++) {
        for (int month = 1; month <= 12; month++) {
            int last = lengths[month - 1] + (month == 2 && year % 4 == 0);
            for (int day = 0; day <= last + 1; day++) {
                char text[40];
                int32_t days;
                snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
                bool good = date_parse(slice_of(text), &days);
                cr_assert_eq(good, day >= 1 && day <= last, "%s", text);
                if (good) {
                    char back[DATE_TEXT_BYTES];
                    cr_assert_eq(days, expected++, "%s", text);
                    date_write(days, back);
                    cr_assert_eq(memcmp(back, text, sizeof back), 0, "%s", text);
                }
            }
        }
    }
}

Test(date, refused) {
    static const char *const texts[] = {
        "",           "2020",       "2020-12",    "2020-12-1",  "2020-12-188", "2020-12-18 ", " 2020-12-18",
        "2020/12/18", "2020-12_18", "20-12-2018", "1999-12-31", "2100-01-01",  "2020-12-18Z", "2020-12-1a",
        "20201218",   "+020-12-18", "2020-1-018",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int32_t days;
        cr_expect_not(date_parse(slice_of(texts[i]), &days), "%s", texts[i]);
    }
}

/* Every day of all years of four digits, written and read. */
Test(date, of_any_year) {
    int32_t days, first, last;
    cr_assert(date_parse_any(SLICE("0001-01-01"), &first));
    cr_assert(date_parse_any(SLICE("9999-12-31"), &last));
    cr_assert_eq(first, -719162);
    cr_assert_eq(last, 2932896);
    for (int32_t day = first; day <= last; day++) {
        char text[DATE_TEXT_BYTES];
        date_write(day, text);
        cr_assert(date_parse_any((struct slice){text, sizeof text}, &days) && days == day, "%.10s", text);
        bool of_events = date_parse((struct slice){text, sizeof text}, &days);
        cr_assert_eq(of_events, day >= DATE_MIN && day <= DATE_MAX, "%.10s", text);
    }
    cr_expect_not(date_parse_any(SLICE("0000-12-31"), &days));
    cr_expect_not(date_parse_any(SLICE("1900-02-29"), &days));
    cr_expect_not(date_parse_any(SLICE("1999-12-31 "), &days));
}

Test(date, of_an_instant_rounds_down) {
    cr_expect_eq(date_of(0), 0);
    cr_expect_eq(date_of(TIMESTAMP_DAY_MS - 1), 0);
    cr_expect_eq(date_of(TIMESTAMP_DAY_MS), 1);
    cr_expect_eq(date_of(-1), -1);
    cr_expect_eq(date_of(-TIMESTAMP_DAY_MS), -1);
    cr_expect_eq(date_of(-TIMESTAMP_DAY_MS - 1), -2);
    cr_expect_eq(date_of(LAST), 47481);
}

Test(date, written_around_the_century) {
    static const struct {
        int32_t days;
        const char *text;
    } cases[] = {{0, "1970-01-01"},      {-1, "1969-12-31"},     {10881, "1999-10-17"},  {47482, "2100-01-01"},
                 {-25509, "1900-02-28"}, {-25508, "1900-03-01"}, {47540, "2100-02-28"},  {47541, "2100-03-01"},
                 {157113, "2400-02-29"}, {157114, "2400-03-01"}, {2932896, "9999-12-31"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char out[DATE_TEXT_BYTES];
        date_write(cases[i].days, out);
        cr_expect_eq(memcmp(out, cases[i].text, sizeof out), 0, "%.10s instead of %s", out, cases[i].text);
    }
}

Test(clock, steady_does_not_go_back) {
    int64_t before_ns = clock_steady_ns();
    for (int i = 0; i < 1000; i++) {
        int64_t now_ns = clock_steady_ns();
        cr_assert_geq(now_ns, before_ns);
        before_ns = now_ns;
    }
    int64_t ms = clock_steady_ms();
    cr_expect_leq(before_ns / 1000000, ms);
    cr_expect_gt(clock_wall_ms(), MORNING);
}
