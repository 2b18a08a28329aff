#include <criterion/criterion.h>

#include "lanes/dead_letter.h"

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
    cr_assert_eq(letter->header_count, 1, "the message's own alone");
    cr_assert(slice_equal(letter->headers[0].name, SLICE("trace")));
    cr_assert(slice_equal(letter->letter->reason, SLICE("NOT_JSON")));
    cr_assert(slice_equal(letter->letter->pointer, SLICE("/a")));
    cr_assert(slice_equal(letter->letter->message, SLICE("byte 0")));
    cr_assert(slice_equal(letter->letter->topic, SLICE("in")));
    cr_assert_eq(letter->letter->partition, 3);
    cr_assert_eq(letter->letter->offset, 77);
    cr_assert_eq(letter->letter->timestamp_ms, -1);
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
