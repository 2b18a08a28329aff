#include <criterion/criterion.h>

#include "base/alloc.h"
#include "flow/outbox.h"

static struct outbox outbox;

static void begin(void) {
    outbox_init(&outbox);
}

static void end(void) {
    outbox_release(&outbox);
}

TestSuite(outbox, .init = begin, .fini = end);

static const struct message_header HEADERS[] = {{{"name", 4}, {"value", 5}}, {{"none", 4}, {NULL, 0}}};

static void put(int32_t partition, const char *key, const char *value) {
    outbox_put(&outbox, &(struct output){.topic = OUTPUT_TRAFFIC,
                                         .input_partition = partition,
                                         .key = outbox_keep(&outbox, slice_of(key)),
                                         .value = outbox_keep(&outbox, slice_of(value)),
                                         .headers = HEADERS,
                                         .header_count = partition == 0 ? 0 : 2});
}

Test(outbox, counts_keys_values_and_headers) {
    put(0, "k", "value");
    cr_expect_eq(outbox.bytes, 6);
    put(1, "k", "value");
    cr_expect_eq(outbox.bytes, 6 + 6 + 13);
    outbox_reset(&outbox);
    cr_expect_eq(outbox.bytes, 0);
    cr_expect_eq(outbox.output_count, 0);
}

Test(outbox, memory_of_a_large_epoch_is_kept_for_the_next_and_given_back_in_the_long_run) {
    enum { RECORDS = 400, BYTES = 58000 };
    for (int epoch = 0; epoch < 20; epoch++) {
        for (int i = 0; i < RECORDS; i++) {
            outbox_take(&outbox, (size_t)(BYTES + i % 7 * 1000 + epoch * 10)); /* no two epochs have the same sizes */
        }
        cr_expect_leq(arena_bytes(&outbox.memory), (size_t)RECORDS * BYTES * 6 / 5, "epoch %d", epoch);
        outbox_reset(&outbox);
        cr_expect_geq(arena_bytes(&outbox.memory), (size_t)RECORDS * BYTES, "epoch %d", epoch);
    }
    for (int epoch = 0; epoch < 400; epoch++) {
        outbox_take(&outbox, 100);
        outbox_reset(&outbox);
    }
    cr_expect_leq(arena_bytes(&outbox.memory), 2 * ALLOC_HUGE_BYTES);
}

/* As in operation: some epochs are twice as large as others, and none should take memory from the system. */
Test(outbox, a_few_smaller_epochs_cost_a_larger_one_nothing) {
    enum { LARGE = 140, SMALL = 70, BYTES = 58000 };
    for (int epoch = 0; epoch < 100; epoch++) {
        size_t held = arena_bytes(&outbox.memory);
        int records = epoch % 10 == 0 ? LARGE : SMALL;
        for (int i = 0; i < records; i++) {
            outbox_take(&outbox, BYTES);
        }
        cr_expect(epoch == 0 || arena_bytes(&outbox.memory) == held, "epoch %d", epoch);
        outbox_reset(&outbox);
    }
}

/* As many bytes as go out: the headers that it becomes, too. */
Test(outbox, counts_why_a_dead_letter_is_one) {
    const struct letter letter = {SLICE("NOT_JSON"), SLICE("/a"), SLICE("byte 0"), SLICE("in"), 3, 77, -1};
    size_t names = 0;
    for (int i = 0; i < LETTER_FIXED_COUNT; i++) {
        names += letter_header_name((enum letter_header)i).len;
    }
    outbox_put(&outbox, &(struct output){.topic = OUTPUT_DEAD_LETTERS, .value = SLICE("v"), .letter = &letter});
    cr_expect_eq(outbox.bytes, 1 + names + 8 + 2 + 6 + 2 + 1 + 2 + 2);
}

Test(outbox, keeps_copies_and_null) {
    char text[] = "abc";
    struct slice kept = outbox_keep(&outbox, (struct slice){text, 3});
    text[0] = 'x';
    cr_expect(slice_equal(kept, SLICE("abc")));
    cr_expect_null(outbox_keep(&outbox, (struct slice){NULL, 0}).data);
    cr_expect_not_null(outbox_keep(&outbox, SLICE("")).data, "empty is not null");
}

Test(outbox, forgets_one_partition_and_keeps_the_order_of_the_others) {
    for (int i = 0; i < 300; i++) {
        put(i % 3, i % 3 == 0 ? "a" : i % 3 == 1 ? "b" : "c", "v");
        outbox_put_offset(&outbox, &(struct output_offset){.partition = i % 3, .offset = i, .metadata = SLICE("text")});
    }
    size_t bytes = outbox.bytes;
    outbox_forget(&outbox, 1);
    cr_expect_eq(outbox.bytes, bytes - 100 * (2 + 13));
    cr_assert_eq(outbox.output_count, 200);
    cr_assert_eq(outbox.offset_count, 200);
    for (size_t i = 0; i < 200; i++) {
        cr_expect_eq(outbox.outputs[i].input_partition, i % 2 == 0 ? 0 : 2);
        cr_expect_eq(outbox.offsets[i].offset, (int64_t)(i / 2 * 3 + i % 2 * 2));
        cr_expect(slice_equal(outbox.offsets[i].metadata, SLICE("text")));
    }
    outbox_forget(&outbox, 7);
    cr_expect_eq(outbox.output_count, 200);
}
