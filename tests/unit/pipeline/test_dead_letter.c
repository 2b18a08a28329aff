#include <criterion/criterion.h>

#include "pipeline/dead_letter.h"

static size_t one_header(const struct message *message, struct arena *arena, const struct message_header **out) {
    struct message_header *headers = arena_take(arena, sizeof *headers);
    (void)message;
    headers[0] = (struct message_header){SLICE("trace"), SLICE("t1")};
    *out = headers;
    return 1;
}

Test(dead_letter, keeps_the_bytes_and_says_why) {
    struct outbox outbox = {0};
    struct reject reject;
    char bytes[] = "\xff{\0}";
    struct message message = {.key = SLICE("k"), .value = {bytes, 4}, .offset = 77, .timestamp_ms = -1, .partition = 3};
    reject_set(&reject, REJECT_NOT_JSON, "/a", "byte %d", 0);
    dead_letter_put(&outbox, &message, &reject, SLICE("in"), one_header);
    bytes[0] = 'x'; /* the letter has its own copy */
    cr_assert_eq(outbox.output_count, 1);
    const struct output *letter = &outbox.outputs[0];
    cr_assert_eq(letter->topic, OUTPUT_DEAD_LETTERS);
    cr_assert_eq(letter->input_partition, 3);
    cr_assert(slice_equal(letter->value, (struct slice){"\xff{\0}", 4}));
    cr_assert(slice_equal(letter->key, SLICE("k")));
    cr_assert_eq(letter->header_count, 8);
    cr_assert(slice_equal(letter->headers[0].name, SLICE("trace")), "the message's own headers stand first");
    static const char *const expected[][2] = {{"reason", "NOT_JSON"}, {"pointer", "/a"},  {"message", "byte 0"},
                                              {"topic", "in"},        {"partition", "3"}, {"offset", "77"},
                                              {"timestamp", "-1"}};
    for (size_t i = 0; i < 7; i++) {
        cr_assert(slice_equal(dead_letter_header(letter, expected[i][0]), slice_of(expected[i][1])), "%s",
                  expected[i][0]);
    }
    cr_assert_eq(dead_letter_number(letter, "offset"), 77);
    cr_assert_eq(dead_letter_number(letter, "timestamp"), -1);
    cr_assert_null(dead_letter_header(letter, "bytes").data);
    outbox_release(&outbox);
}

Test(dead_letter, keeps_absent_keys_and_null_values_absent) {
    struct outbox outbox = {0};
    struct reject reject;
    reject_set(&reject, REJECT_NOT_JSON, "", "a null value");
    dead_letter_put(&outbox, &(struct message){.offset = 1}, &reject, SLICE("in"), NULL);
    cr_assert_null(outbox.outputs[0].key.data);
    cr_assert_null(outbox.outputs[0].value.data);
    outbox_release(&outbox);
}
