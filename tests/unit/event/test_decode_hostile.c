/* Messages made to cost time, memory or stack. The bound on time is far above what they take, also under a sanitizer,
 * and far below what anything but linear time would take: this is no benchmark. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <time.h>

#include "support/verdict.h"

enum { BOUND_MS = 4000, MEBIBYTE = VERDICT_MESSAGE_BYTES_MAX };

#define HEAD "{\"specversion\":\"1.0\",\"id\":\"i\",\"source\":\"s\",\"time\":\"2020-12-18T09:14:07Z\",\"type\":\""
#define TRAIN "\"train\":{\"number\":\"X\",\"date\":\"2020-12-18\",\"port\":\"CNAKL\"}"
#define ARRIVED                                                                                                        \
    HEAD "rail.train.arrived.v1\",\"data\":{" TRAIN ",\"place\":\"CNAKL\",\"arrived_at\":\"2020-12-18T09:00:00Z\""

/* CPU time: others may be at work on this machine. */
static int64_t cpu_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void expect(struct slice message, const char *verdict) {
    int64_t began_ms = cpu_ms();
    const char *found = verdict_of_bytes(message);
    cr_expect_str_eq(found, verdict, "%.40s: %s", message.data, found);
    int64_t took_ms = cpu_ms() - began_ms;
    cr_expect_lt(took_ms, BOUND_MS, "%.40s: %d ms", message.data, (int)took_ms);
}

/* `head`, `step` as often as a mebibyte takes it, `tail`. */
static void expect_filled(const char *head, const char *step, const char *tail, const char *verdict) {
    struct buffer message = {0};
    buffer_append_text(&message, head);
    while (message.len + strlen(step) + strlen(tail) <= MEBIBYTE) {
        buffer_append_text(&message, step);
    }
    buffer_append_text(&message, tail);
    expect(buffer_slice(&message), verdict);
    buffer_release(&message);
}

Test(decode_hostile, deep_nesting) {
    expect_filled("", "[", "", "NOT_JSON ");
    expect_filled("", "]", "", "NOT_JSON ");
    expect_filled("", "{\"a\":", "", "NOT_JSON ");
    expect_filled("", "[{\"\":", "", "NOT_JSON ");
    expect_filled(ARRIVED ",\"x\":", "[", "}}", "NOT_JSON ");
}

/* Whole texts, as deep as they are long. */
Test(decode_hostile, deep_nesting_that_ends) {
    static const char *const pairs[][2] = {{"[", "]"}, {"{\"a\":", "}"}, {"[[],{\"a\":", "}]"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct buffer message = {0};
        size_t step = strlen(pairs[i][0]) + strlen(pairs[i][1]);
        size_t levels = (MEBIBYTE - 1) / step;
        for (size_t k = 0; k < levels; k++) {
            buffer_append_text(&message, pairs[i][0]);
        }
        buffer_append_byte(&message, '1');
        for (size_t k = 0; k < levels; k++) {
            buffer_append_text(&message, pairs[i][1]);
        }
        expect(buffer_slice(&message), "NOT_JSON ");
        buffer_release(&message);
    }
}

Test(decode_hostile, repeated_members) {
    expect_filled("{\"x\":1", ",\"id\":\"i\"", "}", "DUPLICATE_MEMBER /id");
    expect_filled(ARRIVED, ",\"x\":1", "}}", "ok");
    expect_filled(ARRIVED, ",\"place\":\"CNAKL\"", "}}", "DUPLICATE_MEMBER /data/place");
    expect_filled(ARRIVED "},\"x\":{\"a\":1", ",\"a\":1", "}}", "ok");
    expect_filled("{\"\":1", ",\"\":1", "}", "BAD_ENVELOPE /specversion");
}

/* Each of another name, and as many as fit. */
Test(decode_hostile, many_keys) {
    struct buffer message = {0};
    buffer_append_text(&message, ARRIVED);
    for (unsigned i = 0; message.len < MEBIBYTE - 32; i++) {
        buffer_printf(&message, ",\"%x\":0", i);
    }
    buffer_append_text(&message, "}}");
    expect(buffer_slice(&message), "ok");
    buffer_release(&message);
}

/* A limit above the default is the operator's choice, and then a message may have a million keys. */
Test(decode_hostile, a_million_keys) {
    struct buffer message = {0};
    buffer_append_text(&message, ARRIVED);
    for (unsigned i = 0; i < 1000000; i++) {
        buffer_printf(&message, ",\"k%u\":0", i);
    }
    buffer_append_text(&message, "}}");
    struct decoder *decoder = decoder_new(message.len);
    struct arena arena = {0};
    struct event event;
    struct reject reject;
    int64_t began_ms = cpu_ms();
    cr_expect(decode_event(decoder, buffer_slice(&message), &arena, &event, &reject));
    cr_expect_lt(cpu_ms() - began_ms, BOUND_MS);
    arena_release(&arena);
    decoder_free(decoder);
    buffer_release(&message);
}

Test(decode_hostile, long_strings) {
    expect_filled("{\"id\":\"", "\\u0000", "\"}", "BAD_ENVELOPE /specversion");
    expect_filled("{\"specversion\":\"1.0\",\"source\":\"s\",\"type\":\"t\",\"time\":\"t\",\"data\":{},\"id\":\"",
                  "\\u0000", "\"}", "BAD_ENVELOPE /id");
    expect_filled(ARRIVED ",\"x\":\"", "\\ud83d\\ude82", "\"}}", "ok");
    expect_filled(ARRIVED ",\"x\":\"", "\\ud83d", "\"}}", "NOT_JSON ");
    expect_filled("\"", "\\", "", "NOT_JSON ");
    expect_filled("\"", "a", "", "NOT_JSON ");
    expect_filled("{\"", "specversion", "\":1}", "BAD_ENVELOPE /specversion");
    expect_filled(HEAD, "rail.", "\",\"data\":{}}", "BAD_ENVELOPE /type");
}

Test(decode_hostile, long_numbers) {
    expect_filled(ARRIVED ",\"x\":1", "0", "}}", "ok");
    expect_filled(ARRIVED ",\"x\":1e", "9", "}}", "ok");
    expect_filled("-", "0", "", "NOT_JSON ");
    expect_filled(HEAD "rail.container.tracked.v1\",\"data\":{" TRAIN
                       ",\"container\":\"CSQU3054383\",\"event\":\"position\",\"longitude\":1,\"latitude\":0.",
                  "0", "}}", "ok");
    expect_filled(HEAD "rail.container.tracked.v1\",\"data\":{" TRAIN
                       ",\"container\":\"CSQU3054383\",\"event\":\"position\",\"longitude\":1,\"latitude\":90.",
                  "0", "1}}", "BAD_FIELD /data/latitude");
    expect_filled(HEAD "rail.container.tracked.v1\",\"data\":{" TRAIN
                       ",\"container\":\"CSQU3054383\",\"event\":\"position\",\"longitude\":1,\"latitude\":1e",
                  "9", "}}", "BAD_FIELD /data/latitude");
}

Test(decode_hostile, long_lists) {
#define LODGED                                                                                                         \
    HEAD "rail.declaration.lodged.v1\",\"data\":{" TRAIN ",\"step\":\"full\",\"lodged_at\":\"x\",\"waybills\":"
    expect_filled(LODGED "[\"W1\"", ",\"W1\"", "]}}", "LIMIT_EXCEEDED /data/waybills");
    expect_filled(LODGED "[1", ",[]", "]}}", "LIMIT_EXCEEDED /data/waybills");
    expect_filled(LODGED "\"", "W", "\"}}", "BAD_FIELD /data/waybills");
    expect_filled(HEAD "rail.manifest.transmitted.v1\",\"data\":{" TRAIN ",\"waybill\":{},\"containers\":[{}", ",{}",
                  "]}}", "MISSING_FIELD /data/waybill/number");
}

/* Long ones that differ in their last bytes only, again and again under one seed. */
Test(decode_hostile, as_many_waybills_as_allowed) {
    for (unsigned first = 0; first < 20; first++) {
        char put[64];
        snprintf(put, sizeof put, "[<500,'%uWWWWWWWWWWWWWWWWWWWW#'>]", first);
        cr_expect_str_eq(verdict_of_edit(VERDICT_FULL[EVENT_DECLARATION], "['W1','W2']", put), "ok");
        cr_expect_eq(verdict_event()->data.declaration.waybills.count, 500);
    }
}

/* One decoder after the other kind of message: what a parser keeps from one never shows in the next. */
Test(decode_hostile, a_decoder_forgets) {
    for (int round = 0; round < 3; round++) {
        cr_expect_str_eq(verdict_of("<1000 [>"), "NOT_JSON ");
        cr_expect_str_eq(verdict_of(VERDICT_FULL[EVENT_TRANSMITTED]), "ok");
        cr_expect_str_eq(verdict_of("1"), "BAD_ENVELOPE ");
        cr_expect_str_eq(verdict_of(VERDICT_FULL[EVENT_DELETED]), "ok");
        cr_expect(slice_equal(verdict_event()->data.deleted.waybill, SLICE("W1")));
        expect_filled("", "[", "", "NOT_JSON ");
    }
}
