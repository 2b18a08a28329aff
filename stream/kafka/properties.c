#include "kafka/properties.h"

#include <string.h>

#include "config/nearest.h"
#include "kafka/client.h"

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

static void offer_dump(struct nearest *nearest, const char *name, const char **dump, size_t count, char found[],
                       size_t found_bytes) {
    for (size_t i = 0; i + 1 < count; i += 2) {
        struct nearest before = *nearest;
        nearest_offer(nearest, name, dump[i]);
        if (nearest->name != before.name) {
            strncpy(found, dump[i], found_bytes - 1);
            nearest->name = found;
        }
    }
}

void kafka_properties_unknown(const char *name, const char *where, struct kafka_error *error) {
    char found[128] = "";
    struct nearest nearest = {0};
    for (size_t i = 0; i < sizeof WITHOUT_DEFAULT / sizeof WITHOUT_DEFAULT[0]; i++) {
        nearest_offer(&nearest, name, WITHOUT_DEFAULT[i]);
    }
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    size_t count;
    const char **dump = rd_kafka_conf_dump(conf, &count);
    offer_dump(&nearest, name, dump, count, found, sizeof found);
    rd_kafka_conf_dump_free(dump, count);
    rd_kafka_conf_destroy(conf);
    if (nearest.name != NULL) {
        kafka_error_set(error, RD_KAFKA_RESP_ERR__INVALID_ARG,
                        "%s: librdkafka has no setting '%s'; did you mean kafka.%s?", where, name, nearest.name);
    } else {
        kafka_error_set(error, RD_KAFKA_RESP_ERR__INVALID_ARG, "%s: librdkafka has no setting '%s' (kafka.%s)", where,
                        name, name);
    }
}

bool kafka_properties_check(const struct config *config, struct kafka_error *error) {
    static const struct kafka_setting none[] = {{NULL, NULL}};
    rd_kafka_conf_t *conf = kafka_client_conf(config, KAFKA_CLIENT_MEMBER, none, none, NULL, error);
    if (conf == NULL) {
        return false;
    }
    rd_kafka_conf_destroy(conf);
    return true;
}
