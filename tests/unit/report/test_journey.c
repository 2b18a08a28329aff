/* The report `journey`: what does not fit together, and what does. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "report/journey.h"

#define BOX "CSQU3054383"

static struct journey *journey;
static struct json_parser *parser;
static struct buffer out;

static void open_report(void) {
    journey = journey_new(BOX);
    parser = json_parser_new();
}

static void close_report(void) {
    journey_free(journey);
    json_parser_free(parser);
    buffer_release(&out);
}

TestSuite(journey, .init = open_report, .fini = close_report);

/* A record of train `number` of that date at CNAKL, with these members. */
static void give(const char *number, const char *date, const char *members) {
    const char *what;
    size_t at;
    char text[1024];
    snprintf(text, sizeof text, "{\"train\":{\"number\":\"%s\",\"date\":\"%s\",\"port\":\"CNAKL\"},%s}", number, date,
             members);
    const struct json_value *record = json_parse(parser, slice_of(text), &what, &at);
    cr_assert_not_null(record, "%s", text);
    cr_assert_null(journey_take(journey, record));
}

#define ARRIVED(time) "\"arrived_at\":\"" time "\","
#define HOLDS "\"containers\":[{\"number\":\"" BOX "\"}]"
#define SEALED(seal) "\"containers\":[{\"number\":\"" BOX "\",\"seal\":\"" seal "\"}]"

static const char *json(void) {
    buffer_clear(&out);
    journey_write(journey, REPORT_JSON, &out);
    buffer_append_byte(&out, '\0');
    return out.data;
}

static void expect(const char *part) {
    cr_expect_not_null(strstr(json(), part), "%s is not in %s", part, json());
}

static void expect_nothing(void) {
    expect("\"findings\":[]");
}

Test(journey, only_trains_that_name_it) {
    give("X1", "2020-05-01", "\"containers\":[{\"number\":\"TEXU3070079\"}],\"missing\":[\"TEXU3070079\"]");
    cr_expect(journey_is_empty(journey));
    give("X1", "2020-05-01", ARRIVED("2020-05-02T00:00:00.000Z") HOLDS);
    cr_expect_not(journey_is_empty(journey));
    expect_nothing();
    give("X1", "2020-05-01", "\"containers\":[]");
    cr_expect(journey_is_empty(journey), "the last record counts");
}

Test(journey, says_how_a_train_has_it) {
    give("X1", "2020-05-01", ARRIVED("2020-05-02T00:00:00.000Z") HOLDS);
    give("X2", "2020-06-01", ARRIVED("2020-06-02T00:00:00.000Z") "\"missing\":[\"" BOX "\"]");
    give("X3", "2020-07-01", ARRIVED("2020-07-02T00:00:00.000Z") "\"domestic\":[\"" BOX "\"]");
    give("X4", "2020-07-01", "\"off_train\":[\"" BOX "\"]");
    expect("\"as\":\"claimed\",\"date\":\"2020-05-01\"");
    expect("\"as\":\"missing\",\"date\":\"2020-06-01\"");
    expect("\"as\":\"domestic\",\"date\":\"2020-07-01\"");
    expect("\"as\":\"off-train\",\"date\":\"2020-07-01\"");
    expect_nothing();
}

Test(journey, two_trains_hold_it_at_once) {
    give("X1", "2020-05-01", ARRIVED("2020-05-04T00:00:00.000Z") HOLDS);
    give("X2", "2020-05-03", ARRIVED("2020-05-09T00:00:00.000Z") HOLDS);
    expect(
        "\"findings\":[{\"kind\":\"held-twice\",\"other\":\"X1|2020-05-01|CNAKL\",\"train\":\"X2|2020-05-03|CNAKL\"}]");
    expect("\"findings\":\"held-twice\"");
}

Test(journey, it_may_leave_on_the_day_it_arrived) {
    give("X1", "2020-05-01", ARRIVED("2020-05-03T23:00:00.000Z") HOLDS);
    give("X2", "2020-05-03", ARRIVED("2020-05-09T00:00:00.000Z") HOLDS);
    expect_nothing();
}

Test(journey, linked_trains_hand_on) {
    give("X1", "2020-05-01", HOLDS "," ARRIVED("2020-05-04T00:00:00.000Z") "\"links\":[]");
    give("X2", "2020-05-03",
         ARRIVED("2020-05-09T00:00:00.000Z") HOLDS
         ",\"links\":[{\"role\":\"from\",\"train\":{\"number\":\"X1\",\"date\":"
         "\"2020-05-01\",\"port\":\"CNAKL\"},\"containers\":[\"" BOX "\"]}]");
    expect_nothing();
}

Test(journey, a_link_of_other_containers_does_not_count) {
    give("X1", "2020-05-01", ARRIVED("2020-05-04T00:00:00.000Z") HOLDS);
    give("X2", "2020-05-03",
         ARRIVED("2020-05-09T00:00:00.000Z") HOLDS
         ",\"links\":[{\"role\":\"from\",\"train\":{\"number\":\"X1\",\"date\":"
         "\"2020-05-01\",\"port\":\"CNAKL\"},\"containers\":[]}]");
    expect("held-twice");
}

Test(journey, the_seal_is_another) {
    give("X1", "2020-05-01", ARRIVED("2020-05-02T00:00:00.000Z") SEALED("A1"));
    give("X2", "2020-05-03", ARRIVED("2020-05-04T00:00:00.000Z") HOLDS);
    give("X3", "2020-05-05", ARRIVED("2020-05-06T00:00:00.000Z") SEALED("A1"));
    expect_nothing();
    give("X4", "2020-05-07", ARRIVED("2020-05-08T00:00:00.000Z") SEALED("B2"));
    expect("\"findings\":[{\"expected\":\"A1\",\"found\":\"B2\",\"kind\":\"seal-differs\",\"other\":\"X3|2020-05-05|"
           "CNAKL\",\"train\":\"X4|2020-05-07|CNAKL\"}]");
}

Test(journey, where_it_never_arrived) {
    give("X1", "2020-05-01", HOLDS);
    expect("\"findings\":[{\"kind\":\"never-arrived\",\"train\":\"X1|2020-05-01|CNAKL\"}]");
    give("X2", "2020-09-01", ARRIVED("2020-09-02T00:00:00.000Z") HOLDS);
    expect("\"kind\":\"held-twice\",\"other\":\"X1|2020-05-01|CNAKL\"");
}

Test(journey, last_seen_is_the_newest_of_tracking_tally_and_arrival) {
    give("X1", "2020-05-01",
         ARRIVED("2020-05-04T00:00:00.000Z") "\"arrived_place\":\"CNAKL\",\"containers\":[{\"number\":\"" BOX
                                             "\",\"tally\":{\"at\":\"2020-05-03T00:00:00.000Z\",\"damaged\":true}}]");
    expect("\"last_seen\":{\"at\":\"2020-05-04T00:00:00.000Z\",\"event\":\"train-arrived\",\"place\":\"CNAKL\","
           "\"train\":\"X1|2020-05-01|CNAKL\"}");
    expect("\"tally_damaged\":\"yes\"");
    give("X1", "2020-05-01",
         ARRIVED("2020-05-04T00:00:00.000Z") "\"containers\":[{\"number\":\"" BOX
                                             "\",\"last\":{\"at\":\"2020-05-05T00:00:00.000Z\",\"event\":\"position\","
                                             "\"latitude\":45.5,\"longitude\":-0.000001}}]");
    expect("\"last_seen\":{\"at\":\"2020-05-05T00:00:00.000Z\",\"event\":\"position\",\"latitude\":45.5,"
           "\"longitude\":-0.000001,\"train\":");
}

Test(journey, alerts_of_this_container_once_each) {
    give("X1", "2020-05-01",
         ARRIVED("2020-05-04T00:00:00.000Z") HOLDS
         ",\"alerts\":[{\"kind\":\"container-mismatch\",\"container\":\"" BOX "\",\"field\":\"seal\"},"
         "{\"kind\":\"container-mismatch\",\"container\":\"" BOX "\",\"field\":\"wagon\"},"
         "{\"kind\":\"door-opened\",\"container\":\"TEXU3070079\"},{\"kind\":\"seal-changed\",\"container\":\"" BOX
         "\"}]");
    expect("\"alerts\":\"container-mismatch seal-changed\"");
}
