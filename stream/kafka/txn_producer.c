#include "kafka/txn_producer.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "kafka/admin.h"

enum {
    API_END_TXN = 26,
    BATCH_BYTES_MAX = 4 * 1024 * 1024,
    BATCH_BYTES_UNKNOWN = 1000000 /* fits what a topic takes by default */
};

static const enum config_topic CONFIG_TOPICS[OUTPUT_TOPIC_COUNT] = {
    [OUTPUT_CLEARANCES] = CONFIG_TOPIC_CLEARANCES,
    [OUTPUT_TRAFFIC] = CONFIG_TOPIC_TRAFFIC,
    [OUTPUT_DEAD_LETTERS] = CONFIG_TOPIC_DEAD_LETTERS,
    [OUTPUT_CHECKPOINTS] = CONFIG_TOPIC_CHECKPOINTS,
};

const char *txn_topic_name(const struct config *config, enum output_topic topic) {
    return config->topics[CONFIG_TOPICS[topic]];
}

/* ---- what the coordinator was asked: librdkafka repeats EndTxn inside, and only these interceptors see it */

static rd_kafka_resp_err_t on_request(rd_kafka_t *client, int socket, const char *broker, int32_t broker_id,
                                      int16_t api, int16_t version, int32_t correlation, size_t bytes, void *opaque) {
    struct txn_producer *producer = opaque;
    (void)client, (void)socket, (void)broker, (void)broker_id, (void)version, (void)correlation, (void)bytes;
    if (api == API_END_TXN) {
        atomic_fetch_add(&producer->ends_sent, 1);
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t on_response(rd_kafka_t *client, int socket, const char *broker, int32_t broker_id,
                                       int16_t api, int16_t version, int32_t correlation, size_t bytes,
                                       int64_t round_trip, rd_kafka_resp_err_t code, void *opaque) {
    struct txn_producer *producer = opaque;
    (void)client, (void)socket, (void)broker, (void)broker_id, (void)version, (void)correlation, (void)bytes,
        (void)round_trip;
    if (api == API_END_TXN &&
        code != RD_KAFKA_RESP_ERR_NO_ERROR) { /* not what the broker answers, but that it does not */
        atomic_store(&producer->end_lost, true);
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static rd_kafka_resp_err_t on_new(rd_kafka_t *client, const rd_kafka_conf_t *conf, void *opaque, char *text,
                                  size_t text_bytes) {
    (void)conf, (void)text, (void)text_bytes;
    rd_kafka_resp_err_t code = rd_kafka_interceptor_add_on_request_sent(client, "caravan", on_request, opaque);
    return code != RD_KAFKA_RESP_ERR_NO_ERROR
               ? code
               : rd_kafka_interceptor_add_on_response_received(client, "caravan", on_response, opaque);
}

/* ---- callbacks, served while the committer polls */

static void on_delivery(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque) {
    struct txn_producer *producer = opaque;
    (void)client;
    bool is_consequence =
        message->err == RD_KAFKA_RESP_ERR__PURGE_QUEUE || message->err == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR && !is_consequence &&
        producer->failure == RD_KAFKA_RESP_ERR_NO_ERROR) {
        producer->failure = message->err;
        producer->failed_output = message->_private;
    }
}

static void on_error(rd_kafka_t *client, int code, const char *reason, void *opaque) {
    struct txn_producer *producer = opaque;
    (void)client;
    if (code != RD_KAFKA_RESP_ERR__FATAL) { /* the call under way tells that one */
        kafka_trouble(&producer->troubles, "kafka", (rd_kafka_resp_err_t)code, reason);
    }
}

/* ---- open and close */

int txn_batch_bytes(const struct config *config, rd_kafka_t *client) {
    int64_t least = BATCH_BYTES_MAX;
    const char *chosen = config_property(config, "batch.size");
    if (chosen != NULL) {
        return atoi(chosen);
    }
    for (enum output_topic topic = 0; topic < OUTPUT_TOPIC_COUNT; topic++) {
        struct kafka_topic_config found;
        struct kafka_error error;
        if (!kafka_admin_topic_config(client, txn_topic_name(config, topic), &found, &error) ||
            found.message_bytes_max <= 0) {
            return BATCH_BYTES_UNKNOWN;
        }
        least = found.message_bytes_max < least ? found.message_bytes_max : least;
    }
    return (int)least;
}

static rd_kafka_conf_t *configuration(struct txn_producer *producer, const struct config *config, int batch_bytes_max,
                                      struct kafka_error *error) {
    char id[512], timeout[16], batch[16];
    snprintf(id, sizeof id, "%s-%s", config->group, config->worker_id);
    snprintf(timeout, sizeof timeout, "%d", kafka_transaction_timeout_ms(config));
    snprintf(batch, sizeof batch, "%d", batch_bytes_max);
    const struct kafka_setting defaults[] = {{"transaction.timeout.ms", timeout},
                                             {"batch.size", batch},
                                             {"batch.num.messages", "100000"},
                                             {"linger.ms", "50"},
                                             {"message.copy.max.bytes",
                                              "16384"}, /* larger ones go out from the outbox itself */
                                             {"message.max.bytes",
                                              "67108864"}, /* dead letters may be larger than any record */
                                             {"queue.buffering.max.messages", "0"}, /* the outbox is the bound */
                                             {"queue.buffering.max.kbytes", "2147483647"},
                                             {NULL, NULL}};
    const struct kafka_setting owned[] = {{"transactional.id", id},
                                          {"partitioner", "murmur2_random"},
                                          {"delivery.report.only.error", "true"},
                                          {NULL, NULL}};
    rd_kafka_conf_t *conf = kafka_client_conf(config, KAFKA_CLIENT_PRODUCER, defaults, owned, producer, error);
    if (conf != NULL) {
        rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
        rd_kafka_conf_set_error_cb(conf, on_error);
        rd_kafka_conf_interceptor_add_on_new(conf, "caravan", on_new, producer);
    }
    return conf;
}

bool txn_producer_open(struct txn_producer *producer, const struct config *config, int batch_bytes_max,
                       struct kafka_error *error) {
    *producer = (struct txn_producer){0};
    rd_kafka_conf_t *conf = configuration(producer, config, batch_bytes_max, error);
    producer->client = conf == NULL ? NULL : kafka_client_new(RD_KAFKA_PRODUCER, conf, error);
    if (producer->client == NULL) {
        return false;
    }
    for (enum output_topic topic = 0; topic < OUTPUT_TOPIC_COUNT; topic++) {
        producer->topics[topic] = rd_kafka_topic_new(producer->client, txn_topic_name(config, topic), NULL);
        if (producer->topics[topic] == NULL) {
            kafka_error_set(error, rd_kafka_last_error(), "topic %s: %s", txn_topic_name(config, topic),
                            rd_kafka_err2str(rd_kafka_last_error()));
            txn_producer_close(producer);
            return false;
        }
    }
    return true;
}

void txn_producer_close(struct txn_producer *producer) {
    if (producer->client == NULL) {
        return;
    }
    for (enum output_topic topic = 0; topic < OUTPUT_TOPIC_COUNT; topic++) {
        if (producer->topics[topic] != NULL) {
            rd_kafka_topic_destroy(producer->topics[topic]);
        }
    }
    rd_kafka_destroy(producer->client);
    producer->client = NULL;
}

bool txn_producer_is_haunted(const struct txn_producer *producer) {
    return atomic_load(&producer->end_lost);
}

void txn_producer_forget_failure(struct txn_producer *producer) {
    producer->failure = RD_KAFKA_RESP_ERR_NO_ERROR;
    producer->failed_output = NULL;
}
