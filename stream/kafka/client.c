/* What all clients have in common: settings in layers, errors as people need them, and librdkafka's log as ours. */
#include "kafka/figures.h"
#include "kafka/client.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "kafka/setting_names.h"

enum { KEEP_MS = 3000 };

/* ---- errors */

static bool is_denial(rd_kafka_resp_err_t code) {
    return code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
           code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED ||
           code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED ||
           code == RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
}

static bool is_missing(rd_kafka_resp_err_t code) {
    return code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART || code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_ID ||
           code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC || code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
}

/* What an operator is to do about a code, where its own text does not say it; NULL: nothing known. */
static const char *remedy_of(rd_kafka_resp_err_t code) {
    switch ((int)code) {
    case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
        return "this worker's clock and the broker's differ by more than the topic takes: set the clocks right, or the "
               "topic's message.timestamp.before.max.ms and message.timestamp.after.max.ms";
    case RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT:
        return "lower kafka.transaction.timeout.ms, or raise the brokers' transaction.max.timeout.ms";
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION: return "a policy of the cluster forbids it: ask who runs the brokers";
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION:
    case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE: return "the brokers are too old for it";
    default: return is_denial(code) ? "give the worker's user this right" : NULL;
    }
}

void kafka_error_set(struct kafka_error *error, rd_kafka_resp_err_t code, const char *format, ...) {
    /* Every error of a cluster goes through here, so a person always reads what to do. */
    const char *remedy = remedy_of(code);
    *error = (struct kafka_error){.code = code,
                                  .denied = is_denial(code),
                                  .missing = is_missing(code),
                                  .permanent = kafka_error_is_permanent(code)};
    va_list args;
    va_start(args, format);
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    size_t len = strlen(error->text);
    /* Once: a text may be wrapped into another one. */
    if (remedy != NULL && strstr(error->text, remedy) == NULL) {
        snprintf(error->text + len, sizeof error->text - len, "; %s", remedy);
    }
}

/* Neither waiting nor a new client helps: somebody must change something. */
bool kafka_error_is_permanent(rd_kafka_resp_err_t code) {
    switch ((int)code) {
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
    case RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
    case RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION:
    case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
    case RD_KAFKA_RESP_ERR_SECURITY_DISABLED: return true;
    default: return is_denial(code);
    }
}

void kafka_error_take(struct kafka_error *error, rd_kafka_error_t *taken, const char *what) {
    kafka_error_set(error, rd_kafka_error_code(taken), "%s: %s", what, rd_kafka_error_string(taken));
    /* Only transactional calls say these three; everybody else is judged by the code. */
    error->retriable = rd_kafka_error_is_retriable(taken) != 0;
    error->abort_required = rd_kafka_error_txn_requires_abort(taken) != 0;
    error->fatal = rd_kafka_error_is_fatal(taken) != 0;
    rd_kafka_error_destroy(taken);
}

void kafka_error_at(struct kafka_error *error, rd_kafka_t *client, const rd_kafka_message_t *event) {
    const char *topic = event->rkt == NULL ? "?" : rd_kafka_topic_name(event->rkt);
    char bytes_max[16] = "";
    size_t size = sizeof bytes_max;
    if (event->err == RD_KAFKA_RESP_ERR__BAD_COMPRESSION) {
        /* What holds now, since that is what must be raised. */
        rd_kafka_conf_get(rd_kafka_conf(client), "receive.message.max.bytes", bytes_max, &size);
        kafka_error_set(error, event->err,
                        "%s[%" PRId32 "]@%" PRId64
                        ": the batch of messages here unpacks to more than kafka.receive.message.max.bytes = %s, or is "
                        "damaged; raise that (up to 2147483647): %s",
                        topic, event->partition, event->offset, bytes_max, rd_kafka_message_errstr(event));
    } else {
        kafka_error_set(error, event->err, "%s[%" PRId32 "]@%" PRId64 ": %s", topic, event->partition, event->offset,
                        rd_kafka_message_errstr(event));
    }
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

/* A list of our own: librdkafka calls only the errors of transactional calls retriable. What does not stand here is
 * told at once, instead of being waited for in silence. */
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
    case RD_KAFKA_RESP_ERR__NO_OFFSET: /* kafka_answered_offset */
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
    kafka_figures_trouble(code);
    /* By code, not by text, which names another broker or connection each time. */
    bool again = troubles->code == code && now_ms - troubles->logged_ms < KAFKA_TROUBLE_MS;
    if (!again) {
        log_line(LOG_WARNING, area, "%s (%s)", text, rd_kafka_err2name(code));
        *troubles = (struct kafka_troubles){code, now_ms};
    }
}

rd_kafka_resp_err_t kafka_answered_offset(const rd_kafka_topic_partition_t *found, int64_t *offset) {
    /* No answer is not an answer (restore.md R13). */
    if (found->err == RD_KAFKA_RESP_ERR_NO_ERROR && found->offset < 0) {
        return RD_KAFKA_RESP_ERR__NO_OFFSET;
    }
    *offset = found->offset;
    return found->err;
}

/* ---- configuration */

/* By syslog's numbers: 3 is an error, 4 a warning, 5 and 6 are told, 7 is for debugging. */
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

void kafka_client_log(const rd_kafka_t *client, int syslog_level, const char *facility, const char *text) {
    enum log_level level = corrected(level_of(syslog_level), facility);
    log_line(level, "kafka", "%s: %s: %s", client == NULL ? "client" : rd_kafka_name(client), facility, text);
}

/* Blanks at the end of a value belong to it where it is a text; a number or a word never ends in one. */
static rd_kafka_conf_res_t set_as_written(rd_kafka_conf_t *conf, const char *name, const char *value, char *text,
                                          size_t text_bytes) {
    rd_kafka_conf_res_t result = rd_kafka_conf_set(conf, name, value, text, text_bytes);
    size_t len = strlen(value);
    while (len > 0 && isspace((unsigned char)value[len - 1])) {
        len--;
    }
    if (result == RD_KAFKA_CONF_INVALID && value[len] != '\0') {
        char *trimmed = alloc_copy(value, len);
        result = rd_kafka_conf_set(conf, name, trimmed, text, text_bytes);
        free(trimmed);
    }
    return result;
}

/* librdkafka takes "10s" for the number 10. */
static bool is_half_read(rd_kafka_conf_t *conf, const char *name, const char *value) {
    char taken[32];
    size_t size = sizeof taken;
    if (rd_kafka_conf_get(conf, name, taken, &size) != RD_KAFKA_CONF_OK ||
        strspn(taken, "-0123456789") != strlen(taken)) {
        return false; /* not a number, or not even short */
    }
    size_t read = strlen(taken);
    return read > 0 && strncmp(value, taken, read) == 0 && value[read + strspn(value + read, " \t\r\n")] != '\0';
}

static void say_unknown(const char *name, const char *where, struct kafka_error *error) {
    char nearest[KAFKA_SETTING_NAME_BYTES];
    if (kafka_nearest_setting(name, nearest)) {
        kafka_error_set(error, RD_KAFKA_RESP_ERR__INVALID_ARG,
                        "%s: librdkafka has no setting '%s'; did you mean kafka.%s?", where, name, nearest);
    } else {
        kafka_error_set(error, RD_KAFKA_RESP_ERR__INVALID_ARG, "%s: librdkafka has no setting '%s' (kafka.%s)", where,
                        name, name);
    }
}

static bool set(rd_kafka_conf_t *conf, const char *name, const char *value, const char *where,
                struct kafka_error *error) {
    char text[KAFKA_ERROR_BYTES];
    rd_kafka_conf_res_t result = set_as_written(conf, name, value, text, sizeof text);
    if (result == RD_KAFKA_CONF_OK && is_half_read(conf, name, value)) {
        result = RD_KAFKA_CONF_INVALID;
        snprintf(text, sizeof text, "'%s' is not a number", value);
    }
    if (result == RD_KAFKA_CONF_OK) {
        return true;
    }
    /* Its own sentence knows nothing of our "kafka." in front. */
    if (result == RD_KAFKA_CONF_UNKNOWN) {
        say_unknown(name, where, error);
    } else {
        kafka_error_set(error, RD_KAFKA_RESP_ERR__INVALID_ARG, "%s: kafka.%s: %s", where, name,
                        /* librdkafka's sentence repeats the value. */
                        config_is_secret(name) ? "the value is not accepted (it is not shown)" : text);
    }
    error->misconfigured = true;
    return false;
}

static bool set_all(rd_kafka_conf_t *conf, const struct kafka_setting *settings, struct kafka_error *error) {
    for (; settings != NULL && settings->name != NULL; settings++) {
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
                                             "heartbeat.interval.ms", "partition.assignment.strategy",
                                             "max.poll.interval.ms"};
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

/* An administrative request goes to the controller that the last metadata named. When that broker dies, librdkafka
 * (2.14.2) hears of another only with new metadata, which it asks for every five minutes; and with connections made on
 * demand, a request that waits for a dead broker connects to it thousands of times a second. */
static const struct kafka_setting *settings_of(enum kafka_client_role role) {
    static const struct kafka_setting none[] = {{NULL, NULL}};
    static const struct kafka_setting connected[] = {{"enable.sparse.connections", "false"}, {NULL, NULL}};
    static const struct kafka_setting informed[] = {{"enable.sparse.connections", "false"},
                                                    {"topic.metadata.refresh.interval.ms", "1000"},
                                                    {NULL, NULL}};
    switch (role) {
    case KAFKA_CLIENT_OUTSIDE: return connected; /* it asks leaders for ends */
    case KAFKA_CLIENT_ASKER: return informed;
    default: return none;
    }
}

static void on_throttle(rd_kafka_t *client, const char *broker, int32_t id, int ms, void *opaque) {
    (void)client;
    (void)broker;
    (void)id;
    (void)opaque;
    kafka_figures_throttled(ms);
}

rd_kafka_conf_t *kafka_client_conf(const struct config *config, const struct kafka_client_options *options,
                                   struct kafka_error *error) {
    enum kafka_client_role role = options->role;
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    /* What brokers log and count by: which command of which worker it is. */
    char id[256];
    snprintf(id, sizeof id, "caravan%s%s%s%s", config->command != NULL ? "-" : "",
             config->command != NULL ? config->command : "", config->worker_id != NULL ? "-" : "",
             config->worker_id != NULL ? config->worker_id : "");
    /* A broker that comes back is met within a second, not ten. */
    const struct kafka_setting own[] = {{"client.id", id}, {"reconnect.backoff.max.ms", "1000"}, {NULL, NULL}};
    /* librdkafka unpacks no zstd batch to more than this, and stops at one that is larger. It triples its buffer up to
     * here, so whatever unpacks to a third is taken. Memory is used only for what is really that large. */
    static const struct kafka_setting unpacked[] = {{"receive.message.max.bytes", "1073741824"}, {NULL, NULL}};
    /* By default a producer makes the topics that it asks for, with the broker's settings instead of ours. */
    static const struct kafka_setting none_made[] = {{"allow.auto.create.topics", "false"}, {NULL, NULL}};
    bool reads = role == KAFKA_CLIENT_MEMBER || role == KAFKA_CLIENT_OUTSIDE;
    /* Later ones replace earlier ones: what librdkafka's defaults are not good for, what this client wants, what the
     * operator says, and at last what must hold. */
    if (!set_all(conf, own, error) || (reads && !set_all(conf, unpacked, error)) ||
        !set_all(conf, options->defaults, error) || !set_operators(conf, config, role, error) ||
        !set_all(conf, settings_of(role), error) || !set_all(conf, options->owned, error) ||
        !set_all(conf, none_made, error)) {
        rd_kafka_conf_destroy(conf);
        return NULL;
    }
    rd_kafka_conf_set_opaque(conf, options->opaque);
    rd_kafka_conf_set_log_cb(conf, kafka_client_log);
    rd_kafka_conf_set_throttle_cb(conf, on_throttle);
    return conf;
}

rd_kafka_t *kafka_client_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, struct kafka_error *error) {
    char text[KAFKA_ERROR_BYTES];
    rd_kafka_t *client = rd_kafka_new(type, conf, text, sizeof text);
    if (client == NULL) {
        rd_kafka_resp_err_t code = rd_kafka_last_error();
        /* What conf_set took one by one may still not go together. */
        bool misconfigured = code == RD_KAFKA_RESP_ERR__INVALID_ARG;
        kafka_error_set(error, code, "%s%s", misconfigured ? "wrong kafka.* settings: " : "", text);
        error->misconfigured = misconfigured;
        rd_kafka_conf_destroy(conf);
    }
    return client;
}

/* (The administrative request for it makes librdkafka 2.14.2 crash in a producer, when the coordinator answers with an
 * error.) */
rd_kafka_t *kafka_client_group(const struct config *config, const char *isolation, struct kafka_error *error) {
    const struct kafka_setting owned[] = {{"group.id", config->group},
                                          {"group.protocol", "classic"},
                                          {"isolation.level", isolation},
                                          {"enable.auto.commit", "false"},
                                          {NULL, NULL}};
    const struct kafka_client_options options = {.role = KAFKA_CLIENT_OUTSIDE, .owned = owned};
    rd_kafka_conf_t *conf = kafka_client_conf(config, &options, error);
    return conf == NULL ? NULL : kafka_client_new(RD_KAFKA_CONSUMER, conf, error);
}

bool kafka_client_is_classic(const struct config *config) {
    const char *protocol = config_property(config, "group.protocol");
    return protocol == NULL || strcasecmp(protocol, "consumer") != 0;
}

/* True where the last answer named no broker; a client that none has answered yet still has the configured ones. */
static bool has_no_broker(rd_kafka_t *client) {
    char *cluster = rd_kafka_controllerid(client, 0) < 0 ? rd_kafka_clusterid(client, 0) : NULL;
    bool answered = cluster != NULL;
    rd_kafka_mem_free(client, cluster);
    return answered;
}

/* A broker that stops, and is fenced already, may answer that there is none at all, where it is the only one.
 * librdkafka (2.14.2, its issue #5301) then drops those that it knew, the configured ones too, and has nobody left to
 * ask, also when the broker is back. */
static void look_for_brokers(rd_kafka_t *client, struct kafka_keeper *keeper) {
    char text[KAFKA_ERROR_BYTES];
    size_t size = 0;
    if (has_no_broker(client) &&
        rd_kafka_conf_get(rd_kafka_conf(client), "bootstrap.servers", NULL, &size) == RD_KAFKA_CONF_OK) {
        char *servers = alloc_bytes(size);
        rd_kafka_conf_get(rd_kafka_conf(client), "bootstrap.servers", servers, &size);
        snprintf(text, sizeof text, "%s: a broker said that there is none: asking the configured ones again",
                 rd_kafka_name(client));
        kafka_trouble(&keeper->troubles, "kafka", RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, text);
        rd_kafka_brokers_add(client, servers);
        free(servers);
    }
}

void kafka_client_keep(rd_kafka_t *client, struct kafka_keeper *keeper) {
    int64_t now_ms = clock_steady_ms(), looked_ms = atomic_load(&keeper->looked_ms);
    if (now_ms - looked_ms >= KEEP_MS && atomic_compare_exchange_strong(&keeper->looked_ms, &looked_ms, INT64_MAX)) {
        look_for_brokers(client, keeper);
        atomic_store(&keeper->looked_ms, now_ms);
    }
}

rd_kafka_resp_err_t kafka_client_refresh(rd_kafka_t *client, const char *topic, int timeout_ms) {
    const struct rd_kafka_metadata *metadata;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(client, topic, NULL);
    if (handle == NULL) {
        return rd_kafka_last_error();
    }
    /* Of this topic only: a cluster may have thousands. */
    rd_kafka_resp_err_t code = rd_kafka_metadata(client, 0, handle, &metadata, timeout_ms);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        code = metadata->topic_cnt == 1 ? metadata->topics[0].err : RD_KAFKA_RESP_ERR_UNKNOWN;
        rd_kafka_metadata_destroy(metadata);
    }
    rd_kafka_topic_destroy(handle);
    return code;
}
