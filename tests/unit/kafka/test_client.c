/* Which settings reach which client. Nothing here needs a broker. */
#include <criterion/criterion.h>

#include <string.h>

#include "base/log.h"
#include "kafka/producer.h"
#include "kafka/reader.h"

static struct config config;
static struct kafka_error error;

static void begin(void) {
    log_set_level(LOG_ERROR);
    config_init(&config);
}

static void end(void) {
    config_release(&config);
}

TestSuite(client, .init = begin, .fini = end);

static void set(const char *assignment) {
    char text[CONFIG_ERROR_BYTES];
    cr_assert(config_set(&config, assignment, "test", text), "%s", text);
}

/* A poll interval that fits the member's session would not fit the session that a reader never has. */
Test(client, a_reader_takes_nothing_that_is_about_membership) {
    set("kafka.bootstrap.servers=127.0.0.1:9");
    set("kafka.max.poll.interval.ms=12000");
    set("kafka.group.protocol=consumer");
    struct kafka_reader *reader = kafka_reader_open(&config, &error);
    cr_assert_not_null(reader, "%s", error.text);
    kafka_reader_close(reader);
}

Test(client, settings_that_do_not_fit_together_are_a_wrong_configuration) {
    set("kafka.bootstrap.servers=127.0.0.1:9");
    set("kafka.acks=1");
    cr_assert_null(kafka_producer_open(&config, "text/plain", &error));
    cr_assert(error.misconfigured);
    cr_assert_not_null(strstr(error.text, "wrong kafka.* settings"), "%s", error.text);
    cr_assert_not_null(strstr(error.text, "acks"), "%s", error.text);
}
