/* Errors that a broker does not give on demand, injected by librdkafka's mock cluster: what a commit makes of each. The
 * mock forgets offsets that come in a transaction and ignores aborts, so what is asserted is the result, the counts,
 * and what was asked of the brokers. */
#include <criterion/criterion.h>

#include <inttypes.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/timestamp.h"
#include "kafka/transaction.h"

enum { API_PRODUCE = 0, API_INIT = 22, API_ADD_PARTITIONS = 24, API_ADD_OFFSETS = 25, API_END = 26, API_OFFSETS = 28 };
enum { PARTITIONS = 2, ASSIGNMENT = 7, BROKER = 1, JOIN_PATIENCE_MS = 20000, TIMEOUT_MS = 3000 };

static rd_kafka_t *host;
static rd_kafka_mock_cluster_t *cluster;
static struct config config;
static struct kafka_source *source;
static struct kafka_transaction *transaction;
static struct outbox outbox;
static struct kafka_error error;
static atomic_bool ours[PARTITIONS];
static atomic_bool stopping;
static size_t assigned_count;
static bool with_records = true; /* in an epoch; each case is a process of its own */

/* ---- the worker around it */

static void on_assigned(void *context, const int32_t *partitions, size_t count) {
    (void)context;
    for (size_t i = 0; i < count; i++) {
        atomic_store(&ours[partitions[i]], true);
        cr_assert(kafka_source_start(source, partitions[i], 0, &error), "%s", error.text);
    }
    assigned_count += count;
}

static void on_revoked(void *context, const int32_t *partitions, size_t count, bool lost) {
    (void)context, (void)lost;
    for (size_t i = 0; i < count; i++) {
        atomic_store(&ours[partitions[i]], false);
    }
}

static void on_position(void *context, int32_t partition, int64_t offset) {
    (void)context, (void)partition, (void)offset;
}

static void on_failed(void *context, const struct kafka_error *failure) {
    (void)context;
    cr_assert_fail("the source failed: %s", failure->text);
}

static bool is_ours(void *context, int32_t partition, uint64_t assignment) {
    (void)context;
    return assignment == ASSIGNMENT && atomic_load(&ours[partition]);
}

static bool is_stopping(void *context) {
    (void)context;
    return atomic_load(&stopping);
}

static void set(const char *assignment) {
    char text[CONFIG_ERROR_BYTES];
    cr_assert(config_set(&config, assignment, "test", text), "%s", text);
}

static void make_cluster(void) {
    char text[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    host = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
    cr_assert_not_null(host, "%s", text);
    cluster = rd_kafka_mock_cluster_new(host, 1);
    cr_assert_not_null(cluster);
    rd_kafka_mock_group_initial_rebalance_delay_ms(cluster, 0);
    config_init(&config);
    for (int topic = 0; topic < CONFIG_TOPIC_COUNT; topic++) {
        rd_kafka_mock_topic_create(cluster, config.topics[topic], PARTITIONS, 1);
    }
    snprintf(text, sizeof text, "kafka.bootstrap.servers=%s", rd_kafka_mock_cluster_bootstraps(cluster));
    set(text);
    snprintf(text, sizeof text, "kafka.transaction.timeout.ms=%d", TIMEOUT_MS);
    set(text);
    set("worker.id=w1");
    set("kafka.batch.size=100000"); /* the mock does not tell how its topics are configured */
    set("kafka.retry.backoff.ms=10");
    cr_assert(config_finish(&config, text), "%s", text);
}

static void join(void) {
    static struct message messages[16];
    const struct kafka_source_callbacks callbacks = {NULL, on_assigned, on_revoked, on_position, on_failed};
    const struct kafka_transaction_hooks hooks = {NULL, is_ours, is_stopping};
    source = kafka_source_open(&config, &callbacks, &error);
    cr_assert_not_null(source, "%s", error.text);
    transaction = kafka_transaction_open(&config, source, &hooks, &error);
    cr_assert_not_null(transaction, "%s", error.text);
    for (int64_t until_ms = clock_steady_ms() + JOIN_PATIENCE_MS;
         assigned_count < PARTITIONS && clock_steady_ms() < until_ms;) {
        cr_assert_eq(kafka_source_poll(source, 100, messages, 16), 0);
    }
    cr_assert_eq(assigned_count, PARTITIONS);
    outbox_init(&outbox);
}

static void begin(void) {
    log_set_level(LOG_ERROR);
    make_cluster();
}

static void end(void) {
    if (source != NULL) {
        atomic_store(&stopping, true);
        kafka_transaction_close(transaction);
        kafka_source_close(source);
        outbox_release(&outbox);
    }
    config_release(&config);
    rd_kafka_mock_cluster_destroy(cluster);
    rd_kafka_destroy(host);
}

TestSuite(transaction, .init = begin, .fini = end, .timeout = 120);

/* One epoch: a record, a dead letter with a header, and the offset, of every partition. */
static enum kafka_commit commit(uint64_t number) {
    const struct message_header headers[] = {{SLICE("reason"), SLICE("NOT_JSON")}, {SLICE("none"), {NULL, 0}}};
    const struct outbox *boxes[] = {&outbox};
    for (int32_t partition = 0; partition < PARTITIONS; partition++) {
        char text[64];
        snprintf(text, sizeof text, "1 %" PRIu64 " - - 0 0 0 0 0 0 0 auto summary", number);
        if (with_records) {
            outbox_put(&outbox, &(struct output){OUTPUT_CLEARANCES, partition, SLICE("key"), SLICE("value"), NULL, 0});
        }
        outbox_put(&outbox, &(struct output){OUTPUT_DEAD_LETTERS, partition, {NULL, 0}, SLICE("bad"), headers, 2});
        outbox_put_offset(&outbox, &(struct output_offset){partition, ASSIGNMENT, 10, number, slice_of(text)});
    }
    enum kafka_commit result = kafka_transaction_commit(transaction, boxes, 1, &error);
    outbox_reset(&outbox);
    return result;
}

static struct kafka_commit_stats stats(void) {
    return kafka_transaction_stats(transaction);
}

static void track(void) {
    rd_kafka_mock_start_request_tracking(cluster);
}

/* How many requests of this kind the brokers got since track. */
static size_t requests(int16_t api) {
    size_t count, found = 0;
    rd_kafka_mock_request_t **all = rd_kafka_mock_get_requests(cluster, &count);
    for (size_t i = 0; i < count; i++) {
        found += rd_kafka_mock_request_api_key(all[i]) == api;
    }
    rd_kafka_mock_request_destroy_array(all, count);
    return found;
}

/* ---- what goes well */

Test(transaction, an_epoch_is_one_transaction) {
    join();
    track();
    cr_assert_eq(commit(1), KAFKA_COMMIT_DONE, "%s", error.text);
    cr_assert_eq(commit(2), KAFKA_COMMIT_DONE, "%s", error.text);
    cr_assert_eq(requests(API_END), 2);
    cr_assert_eq(requests(API_OFFSETS), 2);
    cr_assert_eq(requests(API_INIT), 0);
    cr_assert_eq(stats().commits, 2);
    cr_assert_eq(stats().aborts + stats().new_producers + stats().unknown_outcomes + stats().voided_parts, 0);
}

Test(transaction, an_empty_epoch_asks_nothing) {
    const struct outbox *boxes[] = {&outbox};
    join();
    track();
    cr_assert_eq(kafka_transaction_commit(transaction, boxes, 1, &error), KAFKA_COMMIT_DONE);
    cr_assert_eq(requests(API_END) + requests(API_ADD_PARTITIONS) + requests(API_ADD_OFFSETS), 0);
    cr_assert_eq(stats().commits, 0);
}

Test(transaction, a_part_that_is_no_longer_ours_is_left_out) {
    join();
    atomic_store(&ours[1], false);
    track();
    cr_assert_eq(commit(1), KAFKA_COMMIT_DONE);
    cr_assert_eq(stats().commits, 1);
    cr_assert_eq(stats().voided_parts, 1);
    atomic_store(&ours[0], false);
    cr_assert_eq(commit(2), KAFKA_COMMIT_DONE);
    cr_assert_eq(stats().voided_parts, 3);
    cr_assert_eq(requests(API_END), 1);
}

/* ---- retriable: librdkafka repeats, or we do */

static void expect_one_commit(void) {
    cr_assert_eq(commit(1), KAFKA_COMMIT_DONE, "%s", error.text);
    cr_assert_eq(stats().commits, 1);
    cr_assert_eq(stats().aborts, 0);
    cr_assert_eq(stats().unknown_outcomes, 0);
}

Test(transaction, coordinators_that_move_are_found_again) {
    join();
    rd_kafka_mock_push_request_errors(cluster, API_ADD_OFFSETS, 2, RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
                                      RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE);
    rd_kafka_mock_push_request_errors(cluster, API_OFFSETS, 1, RD_KAFKA_RESP_ERR_NOT_COORDINATOR);
    rd_kafka_mock_push_request_errors(cluster, API_END, 1, RD_KAFKA_RESP_ERR_NOT_COORDINATOR);
    expect_one_commit();
}

Test(transaction, concurrent_transactions_are_waited_for) {
    join();
    rd_kafka_mock_push_request_errors(cluster, API_ADD_PARTITIONS, 3, RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS,
                                      RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS,
                                      RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS);
    rd_kafka_mock_push_request_errors(cluster, API_ADD_OFFSETS, 1, RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS);
    rd_kafka_mock_push_request_errors(cluster, API_END, 1, RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS);
    expect_one_commit();
}

Test(transaction, a_loading_coordinator_is_waited_for) {
    join();
    rd_kafka_mock_push_request_errors(cluster, API_OFFSETS, 2, RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
                                      RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS);
    expect_one_commit();
}

Test(transaction, a_start_waits_for_the_coordinator) {
    rd_kafka_mock_push_request_errors(cluster, API_INIT, 3, RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE,
                                      RD_KAFKA_RESP_ERR_NOT_COORDINATOR, RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS);
    join();
    expect_one_commit();
}

/* ---- abort required: aborted, and sent again with the same bytes */

static void expect_one_abort(void) {
    cr_assert_eq(commit(1), KAFKA_COMMIT_DONE, "%s", error.text);
    cr_assert_eq(stats().commits, 1);
    cr_assert_eq(stats().aborts, 1);
    cr_assert_eq(stats().unknown_outcomes, 0);
    cr_assert_eq(commit(2), KAFKA_COMMIT_DONE, "%s", error.text);
    cr_assert_eq(stats().commits, 2);
    cr_assert_eq(stats().aborts, 1);
}

Test(transaction, a_generation_that_is_over_aborts) {
    join();
    rd_kafka_mock_push_request_errors(cluster, API_OFFSETS, 1, RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION);
    expect_one_abort();
}

Test(transaction, an_unknown_member_aborts) {
    join();
    rd_kafka_mock_push_request_errors(cluster, API_OFFSETS, 1, RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID);
    expect_one_abort();
}

Test(transaction, a_stale_member_epoch_aborts) {
    join();
    rd_kafka_mock_push_request_errors(cluster, API_OFFSETS, 1, RD_KAFKA_RESP_ERR_STALE_MEMBER_EPOCH);
    expect_one_abort();
}

Test(transaction, a_group_without_permission_aborts_each_time) {
    join();
    rd_kafka_mock_push_request_errors(cluster, API_OFFSETS, 2, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
                                      RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED);
    cr_assert_eq(commit(1), KAFKA_COMMIT_DONE, "%s", error.text);
    cr_assert_eq(stats().aborts, 2);
}

Test(transaction, an_aborted_part_that_is_lost_meanwhile_is_left_out) {
    join();
    rd_kafka_mock_push_request_errors(cluster, API_OFFSETS, 1, RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID);
    track();
    atomic_store(&ours[1], false);
    cr_assert_eq(commit(1), KAFKA_COMMIT_DONE);
    cr_assert_eq(stats().voided_parts, 1);
    cr_assert_eq(stats().aborts, 1);
    cr_assert_eq(requests(API_END), 2); /* the abort and the commit */
}

Test(transaction, a_failed_message_aborts) {
    join();
    rd_kafka_mock_push_request_errors(cluster, API_PRODUCE, 1, RD_KAFKA_RESP_ERR_INVALID_REQUIRED_ACKS);
    cr_assert_eq(commit(1), KAFKA_COMMIT_DONE, "%s", error.text);
    cr_assert_eq(stats().commits, 1);
    cr_assert_geq(stats().aborts, 1);
}

/* ---- the end of the transaction is not answered in time */

Test(transaction, a_broken_connection_at_the_end_changes_the_producer_afterwards) {
    join();
    rd_kafka_mock_push_request_errors(cluster, API_END, 1, RD_KAFKA_RESP_ERR__TRANSPORT);
    cr_assert_eq(commit(1), KAFKA_COMMIT_DONE, "%s", error.text);
    cr_assert_eq(stats().new_producers, 0);
    track();
    cr_assert_eq(commit(2), KAFKA_COMMIT_DONE, "%s", error.text);
    cr_assert_eq(stats().new_producers, 1);
    cr_assert_eq(requests(API_INIT), 1);
    cr_assert_eq(stats().unknown_outcomes, 0);
    cr_assert_eq(commit(3), KAFKA_COMMIT_DONE, "%s", error.text);
    cr_assert_eq(stats().new_producers, 1);
}

Test(transaction, a_slow_end_changes_the_producer_afterwards) {
    join();
    rd_kafka_mock_broker_push_request_error_rtts(cluster, BROKER, API_END, 1, RD_KAFKA_RESP_ERR_NO_ERROR, 2000);
    cr_assert_eq(commit(1), KAFKA_COMMIT_DONE, "%s", error.text);
    cr_assert_eq(commit(2), KAFKA_COMMIT_DONE, "%s", error.text);
    cr_assert_eq(stats().new_producers, 1);
    cr_assert_eq(stats().unknown_outcomes, 0);
    cr_assert_eq(stats().commits, 2);
}

Test(transaction, an_end_without_answer_that_did_not_happen_is_sent_again) {
    join();
    track();
    rd_kafka_mock_broker_push_request_error_rtts(cluster, BROKER, API_END, 1, RD_KAFKA_RESP_ERR_NO_ERROR,
                                                 TIMEOUT_MS * 3);
    cr_assert_eq(commit(1), KAFKA_COMMIT_DONE, "%s", error.text);
    cr_assert_eq(stats().unknown_outcomes, 1);
    cr_assert_eq(stats().new_producers, 1);
    cr_assert_eq(stats().commits, 1);
    cr_assert_eq(requests(API_OFFSETS), 2);
}

/* What another life would have left: an offset with this text. The mock keeps those that do not come in a transaction.
 */
static void commit_plainly(const char *text) {
    char reason[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", config_property(&config, "bootstrap.servers"), reason, sizeof reason);
    rd_kafka_conf_set(conf, "group.id", config.group, reason, sizeof reason);
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, reason, sizeof reason);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(PARTITIONS);
    for (int32_t partition = 0; partition < PARTITIONS; partition++) {
        rd_kafka_topic_partition_t *added =
            rd_kafka_topic_partition_list_add(list, config.topics[CONFIG_TOPIC_INPUT], partition);
        added->offset = 10;
        added->metadata = strdup(text);
        added->metadata_size = strlen(text);
    }
    cr_assert_eq(rd_kafka_commit(client, list, 0), RD_KAFKA_RESP_ERR_NO_ERROR);
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_consumer_close(client);
    rd_kafka_destroy(client);
}

Test(transaction, an_end_without_answer_that_did_happen_is_not_sent_again) {
    commit_plainly("1 5 - - 0 0 0 0 0 0 0 auto summary");
    join();
    track();
    rd_kafka_mock_broker_push_request_error_rtts(cluster, BROKER, API_END, 1, RD_KAFKA_RESP_ERR_NO_ERROR,
                                                 TIMEOUT_MS * 3);
    cr_assert_eq(commit(5), KAFKA_COMMIT_DONE, "%s", error.text);
    cr_assert_eq(stats().unknown_outcomes, 1);
    cr_assert_eq(stats().commits, 1);
    cr_assert_eq(requests(API_OFFSETS), 1);
    cr_assert_eq(requests(API_END), 1);
}

Test(transaction, a_text_of_the_epoch_before_means_that_this_one_is_not_in) {
    commit_plainly("1 4 - - 0 0 0 0 0 0 0 auto summary");
    join();
    track();
    rd_kafka_mock_broker_push_request_error_rtts(cluster, BROKER, API_END, 1, RD_KAFKA_RESP_ERR_NO_ERROR,
                                                 TIMEOUT_MS * 3);
    cr_assert_eq(commit(5), KAFKA_COMMIT_DONE, "%s", error.text);
    cr_assert_eq(stats().unknown_outcomes, 1);
    cr_assert_eq(requests(API_OFFSETS), 2);
}

/* ---- fenced and fatal */

Test(transaction, a_newer_life_fences_at_the_end) {
    join();
    rd_kafka_mock_push_request_errors(cluster, API_END, 1, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH);
    cr_assert_eq(commit(1), KAFKA_COMMIT_FENCED);
    cr_assert(error.fatal);
    cr_assert_eq(stats().commits, 0);
}

Test(transaction, a_newer_life_fences_at_the_offsets) {
    join();
    rd_kafka_mock_push_request_errors(cluster, API_OFFSETS, 1, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH);
    cr_assert_eq(commit(1), KAFKA_COMMIT_FENCED);
}

Test(transaction, a_newer_life_fences_at_the_first_partition) {
    join();
    rd_kafka_mock_push_request_errors(cluster, API_ADD_PARTITIONS, 1, RD_KAFKA_RESP_ERR_PRODUCER_FENCED);
    cr_assert_eq(commit(1), KAFKA_COMMIT_FENCED);
}

Test(transaction, a_static_member_that_was_replaced_is_fenced) {
    join();
    rd_kafka_mock_push_request_errors(cluster, API_OFFSETS, 1, RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID);
    cr_assert_eq(commit(1), KAFKA_COMMIT_FENCED);
}

Test(transaction, a_transactional_id_without_permission_is_fatal) {
    join();
    rd_kafka_mock_push_request_errors(cluster, API_ADD_OFFSETS, 1,
                                      RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    cr_assert_eq(commit(1), KAFKA_COMMIT_FATAL);
    cr_assert(error.fatal);
    cr_assert(strlen(error.text) > 0);
}

Test(transaction, a_topic_without_permission_is_fatal_and_is_named) {
    join();
    rd_kafka_mock_push_request_errors(cluster, API_PRODUCE, 4, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
                                      RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
                                      RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
                                      RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
    cr_assert_eq(commit(1), KAFKA_COMMIT_FATAL);
    cr_assert(strstr(error.text, "rail.") != NULL, "%s", error.text);
}

/* ---- dead letters that their topic does not take */

enum { LETTERS = 400, LONG_BYTES = 60000 /* above half of batch.size */ };

static void put_letters(void) {
    static char bytes[LONG_BYTES];
    for (int i = 0; i < LETTERS; i++) {
        struct slice value = {bytes, i == 7 ? LONG_BYTES : 100};
        outbox_put(&outbox, &(struct output){OUTPUT_DEAD_LETTERS, 0, {NULL, 0}, value, NULL, 0});
    }
}

Test(transaction, one_long_dead_letter_does_not_make_all_go_one_by_one) {
    with_records =
        false; /* the injected answer is to meet dead letters: the brokers answer in no fixed order of topics */
    join();
    track();
    put_letters();
    rd_kafka_mock_push_request_errors(cluster, API_PRODUCE, 1, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
    cr_assert_eq(commit(1), KAFKA_COMMIT_DONE, "%s", error.text);
    cr_assert_leq(stats().aborts, 3, "what was in flight when the first failed may cost another");
    cr_assert_eq(stats().oversized_dead_letters, 0, "alone, it was taken");
    cr_assert_lt(requests(API_PRODUCE), 40);
}

/* ---- stop */

Test(transaction, a_stop_ends_the_waiting) {
    join();
    rd_kafka_mock_broker_set_down(cluster, BROKER);
    atomic_store(&stopping, true);
    int64_t from_ms = clock_steady_ms();
    cr_assert_eq(commit(1), KAFKA_COMMIT_STOPPED);
    cr_assert_lt(clock_steady_ms() - from_ms, 3000);
    rd_kafka_mock_broker_set_up(cluster, BROKER);
}

/* The caller takes the outbox back, so nothing may be sent from it any more. */
Test(transaction, a_stopped_epoch_sends_nothing_afterwards) {
    join();
    rd_kafka_mock_broker_set_rtt(cluster, BROKER, 400);
    track();
    atomic_store(&stopping, true);
    cr_assert_eq(commit(1), KAFKA_COMMIT_STOPPED);
    nanosleep(&(struct timespec){.tv_sec = 2}, NULL);
    cr_assert_eq(requests(API_PRODUCE), 0);
    rd_kafka_mock_broker_set_rtt(cluster, BROKER, 0);
}

Test(transaction, a_broker_that_comes_back_gets_the_epoch) {
    join();
    rd_kafka_mock_push_request_errors(cluster, API_PRODUCE, 2, RD_KAFKA_RESP_ERR__TRANSPORT,
                                      RD_KAFKA_RESP_ERR__TRANSPORT);
    rd_kafka_mock_push_request_errors(cluster, API_OFFSETS, 1, RD_KAFKA_RESP_ERR__TRANSPORT);
    rd_kafka_mock_push_request_errors(cluster, API_ADD_OFFSETS, 1, RD_KAFKA_RESP_ERR__TRANSPORT);
    cr_assert_eq(commit(1), KAFKA_COMMIT_DONE, "%s", error.text);
    cr_assert_eq(stats().commits, 1);
}
