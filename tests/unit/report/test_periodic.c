/* The report `periodic`: which trains count, and what merges. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "base/timestamp.h"
#include "report/periodic.h"

static struct periodic *periodic;
static struct json_parser *parser;
static struct buffer out;

static void open_report(void) {
    struct periodic_days days;
    cr_assert(date_parse(SLICE("2020-05-01"), &days.from) && date_parse(SLICE("2020-05-31"), &days.to));
    periodic = periodic_new("P1", days);
    parser = json_parser_new();
}

static void close_report(void) {
    periodic_free(periodic);
    json_parser_free(parser);
    buffer_release(&out);
}

TestSuite(periodic, .init = open_report, .fini = close_report);

#define LINE(members)                                                                                                  \
    "{\"package_type\":\"CT\",\"packages\":1,\"gross_kg\":0.5,\"net_kg\":0.25,\"merged\":1," members "}"
#define TEA LINE("\"description\":\"Tea\"")
#define OF(party, direction, lines)                                                                                    \
    "{\"party\":{\"code\":\"" party "\"},\"direction\":\"" direction "\",\"lines\":[" lines "]}"

static const char *take(const char *number, const char *date, bool arrived, const char *declarations) {
    const char *what;
    size_t at;
    char text[2048];
    snprintf(text, sizeof text,
             "{\"train\":{\"number\":\"%s\",\"date\":\"%s\",\"port\":\"CNAKL\"},%s\"declarations\":[%s]}", number, date,
             arrived ? "\"arrived_at\":\"2020-05-09T00:00:00.000Z\"," : "", declarations);
    const struct json_value *record = json_parse(parser, slice_of(text), &what, &at);
    cr_assert_not_null(record, "%s", text);
    return periodic_take(periodic, record);
}

static void give(const char *number, const char *date, const char *declarations) {
    cr_assert_null(take(number, date, true, declarations));
}

static void expect(const char *wanted) {
    buffer_clear(&out);
    periodic_write(periodic, REPORT_CSV, &out);
    buffer_append_byte(&out, '\0');
    const char *rows = strchr(out.data, '\n') + 1;
    cr_expect_str_eq(rows, wanted);
}

Test(periodic, days_are_both_included) {
    give("X1", "2020-04-30", OF("P1", "entry", TEA));
    give("X2", "2020-06-01", OF("P1", "entry", TEA));
    cr_expect(periodic_is_empty(periodic));
    give("X3", "2020-05-01", OF("P1", "entry", TEA));
    give("X4", "2020-05-31", OF("P1", "entry", TEA));
    expect("entry,,Tea,CT,,2,1,0.5,,2,2\n");
}

Test(periodic, what_has_not_arrived_and_what_is_anothers_does_not_count) {
    cr_assert_null(take("X1", "2020-05-01", false, OF("P1", "entry", TEA)));
    give("X2", "2020-05-02", OF("P2", "entry", TEA));
    cr_expect(periodic_is_empty(periodic));
}

Test(periodic, the_last_record_of_a_train_counts) {
    give("X1", "2020-05-01", OF("P1", "entry", TEA "," TEA));
    give("X1", "2020-05-01", OF("P1", "entry", TEA));
    expect("entry,,Tea,CT,,1,0.5,0.25,,1,1\n");
    give("X1", "2020-05-01", OF("P2", "entry", TEA));
    cr_expect(periodic_is_empty(periodic));
}

Test(periodic, lines_merge_as_within_a_declaration) {
    give("X1", "2020-05-01",
         OF("P1", "entry", LINE("\"description\":\" green  TEA\",\"hs\":\"090210\"")) "," //
         OF("P1", "entry", LINE("\"description\":\"Green tea\",\"hs\":\"090210\"")));
    give("X2", "2020-05-02", OF("P1", "entry", LINE("\"description\":\"GREEN TEA\",\"hs\":\"090210\"")));
    give("X3", "2020-05-03", OF("P1", "exit", LINE("\"description\":\"Green tea\",\"hs\":\"090210\"")));
    expect("entry,090210, green  TEA,CT,,3,1.5,0.75,,3,2\nexit,090210,Green tea,CT,,1,0.5,0.25,,1,1\n");
}

Test(periodic, currencies_stay_apart_and_values_are_exact) {
    give("X1", "2020-05-01",
         OF("P1", "entry", LINE("\"description\":\"Tea\",\"currency\":\"USD\",\"value\":999999999999.9")));
    give("X2", "2020-05-01",
         OF("P1", "entry",
            LINE("\"description\":\"Tea\",\"currency\":\"USD\",\"value\":0.100001") "," LINE(
                "\"description\":\"Tea\",\"currency\":\"EUR\",\"value\":0")));
    expect("entry,,Tea,CT,EUR,1,0.5,0.25,0,1,1\nentry,,Tea,CT,USD,2,1,0.5,1000000000000.000001,2,2\n");
}

Test(periodic, a_line_without_its_numbers_is_told) {
    cr_expect_str_eq(take("X1", "2020-05-01", true, OF("P1", "entry", "{\"description\":\"Tea\"}")),
                     "has a line of goods without its numbers");
    cr_expect_str_eq(take("X2", "2020-05-01", true, OF("P1", "entry", LINE("\"currency\":\"USD\""))),
                     "has a line of goods without its numbers");
}
