#include "kafka/setting_names.h"

#include <stdio.h>

#include <librdkafka/rdkafka.h>

#include "config/nearest.h"

/* Names that a fresh configuration shows; those without a default value it does not show, so the usual ones are added.
 */
static const char *const WITHOUT_DEFAULT[] = {
    "bootstrap.servers",
    "sasl.username",
    "sasl.password",
    "sasl.mechanism",
    "sasl.mechanisms",
    "ssl.ca.location",
    "ssl.ca.pem",
    "ssl.key.location",
    "ssl.key.password",
    "ssl.key.pem",
    "client.rack",
    "ssl.certificate.location",
    "ssl.certificate.pem",
    "group.instance.id",
    "security.protocol",
    "ssl.keystore.location",
    "debug",
    "ssl.keystore.password",
};

bool kafka_nearest_setting(const char *name, char out[KAFKA_SETTING_NAME_BYTES]) {
    struct nearest nearest = {0};
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    size_t count;
    const char **dump = rd_kafka_conf_dump(conf, &count); /* name, value, name, value … */
    for (size_t i = 0; i < sizeof WITHOUT_DEFAULT / sizeof WITHOUT_DEFAULT[0]; i++) {
        nearest_offer(&nearest, name, WITHOUT_DEFAULT[i]);
    }
    for (size_t i = 0; i + 1 < count; i += 2) {
        nearest_offer(&nearest, name, dump[i]);
    }
    bool found = nearest.name != NULL;
    if (found) {
        snprintf(out, KAFKA_SETTING_NAME_BYTES, "%s", nearest.name);
    }
    rd_kafka_conf_dump_free(dump, count);
    rd_kafka_conf_destroy(conf);
    return found;
}
