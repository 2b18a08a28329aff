/* Options: where values come from, what is refused and how the errors read. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "config/config.h"
#include "event/kinds.h"
#include "record/rules.h"

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
    REFUSED("checkpoint.bytes=18446744073709551716KiB", "18446744073709551716");
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
    REFUSED("nothing.like.it=x", "--help", "kafka.");
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

Test(config, values_are_as_written) {
    char *environment[] = {"CARAVAN_KAFKA_SSL_KEY_PASSWORD= y \r\n", "CARAVAN_GROUP= g ", NULL};
    cr_assert(read_text("kafka.sasl.password =  x y \nemit = always \t\nkafka.client.rack= r\t\r\nkafka.debug=\n"),
              "%s", error);
    cr_assert_str_eq(config_property(&config, "sasl.password"), "x y ");
    cr_assert_str_eq(config_property(&config, "client.rack"), "r\t");
    cr_assert_str_eq(config_property(&config, "debug"), "");
    cr_assert(config.emit_always);
    SET(" kafka.sasl.username = u ");
    cr_assert_str_eq(config_property(&config, "sasl.username"), "u ");
    cr_assert(config_read_environment(&config, environment, error), "%s", error);
    cr_assert_str_eq(config_property(&config, "ssl.key.password"), " y ");
    cr_assert_str_eq(config.group, "g");
}

Test(config, a_byte_order_mark_is_passed_over_or_named) {
    cr_assert(read_text("\xef\xbb\xbf"
                        "emit = always\n"),
              "%s", error);
    cr_assert(config.emit_always);
    cr_assert(read_text("\xef\xbb\xbf# comment\nemit = ready\n") && !config.emit_always, "%s", error);
    cr_assert(read_text("\xef\xbb\xbf"), "%s", error);
    cr_assert(!read_text("emit = ready\n\xef\xbb\xbf"
                         "emit = ready\n"));
    SAYS(":2:");
    cr_assert(!read_text("\xff\xfe"
                         "e"));
    SAYS("UTF-16");
    cr_assert(!read_text("\xfe\xff"));
    SAYS("UTF-16");
}

Test(config, an_empty_variable_sets_nothing) {
    char *environment[] = {"CARAVAN_MERGE_POLICY=", "CARAVAN_KAFKA_BOOTSTRAP_SERVERS=", "CARAVAN_WORKER_ID=",
                           "CARAVAN_RETENTION_DAYS=\n", NULL};
    SET("merge.policy=never");
    cr_assert(config_read_environment(&config, environment, error), "%s", error);
    cr_assert_eq(config.merge_policy, MERGE_NEVER);
    cr_assert_null(config_property(&config, "bootstrap.servers"));
    char *typo[] = {"CARAVAN_MERGE_POLICE=", NULL};
    cr_assert(!config_read_environment(&config, typo, error), "an empty one with a wrong name is a wrong name");
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

/* Entries add up over the lines of a file, sorted, each once; each place over another begins anew. */
Test(config, what_is_recognised_is_a_list) {
    cr_expect_null(config.recognised);
    cr_assert(read_text("recognised = control:KZ:risk, aeo:DE:2020-12-01\nrecognised=aeo:DE:2020-12-01\n"
                        "recognised = control:BY:physical-inspection\n"),
              "%s", error);
    cr_expect_str_eq(config.recognised, "aeo:DE:2020-12-01,control:BY:physical-inspection,control:KZ:risk");
    char *environment[] = {"CARAVAN_RECOGNISED=control:PL:document\naeo:PL:2021-01-01", NULL};
    cr_assert(config_read_environment(&config, environment, error), "%s", error);
    cr_expect_str_eq(config.recognised, "aeo:PL:2021-01-01,control:PL:document");
    SET("recognised=control:RU:risk");
    SET("recognised=control:MN:risk");
    cr_expect_str_eq(config.recognised, "control:MN:risk,control:RU:risk");
}

Test(config, nothing_is_recognised_by_an_empty_list) {
    cr_assert(read_text("recognised = control:KZ:risk\n"));
    SET("recognised=");
    cr_expect_str_eq(config.recognised, "");
}

Test(config, entries_of_the_list_are_checked) {
    REFUSED("recognised=control:KZ:rsik", "--set: recognised", "'control:KZ:rsik'", "did you mean 'risk'?");
    REFUSED("recognised=aoe:KZ:2020-01-01", "did you mean 'aeo'?");
    REFUSED("recognised=control:KZ:image_scan", "did you mean 'image-scan'?");
    REFUSED("recognised=control:KZ:x", "no such kind");
    REFUSED("recognised=control:kz:risk", "two letters");
    REFUSED("recognised=control:KAZ:risk", "two letters");
    REFUSED("recognised=aeo:DE:2020-02-30", "calendar");
    REFUSED("recognised=aeo:DE:2020-1-1", "calendar");
    REFUSED("recognised=aeo:DE", "control:CC:KIND or aeo:CC:YYYY-MM-DD");
    REFUSED("recognised=risk", "control:CC:KIND or aeo:CC:YYYY-MM-DD");
    REFUSED("recognised=aeo:DE:2020-01-01,control:KZ:risks", "'control:KZ:risks'", "did you mean 'risk'?");
    SET("recognised=control:KZ:risk");
    REFUSED("recognised=control:KZ:rsik", "risk");
    cr_expect_str_eq(config.recognised, "control:KZ:risk", "what is refused changes nothing");
}

/* The list knows the kinds by heart, since config knows no events. */
Test(config, every_kind_of_control_can_be_recognised) {
    for (int i = 0; i < KIND_COUNT; i++) {
        char assignment[64];
        snprintf(assignment, sizeof assignment, "recognised=control:KZ:%s", CONTROL_KIND_NAMES[i]);
        SET(assignment);
    }
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

/* Kubernetes, for services called caravan-kafka, caravan-kafka-bootstrap, caravan-group and caravan-topic-input. */
Test(config, variables_of_services_are_somebody_elses) {
    char *services[] = {"CARAVAN_KAFKA_SERVICE_HOST=10.0.0.2",
                        "CARAVAN_KAFKA_SERVICE_PORT=9092",
                        "CARAVAN_KAFKA_SERVICE_PORT_TCP_CLIENTS=9092",
                        "CARAVAN_KAFKA_PORT=tcp://10.0.0.2:9092",
                        "CARAVAN_KAFKA_PORT_9092_TCP=tcp://10.0.0.2:9092",
                        "CARAVAN_KAFKA_PORT_9092_TCP_PROTO=tcp",
                        "CARAVAN_KAFKA_PORT_9092_TCP_PORT=9092",
                        "CARAVAN_KAFKA_PORT_9092_TCP_ADDR=10.0.0.2",
                        "CARAVAN_KAFKA_BOOTSTRAP_SERVICE_HOST=10.0.0.3",
                        "CARAVAN_KAFKA_BOOTSTRAP_PORT=tcp://10.0.0.3:9092",
                        "CARAVAN_KAFKA_BOOTSTRAP_SERVERS_SERVICE_HOST=10.0.0.3",
                        "CARAVAN_KAFKA_BROKERS_SERVICE_HOST=None",
                        "CARAVAN_GROUP_PORT=udp://10.0.0.4:80",
                        "CARAVAN_GROUP_PORT_80_UDP_ADDR=10.0.0.4",
                        "CARAVAN_TOPIC_INPUT_SERVICE_PORT=80",
                        "CARAVAN_LOG_LEVEL_PORT_80_SCTP=sctp://10.0.0.4:80",
                        NULL};
    cr_assert(config_read_environment(&config, services, error), "%s", error);
    cr_assert_eq(config.property_count, 0);
    char *others[] = {"CARAVAN_KAFKA_PORT=9092", NULL};
    cr_assert(config_read_environment(&config, others, error), "%s", error);
    cr_assert_eq(config.property_count, 1, "a number is no service's address: somebody meant a setting");
    char *typo[] = {"CARAVAN_PORT=8080", NULL};
    cr_assert(!config_read_environment(&config, typo, error));
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
    SET("kafka.bootstrap.servers= , ");
    cr_assert(!config_finish(&config, error), "a list of nobody");
    SAYS("kafka.bootstrap.servers is not set");
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

Test(config, state_bytes_follow_the_memory_limit) {
    cr_assert_eq(config_state_bytes(0), UINT64_C(4) << 30);
    cr_assert_eq(config_state_bytes(UINT64_C(512) << 20), UINT64_C(320) << 20);
    cr_assert_eq(config_state_bytes(UINT64_C(8) << 30), (UINT64_C(7) << 30) - (UINT64_C(128) << 20));
    cr_assert_eq(config_state_bytes(UINT64_C(64) << 20), UINT64_C(16) << 20, "a quarter at least");
    cr_assert(finish());
    cr_assert_neq(config.state_bytes_max, 0, "settled at the end");
}

Test(config, state_bytes_that_are_set_stay) {
    SET("state.bytes_max=77MiB");
    cr_assert(finish());
    cr_assert_eq(config.state_bytes_max, UINT64_C(77) << 20);
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

Test(config, http_is_on_loopback_by_default_and_can_be_turned_off) {
    cr_assert_str_eq(config.http_listen, "127.0.0.1:8480");
    cr_assert_eq(config.http_ready_ms, 30000);
    SET("http.listen=[::1]:9");
    cr_assert_str_eq(config.http_listen, "[::1]:9");
    SET("http.listen=");
    cr_assert_str_eq(config.http_listen, "");
    SET("http.token_file=/run/secrets/token");
    cr_assert_str_eq(config.http_token_file, "/run/secrets/token");
    REFUSED("http.listen=localhost:8480", "--set", "http.listen", "'localhost:8480'", "127.0.0.1:8480");
    REFUSED("http.listen=8480", "an IP address and a port");
    REFUSED("http.ready_within=30", "a time with its unit");
}
