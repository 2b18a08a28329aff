#include <criterion/criterion.h>

#include "checkpoint/codec.h"
#include "event/decode.h"
#include "support/events.h"

static const char KEY[] = "X1|2020-06-01|CNAKL";

static struct outbox outbox;
static const struct codec_sink sink = {&outbox, 5, 1 << 20};
static struct train *train;

/* A train with so many waybills. */
static struct train *make_train(unsigned waybills) {
    struct train *made = train_new(slice_of(KEY), 1);
    struct decoder *decoder = decoder_new(1 << 20);
    struct arena arena = {0};
    struct buffer text = {0};
    for (unsigned i = 0; i < waybills; i++) {
        struct event event;
        struct reject reject;
        struct join_effect effect;
        buffer_clear(&text);
        events_put(&(struct events_spec){.kind = EVENTS_MANIFEST,
                                         .train = KEY,
                                         .time_ms = EVENTS_TIME_MS,
                                         .id = i,
                                         .waybill = i},
                   &text);
        cr_assert(decode_event(decoder, buffer_slice(&text), &arena, &event, &reject));
        event.hash = hash_of(buffer_slice(&text));
        cr_assert_eq(train_join(made, &event, i, SIZE_MAX, &effect), JOIN_ACCEPTED);
    }
    buffer_release(&text);
    arena_release(&arena);
    decoder_free(decoder);
    return made;
}

static void begin(void) {
    outbox_init(&outbox);
    train = make_train(60);
}

static void end(void) {
    outbox_release(&outbox);
    train_free(train);
}

TestSuite(codec, .init = begin, .fini = end);

static struct codec_part parse(size_t i) {
    struct codec_part part = {0};
    cr_assert_eq(codec_parse(outbox.outputs[i].key, outbox.outputs[i].value, &part), CODEC_OK);
    return part;
}

Test(codec, one_part_holds_the_packed_train) {
    uint64_t bytes = 0;
    struct buffer packed = {0};
    train_pack(train, &packed);
    cr_assert_eq(codec_put(&sink, train, 77, 0, &bytes), 1);
    cr_assert_eq(outbox.output_count, 1);
    cr_expect_eq(outbox.outputs[0].topic, OUTPUT_CHECKPOINTS);
    cr_expect_eq(outbox.outputs[0].input_partition, 5);
    cr_expect(slice_equal(outbox.outputs[0].key, SLICE("X1|2020-06-01|CNAKL\x1f"
                                                       "0")));
    cr_expect_eq(bytes, outbox.outputs[0].value.len);
    struct codec_part part = parse(0);
    cr_expect(slice_equal(part.train_key, slice_of(KEY)));
    cr_expect_eq(part.part, 0);
    cr_expect_eq(part.part_count, 1);
    cr_expect_eq(part.offset, 77);
    cr_expect(slice_equal(part.facts, buffer_slice(&packed)));
    buffer_release(&packed);
}

Test(codec, parts_put_together_give_the_packed_train) {
    uint64_t bytes = 0;
    struct buffer packed = {0};
    struct buffer whole = {0};
    train_pack(train, &packed);
    uint32_t parts = codec_put(&(struct codec_sink){&outbox, 5, 4096}, train, 77, 0, &bytes);
    cr_assert_gt(parts, 2);
    cr_assert_eq(outbox.output_count, parts);
    for (uint32_t i = 0; i < parts; i++) {
        struct codec_part part = parse(i);
        cr_expect_eq(part.part, i);
        cr_expect_eq(part.part_count, parts);
        cr_expect_eq(part.offset, 77);
        cr_expect_leq(outbox.outputs[i].value.len, 4096);
        buffer_append_slice(&whole, part.facts);
    }
    cr_expect(slice_equal(buffer_slice(&whole), buffer_slice(&packed)));
    buffer_release(&packed);
    buffer_release(&whole);
}

Test(codec, parts_no_longer_used_get_null) {
    uint64_t bytes = 0;
    cr_assert_eq(codec_put(&sink, train, 77, 12, &bytes), 1);
    cr_assert_eq(outbox.output_count, 12);
    for (size_t i = 1; i < 12; i++) {
        cr_expect_null(outbox.outputs[i].value.data);
    }
    cr_expect(slice_equal(outbox.outputs[11].key, SLICE("X1|2020-06-01|CNAKL\x1f"
                                                        "11")));
}

Test(codec, a_train_that_is_gone_gets_null_for_every_part) {
    codec_put_gone(&sink, slice_of(KEY), 3);
    cr_assert_eq(outbox.output_count, 3);
    for (size_t i = 0; i < 3; i++) {
        struct slice key;
        uint32_t part;
        cr_expect(codec_parse_key(outbox.outputs[i].key, &key, &part) && part == i && slice_equal(key, slice_of(KEY)));
        cr_expect_null(outbox.outputs[i].value.data);
    }
}

Test(codec, every_changed_byte_is_noticed) {
    uint64_t bytes = 0;
    codec_put(&sink, train, 77, 0, &bytes);
    struct slice value = outbox.outputs[0].value;
    for (size_t i = 0; i < value.len; i += i < 40 ? 1 : 97) {
        struct codec_part part;
        ((char *)value.data)[i] ^= 1;
        enum codec_result expected = i >= 4 && i < 8 ? CODEC_OTHER_VERSION : CODEC_DAMAGED;
        cr_expect_eq(codec_parse(outbox.outputs[0].key, value, &part), expected, "byte %zu", i);
        ((char *)value.data)[i] ^= 1;
    }
    parse(0);
}

Test(codec, a_cut_value_and_another_key_are_noticed) {
    uint64_t bytes = 0;
    struct codec_part part;
    codec_put(&sink, train, 77, 0, &bytes);
    struct slice value = outbox.outputs[0].value;
    for (size_t len = 0; len < 40; len++) {
        cr_expect_eq(codec_parse(outbox.outputs[0].key, (struct slice){value.data, len}, &part), CODEC_DAMAGED);
    }
    cr_expect_eq(codec_parse(outbox.outputs[0].key, (struct slice){value.data, value.len - 1}, &part), CODEC_DAMAGED);
    cr_expect_eq(codec_parse(SLICE("X2|2020-06-01|CNAKL\x1f"
                                   "0"),
                             value, &part),
                 CODEC_DAMAGED);
    cr_expect_eq(codec_parse(SLICE("X1|2020-06-01|CNAKL\x1f"
                                   "1"),
                             value, &part),
                 CODEC_DAMAGED);
}

Test(codec, keys) {
    static const struct {
        const char *key;
        bool valid;
    } rows[] = {{"T\x1f"
                 "0",
                 true},
                {"T\x1f"
                 "10",
                 true},
                {"T\x1f", false},
                {"T", false},
                {"", false},
                {"\x1f"
                 "0",
                 false},
                {"T\x1f"
                 "01",
                 false},
                {"T\x1f"
                 "x",
                 false},
                {"T\x1f"
                 "1048575",
                 true},
                {"T\x1f"
                 "1048576",
                 false},
                {"T\x1f"
                 "99999999999",
                 false},
                {"T\x1f"
                 "-1",
                 false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice key;
        uint32_t part;
        cr_expect_eq(codec_parse_key(slice_of(rows[i].key), &key, &part), rows[i].valid, "row %zu", i);
    }
}
