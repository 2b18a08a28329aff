#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "kafka/txn_cut.h"

static const struct letter LETTER = {.reason = {"NOT_JSON", 8},
                                     .pointer = {"", 0},
                                     .message = {"no", 2},
                                     .topic = {"in", 2},
                                     .partition = 1,
                                     .offset = 2,
                                     .timestamp_ms = -1};
static const struct message_header OWN[] = {{{"trace", 5}, {"t1", 2}}, {{"none", 4}, {NULL, 0}}};

/* A letter with headers of its own. */
static struct output letter(struct slice key, struct slice value) {
    return (struct output){
        .topic = OUTPUT_DEAD_LETTERS, .key = key, .value = value, .headers = OWN, .header_count = 2, .letter = &LETTER};
}

static void write_header(void *context, struct slice name, struct slice value) {
    buffer_append_slice(context, name);
    buffer_append_byte(context, '=');
    buffer_append_slice(context, value);
    buffer_append_byte(context, ' ');
}

#define OURS                                                                                                           \
    "__caravan.errors.reason=NOT_JSON __caravan.errors.pointer= __caravan.errors.message=no "                          \
    "__caravan.errors.topic=in __caravan.errors.partition=1 __caravan.errors.offset=2 __caravan.errors.timestamp=-1 "

static void expect_headers(const struct output *output, enum txn_cut cut, const char *expected) {
    struct buffer text = {0};
    txn_cut_each_header(output, cut, write_header, &text);
    buffer_append_byte(&text, '\0');
    cr_expect_str_eq(text.data, expected);
    buffer_release(&text);
}

Test(txn_cut, value_then_headers_then_key_and_the_length_of_each) {
    struct output output = letter(SLICE("key"), SLICE("value"));
    expect_headers(&output, TXN_WHOLE, "trace=t1 none= " OURS);
    expect_headers(&output, TXN_WITHOUT_VALUE, "trace=t1 none= " OURS "__caravan.errors.bytes=5 ");
    expect_headers(&output, TXN_WITHOUT_HEADERS, OURS "__caravan.errors.bytes=5 __caravan.errors.header_bytes=11 ");
    expect_headers(&output, TXN_WITHOUT_KEY,
                   OURS "__caravan.errors.bytes=5 __caravan.errors.header_bytes=11 __caravan.errors.key_bytes=3 ");
    cr_expect(slice_equal(txn_cut_value(&output, TXN_WHOLE), SLICE("value")));
    cr_expect_null(txn_cut_value(&output, TXN_WITHOUT_VALUE).data);
    cr_expect(slice_equal(txn_cut_key(&output, TXN_WITHOUT_HEADERS), SLICE("key")));
    cr_expect_null(txn_cut_key(&output, TXN_WITHOUT_KEY).data);
}

Test(txn_cut, a_length_stands_only_where_something_was_left_out) {
    struct output output = letter((struct slice){NULL, 0}, SLICE(""));
    output.header_count = 0;
    expect_headers(&output, TXN_WITHOUT_KEY, OURS);
    cr_expect_not_null(txn_cut_value(&output, TXN_WITHOUT_KEY).data, "an empty value stays one");
    output = letter(SLICE(""), (struct slice){NULL, 0});
    expect_headers(&output, TXN_WITHOUT_KEY, OURS "__caravan.errors.header_bytes=11 ");
}

Test(txn_cut, the_least_that_fits) {
    static char bytes[3000];
    struct message_header long_header = {SLICE("h"), {bytes, 1000}};
    struct output output = letter((struct slice){bytes, 2000}, (struct slice){bytes, 3000});
    output.headers = &long_header;
    output.header_count = 1;
    size_t last = SIZE_MAX, found;
    for (enum txn_cut cut = TXN_WHOLE; cut <= TXN_CUT_LAST; cut++) {
        size_t size = txn_cut_bytes(&output, cut);
        cr_expect_lt(size, last);
        cr_expect_eq(txn_cut_for(&output, size, &found), cut);
        cr_expect_eq(found, size);
        cr_expect_eq(txn_cut_for(&output, size - 1, &found), cut == TXN_CUT_LAST ? cut : cut + 1);
        last = size;
    }
    cr_expect_eq(txn_cut_for(&output, 0, &found), TXN_CUT_LAST);
    cr_expect_eq(found, last);
}

/* A batch of one record as Kafka writes it: 61 bytes of head, then the record behind its length. Numbers are zigzag. */
Test(txn_cut, sizes_are_those_of_a_record_batch) {
    struct output record = {.topic = OUTPUT_CLEARANCES};
    /* length 1, attributes 1, differences 1 + 1, no key 1, no value 1, no headers 1 */
    cr_expect_eq(txn_cut_bytes(&record, TXN_WHOLE), 61 + 7);
    record.key = SLICE("");
    record.value = SLICE("v");
    cr_expect_eq(txn_cut_bytes(&record, TXN_WHOLE), 61 + 8);
    static char bytes[9000];
    record.value = (struct slice){bytes, 63}; /* the longest with a length of one byte; then the record has two */
    cr_expect_eq(txn_cut_bytes(&record, TXN_WHOLE), 61 + 2 + 3 + 1 + 1 + 63 + 1);
    record.value = (struct slice){bytes, 64};
    cr_expect_eq(txn_cut_bytes(&record, TXN_WHOLE), 61 + 2 + 3 + 1 + 2 + 64 + 1);
    record.value = (struct slice){bytes, 8192};
    cr_expect_eq(txn_cut_bytes(&record, TXN_WHOLE), 61 + 3 + 3 + 1 + 3 + 8192 + 1);
    record.headers = OWN;
    record.header_count = 2;
    cr_expect_eq(txn_cut_bytes(&record, TXN_WHOLE), 61 + 3 + 3 + 1 + 3 + 8192 + 1 + (1 + 5 + 1 + 2) + (1 + 4 + 1));
}
