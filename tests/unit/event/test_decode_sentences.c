/* The sentence for a person: it names the member, the rule and what is allowed. Its words may change between releases;
 * that it says these things may not. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "support/verdict.h"

static void expect(enum event_type type, const char *find, const char *put, const char *sentence) {
    const char *verdict = verdict_of_edit(VERDICT_FULL[type], find, put);
    cr_assert_str_neq(verdict, "ok", "%s", put);
    cr_expect_str_eq(verdict_reject()->message, sentence, "%s: %s", verdict, verdict_reject()->message);
}

Test(decode_sentences, name_the_member_and_its_rule) {
    expect(EVENT_DECLARATION, "'step':'full'", "'step':'x'", "step must be one of summary, full");
    expect(EVENT_CONTROL, "'kind':'risk'", "'kind':'x'",
           "kind must be one of disinfection, document, image-scan, physical-inspection, quarantine, risk");
    expect(EVENT_DECLARATION, "'W1'", "'w'", "an element must be 1 to 70 characters of A-Z 0-9 - /");
    expect(EVENT_DELETED, "'W1'", "'w'", "number must be 1 to 70 characters of A-Z 0-9 - /");
    expect(EVENT_DECLARATION, "'W1'", "7", "an element must be a string");
    expect(EVENT_TRANSMITTED, "'code':'C1'", "'code':' '", "code must be 1 to 35 characters of A-Z a-z 0-9 - / . _");
    expect(EVENT_DELETED, "'001'", "'01'", "reason must be 3 characters of 0-9");
    expect(EVENT_TRACKED, "'wagon':'6001'", "'wagon':5", "wagon must be a string");
    expect(EVENT_TRACKED, "'seal':'S1'", "'seal':'<40 x>'", "seal must have 1 to 32 bytes, not 40");
    expect(EVENT_TRACKED, "'seal':'S1'", "'seal':'\\t'", "seal must be text without control characters");
    expect(EVENT_TRACKED, "CSQU3054383", "CSQU305438",
           "container must be a container number: four letters, seven digits");
    expect(EVENT_TRACKED, "45.1725", "91", "latitude must be a number from -90 to 90");
    expect(EVENT_COMPOSED, "'position':2", "'position':0", "position must be a whole number from 1 to 120");
    expect(EVENT_TRANSMITTED, "'gross_kg':10.5", "'gross_kg':1e10",
           "gross_kg must be a number from 0 on, below 10^10, with at most 6 digits behind the point");
    expect(EVENT_COMPOSED, "'empty':true", "'empty':1", "empty must be true or false");
}

Test(decode_sentences, say_what_is_missing_too_much_or_twice) {
    expect(EVENT_ARRIVED, "'place':'CNALA',", "", "place is missing");
    expect(EVENT_ARRIVED, "'place':'CNALA'", "'place':null", "place is missing");
    expect(EVENT_ARRIVED, "'place':'CNALA'", "'place':1,'place':2", "place appears twice");
    expect(EVENT_DECLARATION, "['W1','W2']", "[]", "waybills must have 1 to 500 elements");
    expect(EVENT_DECLARATION, "['W1','W2']", "[<501,1>]", "waybills has 501 elements; at most 500 are allowed");
    expect(EVENT_DECLARATION, "'W2'", "'W1'", "waybill W1 is listed twice");
    expect(EVENT_COMPOSED, "'position':2", "'position':1", "position 1 is listed twice");
    expect(EVENT_TRACKED, ",'longitude':-82.48", "", "longitude is missing: one comes with the other");
    expect(EVENT_TRACKED, ",'seal':'S1'", "", "seal is missing: sealed needs it");
    expect(EVENT_CONTROL, ",'ref':'W1'", "", "ref is missing: the number of the waybill");
}

Test(decode_sentences, of_messages_as_a_whole) {
    expect(EVENT_ARRIVED, "rail.train.arrived.v1", "x", "there is no event type x");
    cr_expect_str_eq(verdict_of("<1048577  >"), "TOO_LARGE ");
    cr_expect_str_eq(verdict_reject()->message, "the message has 1048577 bytes; limits.message_bytes is 1048576");
    verdict_of_bytes((struct slice){NULL, 0});
    cr_expect_str_eq(verdict_reject()->message, "the message has no value");
    verdict_of_bytes(SLICE(""));
    cr_expect_str_eq(verdict_reject()->message, "not JSON at byte 0: the message is empty");
    verdict_of("<65 [><65 ]>");
    cr_expect_str_eq(verdict_reject()->message, "not JSON at byte 0: nested deeper than 64 levels");
}
