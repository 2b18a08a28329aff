/* The lines of merge --rejects and --facts, byte for byte. */
#include <criterion/criterion.h>

#include "encode/line_json.h"

static void expect_line(struct buffer *out, const char *expected) {
    buffer_append_byte(out, '\0');
    cr_expect_str_eq(out->data, expected);
    buffer_clear(out);
}

static struct line_reject reject_of(struct slice file, struct slice value) {
    return (struct line_reject){.reason = SLICE("NOT_JSON"),
                                .pointer = SLICE(""),
                                .message = SLICE("byte 0"),
                                .file = file,
                                .line = 7,
                                .value = value};
}

#define HEAD "{\"reason\":\"NOT_JSON\",\"pointer\":\"\",\"message\":\"byte 0\",\"file\":"

Test(line_json, a_reject) {
    struct buffer out = {0};
    struct line_reject reject = reject_of(SLICE("dir/\xc3\xa9.jsonl"), SLICE("{\"a\":\x1b\xe4\xb8\xad"));
    line_write_reject(&reject, &out);
    expect_line(&out, HEAD "\"dir/\xc3\xa9.jsonl\",\"line\":7,\"value\":\"{\\\"a\\\":\\u001b\xe4\xb8\xad\"}\n");
    buffer_release(&out);
}

Test(line_json, bytes_that_are_not_utf8) {
    static const char *const expected[] = {"", "/w==", "/wA=", "/wD+", "/wD+YQ=="};
    struct buffer out = {0};
    for (size_t len = 1; len <= 4; len++) {
        struct buffer line = {0};
        struct line_reject reject = reject_of(SLICE("x"), (struct slice){"\xff\0\xfe"
                                                                         "a",
                                                                         len});
        line_write_reject(&reject, &out);
        buffer_printf(&line, HEAD "\"x\",\"line\":7,\"value_base64\":\"%s\"}\n", expected[len]);
        expect_line(&out, line.data);
        buffer_release(&line);
    }
    buffer_release(&out);
}

Test(line_json, a_path_that_is_not_utf8) {
    struct buffer out = {0};
    struct line_reject reject = reject_of(SLICE("a\xff\xc3\xa9"), SLICE("v"));
    line_write_reject(&reject, &out);
    expect_line(&out, HEAD "\"a???\",\"line\":7,\"value\":\"v\"}\n");
    buffer_release(&out);
}

Test(line_json, a_fact) {
    static const struct slice waybills[] = {{"W3", 2}, {"W1", 2}, {"W2", 2}};
    struct event event = {.type = EVENT_DECLARATION,
                          .id = SLICE("d\"1"),
                          .source = SLICE("/s"),
                          .time_ms = 1608278400123,
                          .hash = {0xa, 0xb},
                          .data.declaration = {.step = STEP_FULL, .waybills = {waybills, 3}}};
    event.registers = registers_of(event.type, &event.data);
    const size_t registers[] = {0, 1};
    struct buffer packed = {0};
    struct buffer out = {0};
    fact_pack(&event, 0, &packed);
    line_write_fact(&(struct line_fact){.train_key = SLICE("X|2020-12-18|CNAKL"),
                                        .fact = (const struct fact *)packed.data,
                                        .registers = registers,
                                        .register_count = 2,
                                        .file = SLICE("f"),
                                        .line = 3},
                    &out);
    expect_line(&out, "{\"train\":\"X|2020-12-18|CNAKL\",\"registers\":[\"declaration[W1,full]\","
                      "\"declaration[W3,full]\"],\"time\":\"2020-12-18T08:00:00.123Z\",\"source\":\"/s\","
                      "\"id\":\"d\\\"1\",\"hash\":\"000000000000000a000000000000000b\",\"file\":\"f\",\"line\":3}\n");
    buffer_release(&out);
    buffer_release(&packed);
}
