#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/tail_letter.h"
#include "flow/letter.h"

#define MARK "\xef\xbf\xbd"

enum { ROOM = 32 };

static struct message_header headers[ROOM];
static size_t count;

static void put(const char *name, const char *value) {
    headers[count++] = (struct message_header){slice_of(name), slice_of(value)};
}

static void put_ours(void) {
    static const char *const values[LETTER_FIXED_COUNT] = {"NOT_JSON", "/a", "not JSON at byte 0", "in", "3",
                                                           "77",       "-1"};
    for (int i = 0; i < LETTER_FIXED_COUNT; i++) {
        put(letter_header_name((enum letter_header)i).data, values[i]);
    }
}

static void expect(bool json, const struct message *message, const char *expected) {
    char *text;
    size_t len;
    FILE *to = open_memstream(&text, &len);
    tail_letter_print(to, json, message, headers, count);
    fclose(to);
    cr_expect_str_eq(text, expected, "%s", text);
    free(text);
}

Test(tail_letter, says_why_where_and_what) {
    put_ours();
    expect(false, &(struct message){.key = SLICE("k"), .value = SLICE("{}")},
           "NOT_JSON at in[3]@77  /a\n  not JSON at byte 0\n  key   k\n  value {}\n");
    expect(false, &(struct message){0},
           "NOT_JSON at in[3]@77  /a\n  not JSON at byte 0\n  key   (none)\n  value (null)\n");
    expect(
        true, &(struct message){.value = SLICE("{}")},
        "{\"reason\":\"NOT_JSON\",\"pointer\":\"/a\",\"message\":\"not JSON at byte 0\",\"topic\":\"in\",\"partition\":"
        "3,\"offset\":77,\"timestamp\":-1,\"key\":null,\"value\":\"{}\",\"headers\":[]}\n");
}

/* In binary mode the attributes are headers, so they are told; what steers a terminal is not let through. */
Test(tail_letter, says_which_event_it_is_in_binary_mode) {
    put("ce_specversion", "1.0");
    put("ce_id", "e\x1b[2J");
    put("ce_source", "s");
    put("ce_subject", "other");
    headers[count++] = (struct message_header){SLICE("ce_time"), {NULL, 0}};
    put("ce_type", "rail.train.arrived.v1");
    put_ours();
    expect(false, &(struct message){.key = SLICE("k"), .value = SLICE("{}")},
           "NOT_JSON at in[3]@77  /a\n  not JSON at byte 0\n  key   k\n"
           "  event ce_type=rail.train.arrived.v1 ce_id=e" MARK "[2J ce_source=s\n  value {}\n");
    char *text;
    size_t len;
    FILE *to = open_memstream(&text, &len);
    tail_input_print(to, false, &(struct message){.timestamp_ms = -1, .value = SLICE("{}")}, headers, 6);
    fclose(to);
    cr_expect_str_eq(text,
                     "[0]@0  -  (no key)\n  event ce_type=rail.train.arrived.v1 ce_id=e" MARK "[2J ce_source=s\n  {}\n",
                     "%s", text);
    free(text);
}

Test(tail_letter, says_what_the_topic_did_not_take) {
    put_ours();
    put(LETTER_PREFIX "bytes", "4");
    put(LETTER_PREFIX "header_bytes", "5");
    put(LETTER_PREFIX "key_bytes", "6");
    expect(false, &(struct message){0},
           "NOT_JSON at in[3]@77  /a\n  not JSON at byte 0\n"
           "  key   (6 bytes, too large for this topic: they lie at the place above)\n"
           "  value (4 bytes, too large for this topic: they lie at the place above)\n"
           "  own headers (5 bytes, too large for this topic: they lie at the place above)\n");
    expect(
        true, &(struct message){0},
        "{\"reason\":\"NOT_JSON\",\"pointer\":\"/a\",\"message\":\"not JSON at byte 0\",\"topic\":\"in\",\"partition\":"
        "3,\"offset\":77,\"timestamp\":-1,\"bytes\":4,\"header_bytes\":5,\"key_bytes\":6,"
        "\"key\":"
        "null,\"value\":null,\"headers\":[]}\n");
}

/* Whoever may write to the input chooses key, value and headers. */
Test(tail_letter, nothing_in_it_steers_a_terminal) {
    put(LETTER_PREFIX "bytes", "\x1b]0;owned\x07");
    put_ours();
    expect(false,
           &(struct message){.key = SLICE("\xc2\x9b"
                                          "1m"),
                             .value = {NULL, 0}},
           "NOT_JSON at in[3]@77  /a\n  not JSON at byte 0\n  key   " MARK "1m\n  value (null)\n");
    expect(
        true, &(struct message){.key = SLICE("\xc2\x9b\x7f"), .value = SLICE("\xff\x9b")},
        "{\"reason\":\"NOT_JSON\",\"pointer\":\"/a\",\"message\":\"not JSON at byte 0\",\"topic\":\"in\",\"partition\":"
        "3,\"offset\":77,\"timestamp\":-1,\"key\":\"\\u009b\\u007f\",\"value_hex\":\"ff9b\",\"headers\":["
        "{\"name\":\"__caravan.errors.bytes\",\"value\":\"\\u001B]0;owned\\u0007\"}]}\n");
}

/* Somebody else wrote to the topic: not even our own names are believed at face value. */
Test(tail_letter, what_is_no_dead_letter_is_said_to_be_none) {
    put(LETTER_PREFIX "reason", "\x1b[2J");
    expect(false, &(struct message){.value = SLICE("v"), .partition = 1, .offset = 9},
           "partition 1, offset 9: not a dead letter of caravan: it does not say why\n  key   (none)\n  value v\n");
    put_ours();
    headers[count - 1].value = SLICE("\x1b[2J");
    headers[count - 2].value = SLICE("\x1b[2J");
    expect(false, &(struct message){.value = SLICE("v")},
           "NOT_JSON at in[3]@" MARK "[2J  /a\n  not JSON at byte 0\n  key   (none)\n  value v\n");
}

Test(tail_letter, a_message_of_the_input) {
    put("ce_type", "t");
    put("own", "\xff");
    struct message message = {
        .key = SLICE("k"), .value = SLICE("{}"), .partition = 1, .offset = 9, .timestamp_ms = 1600000000000};
    char *text;
    size_t len;
    FILE *to = open_memstream(&text, &len);
    tail_input_print(to, false, &message, headers, count);
    tail_input_print(to, true, &message, headers, count);
    fclose(to);
    cr_expect_str_eq(text,
                     "[1]@9  2020-09-13T12:26:40.000Z  k\n  {}\n"
                     "{\"partition\":1,\"offset\":9,\"timestamp\":1600000000000,\"key\":\"k\",\"value\":\"{}\","
                     "\"headers\":[{\"name\":\"ce_type\",\"value\":\"t\"},{\"name\":\"own\",\"value_hex\":\"ff\"}]}\n",
                     "%s", text);
    free(text);
}

Test(tail_letter, long_values_are_cut_for_people) {
    char value[1000];
    memset(value, 'x', sizeof value);
    char *text;
    size_t len;
    FILE *to = open_memstream(&text, &len);
    tail_letter_put_shown(to, (struct slice){value, 200});
    tail_letter_put_shown(to, (struct slice){value, 201});
    fclose(to);
    cr_expect_eq(len, 201 + 204);
    cr_expect_str_eq(text + 201 + 199, "x...\n");
    free(text);
}
