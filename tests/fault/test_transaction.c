/* Errors that a broker does not give on demand: what a commit makes of each. What is asserted is the result, the
 * counts, and what was asked of the brokers (support/mock_worker.h). */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/timestamp.h"
#include "support/mock_worker.h"

TestSuite(transaction, .init = mock_begin, .fini = mock_end, .timeout = 120);

/* ---- what goes well */

Test(transaction, an_epoch_is_one_transaction) {
    mock_join();
    mock_track();
    cr_assert_eq(mock_commit(1), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    cr_assert_eq(mock_commit(2), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    cr_assert_eq(mock_requests(API_END), 2);
    cr_assert_eq(mock_requests(API_OFFSETS), 2);
    cr_assert_eq(mock_requests(API_INIT), 0);
    cr_assert_eq(mock_stats().commits, 2);
    cr_assert_eq(mock_stats().aborts + mock_stats().new_producers + mock_stats().unknown_outcomes +
                     mock_stats().voided_parts,
                 0);
}

Test(transaction, an_empty_epoch_asks_nothing) {
    const struct outbox *boxes[] = {&mock.outbox};
    mock_join();
    mock_track();
    cr_assert_eq(kafka_transaction_commit(mock.transaction, boxes, 1, &mock.error), KAFKA_COMMIT_DONE);
    cr_assert_eq(mock_requests(API_END) + mock_requests(API_ADD_PARTITIONS) + mock_requests(API_ADD_OFFSETS), 0);
    cr_assert_eq(mock_stats().commits, 0);
}

Test(transaction, a_part_that_is_no_longer_ours_is_left_out) {
    mock_join();
    atomic_store(&mock.ours[1], false);
    mock_track();
    cr_assert_eq(mock_commit(1), KAFKA_COMMIT_DONE);
    cr_assert_eq(mock_stats().commits, 1);
    cr_assert_eq(mock_stats().voided_parts, 1);
    atomic_store(&mock.ours[0], false);
    cr_assert_eq(mock_commit(2), KAFKA_COMMIT_DONE);
    cr_assert_eq(mock_stats().voided_parts, 3);
    cr_assert_eq(mock_requests(API_END), 1);
}

/* ---- retriable: librdkafka repeats, or we do */

static void expect_one_commit(void) {
    cr_assert_eq(mock_commit(1), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    cr_assert_eq(mock_stats().commits, 1);
    cr_assert_eq(mock_stats().aborts, 0);
    cr_assert_eq(mock_stats().unknown_outcomes, 0);
}

Test(transaction, coordinators_that_move_are_found_again) {
    mock_join();
    rd_kafka_mock_push_request_errors(mock.cluster, API_ADD_OFFSETS, 2, RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
                                      RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE);
    rd_kafka_mock_push_request_errors(mock.cluster, API_OFFSETS, 1, RD_KAFKA_RESP_ERR_NOT_COORDINATOR);
    rd_kafka_mock_push_request_errors(mock.cluster, API_END, 1, RD_KAFKA_RESP_ERR_NOT_COORDINATOR);
    expect_one_commit();
}

Test(transaction, concurrent_transactions_are_waited_for) {
    mock_join();
    rd_kafka_mock_push_request_errors(mock.cluster, API_ADD_PARTITIONS, 3, RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS,
                                      RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS,
                                      RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS);
    rd_kafka_mock_push_request_errors(mock.cluster, API_ADD_OFFSETS, 1, RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS);
    rd_kafka_mock_push_request_errors(mock.cluster, API_END, 1, RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS);
    expect_one_commit();
}

Test(transaction, a_loading_coordinator_is_waited_for) {
    mock_join();
    rd_kafka_mock_push_request_errors(mock.cluster, API_OFFSETS, 2, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
                                      RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS);
    expect_one_commit();
}

Test(transaction, a_start_waits_for_the_coordinator) {
    rd_kafka_mock_push_request_errors(mock.cluster, API_INIT, 3, RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE,
                                      RD_KAFKA_RESP_ERR_NOT_COORDINATOR, RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS);
    mock_join();
    expect_one_commit();
}

/* ---- abort required: aborted, and sent again with the same bytes */

static void expect_one_abort(void) {
    cr_assert_eq(mock_commit(1), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    cr_assert_eq(mock_stats().commits, 1);
    cr_assert_eq(mock_stats().aborts, 1);
    cr_assert_eq(mock_stats().unknown_outcomes, 0);
    cr_assert_eq(mock_commit(2), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    cr_assert_eq(mock_stats().commits, 2);
    cr_assert_eq(mock_stats().aborts, 1);
}

Test(transaction, a_generation_that_is_over_aborts) {
    mock_join();
    rd_kafka_mock_push_request_errors(mock.cluster, API_OFFSETS, 1, RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION);
    expect_one_abort();
}

Test(transaction, an_unknown_member_aborts) {
    mock_join();
    rd_kafka_mock_push_request_errors(mock.cluster, API_OFFSETS, 1, RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID);
    expect_one_abort();
}

Test(transaction, a_stale_member_epoch_aborts) {
    mock_join();
    rd_kafka_mock_push_request_errors(mock.cluster, API_OFFSETS, 1, RD_KAFKA_RESP_ERR_STALE_MEMBER_EPOCH);
    expect_one_abort();
}

/* As when the group has thrown it out while its client waits for a callback that waits for this epoch. */
Test(transaction, a_member_that_the_group_refuses_for_good_loses_what_it_was_assigned) {
    mock_join();
    for (int i = 0; i < 200; i++) {
        rd_kafka_mock_push_request_errors(mock.cluster, API_OFFSETS, 1, RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID);
    }
    cr_assert_eq(mock_commit(1), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    cr_assert_eq(mock_stats().commits, 0);
    cr_assert_eq(mock_stats().voided_parts, PARTITIONS);
    cr_assert_not(atomic_load(&mock.ours[0]) || atomic_load(&mock.ours[1]));
}

Test(transaction, a_group_without_permission_is_said_once_and_the_transaction_aborted) {
    mock_join();
    mock_track();
    rd_kafka_mock_push_request_errors(mock.cluster, API_OFFSETS, 1, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED);
    cr_assert_eq(mock_commit(1), KAFKA_COMMIT_FATAL);
    cr_assert(mock.error.permanent);
    cr_assert_not_null(strstr(mock.error.text, "give the worker's user this right"), "%s", mock.error.text);
    cr_assert_eq(mock_requests(API_END), 1);
}

Test(transaction, an_aborted_part_that_is_lost_meanwhile_is_left_out) {
    mock_join();
    rd_kafka_mock_push_request_errors(mock.cluster, API_OFFSETS, 1, RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID);
    mock_track();
    atomic_store(&mock.ours[1], false);
    cr_assert_eq(mock_commit(1), KAFKA_COMMIT_DONE);
    cr_assert_eq(mock_stats().voided_parts, 1);
    cr_assert_eq(mock_stats().aborts, 1);
    cr_assert_eq(mock_requests(API_END), 2); /* the abort and the commit */
}

Test(transaction, a_failed_message_aborts) {
    mock_join();
    rd_kafka_mock_push_request_errors(mock.cluster, API_PRODUCE, 1, RD_KAFKA_RESP_ERR_INVALID_REQUIRED_ACKS);
    cr_assert_eq(mock_commit(1), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    cr_assert_eq(mock_stats().commits, 1);
    cr_assert_geq(mock_stats().aborts, 1);
}

/* ---- dead letters that their topic does not take */

enum { LETTERS = 400, LONG_BYTES = 60000 /* above half of batch.size */ };

static void put_letters(void) {
    static char bytes[LONG_BYTES];
    for (int i = 0; i < LETTERS; i++) {
        struct slice value = {bytes, i == 7 ? LONG_BYTES : 100};
        outbox_put(&mock.outbox, &(struct output){.topic = OUTPUT_DEAD_LETTERS, .value = value});
    }
}

Test(transaction, one_long_dead_letter_does_not_make_all_go_one_by_one) {
    mock.without_records = true; /* the injected answer is to meet dead letters: brokers answer in no order of topics */
    mock_join();
    mock_track();
    put_letters();
    rd_kafka_mock_push_request_errors(mock.cluster, API_PRODUCE, 1, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
    cr_assert_eq(mock_commit(1), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    cr_assert_leq(mock_stats().aborts, 3, "what was in flight when the first failed may cost another");
    cr_assert_eq(mock_stats().oversized_dead_letters, 0, "alone, it was taken");
    cr_assert_lt(mock_requests(API_PRODUCE), 40);
}

/* ---- stop */

Test(transaction, a_stop_ends_the_waiting) {
    mock_join();
    rd_kafka_mock_broker_set_down(mock.cluster, BROKER);
    atomic_store(&mock.stopping, true);
    int64_t from_ms = clock_steady_ms();
    cr_assert_eq(mock_commit(1), KAFKA_COMMIT_STOPPED);
    cr_assert_lt(clock_steady_ms() - from_ms, 3000);
    rd_kafka_mock_broker_set_up(mock.cluster, BROKER);
}

/* The caller takes the outbox back, so nothing may be sent from it any more. */
Test(transaction, a_stopped_epoch_sends_nothing_afterwards) {
    mock_join();
    rd_kafka_mock_broker_set_rtt(mock.cluster, BROKER, 400);
    mock_track();
    atomic_store(&mock.stopping, true);
    cr_assert_eq(mock_commit(1), KAFKA_COMMIT_STOPPED);
    nanosleep(&(struct timespec){.tv_sec = 2}, NULL);
    cr_assert_eq(mock_requests(API_PRODUCE), 0);
    rd_kafka_mock_broker_set_rtt(mock.cluster, BROKER, 0);
}

Test(transaction, a_broker_that_comes_back_gets_the_epoch) {
    mock_join();
    rd_kafka_mock_push_request_errors(mock.cluster, API_PRODUCE, 2, RD_KAFKA_RESP_ERR__TRANSPORT,
                                      RD_KAFKA_RESP_ERR__TRANSPORT);
    rd_kafka_mock_push_request_errors(mock.cluster, API_OFFSETS, 1, RD_KAFKA_RESP_ERR__TRANSPORT);
    rd_kafka_mock_push_request_errors(mock.cluster, API_ADD_OFFSETS, 1, RD_KAFKA_RESP_ERR__TRANSPORT);
    cr_assert_eq(mock_commit(1), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    cr_assert_eq(mock_stats().commits, 1);
}
