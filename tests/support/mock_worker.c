#include "support/mock_worker.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/timestamp.h"

enum { JOIN_PATIENCE_MS = 20000 };

struct mock mock;

static void need(bool good, const char *what) {
    if (!good) {
        fprintf(stderr, "mock worker: %s\n", what);
        abort();
    }
}

/* ---- the worker around it */

static void on_assigned(void *context, const int32_t *partitions, size_t count, uint64_t life) {
    (void)context, (void)life;
    for (size_t i = 0; i < count; i++) {
        atomic_store(&mock.ours[partitions[i]], true);
        need(kafka_source_start(mock.source, partitions[i], 0, &mock.error), mock.error.text);
    }
    mock.assigned_count += count;
}

static void on_revoked(void *context, const int32_t *partitions, size_t count, bool lost) {
    (void)context, (void)lost;
    for (size_t i = 0; i < count; i++) {
        atomic_store(&mock.ours[partitions[i]], false);
    }
}

static void on_position(void *context, int32_t partition, int64_t offset) {
    (void)context, (void)partition, (void)offset;
}

static void on_failed(void *context, const struct kafka_error *failure) {
    (void)context;
    need(false, failure->text);
}

static bool is_ours(void *context, int32_t partition, uint64_t assignment) {
    (void)context;
    return assignment == ASSIGNMENT && atomic_load(&mock.ours[partition]);
}

static void disown(void *context, int32_t partition, uint64_t assignment) {
    (void)context, (void)assignment;
    atomic_store(&mock.ours[partition], false);
}

static int64_t woken_ms(void *context) {
    (void)context;
    return mock.woken_ms;
}

static bool is_stopping(void *context) {
    (void)context;
    return atomic_load(&mock.stopping);
}

void mock_set(const char *assignment) {
    char text[CONFIG_ERROR_BYTES];
    need(config_set(&mock.config, assignment, "test", text), text);
}

static void make_cluster(void) {
    char text[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    mock.host = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
    need(mock.host != NULL, text);
    mock.cluster = rd_kafka_mock_cluster_new(mock.host, 1);
    need(mock.cluster != NULL, "not made");
    rd_kafka_mock_group_initial_rebalance_delay_ms(mock.cluster, 0);
    config_init(&mock.config);
    for (int topic = 0; topic < CONFIG_TOPIC_COUNT; topic++) {
        rd_kafka_mock_topic_create(mock.cluster, mock.config.topics[topic], PARTITIONS, 1);
    }
    snprintf(text, sizeof text, "kafka.bootstrap.servers=%s", rd_kafka_mock_cluster_bootstraps(mock.cluster));
    mock_set(text);
    snprintf(text, sizeof text, "kafka.transaction.timeout.ms=%d", TIMEOUT_MS);
    mock_set(text);
    mock_set("worker.id=w1");
    mock_set("kafka.batch.size=100000");
    mock_set("kafka.retry.backoff.ms=10");
    need(config_finish(&mock.config, text), text);
}

void mock_join(void) {
    static struct message messages[16];
    const struct kafka_source_callbacks callbacks = {NULL, on_assigned, on_revoked, on_position, on_failed};
    const struct kafka_transaction_hooks hooks = {NULL, is_ours, disown, woken_ms, is_stopping};
    mock.source = kafka_source_open(&mock.config, &callbacks, &mock.error);
    need(mock.source != NULL, mock.error.text);
    int64_t message_bytes_max[CONFIG_TOPIC_COUNT]; /* the mock does not tell how its topics are configured */
    memset(message_bytes_max, -1, sizeof message_bytes_max);
    mock.transaction = kafka_transaction_open(&mock.config, mock.source, &hooks, message_bytes_max, &mock.error);
    need(mock.transaction != NULL, mock.error.text);
    for (int64_t until_ms = clock_steady_ms() + JOIN_PATIENCE_MS;
         mock.assigned_count < PARTITIONS && clock_steady_ms() < until_ms;) {
        need(kafka_source_poll(mock.source, 100, messages, 16) == 0, "a message where none was sent");
    }
    need(mock.assigned_count == PARTITIONS, "not all partitions are assigned");
    outbox_init(&mock.outbox);
}

void mock_begin(void) {
    log_set_level(LOG_ERROR);
    make_cluster();
}

void mock_end(void) {
    if (mock.source != NULL) {
        atomic_store(&mock.stopping, true);
        kafka_transaction_close(mock.transaction);
        kafka_source_close(mock.source);
        outbox_release(&mock.outbox);
    }
    config_release(&mock.config);
    rd_kafka_mock_cluster_destroy(mock.cluster);
    rd_kafka_destroy(mock.host);
}

void mock_write_text(uint64_t number, char text[MOCK_TEXT_BYTES]) {
    *text = '\0';
    if (number > 0) {
        snprintf(text, MOCK_TEXT_BYTES, "2 %" PRIu64 " - - 0 0 0 0 0 0 0 auto summary 0 -", number);
    }
}

/* One epoch: a record, a dead letter with a header, and the offset, of every partition. */
enum kafka_commit mock_commit(uint64_t number) {
    const struct message_header headers[] = {{SLICE("reason"), SLICE("NOT_JSON")}, {SLICE("none"), {NULL, 0}}};
    const struct outbox *boxes[] = {&mock.outbox};
    for (int32_t partition = 0; partition < PARTITIONS; partition++) {
        char text[MOCK_TEXT_BYTES], previous[MOCK_TEXT_BYTES];
        mock_write_text(number, text);
        mock_write_text(number - 1, previous);
        if (!mock.without_records) {
            outbox_put(&mock.outbox, &(struct output){.topic = OUTPUT_CLEARANCES,
                                                      .input_partition = partition,
                                                      .key = SLICE("key"),
                                                      .value = SLICE("value")});
        }
        outbox_put(&mock.outbox, &(struct output){.topic = OUTPUT_DEAD_LETTERS,
                                                  .input_partition = partition,
                                                  .value = SLICE("bad"),
                                                  .headers = headers,
                                                  .header_count = 2});
        outbox_put_offset(&mock.outbox, &(struct output_offset){.partition = partition,
                                                                .assignment = ASSIGNMENT,
                                                                .offset = 10,
                                                                .metadata = slice_of(text),
                                                                .previous = slice_of(previous)});
    }
    enum kafka_commit result = kafka_transaction_commit(mock.transaction, boxes, 1, &mock.error);
    outbox_reset(&mock.outbox);
    return result;
}

struct kafka_commit_stats mock_stats(void) {
    return kafka_transaction_stats(mock.transaction);
}

void mock_track(void) {
    rd_kafka_mock_start_request_tracking(mock.cluster);
}

/* How many requests of this kind the brokers got since track. */
size_t mock_requests(int16_t api) {
    size_t count, found = 0;
    rd_kafka_mock_request_t **all = rd_kafka_mock_get_requests(mock.cluster, &count);
    for (size_t i = 0; i < count; i++) {
        found += rd_kafka_mock_request_api_key(all[i]) == api;
    }
    rd_kafka_mock_request_destroy_array(all, count);
    return found;
}
