/* Options: where values come from, what is refused and how the errors read. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "config/config.h"
#include "core/rules.h"

static struct config config;
static char error[CONFIG_ERROR_BYTES];

static void begin(void) {
    config_init(&config);
    error[0] = '\0';
}

static void end(void) {
    config_release(&config);
}

TestSuite(config, .init = begin, .fini = end);

#define SET(assignment) cr_assert(config_set(&config, assignment, "--set", error), "%s", error)
/* The assignment is refused, and the error says each of the given words. */
#define REFUSED(assignment, ...) refused(assignment, (const char *const[]){__VA_ARGS__, NULL})
#define SAYS(...) says((const char *const[]){__VA_ARGS__, NULL})

static void says(const char *const *words) {
    for (; *words != NULL; words++) {
        cr_assert(strstr(error, *words) != NULL, "'%s' does not say '%s'", error, *words);
    }
}

static void refused(const char *assignment, const char *const *words) {
    cr_assert(!config_set(&config, assignment, "--set", error), "%s was taken", assignment);
    says(words);
}

static bool read_text(const char *text) {
    char path[] = "/tmp/caravan-config-XXXXXX";
    int file = mkstemp(path);
    cr_assert(file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text));
    close(file);
    bool good = config_read_file(&config, path, error);
    unlink(path);
    return good;
}

static bool finish(void) {
    return config_set(&config, "kafka.bootstrap.servers=localhost:9092", "--set", error) &&
           config_finish(&config, error);
}

Test(config, defaults_are_those_of_the_documentation) {
    cr_assert_str_eq(config.topics[CONFIG_TOPIC_INPUT], "rail.manifest-events");
    cr_assert_str_eq(config.topics[CONFIG_TOPIC_DEAD_LETTERS], "rail.dead-letters");
    cr_assert_eq(config.retention_days, 75);
    cr_assert_eq(config.message_bytes_max, 1048576);
    cr_assert_eq(config.train_bytes_max, 8388608);
    cr_assert_eq(config.checkpoint_bytes, UINT64_C(268435456));
    cr_assert_eq(config.checkpoint_age_ms, 6 * 3600 * 1000);
    cr_assert_eq(config.commit_interval_ms, 100);
    cr_assert_eq(config.counters_interval_ms, 10000);
    cr_assert_eq(config.lanes, 1);
    cr_assert_eq(config.log_level, LOG_INFO);
    cr_assert(!config.emit_always && !config.rules_accept);
}

Test(config, choices_have_the_numbers_of_the_core) {
    for (int i = 0; i < MERGE_POLICY_COUNT; i++) {
        char text[64];
        snprintf(text, sizeof text, "merge.policy=%s", MERGE_POLICY_NAMES[i]);
        SET(text);
        cr_assert_eq(config.merge_policy, i);
    }
    for (int i = 0; i < REQUIRE_LEVEL_COUNT; i++) {
        char text[64];
        snprintf(text, sizeof text, "clearance.require=%s", REQUIRE_LEVEL_NAMES[i]);
        SET(text);
        cr_assert_eq(config.require_level, i);
    }
    SET("emit=always");
    cr_assert(config.emit_always);
    SET("rules.change=accept");
    cr_assert(config.rules_accept);
    SET("log.level=debug");
    cr_assert_eq(config.log_level, LOG_DEBUG);
}

Test(config, sizes_and_times_take_units) {
    SET("checkpoint.bytes = 64 KiB");
    cr_assert_eq(config.checkpoint_bytes, 65536);
    SET("checkpoint.bytes=2GiB");
    cr_assert_eq(config.checkpoint_bytes, UINT64_C(2147483648));
    SET("limits.message_bytes=512B");
    cr_assert_eq(config.message_bytes_max, 512);
    SET("checkpoint.age=90min");
    cr_assert_eq(config.checkpoint_age_ms, 5400000);
    SET("checkpoint.age=2d");
    cr_assert_eq(config.checkpoint_age_ms, 172800000);
    SET("shutdown.timeout=0");
    cr_assert_eq(config.shutdown_timeout_ms, 0);
}

Test(config, a_number_without_its_unit_is_refused) {
    REFUSED("checkpoint.bytes=1048576", "--set", "checkpoint.bytes", "1048576", "unit", "KiB");
    REFUSED("commit.interval=100", "commit.interval", "unit", "ms");
    REFUSED("checkpoint.bytes=1MB", "unit");
    REFUSED("commit.interval=1m", "unit");
    REFUSED("checkpoint.bytes=1.5GiB", "unit");
    REFUSED("checkpoint.bytes=-1KiB", "unit");
    REFUSED("checkpoint.bytes=99999999999999999999TiB", "unit");
    REFUSED("checkpoint.bytes=9999999TiB", "unit");
    REFUSED("checkpoint.bytes=", "unit");
}

Test(config, ranges_are_named) {
    REFUSED("retention.days=0", "retention.days", "1 to 36500");
    REFUSED("pipeline.lanes=65", "1 to 64");
    REFUSED("limits.message_bytes=65MiB", "1B to 64MiB");
    REFUSED("commit.interval=2min", "1ms to 1min");
    REFUSED("pipeline.lanes=two", "whole number");
}

Test(config, a_bad_choice_names_the_good_ones) {
    REFUSED("merge.policy=automatic", "merge.policy", "automatic", "auto applied never");
    REFUSED("emit=", "ready always");
}

Test(config, names_are_names) {
    REFUSED("topic.input=a/b", "topic.input", "letters");
    REFUSED("group=", "group");
    REFUSED("topic.input=..", "topic.input");
    SET("worker.id=w_1.a-B");
    cr_assert_str_eq(config.worker_id, "w_1.a-B");
}

Test(config, an_unknown_name_gets_the_nearest_right_one) {
    REFUSED("merge.polcy=auto", "--set", "'merge.polcy'", "did you mean 'merge.policy'");
    REFUSED("topics.input=x", "'topic.input'");
    REFUSED("limit.message_bytes=1KiB", "'limits.message_bytes'");
    REFUSED("bootstrap.servers=x", "--help", "kafka.");
}

Test(config, a_file_is_read_and_its_lines_are_named) {
    cr_assert(read_text("# comment\n! another\n\n  merge.policy = never  "
                        "\r\nkafka.bootstrap.servers=a:1,b:2\nkafka.sasl.username = x = y"),
              "%s", error);
    cr_assert_eq(config.merge_policy, MERGE_NEVER);
    cr_assert_str_eq(config_property(&config, "bootstrap.servers"), "a:1,b:2");
    cr_assert_str_eq(config_property(&config, "sasl.username"), "x = y");
    cr_assert(!read_text("\n\nemit = never\n"));
    SAYS("/tmp/caravan-config-", ":3:", "emit");
    cr_assert(!read_text("emit: ready\n"));
    SAYS(":1:", "'='");
    cr_assert(!config_read_file(&config, "/nowhere/x.properties", error));
    SAYS("/nowhere/x.properties", "No such file");
}

Test(config, later_sources_win) {
    char *environment[] = {"CARAVAN_MERGE_POLICY=never", "PATH=/bin", NULL};
    cr_assert(read_text("merge.policy=applied\nemit=always\n"));
    cr_assert(config_read_environment(&config, environment, error), "%s", error);
    cr_assert_eq(config.merge_policy, MERGE_NEVER);
    cr_assert(config.emit_always);
    SET("merge.policy=auto");
    cr_assert_eq(config.merge_policy, MERGE_AUTO);
}

Test(config, the_environment_sets_every_kind) {
    char *environment[] = {"CARAVAN_LIMITS_MESSAGE_BYTES=2MiB", "CARAVAN_TOPIC_DEAD_LETTERS=dl",
                           "CARAVAN_KAFKA_BOOTSTRAP_SERVERS=h:1", "CARAVAN_GROUP=g", NULL};
    cr_assert(config_read_environment(&config, environment, error), "%s", error);
    cr_assert_eq(config.message_bytes_max, 2097152);
    cr_assert_str_eq(config.topics[CONFIG_TOPIC_DEAD_LETTERS], "dl");
    cr_assert_str_eq(config_property(&config, "bootstrap.servers"), "h:1");
    cr_assert_str_eq(config.group, "g");
}

Test(config, an_unknown_variable_is_refused_unless_it_is_somebody_elses) {
    char *typo[] = {"CARAVAN_MERGE_POLICE=never", NULL};
    cr_assert(!config_read_environment(&config, typo, error));
    SAYS("CARAVAN_MERGE_POLICE", "CARAVAN_MERGE_POLICY");
    char *bad[] = {"CARAVAN_RETENTION_DAYS=many", NULL};
    cr_assert(!config_read_environment(&config, bad, error));
    SAYS("CARAVAN_RETENTION_DAYS", "retention.days", "whole number");
    char *others[] = {"CARAVAN_TEST_BROKERS=x",
                      "CARAVAN_LONG=1",
                      "CARAVAN_ONLY=a",
                      "CARAVAN_LIBRDKAFKA_SOURCE=f",
                      "CARAVAN_WITHOUT_LIBRDKAFKA=1",
                      "CARAVAN_SERVICE_HOST=10.0.0.1",
                      "CARAVAN_PORT=tcp://10.0.0.1:80",
                      "CARAVAN_PORT_80_TCP_ADDR=10.0.0.1",
                      "CARAVAN_WORKER_SERVICE_PORT_HTTP=80",
                      "CARAVAN_WORKER_PORT_80_TCP=x",
                      NULL};
    cr_assert(config_read_environment(&config, others, error), "%s", error);
}

Test(config, what_caravan_owns_cannot_be_set_and_the_error_says_why) {
    REFUSED("kafka.transactional.id=x", "kafka.transactional.id", "worker.id");
    REFUSED("kafka.enable.auto.commit=true", "one transaction");
    REFUSED("kafka.isolation.level=read_uncommitted", "aborted");
    REFUSED("kafka.auto.offset.reset=earliest", "skip events");
    REFUSED("kafka.enable.partition.eof=false", "partition ends");
    REFUSED("kafka.group.id=x", "option is called group");
    REFUSED("kafka.partitioner=random", "Java");
    REFUSED("kafka.enable.idempotence=false", "transactions");
}

Test(config, secrets_are_never_shown) {
    struct buffer text = {0};
    SET("kafka.sasl.password=hunter2");
    SET("kafka.ssl.key.pem=hunter2");
    SET("kafka.sasl.jaas.config=hunter2");
    SET("kafka.sasl.oauthbearer.client.secret=hunter2");
    SET("kafka.sasl.username=ada");
    config_describe(&config, &text);
    buffer_append_byte(&text, '\0');
    cr_assert(strstr(text.data, "hunter2") == NULL);
    cr_assert(strstr(text.data, "kafka.sasl.password = ***") != NULL);
    cr_assert(strstr(text.data, "kafka.sasl.username = ada") != NULL);
    cr_assert(strstr(text.data, "checkpoint.bytes = 256MiB") != NULL);
    cr_assert(strstr(text.data, "checkpoint.age = 6h") != NULL);
    buffer_release(&text);
}

Test(config, a_piece_of_a_key_in_the_wrong_place_is_not_echoed) {
    cr_assert(!read_text("kafka.ssl.key.pem = begin\nMIIEvQIBADANBgkqhkiG9w0==\n"));
    SAYS(":2:");
    cr_assert(strstr(error, "MIIE") == NULL, "%s", error);
    cr_assert(!read_text("MIIEvQIBADANBgkqhkiG9w0\n"));
    cr_assert(strstr(error, "MIIE") == NULL, "%s", error);
}

Test(config, the_last_of_one_name_counts) {
    SET("kafka.client.rack=a");
    SET("kafka.client.rack=b");
    cr_assert_eq(config.property_count, 1);
    cr_assert_str_eq(config_property(&config, "client.rack"), "b");
    cr_assert_null(config_property(&config, "client"));
}

Test(config, finish_needs_a_cluster) {
    cr_assert(!config_finish(&config, error));
    SAYS("kafka.bootstrap.servers", "CARAVAN_KAFKA_BOOTSTRAP_SERVERS");
}

Test(config, finish_refuses_contradictions) {
    SET("topic.traffic=rail.clearances");
    cr_assert(!finish());
    SAYS("rail.clearances");
    SET("topic.traffic=t");
    SET("state.bytes_max=2MiB");
    cr_assert(!finish());
    SAYS("state.bytes_max", "limits.train_bytes");
}

Test(config, worker_id_follows_the_static_member) {
    SET("kafka.group.instance.id=node-3");
    cr_assert(finish());
    cr_assert_str_eq(config.worker_id, "node-3");
}

Test(config, worker_id_is_random_for_each_life) {
    struct config other;
    cr_assert(finish());
    config_init(&other);
    cr_assert(config_set(&other, "kafka.bootstrap.servers=x", "--set", error) && config_finish(&other, error));
    cr_assert_str_neq(config.worker_id, other.worker_id);
    config_release(&other);
}

Test(config, an_explicit_worker_id_stays) {
    SET("worker.id=me");
    SET("kafka.group.instance.id=node-3");
    cr_assert(finish());
    cr_assert_str_eq(config.worker_id, "me");
}

Test(config, help_and_documentation_name_every_option) {
    static const char *const names[] = {"group",
                                        "topic.input",
                                        "worker.id",
                                        "merge.policy",
                                        "clearance.require",
                                        "rules.change",
                                        "emit",
                                        "retention.days",
                                        "limits.message_bytes",
                                        "limits.train_bytes",
                                        "state.bytes_max",
                                        "checkpoint.bytes",
                                        "checkpoint.age",
                                        "commit.interval",
                                        "counters.interval",
                                        "pipeline.lanes",
                                        "shutdown.timeout",
                                        "kafka.NAME"};
    struct buffer help = {0}, table = {0};
    config_help(&help);
    config_markdown(&table);
    buffer_append_byte(&help, '\0');
    buffer_append_byte(&table, '\0');
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char line[64], row[64];
        snprintf(line, sizeof line, "  %s = ", names[i]);
        snprintf(row, sizeof row, "| `%s` |", names[i]);
        cr_assert(strstr(help.data, line) != NULL, "%s", names[i]);
        cr_assert(strstr(table.data, row) != NULL, "%s", names[i]);
    }
    cr_assert(strstr(help.data, "auto, applied or never  [auto]") != NULL);
    buffer_release(&help);
    buffer_release(&table);
}
