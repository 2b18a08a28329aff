/* Ends of a transaction that are not answered, texts of somebody else, fences: who has committed, and who goes on
 * (support/mock_worker.h). */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#include "kafka/source_internal.h"
#include "support/mock_worker.h"

TestSuite(outcome, .init = mock_begin, .fini = mock_end, .timeout = 120);

/* ---- the end of the transaction is not answered in time */

Test(outcome, a_broken_connection_at_the_end_changes_the_producer_afterwards) {
    mock_join();
    rd_kafka_mock_push_request_errors(mock.cluster, API_END, 1, RD_KAFKA_RESP_ERR__TRANSPORT);
    cr_assert_eq(mock_commit(1), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    cr_assert_eq(mock_stats().new_producers, 0);
    mock_track();
    cr_assert_eq(mock_commit(2), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    cr_assert_eq(mock_stats().new_producers, 1);
    cr_assert_eq(mock_requests(API_INIT), 1);
    cr_assert_eq(mock_stats().unknown_outcomes, 0);
    cr_assert_eq(mock_commit(3), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    cr_assert_eq(mock_stats().new_producers, 1);
}

Test(outcome, a_slow_end_changes_the_producer_afterwards) {
    mock_join();
    rd_kafka_mock_broker_push_request_error_rtts(mock.cluster, BROKER, API_END, 1, RD_KAFKA_RESP_ERR_NO_ERROR, 2000);
    cr_assert_eq(mock_commit(1), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    cr_assert_eq(mock_commit(2), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    cr_assert_eq(mock_stats().new_producers, 1);
    cr_assert_eq(mock_stats().unknown_outcomes, 0);
    cr_assert_eq(mock_stats().commits, 2);
}

Test(outcome, an_end_without_answer_that_did_not_happen_is_sent_again) {
    mock_join();
    mock_track();
    rd_kafka_mock_broker_push_request_error_rtts(mock.cluster, BROKER, API_END, 1, RD_KAFKA_RESP_ERR_NO_ERROR,
                                                 TIMEOUT_MS * 3);
    cr_assert_eq(mock_commit(1), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    cr_assert_eq(mock_stats().unknown_outcomes, 1);
    cr_assert_eq(mock_stats().new_producers, 1);
    cr_assert_eq(mock_stats().commits, 1);
    cr_assert_eq(mock_requests(API_OFFSETS), 2);
}

/* What another life would have left: an offset with this text. The mock keeps those that do not come in a transaction.
 */
static void commit_plainly(uint64_t number) {
    char reason[512], text[MOCK_TEXT_BYTES];
    mock_write_text(number, text);
    rd_kafka_t *outsider = NULL;
    if (mock.source == NULL) {
        rd_kafka_conf_t *conf = rd_kafka_conf_new();
        rd_kafka_conf_set(conf, "bootstrap.servers", config_property(&mock.config, "bootstrap.servers"), reason,
                          sizeof reason);
        rd_kafka_conf_set(conf, "group.id", mock.config.group, reason, sizeof reason);
        outsider = rd_kafka_new(RD_KAFKA_CONSUMER, conf, reason, sizeof reason);
    }
    rd_kafka_t *client =
        outsider != NULL ? outsider : kafka_source_client(mock.source); /* a group takes its members' only */
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(PARTITIONS);
    for (int32_t partition = 0; partition < PARTITIONS; partition++) {
        rd_kafka_topic_partition_t *added =
            rd_kafka_topic_partition_list_add(list, mock.config.topics[CONFIG_TOPIC_INPUT], partition);
        added->offset = 10;
        added->metadata = strdup(text);
        added->metadata_size = strlen(text);
    }
    cr_assert_eq(rd_kafka_commit(client, list, 0), RD_KAFKA_RESP_ERR_NO_ERROR);
    rd_kafka_topic_partition_list_destroy(list);
    if (outsider != NULL) {
        rd_kafka_consumer_close(outsider);
        rd_kafka_destroy(outsider);
    }
}

Test(outcome, an_end_without_answer_that_did_happen_is_not_sent_again) {
    commit_plainly(3);
    mock_join();
    cr_assert_eq(mock_commit(4), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    commit_plainly(5); /* the mock forgot 4, which came in a transaction */
    mock_track();
    rd_kafka_mock_broker_push_request_error_rtts(mock.cluster, BROKER, API_END, 1, RD_KAFKA_RESP_ERR_NO_ERROR,
                                                 TIMEOUT_MS * 3);
    cr_assert_eq(mock_commit(5), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    cr_assert_eq(mock_stats().unknown_outcomes, 1);
    cr_assert_eq(mock_stats().commits, 2);
    cr_assert_eq(mock_requests(API_OFFSETS), 1);
    cr_assert_eq(mock_requests(API_END), 1);
}

/* The mock holds no offsets back, but forgets those of a transaction, which looks the same to who does not wait. */
Test(outcome, the_last_commit_is_made_once_more_where_it_is_held) {
    commit_plainly(4);
    mock_join();
    cr_assert_eq(mock_commit(5), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    mock_track();
    cr_expect_eq(kafka_transaction_settle(mock.transaction, 1, ASSIGNMENT, &mock.error), KAFKA_COMMIT_DONE);
    cr_expect_eq(mock_requests(API_OFFSETS), 1);
    cr_expect_eq(mock_requests(API_END), 1);
    cr_expect_eq(mock_requests(API_PRODUCE), 0);
    cr_expect_eq(mock_stats().commits, 2);
    cr_expect_eq(mock_commit(6), KAFKA_COMMIT_DONE, "%s", mock.error.text);
}

Test(outcome, nothing_is_made_once_more_that_is_in_or_another_s) {
    static const uint64_t told[] = {5, 6};
    commit_plainly(4);
    mock_join();
    cr_expect_eq(kafka_transaction_settle(mock.transaction, 0, ASSIGNMENT, &mock.error), KAFKA_COMMIT_DONE);
    cr_assert_eq(mock_commit(5), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    mock_track();
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        commit_plainly(told[i]);
        cr_expect_eq(kafka_transaction_settle(mock.transaction, 0, ASSIGNMENT, &mock.error), KAFKA_COMMIT_DONE);
    }
    commit_plainly(4);
    cr_expect_eq(kafka_transaction_settle(mock.transaction, 0, ASSIGNMENT + 1, &mock.error), KAFKA_COMMIT_DONE);
    cr_expect_eq(kafka_transaction_settle(mock.transaction, 99, ASSIGNMENT, &mock.error), KAFKA_COMMIT_DONE);
    cr_expect_eq(mock_requests(API_OFFSETS), 0);
    cr_expect_eq(mock_stats().commits, 1);
}

Test(outcome, a_text_of_the_epoch_before_means_that_this_one_is_not_in) {
    commit_plainly(4);
    mock_join();
    mock_track();
    rd_kafka_mock_broker_push_request_error_rtts(mock.cluster, BROKER, API_END, 1, RD_KAFKA_RESP_ERR_NO_ERROR,
                                                 TIMEOUT_MS * 3);
    cr_assert_eq(mock_commit(5), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    cr_assert_eq(mock_stats().unknown_outcomes, 1);
    cr_assert_eq(mock_requests(API_OFFSETS), 2);
}

Test(outcome, a_text_that_is_not_the_one_before_voids_the_assignment) {
    commit_plainly(7);
    mock_join();
    mock_track();
    cr_assert_eq(mock_commit(5), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    cr_assert_eq(mock_stats().voided_parts, PARTITIONS);
    cr_assert_eq(mock_stats().commits, 0);
    cr_assert_eq(mock_requests(API_END) + mock_requests(API_OFFSETS) + mock_requests(API_ADD_PARTITIONS), 0);
    cr_assert_not(atomic_load(&mock.ours[0]) || atomic_load(&mock.ours[1]));
}

/* Another life committed the epoch after: this one is not in, or is no longer the last; what is held is worth nothing.
 */
Test(outcome, an_unknown_outcome_under_a_text_of_somebody_else_voids_the_assignment) {
    commit_plainly(3);
    mock_join();
    cr_assert_eq(mock_commit(4), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    commit_plainly(9);
    mock_track();
    rd_kafka_mock_broker_push_request_error_rtts(mock.cluster, BROKER, API_END, 1, RD_KAFKA_RESP_ERR_NO_ERROR,
                                                 TIMEOUT_MS * 3);
    cr_assert_eq(mock_commit(5), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    cr_assert_eq(mock_stats().voided_parts, PARTITIONS);
    cr_assert_eq(mock_stats().commits, 1);
    cr_assert_eq(mock_requests(API_OFFSETS), 1);
}

/* ---- fenced and fatal */

/* A transaction whose time is over when its offsets are refused. */
static enum kafka_commit commit_that_is_fenced_late(void) {
    mock_set("kafka.transaction.timeout.ms=1000");
    mock_join();
    rd_kafka_mock_broker_push_request_error_rtts(mock.cluster, BROKER, API_PRODUCE, 1, RD_KAFKA_RESP_ERR_NO_ERROR, 700);
    rd_kafka_mock_broker_push_request_error_rtts(mock.cluster, BROKER, API_OFFSETS, 1,
                                                 RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, 700);
    return mock_commit(1);
}

/* The coordinator gave the transaction up for its age: nobody else is at work. */
Test(outcome, a_fence_of_a_transaction_beyond_its_time_is_no_other_life) {
    cr_assert_eq(commit_that_is_fenced_late(), KAFKA_COMMIT_DONE, "%s", mock.error.text);
    cr_assert_eq(mock_stats().new_producers, 1);
    cr_assert_eq(mock_stats().unknown_outcomes, 0);
    cr_assert_eq(mock_stats().commits, 1);
}

Test(outcome, a_fence_after_this_process_was_stopped_is_another_life) {
    mock.woken_ms = INT64_MAX;
    cr_assert_eq(commit_that_is_fenced_late(), KAFKA_COMMIT_FENCED);
}

Test(outcome, a_newer_life_fences_at_the_end) {
    mock_join();
    rd_kafka_mock_push_request_errors(mock.cluster, API_END, 1, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH);
    cr_assert_eq(mock_commit(1), KAFKA_COMMIT_FENCED);
    cr_assert(mock.error.fatal);
    cr_assert_eq(mock_stats().commits, 0);
}

Test(outcome, a_newer_life_fences_at_the_offsets) {
    mock_join();
    rd_kafka_mock_push_request_errors(mock.cluster, API_OFFSETS, 1, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH);
    cr_assert_eq(mock_commit(1), KAFKA_COMMIT_FENCED);
}

Test(outcome, a_newer_life_fences_at_the_first_partition) {
    mock_join();
    rd_kafka_mock_push_request_errors(mock.cluster, API_ADD_PARTITIONS, 1, RD_KAFKA_RESP_ERR_PRODUCER_FENCED);
    cr_assert_eq(mock_commit(1), KAFKA_COMMIT_FENCED);
}

Test(outcome, a_static_member_that_was_replaced_is_fenced) {
    mock_join();
    rd_kafka_mock_push_request_errors(mock.cluster, API_OFFSETS, 1, RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID);
    cr_assert_eq(mock_commit(1), KAFKA_COMMIT_FENCED);
}

Test(outcome, a_transactional_id_without_permission_is_fatal) {
    mock_join();
    rd_kafka_mock_push_request_errors(mock.cluster, API_ADD_OFFSETS, 1,
                                      RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    cr_assert_eq(mock_commit(1), KAFKA_COMMIT_FATAL);
    cr_assert(mock.error.fatal);
    cr_assert(strlen(mock.error.text) > 0);
}

Test(outcome, a_topic_without_permission_is_fatal_and_is_named) {
    mock_join();
    rd_kafka_mock_push_request_errors(mock.cluster, API_PRODUCE, 4, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
                                      RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
                                      RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
                                      RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    cr_assert_eq(mock_commit(1), KAFKA_COMMIT_FATAL);
    cr_assert(strstr(mock.error.text, "rail.") != NULL, "%s", mock.error.text);
}
