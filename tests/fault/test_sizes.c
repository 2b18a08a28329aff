/* What a topic takes, learned from what it refuses: the mock cluster has no sizes, so it is told what to refuse. */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <string.h>

#include "flow/letter.h"
#include "support/mock_worker.h"

TestSuite(sizes, .init = mock_begin, .fini = mock_end, .timeout = 120);

enum { LONG_BYTES = 150000 /* above batch.size, so alone in its batch */, SHORT_BYTES = 60000 };

static char bytes[LONG_BYTES];

static void refuse(size_t count) {
    for (size_t i = 0; i < count; i++) {
        rd_kafka_mock_push_request_errors(mock.cluster, API_PRODUCE, 1, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
    }
}

/* An epoch of this one output. */
static enum kafka_commit commit(uint64_t number, const struct output *output) {
    const struct outbox *boxes[] = {&mock.outbox};
    char text[MOCK_TEXT_BYTES], previous[MOCK_TEXT_BYTES];
    mock_write_text(number, text);
    mock_write_text(number - 1, previous);
    outbox_put(&mock.outbox, output);
    outbox_put_offset(&mock.outbox, &(struct output_offset){.partition = 0,
                                                            .assignment = ASSIGNMENT,
                                                            .offset = 10,
                                                            .metadata = slice_of(text),
                                                            .previous = slice_of(previous)});
    enum kafka_commit result = kafka_transaction_commit(mock.transaction, boxes, 1, &mock.error);
    outbox_reset(&mock.outbox);
    return result;
}

static const struct letter WHY = {.reason = {"NOT_JSON", 8},
                                  .pointer = {"", 0},
                                  .message = {"no", 2},
                                  .topic = {"in", 2}};

static struct output letter(size_t key_bytes, size_t value_bytes) {
    static const struct message_header own = {{"trace", 5}, {bytes, LONG_BYTES}};
    return (struct output){.topic = OUTPUT_DEAD_LETTERS,
                           .key = {bytes, key_bytes},
                           .value = {bytes, value_bytes},
                           .headers = &own,
                           .header_count = 1,
                           .letter = &WHY};
}

Test(sizes, a_dead_letter_loses_value_headers_and_key_and_the_next_ones_at_once) {
    struct output output = letter(LONG_BYTES, LONG_BYTES);
    mock_join();
    refuse(3);
    cr_assert_eq(commit(1, &output), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    cr_assert_eq(mock_stats().aborts, 3);
    cr_assert_eq(mock_stats().oversized_dead_letters, 1);
    cr_assert_eq(mock_stats().new_producers, 3);
    for (uint64_t number = 2; number < 6; number++) { /* it is known for the life, not for the epoch */
        cr_assert_eq(commit(number, &output), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    }
    cr_assert_eq(mock_stats().aborts, 3);
    cr_assert_eq(mock_stats().oversized_dead_letters, 5);
}

/* Of a batch nobody knows which one is too large, or whether all are together. */
Test(sizes, a_refused_batch_is_halved) {
    struct output record = {.topic = OUTPUT_CLEARANCES, .key = SLICE("k"), .value = {bytes, SHORT_BYTES}};
    mock_join();
    refuse(1);
    cr_assert_eq(commit(1, &record), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    cr_assert_eq(mock_stats().aborts, 1);
    cr_assert_eq(mock_stats().new_producers, 1);
    cr_assert_eq(commit(2, &record), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    cr_assert_eq(mock_stats().new_producers, 1);
}

Test(sizes, a_record_that_is_refused_alone_is_the_end_and_says_how_long_it_is) {
    struct output record = {.topic = OUTPUT_CLEARANCES, .key = SLICE("k"), .value = {bytes, LONG_BYTES}};
    mock_join();
    refuse(1);
    cr_assert_eq(commit(1, &record), KAFKA_COMMIT_FATAL);
    cr_assert_not_null(strstr(mock.error.text, "rail.clearances does not take a message of 150"), "%s",
                       mock.error.text);
    cr_assert_not_null(strstr(mock.error.text, "max.message.bytes"), "%s", mock.error.text);
}

Test(sizes, a_letter_of_which_nothing_is_left_to_leave_out_is_the_end_too) {
    static struct letter why;
    why = WHY;
    why.message = (struct slice){bytes, LONG_BYTES}; /* ours are never left out */
    struct output output = letter(0, 1);
    output.letter = &why;
    mock_join();
    refuse(4);
    cr_assert_eq(commit(1, &output), KAFKA_COMMIT_FATAL);
    cr_assert_not_null(strstr(mock.error.text, "rail.dead-letters does not take a message of"), "%s", mock.error.text);
}
