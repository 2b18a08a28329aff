/* Times and dates of EDIFACT. */
#include <criterion/criterion.h>

#include "base/timestamp.h"
#include "convert/edifact_time.h"

static void expect(const char *value, const char *format, int zone_minutes, const char *wanted) {
    int64_t ms;
    char text[TIMESTAMP_TEXT_BYTES + 1] = "";
    if (edifact_time(slice_of(value), slice_of(format), zone_minutes, &ms)) {
        timestamp_write(ms, text);
    }
    cr_expect_str_eq(text, wanted, "%s in %s: %s", value, format, text);
}

Test(edifact_time, formats) {
    expect("202012172210", "203", 0, "2020-12-17T22:10:00.000Z");
    expect("20201217221059", "204", 0, "2020-12-17T22:10:59.000Z");
    expect("202012172210", "203", 480, "2020-12-17T14:10:00.000Z");
    expect("202012172210", "203", -90, "2020-12-17T23:40:00.000Z");
    expect("202012172210+0800", "205", 0, "2020-12-17T14:10:00.000Z");
    expect("202012172210UTC", "303", 480, "2020-12-17T22:10:00.000Z");
    expect("20201217221059GMT", "304", 480, "2020-12-17T22:10:59.000Z");
}

Test(edifact_time, none) {
    expect("20201217", "102", 0, "");
    expect("202012172260", "203", 0, "");
    expect("20201217221", "203", 0, "");
    expect("2020121722100", "203", 0, "");
    expect("20201217221x", "203", 0, "");
    expect("202012172210CET", "303", 0, "");
    expect("202012172210*0800", "205", 0, "");
    expect("", "203", 0, "");
}

Test(edifact_time, unb) {
    int64_t short_ms, long_ms;
    cr_assert(edifact_unb_time(SLICE("201217"), SLICE("2210"), 0, &short_ms));
    cr_assert(edifact_unb_time(SLICE("20201217"), SLICE("221000"), 0, &long_ms));
    cr_expect_eq(short_ms, long_ms);
    cr_expect_not(edifact_unb_time(SLICE("201317"), SLICE("2210"), 0, &short_ms));
    cr_expect_not(edifact_unb_time((struct slice){NULL, 0}, (struct slice){NULL, 0}, 0, &short_ms));
    cr_expect_not(edifact_unb_time(SLICE("2012172020121720201217"), SLICE("2210221022102210"), 0, &short_ms));
}

Test(edifact_time, dates) {
    char date[DATE_TEXT_BYTES];
    cr_assert(edifact_date(SLICE("20201216"), date));
    cr_expect_eq(memcmp(date, "2020-12-16", sizeof date), 0);
    cr_expect(edifact_date(SLICE("202012162210"), date));
    cr_expect_not(edifact_date(SLICE("2020121"), date));
    cr_expect_not(edifact_date(SLICE("20201316"), date));
}
