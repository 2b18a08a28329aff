/* What frames messages: UNB to UNZ, UNH to UNT, and what is lost when it is wrong. */
#include <criterion/criterion.h>

#include "convert/edifact.h"
#include "support/converted.h"

static struct converted got;

static void convert(const char *text) {
    const struct convert_options options = converted_options();
    converted_release(&got);
    got = converted(CONVERSION_EDIFACT, slice_of(text), &options, 0);
}

static void tear_down(void) {
    converted_release(&got);
}

TestSuite(edifact, .fini = tear_down);

#define HAS(text)                                                                                                      \
    cr_expect(converted_has(&got.events, text), "no %s in %.*s", text, (int)got.events.len, got.events.data)
#define SAYS(text)                                                                                                     \
    cr_expect(converted_has(&got.rejects, text), "no %s in %.*s", text, (int)got.rejects.len, got.rejects.data)
#define UNB "UNB+UNOC:3+ME:ZZ+YOU+201217:2210+7'"
/* Deletes a waybill: five segments. */
#define MESSAGE(reference)                                                                                             \
    "UNH+" reference "+IFTMCS:D:96B:UN'BGM+720+WB" reference                                                           \
    "+1'DTM+137:202012172208:203'TDT+20+X1+2'UNT+5+" reference "'"

static void expect_counts(uint64_t events, uint64_t forecast, uint64_t other, uint64_t rejected) {
    cr_expect_eq(got.counts.events, events);
    cr_expect_eq(got.counts.forecast, forecast);
    cr_expect_eq(got.counts.other, other);
    cr_expect_eq(got.counts.rejected, rejected, "%.*s", (int)got.rejects.len, got.rejects.data);
}

Test(edifact, messages_of_an_interchange) {
    convert(UNB MESSAGE("1") MESSAGE("2") "UNZ+2+7'");
    expect_counts(2, 0, 0, 0);
    HAS("{\"specversion\":\"1.0\",\"id\":\"00000000000007/00000000000001/WB1\",\"source\":\"/edifact/ME\","
        "\"type\":\"rail.manifest.deleted.v1\",\"time\":\"2020-12-17T22:08:00.000Z\",");
    convert(UNB MESSAGE("1") "UNZ+1+7'\r\n" UNB MESSAGE("A2") "UNZ+1+7'");
    expect_counts(2, 0, 0, 0);
    HAS("\"id\":\"00000000000007/A2/WBA2\"");
}

Test(edifact, groups) {
    convert(UNB "UNG+IFTMCS+A+B+201217:2210+1+UN+D:96B'" MESSAGE("1") MESSAGE("2") "UNE+2+1'UNZ+1+7'");
    expect_counts(2, 0, 0, 0);
}

Test(edifact, the_count_of_segments) {
    convert(UNB "UNH+1+IFTMCS:D:96B:UN'BGM+720+WB1+1'UNT+4+1'" MESSAGE("2") "UNZ+2+7'");
    expect_counts(1, 0, 0, 1);
    SAYS("1  BAD_ENVELOPE: segment 2 (UNH), byte 35: UNT says `4` segments, and there are 3");
    cr_expect(converted_has(&got.values, "UNH+1+IFTMCS:D:96B:UN'BGM+720+WB1+1'UNT+4+1'\n"), "the message is kept");
}

Test(edifact, references) {
    convert(UNB "UNH+1+IFTMCS:D:96B:UN'BGM+720+WB1+1'UNT+3+2'UNZ+1+7'");
    expect_counts(0, 0, 0, 1);
    SAYS("UNT and UNH have different references");
    convert(UNB MESSAGE("1") "UNZ+1+8'");
    expect_counts(1, 0, 0, 1);
    SAYS("(UNZ), byte 116: UNZ and UNB have different references");
    convert(UNB MESSAGE("1") "UNZ+1+007'");
    expect_counts(1, 0, 0, 0);
}

Test(edifact, the_count_of_messages) {
    convert(UNB MESSAGE("1") "UNZ+2+7'");
    expect_counts(1, 0, 0, 1);
    SAYS("UNZ says `2` messages or groups, and there are 1");
}

Test(edifact, what_ends_too_early) {
    convert(UNB "UNH+1+IFTMCS:D:96B:UN'BGM+720+WB1+1'" MESSAGE("2") "UNZ+2+7'");
    expect_counts(1, 0, 0, 1);
    SAYS("the message has no UNT: another begins");
    convert(UNB "UNH+1+IFTMCS:D:96B:UN'UNZ+1+7'");
    SAYS("the message has no UNT: its interchange ends");
    convert(UNB "UNH+1+IFTMCS:D:96B:UN'");
    expect_counts(0, 0, 0, 2);
    SAYS("the message has no UNT: the file ends");
    SAYS("the interchange has no UNZ");
    convert(UNB "UNH+1+IFTMCS:D:96B:UN'BGM+72");
    SAYS("segment 3 (BGM), byte 57: the file ends within it");
    convert(UNB MESSAGE("1") UNB MESSAGE("2") "UNZ+1+7'");
    expect_counts(2, 0, 0, 1);
    SAYS("the interchange in front has no UNZ");
}

Test(edifact, what_stands_outside) {
    convert("nonsense'" UNB "BGM+1'" MESSAGE("1") "UNZ+1+7'" MESSAGE("2") "UNZ+1+7'rest");
    expect_counts(1, 0, 0, 5);
    SAYS("segment 1 (?\?\?), byte 0: it does not begin with a tag");
    SAYS("(BGM), byte 44: it stands in no message");
    SAYS("the message stands in no interchange");
    SAYS("no UNB stands in front");
    SAYS("no terminator ends it");
    cr_expect(converted_has(&got.values, "nonsense'\n"));
    cr_expect(converted_has(&got.values, "rest\n"));
}

Test(edifact, other_messages_are_counted) {
    convert(UNB "UNH+1+CUSRES:D:96B:UN'BGM+963'UNT+3+1'UNZ+1+7'");
    expect_counts(0, 0, 1, 0);
}

Test(edifact, tests_are_no_facts) {
    convert("UNB+UNOC:3+ME+YOU+201217:2210+7++++++1'" MESSAGE("1") "UNZ+1+7'");
    expect_counts(0, 1, 0, 0);
    convert(UNB "UNH+1+IFTMCS:D:96B:UN'BGM+720+WB1+53'UNT+3+1'UNZ+1+7'");
    expect_counts(0, 1, 0, 0);
    struct convert_options options = converted_options();
    options.tests = true;
    converted_release(&got);
    got = converted(CONVERSION_EDIFACT, SLICE("UNB+UNOC:3+ME+YOU+201217:2210+7++++++1'" MESSAGE("1") "UNZ+1+7'"),
                    &options, 0);
    expect_counts(1, 0, 0, 0);
}

Test(edifact, a_charset_that_is_not_read) {
    convert("UNB+UNOD:3+ME+YOU+201217:2210+7'" MESSAGE("1") "UNZ+1+7'" UNB MESSAGE("2") "UNZ+1+7'");
    expect_counts(1, 0, 0, 1);
    SAYS("UNB: its charset is none of");
}

Test(edifact, a_bad_segment_costs_its_message) {
    convert(UNB "UNH+1+IFTMCS:D:96B:UN'B+720'UNT+3+1'" MESSAGE("2") "UNZ+2+7'");
    expect_counts(1, 0, 0, 1);
    SAYS("segment 3 (B?\?), byte 57: it does not begin with a tag");
}

Test(edifact, a_message_without_bounds) {
    struct buffer text = {0};
    buffer_append_text(&text, UNB "UNH+1+IFTMIN:D:96B:UN'");
    for (int i = 0; i < EDIFACT_MESSAGE_SEGMENTS_MAX; i++) {
        buffer_append_text(&text, "GID+1'");
    }
    buffer_append_text(&text, "UNT+20002+1'" MESSAGE("2") "UNZ+2+7'");
    buffer_append_byte(&text, '\0');
    convert(text.data);
    expect_counts(1, 0, 0, 1);
    SAYS("TOO_LARGE");
    buffer_release(&text);
}

Test(edifact, cut_anywhere_the_same) {
    const struct convert_options options = converted_options();
    convert(UNB MESSAGE("1") "UNZ+1+7'");
    struct converted pieces = converted(CONVERSION_EDIFACT, SLICE(UNB MESSAGE("1") "UNZ+1+7'"), &options, 1);
    cr_expect(slice_equal(buffer_slice(&pieces.events), buffer_slice(&got.events)));
    converted_release(&pieces);
}
