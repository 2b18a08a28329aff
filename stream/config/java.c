/* Most people come with a client.properties or an application.yml that works elsewhere. librdkafka would say "no such
 * configuration property" to much of it; here each name gets what to write instead, or why it is not needed. */
#include "config/java.h"

#include <stdio.h>
#include <string.h>

#include "config/options.h"

enum { NAME_BYTES_MAX = 80 };

static const char BYTES_ONLY[] = "leave it out: Caravan reads and writes bytes",
                  NO_JKS[] = "leave it out: certificates are PEM or PKCS#12 files here";

static const struct {
    const char *name;
    const char *instead; /* NULL: librdkafka has the same name, so "kafka." stands in front */
    /* By what it is about; what keeps its name and only lacks "kafka." stands last. */
} NAMES[] = {
    {"sasl.jaas.config",
     "write the user and the password that stand in it as kafka.sasl.username and kafka.sasl.password (and "
     "kafka.sasl.mechanism says which module it was)"},
    {"sasl.login.callback.handler.class",
     "write kafka.sasl.oauthbearer.method = oidc and its kafka.sasl.oauthbearer.*"},
    {"sasl.client.callback.handler.class",
     "write kafka.sasl.oauthbearer.method = oidc and its kafka.sasl.oauthbearer.*"},
    {"ssl.truststore.location", "write kafka.ssl.ca.location, a PEM file (keytool -list -rfc prints one of a JKS)"},
    {"ssl.truststore.certificates", "write kafka.ssl.ca.pem"},
    {"ssl.truststore.password", NO_JKS},
    {"ssl.truststore.type", NO_JKS},
    {"ssl.keystore.type", "leave it out: kafka.ssl.keystore.location is a PKCS#12 file"},
    {"ssl.keystore.key", "write kafka.ssl.key.pem"},
    {"ssl.keystore.certificate.chain", "write kafka.ssl.certificate.pem"},
    {"ssl.protocol", "leave it out: OpenSSL agrees with the broker"},
    {"ssl.enabled.protocols", "leave it out: OpenSSL agrees with the broker"},
    {"group.id", "write group"},
    {"key.serializer", BYTES_ONLY},
    {"value.serializer", BYTES_ONLY},
    {"key.deserializer", BYTES_ONLY},
    {"value.deserializer", BYTES_ONLY},
    {"max.poll.records", "leave it out: state.bytes_max bounds what a worker takes"},
    {"buffer.memory", "write kafka.queue.buffering.max.kbytes"},
    {"max.request.size", "write kafka.message.max.bytes"},
    {"receive.buffer.bytes", "write kafka.socket.receive.buffer.bytes"},
    {"send.buffer.bytes", "write kafka.socket.send.buffer.bytes"},
    {"default.api.timeout.ms", "leave it out: shutdown.timeout and kafka.socket.timeout.ms bound what is waited for"},
    {"interceptor.classes", "leave it out: there are no classes to load here"},
    {"metric.reporters", "leave it out: http.listen is where metrics are"},
    {"brokers", "write kafka.bootstrap.servers"},
    {"broker.list", "write kafka.bootstrap.servers"},
    {"bootstrap.servers", NULL},
    {"metadata.broker.list", NULL},
    {"client.id", NULL},
    {"client.rack", NULL},
    {"client.dns.lookup", NULL},
    {"group.instance.id", NULL},
    {"group.protocol", NULL},
    {"session.timeout.ms", NULL},
    {"heartbeat.interval.ms", NULL},
    {"max.poll.interval.ms", NULL},
    {"transaction.timeout.ms", NULL},
    {"compression.type", NULL},
    {"batch.size", NULL},
    {"linger.ms", NULL},
    {"acks", NULL},
    {"retries", NULL},
    {"request.timeout.ms", NULL},
    {"fetch.min.bytes", NULL},
    {"fetch.max.bytes", NULL},
    {"max.partition.fetch.bytes", NULL},
    {"partition.assignment.strategy", NULL},
};

/* What all names of a family begin with, so that none of librdkafka's needs to be listed. Looked at last, since the
 * table has answers for some of their members. */
static bool is_of_family(const char *name) {
    static const char *const families[] = {"ssl.", "sasl.", "security."};
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
        if (strncmp(name, families[i], strlen(families[i])) == 0) {
            return true;
        }
    }
    return false;
}

/* Spring writes bootstrap-servers, and scripts bootstrap_servers. The table then needs one spelling of each name. */
static void with_dots(const char *name, char out[NAME_BYTES_MAX]) {
    snprintf(out, NAME_BYTES_MAX, "%s", name);
    for (char *c = out; *c != '\0'; c++) {
        *c = *c == '-' || *c == '_' ? '.' : *c;
    }
}

static bool write_same(const char *name, char *out, size_t bytes) {
    const struct owned_property *owned = owned_property_find(name);
    if (owned != NULL) {
        snprintf(out, bytes, "leave it out: %s", owned->reason);
    } else {
        snprintf(out, bytes, "write kafka.%s (what is librdkafka's begins with 'kafka.')", name);
    }
    return true;
}

/* The name is brought to one form, without spring. and kafka. in front and with dots only, and looked up. "Right" is a
 * name that stands as librdkafka has it: then there is nothing to say, unless Java means something else by it. */
bool java_instead(const char *name, char *out, size_t bytes) {
    static const char prefix[] = "kafka.", spring[] = "spring.";
    char dotted[NAME_BYTES_MAX];
    with_dots(strncmp(name, spring, sizeof spring - 1) == 0 ? name + sizeof spring - 1 : name, dotted);
    bool is_kafka = strncmp(dotted, prefix, sizeof prefix - 1) == 0;
    const char *bare = is_kafka ? dotted + sizeof prefix - 1 : dotted;
    bool is_right = is_kafka && strcmp(name, dotted) == 0;
    if (is_right && owned_property_find(bare) != NULL) {
        return false; /* which has an answer of its own */
    }
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (strcmp(NAMES[i].name, bare) == 0 && NAMES[i].instead != NULL) {
            snprintf(out, bytes, "%s", NAMES[i].instead);
            return true;
        }
        if (strcmp(NAMES[i].name, bare) == 0) {
            return !is_right && write_same(bare, out, bytes);
        }
    }
    return !is_kafka && (is_of_family(bare) || owned_property_find(bare) != NULL) && write_same(bare, out, bytes);
}
