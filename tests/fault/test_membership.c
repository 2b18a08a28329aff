/* A membership that breaks though nobody says so. librdkafka's mock cluster answers JoinGroup by UNKNOWN_MEMBER_ID, as
 * a broker does when a static member's session ended while it did not hear anything: the client joins again under a new
 * id with what it had, and calls nothing back. */
#include <criterion/criterion.h>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>

#include "base/log.h"
#include "base/timestamp.h"
#include "kafka/source.h"

enum { API_JOIN_GROUP = 11, API_HEARTBEAT = 12, PARTITIONS = 2, BROKER = 1, PATIENCE_MS = 30000 };

static rd_kafka_t *host;
static rd_kafka_mock_cluster_t *cluster;
static struct config config;
static struct kafka_source *source;
static size_t assigned_count, revoked_count;
static uint64_t assigned_life;

static void on_assigned(void *context, const int32_t *partitions, size_t count, uint64_t life) {
    struct kafka_error error;
    (void)context;
    for (size_t i = 0; i < count; i++) {
        cr_assert(kafka_source_start(source, partitions[i], 0, &error), "%s", error.text);
    }
    assigned_count += count;
    assigned_life = life;
}

static void on_revoked(void *context, const int32_t *partitions, size_t count, bool lost) {
    (void)context, (void)partitions, (void)lost;
    revoked_count += count;
}

static void on_position(void *context, int32_t partition, int64_t offset) {
    (void)context, (void)partition, (void)offset;
}

static void on_failed(void *context, const struct kafka_error *failure) {
    (void)context;
    cr_assert_fail("the source failed: %s", failure->text);
}

static void set(const char *assignment) {
    char text[CONFIG_ERROR_BYTES];
    cr_assert(config_set(&config, assignment, "test", text), "%s", text);
}

static void begin(void) {
    char text[512];
    log_set_level(LOG_ERROR);
    host = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), text, sizeof text);
    cr_assert_not_null(host, "%s", text);
    cluster = rd_kafka_mock_cluster_new(host, 1);
    rd_kafka_mock_group_initial_rebalance_delay_ms(cluster, 0);
    config_init(&config);
    rd_kafka_mock_topic_create(cluster, config.topics[CONFIG_TOPIC_INPUT], PARTITIONS, 1);
    snprintf(text, sizeof text, "kafka.bootstrap.servers=%s", rd_kafka_mock_cluster_bootstraps(cluster));
    set(text);
    set("kafka.session.timeout.ms=3000");
    set("kafka.heartbeat.interval.ms=100");
}

static void join(void) {
    char text[CONFIG_ERROR_BYTES];
    static struct message messages[16];
    struct kafka_error error;
    const struct kafka_source_callbacks callbacks = {NULL, on_assigned, on_revoked, on_position, on_failed};
    cr_assert(config_finish(&config, text), "%s", text);
    source = kafka_source_open(&config, &callbacks, &error);
    cr_assert_not_null(source, "%s", error.text);
    for (int64_t until_ms = clock_steady_ms() + PATIENCE_MS;
         assigned_count < PARTITIONS && clock_steady_ms() < until_ms;) {
        kafka_source_poll(source, 100, messages, 16);
    }
    cr_assert_eq(assigned_count, PARTITIONS);
}

static void end(void) {
    kafka_source_close(source);
    config_release(&config);
    rd_kafka_mock_cluster_destroy(cluster);
    rd_kafka_destroy(host);
}

TestSuite(membership, .init = begin, .fini = end, .timeout = 120);

/* Polls until the life is another one than `life`, at most `ms`. */
static bool life_changes(uint64_t life, int64_t ms) {
    static struct message messages[16];
    int64_t until_ms = clock_steady_ms() + ms;
    while (kafka_source_life(source) == life && clock_steady_ms() < until_ms) {
        kafka_source_poll(source, 50, messages, 16);
    }
    return kafka_source_life(source) != life;
}

Test(membership, a_new_assignment_knows_its_life) {
    join();
    cr_assert_gt(assigned_life, 0);
    cr_assert_eq(assigned_life, kafka_source_life(source));
}

Test(membership, a_static_member_that_joins_again_under_a_new_id_has_another_life) {
    set("kafka.group.instance.id=w2");
    join();
    uint64_t life = assigned_life;
    rd_kafka_mock_push_request_errors(cluster, API_JOIN_GROUP, 1, RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID);
    rd_kafka_mock_push_request_errors(cluster, API_HEARTBEAT, 1, RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS);
    cr_assert(life_changes(life, PATIENCE_MS), "nobody noticed");
    cr_assert_eq(revoked_count, 0, "librdkafka says so by now: then this test shows nothing any more");
    cr_assert_eq(assigned_count, PARTITIONS);
}

Test(membership, a_rebalance_that_the_member_takes_part_in_is_the_same_life) {
    join();
    uint64_t life = assigned_life;
    for (int round = 0; round < 3; round++) {
        rd_kafka_mock_push_request_errors(cluster, API_HEARTBEAT, 1, RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS);
        cr_assert_not(life_changes(life, 1500), "a break where there was none");
    }
    cr_assert_eq(revoked_count, 0);
}
