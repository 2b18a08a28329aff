/* Answers that hold nothing, from librdkafka's mock cluster and by hand: no answer is not an answer. (The mock names a
 * controller that it does not have, so which topic the input is cannot be asked of it: tests/kafka/cases_topics.py.) */
#include <criterion/criterion.h>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>
#include <time.h>

#include "base/log.h"
#include "base/timestamp.h"
#include "kafka/client.h"
#include "kafka/reader.h"
#include "kafka/topic_watch.h"

enum { API_LIST_OFFSETS = 2, PARTITIONS = 2, BROKER = 1, QUERY_MS = 2000 };

static rd_kafka_t *host;
static rd_kafka_mock_cluster_t *cluster;
static struct config config;
static const char *input;
static struct kafka_error error;

static void begin(void) {
    char text[512];
    log_set_level(LOG_ERROR);
    host = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), text, sizeof text);
    cr_assert_not_null(host, "%s", text);
    cluster = rd_kafka_mock_cluster_new(host, 1);
    config_init(&config);
    input = config.topics[CONFIG_TOPIC_INPUT];
    rd_kafka_mock_topic_create(cluster, input, PARTITIONS, 1);
    snprintf(text, sizeof text, "kafka.bootstrap.servers=%s", rd_kafka_mock_cluster_bootstraps(cluster));
    cr_assert(config_set(&config, text, "test", text), "%s", text);
    cr_assert(config_set(&config, "kafka.retry.backoff.ms=10", "test", text), "%s", text);
    cr_assert(config_finish(&config, text), "%s", text);
}

static void end(void) {
    config_release(&config);
    rd_kafka_mock_cluster_destroy(cluster);
    rd_kafka_destroy(host);
}

TestSuite(answers, .init = begin, .fini = end, .timeout = 60);

static void pause_ms(int ms) {
    nanosleep(&(struct timespec){0, ms * 1000000L}, NULL);
}

Test(answers, an_answer_without_an_offset_is_none) {
    static const struct {
        rd_kafka_resp_err_t err;
        int64_t offset;
        rd_kafka_resp_err_t code;
    } rows[] = {{RD_KAFKA_RESP_ERR_NO_ERROR, 0, RD_KAFKA_RESP_ERR_NO_ERROR},
                {RD_KAFKA_RESP_ERR_NO_ERROR, INT64_MAX, RD_KAFKA_RESP_ERR_NO_ERROR},
                {RD_KAFKA_RESP_ERR_NO_ERROR, RD_KAFKA_OFFSET_INVALID, RD_KAFKA_RESP_ERR__NO_OFFSET},
                {RD_KAFKA_RESP_ERR_NO_ERROR, RD_KAFKA_OFFSET_END, RD_KAFKA_RESP_ERR__NO_OFFSET},
                {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, 7, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t offset = -7;
        rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
        rd_kafka_topic_partition_t *found = rd_kafka_topic_partition_list_add(list, "t", 0);
        found->err = rows[i].err;
        found->offset = rows[i].offset;
        cr_expect_eq(kafka_answered_offset(found, &offset), rows[i].code);
        cr_expect(rows[i].code != RD_KAFKA_RESP_ERR_NO_ERROR || offset == rows[i].offset);
        cr_expect(kafka_error_is_passing(rows[i].code) == (rows[i].code != RD_KAFKA_RESP_ERR_NO_ERROR));
        rd_kafka_topic_partition_list_destroy(list);
    }
}

/* The broker goes away with the question: librdkafka gives an answer without an error and without an offset. */
Test(answers, where_a_log_ends_is_not_said_by_a_broken_connection) {
    struct kafka_reader *reader = kafka_reader_open(&config, &error);
    cr_assert_not_null(reader, "%s", error.text);
    unsigned failed = 0;
    for (unsigned round = 0; round < 6; round++) {
        struct kafka_watermarks log = {-7, -7};
        rd_kafka_mock_broker_push_request_error_rtts(cluster, BROKER, API_LIST_OFFSETS, 1, RD_KAFKA_RESP_ERR__TRANSPORT,
                                                     0);
        while (!kafka_reader_watermarks(reader, (struct kafka_place){input, 0}, QUERY_MS, &log, &error)) {
            cr_assert(error.retriable, "%s", error.text);
            failed++;
            pause_ms(50);
        }
        cr_expect_eq(log.low, 0);
        cr_expect_eq(log.high, 0);
    }
    cr_expect_gt(failed, 0, "the case was not met");
    kafka_reader_close(reader);
}

Test(answers, looking_never_waits) {
    struct kafka_topic_state state;
    struct kafka_topic_watch *watch = kafka_topic_watch_open(&config, input, &error);
    cr_assert_not_null(watch, "%s", error.text);
    int64_t slowest_ms = 0;
    rd_kafka_mock_broker_set_down(cluster, BROKER);
    for (int64_t until_ms = clock_steady_ms() + 1500; clock_steady_ms() < until_ms; pause_ms(5)) {
        int64_t began_ms = clock_steady_ms();
        cr_expect_not(kafka_topic_watch_look(watch, &state));
        kafka_topic_watch_ends(watch, (const int32_t[]){0, 1}, PARTITIONS);
        int64_t took_ms = clock_steady_ms() - began_ms;
        slowest_ms = took_ms > slowest_ms ? took_ms : slowest_ms;
    }
    cr_expect_lt(slowest_ms, 300);
    kafka_topic_watch_close(watch);
}

static bool ends_are_told(struct kafka_topic_watch *watch) {
    for (int64_t until_ms = clock_steady_ms() + 10000; clock_steady_ms() < until_ms; pause_ms(20)) {
        kafka_topic_watch_ends(watch, (const int32_t[]){1, 0}, PARTITIONS);
        if (kafka_topic_watch_end(watch, 0) == 3 && kafka_topic_watch_end(watch, 1) == 0) {
            return true;
        }
        cr_assert_geq(kafka_topic_watch_end(watch, 0), -1);
    }
    return false;
}

Test(answers, ends_are_what_the_broker_said_last) {
    struct kafka_topic_watch *watch = kafka_topic_watch_open(&config, input, &error);
    cr_expect_eq(kafka_topic_watch_end(watch, 0), -1);
    cr_expect_eq(kafka_topic_watch_end(watch, 99), -1);
    char text[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", rd_kafka_mock_cluster_bootstraps(cluster), text, sizeof text);
    rd_kafka_t *producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
    rd_kafka_topic_t *handle = rd_kafka_topic_new(producer, input, NULL);
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(rd_kafka_produce(handle, 0, RD_KAFKA_MSG_F_COPY, (char[]){"x"}, 1, NULL, 0, NULL), 0);
    }
    rd_kafka_flush(producer, 10000);
    rd_kafka_topic_destroy(handle);
    rd_kafka_destroy(producer);
    rd_kafka_mock_broker_push_request_error_rtts(cluster, BROKER, API_LIST_OFFSETS, 2, RD_KAFKA_RESP_ERR__TRANSPORT, 0,
                                                 RD_KAFKA_RESP_ERR__TRANSPORT, 0);
    cr_expect(ends_are_told(watch));
    kafka_topic_watch_close(watch);
}
