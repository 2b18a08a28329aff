/* librdkafka itself judges names and values, as they are set; what it takes and then cannot use is looked at here. */
#include "kafka/properties.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "kafka/client.h"

/* ---- addresses: librdkafka drops what it cannot read, with a line in the log, and then finds no broker */

static bool is_port(const char *text) {
    size_t digits = strspn(text, "0123456789");
    return digits > 0 && digits <= 5 && text[digits] == '\0' && atoi(text) > 0 && atoi(text) <= UINT16_MAX;
}

/* One "[PROTOCOL://]HOST[:PORT]", without blanks. What is wrong with it, or NULL. */
static const char *fault_of(char *address, const char *protocol) {
    char *host = strstr(address, "://");
    if (host != NULL) {
        *host = '\0';
        if (strcasecmp(address, protocol) != 0) {
            return "its protocol is not that of kafka.security.protocol";
        }
        address = host + 3;
    }
    char *last = strrchr(address, ':');
    /* A colon may also be of an IPv6 address, which then stands in brackets. */
    bool has_port = last != NULL && (strchr(address, ':') == last || (last > address && last[-1] == ']'));
    if (has_port && !is_port(last + 1)) {
        return "its port is not a number from 1 to 65535";
    }
    return address[0] == '\0' || last == address ? "it has no host" : NULL;
}

static bool check_addresses(const struct config *config, const char *name, struct kafka_error *error) {
    const char *value = config_property(config, name), *chosen = config_property(config, "security.protocol");
    char *list = alloc_copy(value == NULL ? "" : value, value == NULL ? 0 : strlen(value)), *rest = list;
    char protocol[32];
    snprintf(protocol, sizeof protocol, "%.*s", (int)strcspn(chosen == NULL ? "plaintext" : chosen, " \t\r\n"),
             chosen == NULL ? "plaintext" : chosen);
    const char *fault = NULL;
    /* strtok_r writes into the list, so it is a copy. */
    for (char *address; fault == NULL && (address = strtok_r(rest, ", \t\r\n", &rest)) != NULL;) {
        char shown[128];
        snprintf(shown, sizeof shown, "%s", address);
        fault = fault_of(address, protocol);
        if (fault != NULL) {
            kafka_error_set(error, RD_KAFKA_RESP_ERR__INVALID_ARG, "kafka.%s: '%s': %s", name, shown, fault);
            error->misconfigured = true;
        }
    }
    free(list);
    return fault == NULL;
}

bool kafka_properties_check(const struct config *config, struct kafka_error *error) {
    rd_kafka_conf_t *conf =
        kafka_client_conf(config, &(struct kafka_client_options){.role = KAFKA_CLIENT_MEMBER}, error);
    if (conf == NULL) {
        return false;
    }
    /* The names and values are good; addresses librdkafka looks at only when it connects. */
    rd_kafka_conf_destroy(conf);
    return check_addresses(config, "bootstrap.servers", error) &&
           check_addresses(config, "metadata.broker.list", error);
}

static bool has_token_server(const struct config *config) {
    const char *one = config_property(config, "sasl.mechanism"), *other = config_property(config, "sasl.mechanisms");
    const char *mechanism = one != NULL ? one : other;
    return mechanism != NULL && strncasecmp(mechanism, "OAUTHBEARER", strlen("OAUTHBEARER")) == 0;
}

bool kafka_properties_try(const struct config *config, struct kafka_error *error) {
    static const struct kafka_setting nobody[] = {{"bootstrap.servers", ""}, {NULL, NULL}};
    const struct kafka_client_options options = {.role = KAFKA_CLIENT_ASKER, .owned = nobody};
    if (!kafka_properties_check(config, error)) {
        return false;
    }
    /* Its client would ask the server for a token as soon as it is there. */
    if (has_token_server(config)) {
        return true;
    }
    rd_kafka_conf_t *conf = kafka_client_conf(config, &options, error);
    rd_kafka_t *client = conf == NULL ? NULL : kafka_client_new(RD_KAFKA_PRODUCER, conf, error);
    if (client != NULL) {
        rd_kafka_destroy(client);
    }
    return client != NULL;
}
