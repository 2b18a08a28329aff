/* The report `traffic` from records that have what it reads. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "report/traffic.h"

static struct traffic *traffic;
static struct json_parser *parser;
static struct buffer out;

static void open_report(void) {
    traffic = traffic_new(TRAFFIC_BY_ALL);
    parser = json_parser_new();
}

static void close_report(void) {
    traffic_free(traffic);
    json_parser_free(parser);
    buffer_release(&out);
}

TestSuite(traffic, .init = open_report, .fini = close_report);

static const char *take(const char *text) {
    const char *what;
    size_t at;
    const struct json_value *record = json_parse(parser, slice_of(text), &what, &at);
    cr_assert_not_null(record, "%s", text);
    return traffic_take(traffic, record);
}

/* A train's record: `key` is `"date":…,"number":…,"port":…`. */
static void give(const char *key, const char *status, const char *directions, const char *gross_kg) {
    char text[1024];
    snprintf(text, sizeof text,
             "{\"train\":{%s},\"status\":%s,\"declarations\":[%s],\"totals\":{\"containers\":2,\"teu\":4.5,"
             "\"gross_kg\":%s}}",
             key, status, directions, gross_kg);
    const char *wrong = take(text);
    cr_assert_null(wrong, "%s: %s", text, wrong);
}

#define TRAIN(number, date) "\"date\":\"" date "\",\"number\":\"" number "\",\"port\":\"CNAKL\""
#define CLEARED(seconds) "\"cleared\",\"clearance_seconds\":" seconds
#define OPEN "\"open\""
#define ENTRY "{\"direction\":\"entry\"}"
#define EXIT "{\"direction\":\"exit\"}"
#define TRANSIT "{\"direction\":\"transit\"}"

static const char *csv(void) {
    buffer_clear(&out);
    traffic_write(traffic, REPORT_CSV, &out);
    buffer_append_byte(&out, '\0');
    return strchr(out.data, '\n') + 1;
}

Test(traffic, the_last_record_of_a_train_counts) {
    give(TRAIN("X1", "2020-05-31"), OPEN, "", "1");
    give(TRAIN("X1", "2020-05-31"), CLEARED("3600"), ENTRY, "1000.000001");
    cr_expect_str_eq(csv(), "2020,5,CNAKL,entry,1,0,1,0,0,2,4.5,1.000000001,3600,1,34.91\n");
}

Test(traffic, a_train_counts_in_one_row) {
    give(TRAIN("X1", "2020-05-31"), CLEARED("60"), ENTRY "," EXIT, "1");
    give(TRAIN("X2", "2020-05-31"), OPEN, "", "1");
    give(TRAIN("X3", "2020-05-31"), "\"held\"", TRANSIT "," TRANSIT, "1");
    give(TRAIN("X4", "2020-05-31"), "\"incomplete\"", EXIT, "1");
    cr_expect_str_eq(csv(), "2020,5,CNAKL,exit,1,0,0,0,1,2,4.5,0.001,0,,1.78\n"
                            "2020,5,CNAKL,transit,1,0,0,1,0,2,4.5,0.001,0,,\n"
                            "2020,5,CNAKL,mixed,1,0,1,0,0,2,4.5,0.001,60,0.02,\n"
                            "2020,5,CNAKL,none,1,1,0,0,0,2,4.5,0.001,0,,\n");
}

Test(traffic, hours_are_the_mean_over_the_cleared_half_a_hundredth_up) {
    give(TRAIN("X1", "2020-05-01"), CLEARED("17"), EXIT, "1");
    cr_expect_not_null(strstr(csv(), ",17,0,1.78\n"), "17 s are 0.0047 h: %s", csv());
    give(TRAIN("X1", "2020-05-01"), CLEARED("18"), EXIT, "1");
    cr_expect_not_null(strstr(csv(), ",18,0.01,1.78\n"), "18 s are 0.005 h: %s", csv());
    give(TRAIN("X2", "2020-05-02"), CLEARED("17"), EXIT, "1");
    cr_expect_not_null(strstr(csv(), ",35,0,1.78\n"), "17.5 s on average: %s", csv());
}

Test(traffic, sums_need_more_than_64_bits) {
    give(TRAIN("X1", "2020-05-01"), OPEN, ENTRY, "99999999999999999999999.999999");
    give(TRAIN("X2", "2020-05-01"), OPEN, ENTRY, "0.000001");
    cr_expect_not_null(strstr(csv(), ",100000000000000000000,0,"), "%s", csv());
}

Test(traffic, rows_are_told_apart_by_what_was_asked_for) {
    traffic_free(traffic);
    traffic = traffic_new(TRAFFIC_BY_YEAR);
    give(TRAIN("X1", "2020-01-01"), OPEN, ENTRY, "1");
    give(TRAIN("X1", "2020-12-31"), OPEN, EXIT, "1");
    give(TRAIN("X1", "2019-12-31"), OPEN, EXIT, "1");
    cr_expect_str_eq(csv(), "2019,,,,1,1,0,0,0,2,4.5,0.001,0,,\n2020,,,,2,2,0,0,0,4,9,0.002,0,,\n");
}

Test(traffic, says_what_is_no_record) {
    cr_expect_str_eq(take("{}"), "names no train");
    cr_expect_str_eq(take("{\"train\":{\"number\":\"X|1\",\"date\":\"2020-01-01\",\"port\":\"CNAKL\"}}"),
                     "names no train");
    cr_expect_str_eq(take("{\"train\":{" TRAIN("X1", "2020-13-01") "}}"), "names no train");
    cr_expect_str_eq(take("{\"train\":{" TRAIN("X1", "2020-01-01") "},\"status\":\"lost\"}"),
                     "lacks its status or totals");
    cr_expect_str_eq(take("{\"train\":{" TRAIN("X1", "2020-01-01") "},\"status\":\"open\",\"totals\":{}}"),
                     "lacks its status or totals");
}

Test(traffic, nothing_is_drawn_as_well) {
    traffic_write(traffic, REPORT_SVG, &out);
    cr_expect(out.len > 6 && memcmp(out.data + out.len - 7, "</svg>\n", 7) == 0);
}
