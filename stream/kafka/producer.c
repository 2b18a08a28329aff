#include "kafka/producer.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "kafka/client.h"

enum { SLICE_MS = 100 };

struct kafka_producer {
    rd_kafka_t *client;
    uint64_t failed; /* messages that were given up */
    bool has_failure;
    struct kafka_error first; /* the first failure since the last flush */
    struct kafka_troubles troubles;
};

static void on_delivery(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque) {
    struct kafka_producer *producer = opaque;
    (void)client;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        return;
    }
    producer->failed++;
    if (!producer->has_failure) {
        producer->has_failure = true;
        kafka_error_set(&producer->first, message->err,
                        "%s[%" PRId32 "]: a message of %zu bytes could not be delivered: %s",
                        rd_kafka_topic_name(message->rkt), message->partition, message->len,
                        rd_kafka_err2str(message->err));
    }
}

static void on_error(rd_kafka_t *client, int code, const char *reason, void *opaque) {
    struct kafka_producer *producer = opaque;
    (void)client;
    kafka_trouble(&producer->troubles, "kafka", (rd_kafka_resp_err_t)code, reason);
}

struct kafka_producer *kafka_producer_open(const struct config *config, struct kafka_error *error) {
    static const struct kafka_setting defaults[] = {{"linger.ms", "20"},
                                                    {"message.max.bytes", "67108864"},
                                                    {NULL, NULL}};
    static const struct kafka_setting owned[] = {{"enable.idempotence", "true"},
                                                 {"partitioner", "murmur2_random"},
                                                 {"delivery.report.only.error", "true"},
                                                 {NULL, NULL}};
    struct kafka_producer *producer = alloc_zeroed(1, sizeof *producer);
    rd_kafka_conf_t *conf = kafka_client_conf(config, KAFKA_CLIENT_PRODUCER, defaults, owned, producer, error);
    if (conf != NULL) {
        rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
        rd_kafka_conf_set_error_cb(conf, on_error);
        producer->client = kafka_client_new(RD_KAFKA_PRODUCER, conf, error);
    }
    if (producer->client == NULL) {
        free(producer);
        return NULL;
    }
    return producer;
}

void kafka_producer_close(struct kafka_producer *producer) {
    rd_kafka_purge(producer->client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_destroy(producer->client);
    free(producer);
}

int32_t kafka_producer_partition_count(struct kafka_producer *producer, const char *topic, int timeout_ms,
                                       struct kafka_error *error) {
    return kafka_client_partition_count(producer->client, topic, timeout_ms, error);
}

static rd_kafka_resp_err_t produce(struct kafka_producer *producer, const char *topic, int32_t partition,
                                   struct slice key, struct slice value, int64_t timestamp_ms) {
    const rd_kafka_vu_t arguments[] = {
        {.vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = topic},
        {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = partition},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
        {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {(void *)(uintptr_t)key.data, key.len}},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {(void *)(uintptr_t)value.data, value.len}},
        {.vtype = RD_KAFKA_VTYPE_TIMESTAMP, .u.i64 = timestamp_ms},
    };
    rd_kafka_error_t *refused = rd_kafka_produceva(producer->client, arguments, sizeof arguments / sizeof arguments[0]);
    rd_kafka_resp_err_t code = refused == NULL ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_error_code(refused);
    rd_kafka_error_destroy(refused);
    return code;
}

bool kafka_producer_send(struct kafka_producer *producer, const char *topic, int32_t partition, struct slice key,
                         struct slice value, int64_t timestamp_ms, struct kafka_error *error) {
    rd_kafka_resp_err_t code;
    rd_kafka_poll(producer->client, 0);
    while ((code = produce(producer, topic, partition, key, value, timestamp_ms)) == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        rd_kafka_poll(producer->client, SLICE_MS);
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR && !kafka_error_fatal(producer->client, error)) {
        kafka_error_set(error, code, "%s: a message of %zu bytes is not taken: %s", topic, value.len,
                        rd_kafka_err2str(code));
    }
    return code == RD_KAFKA_RESP_ERR_NO_ERROR;
}

bool kafka_producer_flush(struct kafka_producer *producer, int timeout_ms, struct kafka_error *error) {
    rd_kafka_resp_err_t code = rd_kafka_flush(producer->client, timeout_ms);
    if (producer->has_failure) {
        *error = producer->first;
        producer->has_failure = false;
        return false;
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        kafka_error_set(error, code, "%d messages are not delivered yet: %s", rd_kafka_outq_len(producer->client),
                        rd_kafka_err2str(code));
        error->retriable = true;
    }
    return code == RD_KAFKA_RESP_ERR_NO_ERROR;
}

uint64_t kafka_producer_failed(const struct kafka_producer *producer) {
    return producer->failed;
}
