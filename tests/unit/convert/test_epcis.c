/* EPCIS events: which of them move a container. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "support/converted.h"

static struct converted got;

static void convert(const char *text) {
    const struct convert_options options = converted_options();
    converted_release(&got);
    got = converted(CONVERSION_EPCIS, slice_of(text), &options, 0);
}

static void tear_down(void) {
    converted_release(&got);
}

TestSuite(epcis, .fini = tear_down);

#define HAS(text)                                                                                                      \
    cr_expect(converted_has(&got.events, text), "no %s in %.*s", text, (int)got.events.len, got.events.data)
#define BOX "\"urn:epc:id:bic:CSQU3054383\""
#define AT "\"eventTime\":\"2020-12-17T20:15:00+08:00\",\"action\":\"OBSERVE\""
#define OBJECT(step, members)                                                                                          \
    "{" members "\"type\":\"ObjectEvent\"," AT ",\"bizStep\":\"" step "\",\"epcList\":[" BOX "]}"

static void expect_counts(uint64_t events, uint64_t withdrawn, uint64_t other, uint64_t rejected) {
    cr_expect_eq(got.counts.events, events);
    cr_expect_eq(got.counts.withdrawn, withdrawn);
    cr_expect_eq(got.counts.other, other);
    cr_expect_eq(got.counts.rejected, rejected);
}

Test(epcis, steps) {
    static const char *const steps[][2] = {{"loading", "loaded"},
                                           {"unloading", "unloaded"},
                                           {"departing", "departed"},
                                           {"arriving", "arrived"}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        char text[512], wanted[64];
        snprintf(text, sizeof text, "{\"bizStep\":\"%s\",%s", steps[i][0], &OBJECT("x", "")[1]);
        snprintf(wanted, sizeof wanted, "\"container\":\"CSQU3054383\",\"event\":\"%s\"", steps[i][1]);
        convert(text);
        HAS(wanted);
    }
    convert(OBJECT("inspecting", "") OBJECT("receiving", "") OBJECT("", ""));
    expect_counts(0, 0, 3, 0);
}

Test(epcis, every_shape_of_a_document) {
    convert(OBJECT("loading", ""));
    expect_counts(1, 0, 0, 0);
    convert("[" OBJECT("loading", "") "," OBJECT("loading", "") "]");
    expect_counts(2, 0, 0, 0);
    convert("{\"type\":\"EPCISDocument\",\"epcisBody\":{\"eventList\":[" OBJECT("loading", "") "]}}");
    expect_counts(1, 0, 0, 0);
    convert("{\"type\":\"EPCISDocument\",\"epcisBody\":{\"event\":" OBJECT("loading", "") "}}");
    expect_counts(1, 0, 0, 0);
    convert("{\"epcisBody\":{\"queryResults\":{\"resultsBody\":{\"eventList\":[" OBJECT("loading", "") "]}}}}");
    expect_counts(1, 0, 0, 0);
}

Test(epcis, a_container_an_event) {
    convert("{\"eventID\":\"urn:uuid:1\",\"type\":\"ObjectEvent\"," AT ",\"bizStep\":\"loading\",\"epcList\":[" BOX
            ",\"urn:epc:id:sscc:0614141.1234567890\",\"urn:epc:id:bic:TEXU3070079\"]}");
    expect_counts(2, 0, 0, 0);
    HAS("\"id\":\"urn:uuid:1/CSQU3054383\"");
    HAS("\"id\":\"urn:uuid:1/TEXU3070079\"");
}

Test(epcis, what_is_put_on_something) {
    convert("{\"type\":\"AggregationEvent\",\"parentID\":\"urn:epc:id:bic:TEXU3070079\"," AT
            ",\"bizStep\":\"loading\",\"childEPCs\":[" BOX "]}");
    expect_counts(1, 0, 0, 0);
    HAS("\"container\":\"CSQU3054383\"");
}

Test(epcis, no_movements) {
    convert(OBJECT("loading", "\"action\":\"DELETE\","));
    expect_counts(0, 0, 1, 0);
    convert("{\"type\":\"ObjectEvent\"," AT
            ",\"bizStep\":\"loading\",\"epcList\":[\"urn:epc:id:sgtin:4012345.011111.1\"]}");
    expect_counts(0, 0, 1, 0);
    convert("{\"type\":\"TransformationEvent\"," AT ",\"bizStep\":\"loading\"}");
    expect_counts(0, 0, 1, 0);
    convert(OBJECT("loading", "\"errorDeclaration\":{\"declarationTime\":\"2020-12-18T00:00:00Z\"},"));
    expect_counts(0, 1, 0, 0);
}

Test(epcis, positions) {
#define SENSED(reports) OBJECT("sensor_reporting", "\"sensorElementList\":[{\"sensorReport\":[" reports "]}],")
    convert(SENSED(
        "{\"component\":\"latitude\",\"value\":45.1898765},{\"component\":\"cbv:Comp-longitude\",\"value\":82.52}"));
    HAS("\"event\":\"position\",\"latitude\":45.189876,\"longitude\":82.52}}");
    convert(SENSED("{\"type\":\"Temperature\",\"value\":4.5}"));
    expect_counts(0, 0, 1, 0);
    convert(OBJECT("arriving", "\"readPoint\":{\"id\":\"geo:45.17,82.57\"},"));
    HAS("\"event\":\"arrived\",\"latitude\":45.17,\"longitude\":82.57}}");
}

Test(epcis, places) {
    convert(OBJECT("arriving", "\"readPoint\":{\"id\":\"urn:epc:id:sgln:6901234.00001.0\"},"));
    expect_counts(1, 0, 0, 0);
    cr_expect_eq(got.counts.unknown_places, 1);
    struct convert_options options = converted_options();
    const struct convert_place place = {SLICE("urn:epc:id:sgln:6901234.00001.0"), SLICE("CNXAG")};
    options.places = &place;
    options.place_count = 1;
    struct slice text = SLICE(OBJECT("arriving", "\"bizLocation\":{\"id\":\"urn:epc:id:sgln:6901234.00001.0\"},"));
    converted_release(&got);
    got = converted(CONVERSION_EPCIS, text, &options, 0);
    HAS("\"place\":\"CNXAG\"");
}

Test(epcis, trains_by_container) {
    struct convert_options options = converted_options();
    const struct convert_box box = {SLICE("CSQU3054383"), {SLICE("X2"), SLICE("2020-12-02"), SLICE("CNMLX")}};
    options.train = (struct convert_train){{NULL, 0}, {NULL, 0}, {NULL, 0}};
    options.boxes = &box;
    options.box_count = 1;
    struct slice text = SLICE("{\"type\":\"ObjectEvent\"," AT ",\"bizStep\":\"loading\",\"epcList\":["
                              "\"urn:epc:id:bic:TEXU3070079\"," BOX "]}"
                              "{\"type\":\"ObjectEvent\"," AT ",\"bizStep\":\"loading\",\"epcList\":["
                              "\"urn:epc:id:bic:TEXU3070079\"]}");
    got = converted(CONVERSION_EPCIS, text, &options, 0);
    expect_counts(1, 0, 1, 0);
    HAS("\"number\":\"X2\"");
}

Test(epcis, what_is_no_event) {
    convert("{\"type\":\"EPCISMasterData\"} {\"epcisBody\":{\"eventList\":[3]}}");
    expect_counts(0, 0, 0, 2);
    cr_expect(converted_has(&got.rejects, "/epcisBody/eventList/0: an event is an object"));
}
