/* Settings that librdkafka judges, before anything connects. */
#include <criterion/criterion.h>

#include <string.h>

#include "kafka/properties.h"

static struct config config;
static struct kafka_error error;

static void begin(void) {
    config_init(&config);
}

static void end(void) {
    config_release(&config);
}

TestSuite(properties, .init = begin, .fini = end);

static void set(const char *assignment) {
    char text[CONFIG_ERROR_BYTES];
    cr_assert(config_set(&config, assignment, "worker.properties:7", text), "%s", text);
}

static void refused(const char *assignment, const char *word, const char *other) {
    set(assignment);
    cr_assert(!kafka_properties_check(&config, &error), "%s", assignment);
    cr_assert(strstr(error.text, "worker.properties:7") != NULL, "%s", error.text);
    cr_assert(strstr(error.text, word) != NULL && strstr(error.text, other) != NULL, "%s", error.text);
}

Test(properties, good_ones_pass) {
    set("kafka.bootstrap.servers=a:1");
    set("kafka.security.protocol=SASL_SSL");
    set("kafka.sasl.mechanism=SCRAM-SHA-512");
    set("kafka.compression.codec=zstd");
    set("kafka.group.protocol=consumer");
    cr_assert(kafka_properties_check(&config, &error), "%s", error.text);
}

Test(properties, an_unknown_name_gets_the_nearest_right_one) {
    refused("kafka.bootstrap.server=a:1", "'bootstrap.server'", "kafka.bootstrap.servers");
}

Test(properties, an_unknown_name_with_a_default_gets_the_nearest_right_one) {
    refused("kafka.fetch.wait.max.mss=1", "'fetch.wait.max.mss'", "kafka.fetch.wait.max.ms?");
}

Test(properties, a_name_like_no_other_is_refused_too) {
    refused("kafka.colour.of.the.train=red", "colour.of.the.train", "librdkafka");
}

Test(properties, a_bad_value_is_named) {
    refused("kafka.socket.timeout.ms=soon", "kafka.socket.timeout.ms", "Invalid value");
}

Test(properties, blanks_behind_a_number_or_a_word_do_not_matter) {
    set("kafka.socket.timeout.ms=6000 ");
    set("kafka.security.protocol=ssl\t");
    set("kafka.enable.ssl.certificate.verification=true ");
    cr_assert(kafka_properties_check(&config, &error), "%s", error.text);
    refused("kafka.socket.timeout.ms=60 00 ", "kafka.socket.timeout.ms", "'60 00 ' is not a number");
}

Test(properties, numbers_have_no_units) {
    set("kafka.session.timeout.ms=6000");
    set("kafka.client.rack=6000 and more");
    set("kafka.linger.ms=0.5");
    cr_assert(kafka_properties_check(&config, &error), "%s", error.text);
    refused("kafka.session.timeout.ms=10s", "kafka.session.timeout.ms", "'10s' is not a number");
}

Test(properties, addresses_are_read) {
    set("kafka.bootstrap.servers= a:1 , b:65535,[::1]:9092,fe80::1,host,SASL_SSL://c:1,");
    set("kafka.security.protocol=sasl_ssl");
    cr_assert(kafka_properties_check(&config, &error), "%s", error.text);
}

static void bad_address(const char *assignment, const char *word) {
    set(assignment);
    cr_assert(!kafka_properties_check(&config, &error) && error.misconfigured, "%s", assignment);
    cr_assert(strstr(error.text, "kafka.bootstrap.servers") != NULL && strstr(error.text, word) != NULL, "%s",
              error.text);
}

Test(properties, a_bad_address_is_named) {
    bad_address("kafka.bootstrap.servers=a:1,b:port", "'b:port'");
    bad_address("kafka.bootstrap.servers=a:1,b:90922", "'b:90922'");
    bad_address("kafka.bootstrap.servers=a:0", "'a:0'");
    bad_address("kafka.bootstrap.servers=a:", "'a:'");
    bad_address("kafka.bootstrap.servers=:9092", "no host");
    bad_address("kafka.bootstrap.servers=ssl://a:9093", "kafka.security.protocol");
    bad_address("kafka.bootstrap.servers=http://a:9093", "kafka.security.protocol");
}

Test(properties, a_bad_secret_is_not_shown) {
    set("kafka.ssl.key.pem=hunter2-is-no-key");
    if (!kafka_properties_check(&config, &error)) {
        cr_assert(strstr(error.text, "hunter2") == NULL, "%s", error.text);
        cr_assert(strstr(error.text, "kafka.ssl.key.pem") != NULL, "%s", error.text);
    }
}
