/* The first question to a cluster, and why it is not answered. */
#include <stdio.h>
#include <string.h>

#include "base/timestamp.h"
#include "kafka/topics.h"
#include "kafka/topics_internal.h"

enum {
    SLICE_MS = 100,
    REFUSED_MS = 3000 /* time for another broker to let this client in */
};

/* ---- what is heard */

/* Called while the asker polls. What passes by itself is in the log as well. */
static void on_error(rd_kafka_t *client, int code, const char *reason, void *opaque) {
    struct kafka_asker *asker = opaque;
    (void)client;
    /* Only these two are known not to pass by waiting for another broker. */
    if (code != RD_KAFKA_RESP_ERR__AUTHENTICATION && code != RD_KAFKA_RESP_ERR__SSL) {
        return;
    }
    if (asker->refused_ms == 0) {
        asker->refused_ms = clock_steady_ms();
    }
    kafka_error_set(&asker->refusal, (rd_kafka_resp_err_t)code, "%s", reason);
}

/* Any thread. Not every lost connection is an error to librdkafka, but each is in its log. */
static void on_log(const rd_kafka_t *client, int syslog_level, const char *facility, const char *text) {
    struct kafka_asker *asker = rd_kafka_opaque(client);
    if (strcmp(facility, "FAIL") == 0) {
        const char *behind_thread = strstr(text, "]: ");
        pthread_mutex_lock(&asker->lock);
        snprintf(asker->trouble, sizeof asker->trouble, "%s", behind_thread == NULL ? text : behind_thread + 3);
        pthread_mutex_unlock(&asker->lock);
    }
    kafka_client_log(client, syslog_level, facility, text);
}

/* librdkafka's sentence ends with the state that the connection was in. */
static bool was_connected(const char *trouble) {
    return *trouble != '\0' && strstr(trouble, "in state CONNECT") == NULL &&
           strstr(trouble, "in state TRY_CONNECT") == NULL && strstr(trouble, "Failed to resolve") == NULL;
}

static bool is_silence(int code) {
    return code == RD_KAFKA_RESP_ERR__TRANSPORT || code == RD_KAFKA_RESP_ERR__TIMED_OUT ||
           code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN;
}

static void explain_silence(struct kafka_asker *asker, rd_kafka_resp_err_t code, struct kafka_error *error) {
    char servers[KAFKA_ERROR_BYTES / 4] = "", trouble[sizeof asker->trouble];
    size_t size = sizeof servers;
    rd_kafka_conf_get(rd_kafka_conf(asker->client), "bootstrap.servers", servers, &size);
    pthread_mutex_lock(&asker->lock);
    memcpy(trouble, asker->trouble, sizeof trouble);
    pthread_mutex_unlock(&asker->lock);
    /* What a broker said comes before what a connection did, and that before silence. */
    if (asker->refusal.code != 0) {
        kafka_error_set(error, (rd_kafka_resp_err_t)asker->refusal.code,
                        "the brokers of kafka.bootstrap.servers (%s) do not let this client in (look at kafka.%s): %s",
                        servers,
                        asker->refusal.code == RD_KAFKA_RESP_ERR__SSL ? "security.protocol and kafka.ssl.*" : "sasl.*",
                        asker->refusal.text);
    } else if (was_connected(trouble)) {
        kafka_error_set(error, code,
                        "the brokers of kafka.bootstrap.servers (%s) take connections and end them (look at "
                        "kafka.security.protocol, kafka.sasl.* and kafka.ssl.*): %s",
                        servers, trouble);
    } else {
        kafka_error_set(error, code, "no broker of kafka.bootstrap.servers (%s) answered within %d s%s%s", servers,
                        KAFKA_ADMIN_TIMEOUT_MS / 1000, *trouble == '\0' ? "" : ": ", trouble);
    }
    error->retriable = kafka_error_is_passing(code);
}

/* ---- the question */

bool kafka_asker_open(struct kafka_asker *asker, const struct config *config, struct kafka_error *error) {
    *asker = (struct kafka_asker){.lock = PTHREAD_MUTEX_INITIALIZER};
    rd_kafka_conf_t *conf =
        kafka_client_conf(config, &(struct kafka_client_options){.role = KAFKA_CLIENT_ASKER, .opaque = asker}, error);
    if (conf != NULL) {
        rd_kafka_conf_set_error_cb(conf, on_error);
        rd_kafka_conf_set_log_cb(conf, on_log);
        asker->client = kafka_client_new(RD_KAFKA_PRODUCER, conf, error);
    }
    return asker->client != NULL;
}

void kafka_asker_close(struct kafka_asker *asker) {
    if (asker->client != NULL) {
        rd_kafka_destroy(asker->client);
        asker->client = NULL;
    }
    pthread_mutex_destroy(&asker->lock);
}

static bool is_refused(const struct kafka_asker *asker) {
    return asker->refused_ms != 0 && clock_steady_ms() - asker->refused_ms > REFUSED_MS;
}

/* Waits for a broker that answers, then for the answer, listening meanwhile; only a little longer once a broker has
 * refused this client. */
static int32_t wait_for_anyone(struct kafka_asker *asker, const char *topic, int64_t until_ms) {
    int32_t broker;
    do {
        broker = kafka_admin_anyone(asker->client, topic, KAFKA_ADMIN_ANYONE_MS);
        rd_kafka_poll(asker->client, 0);
    } while (broker < 0 && clock_steady_ms() < until_ms && !is_refused(asker));
    return broker;
}

static rd_kafka_resp_err_t wait_for(struct kafka_asker *asker, struct kafka_admin_call *call, int64_t until_ms) {
    do {
        call->event = rd_kafka_queue_poll(call->queue, SLICE_MS);
        rd_kafka_poll(asker->client, 0);
        if (call->event != NULL) {
            return rd_kafka_event_error(call->event);
        }
    } while (clock_steady_ms() < until_ms && !is_refused(asker));
    return RD_KAFKA_RESP_ERR__TIMED_OUT;
}

/* One question. RD_KAFKA_RESP_ERR__TIMED_OUT also without anybody to ask. */
static rd_kafka_resp_err_t ask(struct kafka_asker *asker, const char *topic, int64_t until_ms,
                               struct kafka_topic_state *found) {
    struct kafka_admin_call call;
    int32_t broker = wait_for_anyone(asker, topic, until_ms);
    kafka_topic_ask(&call, asker->client, topic, broker, KAFKA_ADMIN_TIMEOUT_MS);
    rd_kafka_resp_err_t code = wait_for(asker, &call, until_ms);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        code = kafka_topic_read(call.event, found);
    }
    kafka_admin_end(&call);
    return code;
}

int32_t kafka_topics_partitions(struct kafka_asker *asker, const char *topic, struct kafka_error *error) {
    struct kafka_topic_state found;
    int64_t until_ms = clock_steady_ms() + KAFKA_ADMIN_TIMEOUT_MS;
    rd_kafka_resp_err_t code = ask(asker, topic, until_ms, &found);
    /* A broker that goes away with the question is one that restarts: it, or another one, answers a little later. */
    while (kafka_error_is_passing(code) && clock_steady_ms() < until_ms && !is_refused(asker)) {
        kafka_admin_pause();
        code = ask(asker, topic, until_ms, &found);
    }
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        return found.exists ? found.partitions : 0;
    }
    if (is_silence(code)) {
        explain_silence(asker, code, error);
    } else {
        kafka_error_set(error, code, "topic %s: %s", topic, rd_kafka_err2str(code));
        error->retriable = kafka_error_is_passing(code);
    }
    return -1;
}

int32_t kafka_topics_count(const struct config *config, enum config_topic topic, struct kafka_error *error) {
    struct kafka_asker asker;
    int32_t count = -1;
    if (kafka_asker_open(&asker, config, error)) {
        count = kafka_topics_partitions(&asker, config->topics[topic], error);
    }
    kafka_asker_close(&asker);
    if (count == 0) {
        kafka_error_set(error, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
                        "topic %s is missing; caravan topics create makes it", config->topics[topic]);
    }
    return count > 0 ? count : -1;
}
