/* Configuration as people try it: names of Java's clients, lines that stand twice, what was changed. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "config/config.h"

static struct config config;
static char error[CONFIG_ERROR_BYTES];

static void begin(void) {
    config_init(&config);
}

static void end(void) {
    config_release(&config);
}

TestSuite(assignment, .init = begin, .fini = end);

#define SET(assignment) cr_assert(config_set(&config, assignment, "--set", error), "%s", error)
/* The error says both. */
#define SAYS(one, other)                                                                                               \
    cr_assert(strstr(error, one) != NULL && strstr(error, other) != NULL, "'%s' does not say '%s' and '%s'", error,    \
              one, other)

static void refused(const char *assignment, const char *one, const char *other) {
    cr_assert(!config_set(&config, assignment, "--set", error), "%s was taken", assignment);
    SAYS(one, other);
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

Test(assignment, names_of_java_are_answered) {
    refused("bootstrap.servers=x", "--set: 'bootstrap.servers'", "write kafka.bootstrap.servers");
    refused("security.protocol=SSL", "write kafka.security.protocol", "--set: ");
    refused("sasl.oauthbearer.scope=x", "write kafka.sasl.oauthbearer.scope", "--set: ");
    refused("sasl.jaas.config=secret", "kafka.sasl.username and kafka.sasl.password", "--set: ");
    refused("kafka.sasl.jaas.config=secret", "kafka.sasl.username and kafka.sasl.password", "--set: ");
    refused("kafka.ssl.truststore.location=x.jks", "kafka.ssl.ca.location", "--set: ");
    refused("spring.kafka.bootstrap-servers=x", "write kafka.bootstrap.servers", "--set: ");
    refused("kafka.bootstrap-servers=x", "write kafka.bootstrap.servers", "--set: ");
    refused("kafka.value.deserializer=x", "leave it out", "--set: ");
    refused("group.id=x", "write group", "--set: ");
    refused("enable.auto.commit=true", "leave it out", "one transaction");
    SET("kafka.bootstrap.servers=h:1");
    SET("kafka.ssl.key.password=x");
}

Test(assignment, an_option_twice_in_a_file_is_an_error_with_both_lines) {
    cr_assert(!read_text("emit = ready\n# comment\nemit = always\n"));
    SAYS(":3: emit", "line 1");
    cr_assert(!read_text("kafka.acks = all\nkafka.linger.ms = 1\nkafka.acks = 1\n"));
    SAYS(":3: kafka.acks", "line 1");
    cr_assert(read_text("emit = ready\n") && read_text("emit = always\n"), "another file is another place: %s", error);
}

Test(assignment, what_was_changed_is_counted) {
    cr_assert_eq(config_changed_count(&config), 0);
    SET("emit=ready");
    SET("retention.days=75");
    cr_assert_eq(config_changed_count(&config), 0, "as they are by default");
    SET("emit=always");
    SET("log.level=warn");
    SET("worker.id=w");
    cr_assert_eq(config.log_level, LOG_WARNING);
    cr_assert_eq(config_changed_count(&config), 3);
    SET("kafka.bootstrap.servers=localhost:9092");
    cr_assert(config_finish(&config, error), "%s", error);
    cr_assert_eq(config_changed_count(&config), 4, "with kafka.bootstrap.servers, without what was settled");
    struct buffer text = {0};
    config_describe(&config, &text);
    buffer_append_byte(&text, '\0');
    cr_assert(strstr(text.data, "\nlog.level = warning\n") != NULL, "%s", text.data);
    buffer_release(&text);
}

Test(assignment, a_variable_may_name_the_file) {
    char *environment[] = {"CARAVAN_CONFIG=/etc/caravan/worker.properties", NULL};
    cr_assert(config_read_environment(&config, environment, error), "%s", error);
    cr_assert_eq(config.given, 0);
    char *typo[] = {"CARAVAN_CONFIGS=x", NULL};
    cr_assert(!config_read_environment(&config, typo, error));
}
