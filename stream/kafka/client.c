#include "kafka/client.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/timestamp.h"
#include "kafka/properties.h"

enum { TRANSACTION_TIMEOUT_MS = 15000 };

/* ---- errors */

static bool is_denial(rd_kafka_resp_err_t code) {
    return code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
           code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED ||
           code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED ||
           code == RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
}

void kafka_error_set(struct kafka_error *error, rd_kafka_resp_err_t code, const char *format, ...) {
    *error = (struct kafka_error){.code = code, .denied = is_denial(code)};
    va_list args;
    va_start(args, format);
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
}

void kafka_error_take(struct kafka_error *error, rd_kafka_error_t *taken, const char *what) {
    kafka_error_set(error, rd_kafka_error_code(taken), "%s: %s", what, rd_kafka_error_string(taken));
    error->retriable = rd_kafka_error_is_retriable(taken) != 0;
    error->abort_required = rd_kafka_error_txn_requires_abort(taken) != 0;
    error->fatal = rd_kafka_error_is_fatal(taken) != 0;
    rd_kafka_error_destroy(taken);
}

bool kafka_error_fatal(rd_kafka_t *client, struct kafka_error *error) {
    char text[KAFKA_ERROR_BYTES];
    rd_kafka_resp_err_t code = rd_kafka_fatal_error(client, text, sizeof text);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        return false;
    }
    kafka_error_set(error, code, "%s", text);
    error->fatal = true;
    return true;
}

bool kafka_error_is_passing(rd_kafka_resp_err_t code) {
    switch ((int)code) {
    case RD_KAFKA_RESP_ERR_UNKNOWN: /* a broker's own trouble; asked again, it may answer */
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE:
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
    case RD_KAFKA_RESP_ERR__WAIT_COORD:
    case RD_KAFKA_RESP_ERR__NODE_UPDATE:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR__SSL:
    case RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED:
    case RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST:
    case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
    case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION:
    case RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION:
    case RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS:
    case RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NOT_COORDINATOR:
    case RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS:
    case RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND:
    case RD_KAFKA_RESP_ERR_NOT_CONTROLLER:
    case RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS:
    case RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT:
    case RD_KAFKA_RESP_ERR_STALE_MEMBER_EPOCH:
    case RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID:
    case RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION:
    case RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS:
    case RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH:
    case RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH:
    case RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_ID: return true;
    default: return false;
    }
}

void kafka_trouble(struct kafka_troubles *troubles, const char *area, rd_kafka_resp_err_t code, const char *text) {
    int64_t now_ms = clock_steady_ms();
    bool again = troubles->code == code && now_ms - troubles->logged_ms < KAFKA_TROUBLE_MS;
    if (!again) {
        log_line(LOG_WARNING, area, "%s (%s)", text, rd_kafka_err2name(code));
        *troubles = (struct kafka_troubles){code, now_ms};
    }
}

/* ---- configuration */

static enum log_level level_of(int syslog_level) {
    if (syslog_level <= 3) {
        return LOG_ERROR;
    }
    if (syslog_level == 4) {
        return LOG_WARNING;
    }
    return syslog_level <= 6 ? LOG_INFO : LOG_DEBUG;
}

/* What librdkafka calls an error and is none: lost connections (it reconnects); and lines that add nothing: a
 * producer's setting on a consumer (both get the same list here), and transactions that are aborted (the committer says
 * so itself). */
static enum log_level corrected(enum log_level level, const char *facility) {
    static const struct {
        const char *facility;
        enum log_level level;
    } known[] = {{"FAIL", LOG_WARNING},
                 {"ERROR", LOG_WARNING},
                 {"CONFWARN", LOG_DEBUG},
                 {"TXNERR", LOG_DEBUG},
                 {"ADDOFFSETS", LOG_DEBUG}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].facility, facility) == 0 && known[i].level > level) {
            return known[i].level;
        }
    }
    return level;
}

static void on_log(const rd_kafka_t *client, int syslog_level, const char *facility, const char *text) {
    enum log_level level = corrected(level_of(syslog_level), facility);
    log_line(level, "kafka", "%s: %s: %s", client == NULL ? "client" : rd_kafka_name(client), facility, text);
}

static bool set(rd_kafka_conf_t *conf, const char *name, const char *value, const char *where,
                struct kafka_error *error) {
    char text[KAFKA_ERROR_BYTES];
    rd_kafka_conf_res_t result = rd_kafka_conf_set(conf, name, value, text, sizeof text);
    if (result == RD_KAFKA_CONF_OK) {
        return true;
    }
    if (result == RD_KAFKA_CONF_UNKNOWN) {
        kafka_properties_unknown(name, where, error);
    } else {
        kafka_error_set(error, RD_KAFKA_RESP_ERR__INVALID_ARG, "%s: kafka.%s: %s", where, name,
                        config_is_secret(name) ? "the value is not accepted (it is not shown)" : text);
    }
    return false;
}

static bool set_all(rd_kafka_conf_t *conf, const struct kafka_setting *settings, struct kafka_error *error) {
    for (; settings->name != NULL; settings++) {
        if (!set(conf, settings->name, settings->value, "caravan", error)) {
            return false;
        }
    }
    return true;
}

/* A consumer outside the group must not look like the member that it helps. */
static bool is_for_role(enum kafka_client_role role, const char *name) {
    static const char *const membership[] = {"group.instance.id",     "group.protocol",
                                             "group.remote.assignor", "session.timeout.ms",
                                             "heartbeat.interval.ms", "partition.assignment.strategy"};
    for (size_t i = 0; role == KAFKA_CLIENT_OUTSIDE && i < sizeof membership / sizeof membership[0]; i++) {
        if (strcmp(name, membership[i]) == 0) {
            return false;
        }
    }
    return true;
}

static bool set_operators(rd_kafka_conf_t *conf, const struct config *config, enum kafka_client_role role,
                          struct kafka_error *error) {
    for (size_t i = 0; i < config->property_count; i++) {
        const struct config_property *property = &config->properties[i];
        if (is_for_role(role, property->name) &&
            !set(conf, property->name, property->value, property->where == NULL ? "configuration" : property->where,
                 error)) {
            return false;
        }
    }
    return true;
}

rd_kafka_conf_t *kafka_client_conf(const struct config *config, enum kafka_client_role role,
                                   const struct kafka_setting *defaults, const struct kafka_setting *owned,
                                   void *opaque, struct kafka_error *error) {
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    struct kafka_setting name[] = {{"client.id", config->worker_id != NULL ? config->worker_id : "caravan"},
                                   {NULL, NULL}};
    if (!set_all(conf, name, error) || !set_all(conf, defaults, error) || !set_operators(conf, config, role, error) ||
        !set_all(conf, owned, error)) {
        rd_kafka_conf_destroy(conf);
        return NULL;
    }
    rd_kafka_conf_set_opaque(conf, opaque);
    rd_kafka_conf_set_log_cb(conf, on_log);
    return conf;
}

rd_kafka_t *kafka_client_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, struct kafka_error *error) {
    char text[KAFKA_ERROR_BYTES];
    rd_kafka_t *client = rd_kafka_new(type, conf, text, sizeof text);
    if (client == NULL) {
        kafka_error_set(error, rd_kafka_last_error(), "%s", text);
        rd_kafka_conf_destroy(conf);
    }
    return client;
}

int kafka_transaction_timeout_ms(const struct config *config) {
    const char *value = config_property(config, "transaction.timeout.ms");
    return value != NULL ? atoi(value) : TRANSACTION_TIMEOUT_MS;
}

/* Why a topic cannot be looked at; where nobody answered, who was asked. */
static void set_topic_error(rd_kafka_t *client, rd_kafka_resp_err_t code, const char *topic, int timeout_ms,
                            struct kafka_error *error) {
    char servers[KAFKA_ERROR_BYTES / 2] = "";
    size_t size = sizeof servers;
    bool silent = code == RD_KAFKA_RESP_ERR__TRANSPORT || code == RD_KAFKA_RESP_ERR__TIMED_OUT ||
                  code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
    rd_kafka_conf_get(rd_kafka_conf(client), "bootstrap.servers", servers, &size);
    if (silent) {
        kafka_error_set(error, code, "no broker of kafka.bootstrap.servers (%s) answered within %d s", servers,
                        timeout_ms / 1000);
    } else {
        kafka_error_set(error, code, "topic %s: %s", topic, rd_kafka_err2str(code));
    }
    error->retriable = kafka_error_is_passing(code);
}

int32_t kafka_client_partition_count(rd_kafka_t *client, const char *topic, int timeout_ms, struct kafka_error *error) {
    rd_kafka_topic_t *handle = rd_kafka_topic_new(client, topic, NULL);
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_resp_err_t code = rd_kafka_metadata(client, 0, handle, &metadata, timeout_ms);
    int32_t count = -1;
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        code = metadata->topic_cnt == 1 ? metadata->topics[0].err : RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
        count = metadata->topic_cnt == 1 ? metadata->topics[0].partition_cnt : -1;
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        set_topic_error(client, code, topic, timeout_ms, error);
        count = -1;
    }
    if (metadata != NULL) {
        rd_kafka_metadata_destroy(metadata);
    }
    rd_kafka_topic_destroy(handle);
    return count;
}
