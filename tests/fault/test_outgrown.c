/* Epochs that the way to the brokers does not carry within the transaction's time (support/mock_worker.h). */
#include <criterion/criterion.h>

#include "support/mock_worker.h"

TestSuite(outgrown, .init = mock_begin, .fini = mock_end, .timeout = 120);

/* So many requests that carry messages are answered too late; all others in time. */
static void slow_down(size_t requests) {
    for (size_t i = 0; i < requests; i++) {
        rd_kafka_mock_broker_push_request_error_rtts(mock.cluster, BROKER, API_PRODUCE, 1, RD_KAFKA_RESP_ERR_NO_ERROR,
                                                     TIMEOUT_MS * 2);
    }
}

Test(outgrown, twice_in_a_row_is_given_up_and_its_partitions_are_to_be_restored) {
    mock_join();
    slow_down(100);
    cr_assert_eq(mock_commit(1), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    cr_expect_eq(mock_stats().outgrown, 1);
    cr_expect_eq(mock_stats().commits, 0);
    cr_expect_eq(mock_stats().voided_parts, PARTITIONS);
    for (int32_t partition = 0; partition < PARTITIONS; partition++) {
        cr_expect_not(mock.ours[partition]);
    }
}

Test(outgrown, once_may_be_a_brokers_restart_and_is_sent_again) {
    mock_join();
    mock_track();
    cr_assert_eq(mock_commit(1), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    slow_down(mock_requests(API_PRODUCE));
    cr_assert_eq(mock_commit(2), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    cr_expect_eq(mock_stats().outgrown, 0);
    cr_expect_eq(mock_stats().commits, 2);
    cr_expect(mock.ours[0]);
}

Test(outgrown, without_any_answer_it_is_an_outage) {
    mock_join();
    cr_assert_eq(mock_commit(1), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    rd_kafka_mock_broker_push_request_error_rtts(mock.cluster, BROKER, API_ADD_PARTITIONS, 3,
                                                 RD_KAFKA_RESP_ERR_NO_ERROR, TIMEOUT_MS * 3, RD_KAFKA_RESP_ERR_NO_ERROR,
                                                 TIMEOUT_MS * 3, RD_KAFKA_RESP_ERR_NO_ERROR, TIMEOUT_MS * 3);
    cr_assert_eq(mock_commit(2), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    cr_expect_eq(mock_stats().outgrown, 0);
    cr_expect_eq(mock_stats().commits, 2);
}
