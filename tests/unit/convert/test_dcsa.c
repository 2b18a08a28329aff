/* DCSA events: which are facts of the train's, and what of them is kept. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "support/converted.h"

static struct converted got;

static void convert(const char *text) {
    const struct convert_options options = converted_options();
    converted_release(&got);
    got = converted(CONVERSION_DCSA, slice_of(text), &options, 0);
}

static void tear_down(void) {
    converted_release(&got);
}

TestSuite(dcsa, .fini = tear_down);

#define HAS(text)                                                                                                      \
    cr_expect(converted_has(&got.events, text), "no %s in %.*s", text, (int)got.events.len, got.events.data)
#define HAS_NOT(text) cr_expect(!converted_has(&got.events, text), "%s", text)
#define SAYS(text)                                                                                                     \
    cr_expect(converted_has(&got.rejects, text), "no %s in %.*s", text, (int)got.rejects.len, got.rejects.data)

/* An event of 2.2, with members that go before its own: the first of a name counts. */
#define FLAT(members)                                                                                                  \
    "{" members "\"eventID\":\"e-1\",\"eventType\":\"EQUIPMENT\",\"eventClassifierCode\":\"ACT\","                     \
    "\"eventDateTime\":\"2020-12-16T14:00:00+08:00\",\"equipmentEventTypeCode\":\"GTIN\","                             \
    "\"equipmentReference\":\"CSQU3054383\"}"

static void expect_counts(uint64_t converted, uint64_t events, uint64_t forecast, uint64_t other, uint64_t rejected) {
    cr_expect_eq(got.counts.converted, converted);
    cr_expect_eq(got.counts.events, events);
    cr_expect_eq(got.counts.forecast, forecast);
    cr_expect_eq(got.counts.other, other);
    cr_expect_eq(got.counts.rejected, rejected);
}

Test(dcsa, a_gate_is_passed) {
    convert(FLAT(""));
    expect_counts(1, 1, 0, 0, 0);
    HAS("\"id\":\"e-1/2\",\"source\":\"/dcsa\",\"type\":\"rail.container.tracked.v1\","
        "\"time\":\"2020-12-16T14:00:00+08:00\"");
    HAS("\"container\":\"CSQU3054383\",\"event\":\"gate-in\"}}\n");
}

Test(dcsa, codes) {
    static const char *const codes[][2] = {{"GTOT", "gate-out"},
                                           {"LOAD", "loaded"},
                                           {"DISC", "unloaded"},
                                           {"CROS", "border-crossed"}};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        char text[512], wanted[64];
        snprintf(text, sizeof text, "{\"equipmentEventTypeCode\":\"%s\",%s", codes[i][0], &FLAT("")[1]);
        snprintf(wanted, sizeof wanted, "\"event\":\"%s\"", codes[i][1]);
        convert(text);
        HAS(wanted);
    }
    convert(FLAT("\"equipmentEventTypeCode\":\"STUF\","));
    expect_counts(0, 0, 0, 1, 0);
}

Test(dcsa, only_what_is_actual) {
    convert(FLAT("\"eventClassifierCode\":\"PLN\",") FLAT("\"eventClassifierCode\":\"EST\","));
    expect_counts(0, 0, 2, 0, 0);
    convert(FLAT("\"eventClassifierCode\":\"REQ\","));
    expect_counts(0, 0, 0, 0, 1);
    SAYS("none of ACT, EST and PLN");
}

Test(dcsa, other_events_are_counted) {
    convert("[" FLAT("\"eventType\":\"TRANSPORT\",") "," FLAT("\"eventType\":\"SHIPMENT\",") "]");
    expect_counts(0, 0, 0, 2, 0);
}

Test(dcsa, a_ship_is_not_the_train) {
#define BY(code, mode)                                                                                                 \
    FLAT("\"equipmentEventTypeCode\":\"" code "\",\"transportCall\":{\"modeOfTransport\":\"" mode "\"},")
    convert(BY("LOAD", "VESSEL") BY("DISC", "TRUCK"));
    expect_counts(0, 0, 0, 2, 0);
    convert(BY("LOAD", "RAIL") BY("GTOT", "TRUCK"));
    expect_counts(2, 2, 0, 0, 0);
}

Test(dcsa, a_seal_is_a_fact_before_the_movement) {
    convert(FLAT(
        "\"seals\":[{\"sealNumber\":\"A1\",\"sealSource\":\"SHI\"},{\"sealNumber\":\"B2\",\"sealSource\":\"CUS\"}],"));
    expect_counts(1, 2, 0, 0, 0);
    HAS("\"id\":\"e-1/1\"");
    HAS("\"event\":\"sealed\",\"seal\":\"B2\"}}\n");
    HAS("\"id\":\"e-1/2\"");
    HAS("\"event\":\"gate-in\",\"seal\":\"B2\"}}\n");
    convert(FLAT("\"seals\":[{\"sealNumber\":\"A1\"},{\"sealNumber\":\"B2\"}],"));
    HAS("\"seal\":\"A1\"");
}

Test(dcsa, sealed_anew) {
    convert(FLAT("\"equipmentEventTypeCode\":\"RSEA\",\"seals\":[{\"sealNumber\":\"A1\"}],"));
    expect_counts(1, 1, 0, 0, 0);
    HAS("\"event\":\"resealed\",\"seal\":\"A1\"");
    convert(FLAT("\"equipmentEventTypeCode\":\"RSEA\","));
    expect_counts(0, 0, 0, 0, 1);
    SAYS("/data/seal MISSING_FIELD");
}

Test(dcsa, where_it_was) {
    convert(FLAT("\"eventLocation\":{\"UNLocationCode\":\"CNXAG\",\"latitude\":\"34.4107190\",\"longitude\":\"-109."
                 "04250009\"},"));
    HAS("\"place\":\"CNXAG\",\"latitude\":34.410719,\"longitude\":-109.0425}}");
    convert(FLAT("\"transportCall\":{\"UNLocationCode\":\"PLMLW\"},"));
    HAS("\"place\":\"PLMLW\"");
    convert(FLAT("\"eventLocation\":{\"UNLocationCode\":\"MLW\"},"));
    expect_counts(1, 1, 0, 0, 0);
    HAS_NOT("\"place\"");
    cr_expect_eq(got.counts.unknown_places, 1);
    convert(FLAT("\"eventLocation\":{\"latitude\":\"north\",\"longitude\":\"1\"},"));
    expect_counts(0, 0, 0, 0, 1);
    SAYS("/data/latitude BAD_FIELD");
}

Test(dcsa, version_3) {
    convert("{\"events\":[{\"eventRouting\":{\"originatingParty\":{\"partyCode\":\"LBCX\"}},\"eventID\":\"e-3\","
            "\"eventDateTime\":\"2020-12-17T22:40:00Z\","
            "\"eventClassification\":{\"eventTypeCode\":\"EQUIPMENT\",\"eventClassifierCode\":\"ACT\","
            "\"equipmentEventTypeCode\":\"DISC\"},\"eventLocation\":{\"UNLocationCode\":\"CNAKL\","
            "\"geoCoordinate\":{\"latitude\":\"45.1\",\"longitude\":\"82.5\"}},"
            "\"transportDetails\":{\"transportCall\":{\"modeOfTransport\":\"RAIL\","
            "\"railTransport\":{\"railCarReference\":\"5267123\"}}},"
            "\"equipmentDetails\":{\"equipmentReference\":\"TEXU3070079\",\"seals\":[{\"number\":\"S\",\"source\":"
            "\"CUS\"}]}},"
            "{\"eventID\":\"e-4\",\"isRetracted\":true}]}");
    HAS("\"source\":\"/dcsa/LBCX\"");
    cr_expect_eq(got.counts.withdrawn, 1);
    cr_expect_eq(got.counts.events, 2);
    HAS("\"container\":\"TEXU3070079\",\"event\":\"unloaded\",\"place\":\"CNAKL\",\"seal\":\"S\",\"wagon\":\"5267123\","
        "\"latitude\":45.1,\"longitude\":82.5}}");
}

Test(dcsa, an_event_without_an_id_has_one) {
#define NAMELESS "{\"eventID\":null," /* absent: no text */
    char text[512];
    snprintf(text, sizeof text, "%s%s", NAMELESS, &FLAT("")[1]);
    convert(text);
    struct buffer first = {0};
    buffer_append_slice(&first, buffer_slice(&got.events));
    convert(text);
    cr_expect(slice_equal(buffer_slice(&first), buffer_slice(&got.events)), "twice the same");
    HAS_NOT("\"id\":\"e-1");
    snprintf(text, sizeof text, "{\"eventDateTime\":\"2020-12-16T14:00:01Z\",\"eventID\":null,%s", &FLAT("")[1]);
    convert(text);
    cr_expect(memcmp(first.data, got.events.data, sizeof "{\"specversion\":\"1.0\",\"id\":\"01234567" - 1) != 0,
              "another event, another id");
    buffer_release(&first);
}

Test(dcsa, trains_by_container) {
    struct convert_options options = converted_options();
    const struct convert_box boxes[] = {
        {SLICE("AAAU0000001"), {SLICE("X1"), SLICE("2020-12-01"), SLICE("CNAKL")}},
        {SLICE("CSQU3054383"), {SLICE("X2"), SLICE("2020-12-02"), SLICE("CNMLX")}},
        {SLICE("TEXU3070079"), {SLICE("X3"), SLICE("2020-12-03"), SLICE("CNAKL")}},
    };
    options.train = (struct convert_train){{NULL, 0}, {NULL, 0}, {NULL, 0}};
    options.boxes = boxes;
    options.box_count = 3;
    got = converted(CONVERSION_DCSA, SLICE(FLAT("") FLAT("\"equipmentReference\":\"TEXU3070079\",")), &options, 0);
    expect_counts(2, 2, 0, 0, 0);
    HAS("\"train\":{\"number\":\"X2\",\"date\":\"2020-12-02\",\"port\":\"CNMLX\"},\"container\":\"CSQU3054383\"");
    HAS("\"train\":{\"number\":\"X3\",\"date\":\"2020-12-03\",\"port\":\"CNAKL\"},\"container\":\"TEXU3070079\"");
    converted_release(&got);
    got = converted(CONVERSION_DCSA, SLICE(FLAT("\"equipmentReference\":\"MSKU6639870\",")), &options, 0);
    expect_counts(0, 0, 0, 1, 0);
}

Test(dcsa, what_is_no_event) {
    convert("[1,{\"a\":2}] {\"events\":[]} nonsense");
    expect_counts(0, 0, 0, 0, 3);
    SAYS("1  BAD_FIELD: /0: an event is an object");
    SAYS("1  BAD_FIELD: /1: it is no DCSA event");
    SAYS("1  NOT_JSON: not JSON: ");
    cr_expect(converted_has(&got.values, "{\"a\":2}\n"));
}

Test(dcsa, a_number_that_is_no_containers) {
    convert(FLAT("\"equipmentReference\":\"GENSET 12\","));
    expect_counts(0, 0, 0, 0, 1);
    SAYS("/data/container BAD_FIELD");
    cr_expect(converted_has(&got.values, "\"GENSET 12\""), "what was rejected is kept");
}

Test(dcsa, all_of_an_input_or_nothing) {
    convert(FLAT("\"seals\":[{\"sealNumber\":\"A1\"}],\"equipmentReference\":\"X\","));
    expect_counts(0, 0, 0, 0, 1);
    cr_expect_eq(got.events.len, 0);
}
