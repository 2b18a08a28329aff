/* The transactional producer, and what must be known of its requests that librdkafka does not say (exactly-once.md
 * E11). */
#include "kafka/txn_producer.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/timestamp.h"
#include "kafka/transaction.h"

/* Readers wait behind a transaction that a dead worker left open until its time is over: 15 s, and not librdkafka's 60.
 * The numbers of requests are those of Kafka's protocol. */
enum { TRANSACTION_TIMEOUT_MS = 15000, API_ADD_PARTITIONS = 24, API_END_TXN = 26 };
enum { NUDGE_MS = 3000, NUDGE_WAIT_MS = 100 };

const char *txn_topic_name(const struct config *config, enum output_topic topic) {
    return config->topics[topic_of_output(topic)];
}

int kafka_transaction_timeout_ms(const struct config *config) {
    const char *value = config_property(config, "transaction.timeout.ms");
    return value != NULL ? atoi(value) : TRANSACTION_TIMEOUT_MS;
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
    /* A coordinator that has taken partitions has begun; one that never did, no epoch can have outgrown. */
    if (api == API_ADD_PARTITIONS && code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        atomic_fetch_add(&producer->begun, 1);
    }
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
    /* An abort purges what is left of the transaction: that says nothing. */
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

void txn_producer_id(const struct config *config, struct buffer *out) {
    buffer_append_text(out, config->group);
    /* Such that no two pairs of group and worker.id give one name: else two groups would fence each other. */
    buffer_append_byte(out, strchr(config->group, '-') == NULL ? '-' : '~');
    for (const char *at = config->worker_id; *at != '\0'; at++) {
        if (*at == '~' || *at == '%') {
            buffer_printf(out, "%%%02X", (unsigned)*at);
        } else {
            buffer_append_byte(out, *at);
        }
    }
    buffer_append_byte(out, '\0');
}

/* Where the group's coordinator is gone, rd_kafka_send_offsets_to_transaction looks for the new one only when the state
 * of some connection changes, whatever time it was given: a broker that left the cluster's metadata has no thread that
 * could tell (librdkafka 2.14.2, its issues #5456 and #5511). While that call waits, the connections to the other
 * brokers are idle; that they are closed after a while, and made again when needed, is what makes it look. Not sooner,
 * because a connection counts as idle also while an answer is waited for. */
#define IDLE_MS "10000"

static rd_kafka_conf_t *configuration(struct txn_producer *producer, const struct config *config, int batch_bytes_max,
                                      struct kafka_error *error) {
    struct buffer id = {0};
    char timeout[16], batch[16], message[16];
    txn_producer_id(config, &id);
    snprintf(timeout, sizeof timeout, "%d", kafka_transaction_timeout_ms(config));
    snprintf(batch, sizeof batch, "%d", batch_bytes_max);
    snprintf(message, sizeof message, "%d", TXN_MESSAGE_BYTES_MAX);
    /* Few and large requests: a broker takes those of a connection one after the other, and each of a transaction costs
     * it the same, however small. So a partition's part of an epoch is one request, as far as batch.size lets it;
     * 1 MB instead of 4 won nothing that could be measured. No compression: lz4 costs a worker four tenths more CPU
     * time and saves the broker an eighth (bench/README.md), and dead letters are cut by what they are before it. Acks
     * and requests in flight are what idempotence asks for; larger socket buffers changed nothing that could be
     * measured. */
    const struct kafka_setting defaults[] = {{"transaction.timeout.ms", timeout},
                                             {"batch.num.messages", "100000"},
                                             /* Nothing goes before the flush, which lingers for nothing: a request
                                              * that left earlier holds back the rest of its partition
                                              * (kafka/txn_rounds.h). */
                                             {"linger.ms", "100"},
                                             {"message.copy.max.bytes",
                                              "16384"}, /* larger ones go out from the outbox itself */
                                             {"message.max.bytes", message},
                                             {"connections.max.idle.ms", IDLE_MS},
                                             {"queue.buffering.max.messages", "0"}, /* the outbox is the bound */
                                             {"queue.buffering.max.kbytes", "2147483647"},
                                             {NULL, NULL}};
    const struct kafka_setting owned[] = {{"transactional.id", id.data},
                                          {"batch.size", batch}, /* not above the operator's */
                                          {"partitioner", "murmur2_random"},
                                          /* Each report wakes who waits for the last one; without them a flush
                                           * looks every 10 ms. */
                                          {"delivery.report.only.error", "false"},
                                          {NULL, NULL}};
    const struct kafka_client_options options = {KAFKA_CLIENT_PRODUCER, defaults, owned, producer};
    rd_kafka_conf_t *conf = kafka_client_conf(config, &options, error);
    buffer_release(&id);
    if (conf != NULL) {
        rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
        rd_kafka_conf_set_error_cb(conf, on_error);
        rd_kafka_conf_interceptor_add_on_new(conf, "caravan", on_new, producer);
    }
    return conf;
}

bool txn_producer_open(struct txn_producer *producer, const struct config *config, int batch_bytes_max,
                       struct kafka_error *error) {
    size_t kept = offsetof(struct txn_producer, client);
    pthread_mutex_lock(&producer->changing);
    memset((char *)producer + kept, 0, sizeof *producer - kept);
    rd_kafka_conf_t *conf = configuration(producer, config, batch_bytes_max, error);
    producer->client = conf == NULL ? NULL : kafka_client_new(RD_KAFKA_PRODUCER, conf, error);
    pthread_mutex_unlock(&producer->changing);
    if (producer->client == NULL) {
        return false;
    }
    /* Handles once, so that a message need not look its topic up by name. */
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
    pthread_mutex_lock(&producer->changing);
    rd_kafka_t *client = producer->client;
    producer->client = NULL;
    pthread_mutex_unlock(&producer->changing);
    if (client == NULL) {
        return;
    }
    for (enum output_topic topic = 0; topic < OUTPUT_TOPIC_COUNT; topic++) {
        if (producer->topics[topic] != NULL) {
            rd_kafka_topic_destroy(producer->topics[topic]);
        }
    }
    /* Waits for the client's threads: nothing reads the outbox after this (exactly-once.md E2). */
    rd_kafka_destroy(client);
}

rd_kafka_error_t *txn_producer_send_offsets(struct txn_producer *producer,
                                            const rd_kafka_topic_partition_list_t *offsets,
                                            const rd_kafka_consumer_group_metadata_t *member, int timeout_ms) {
    atomic_store(&producer->offsets_ms, clock_steady_ms());
    rd_kafka_error_t *taken = rd_kafka_send_offsets_to_transaction(producer->client, offsets, member, timeout_ms);
    atomic_store(&producer->offsets_ms, 0);
    return taken;
}

/* Where there is one broker, all connections are idle and closed at once (IDLE_MS), and the call looks only while there
 * is none, for ever. A question now and then keeps the broker's own open, so that the coordinator's alone is closed. */
static void nudge(struct txn_producer *producer) {
    int64_t now_ms = clock_steady_ms(), since_ms = atomic_load(&producer->offsets_ms);
    if (since_ms != 0 && now_ms - since_ms >= NUDGE_MS && now_ms - producer->nudged_ms >= NUDGE_MS) {
        producer->nudged_ms = now_ms;
        kafka_client_refresh(producer->client, rd_kafka_topic_name(producer->topics[0]), NUDGE_WAIT_MS);
    }
}

void txn_producer_keep(struct txn_producer *producer) {
    if (pthread_mutex_trylock(&producer->changing) == 0) {
        if (producer->client != NULL) {
            kafka_client_keep(producer->client, &producer->keeper);
            nudge(producer);
        }
        pthread_mutex_unlock(&producer->changing);
    }
}

bool txn_producer_is_haunted(const struct txn_producer *producer) {
    return atomic_load(&producer->end_lost);
}

void txn_producer_forget_failure(struct txn_producer *producer) {
    producer->failure = RD_KAFKA_RESP_ERR_NO_ERROR;
    producer->failed_output = NULL;
}
