/* For what is sent outside transactions. Idempotent, so that what librdkafka sends again is no second message. */
#include "kafka/producer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/timestamp.h"
#include "kafka/client.h"

enum { SLICE_MS = 100, FLUSH_SLICE_MS = 1000 };

struct kafka_producer {
    rd_kafka_t *client;
    const char *content_type;
    uint64_t failed; /* messages that were given up */
    bool has_failure;
    struct kafka_error first; /* the first failure since the last flush */
    struct kafka_troubles troubles;
    struct kafka_keeper keeper;
};

static void on_delivery(rd_kafka_t *client, const rd_kafka_message_t *message, void *opaque) {
    struct kafka_producer *producer = opaque;
    (void)client;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        return;
    }
    /* Delivery is told long after the call: the caller asks for this count, and gets the first reason at the next
     * flush. */
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

struct kafka_producer *kafka_producer_open(const struct config *config, const char *content_type,
                                           struct kafka_error *error) {
    static const struct kafka_setting defaults[] = {{"linger.ms", "20"},
                                                    {"message.max.bytes", "67108864"},
                                                    {NULL, NULL}};
    /* murmur2_random puts a key where Java's producers put it, so a train's events lie together whoever sent them. */
    static const struct kafka_setting owned[] = {{"enable.idempotence", "true"},
                                                 {"partitioner", "murmur2_random"},
                                                 {"delivery.report.only.error", "true"},
                                                 {NULL, NULL}};
    struct kafka_producer *producer = alloc_zeroed(1, sizeof *producer);
    producer->content_type = content_type;
    const struct kafka_client_options options = {KAFKA_CLIENT_PRODUCER, defaults, owned, producer};
    rd_kafka_conf_t *conf = kafka_client_conf(config, &options, error);
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
    /* Else destroying it would wait for what no broker takes. */
    rd_kafka_purge(producer->client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_destroy(producer->client);
    free(producer);
}

/* With `headers`, which librdkafka takes unless it refuses the message. */
static rd_kafka_resp_err_t produce(struct kafka_producer *producer, const char *topic, const struct message *message,
                                   rd_kafka_headers_t *headers) {
    struct slice key = message->key;
    struct slice value = message->value;
    const rd_kafka_vu_t arguments[] = {
        {.vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = topic},
        {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = message->partition},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
        {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {(void *)(uintptr_t)key.data, key.len}},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {(void *)(uintptr_t)value.data, value.len}},
        {.vtype = RD_KAFKA_VTYPE_TIMESTAMP, .u.i64 = message->timestamp_ms},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
    };
    /* F_COPY, unlike in an epoch: the caller's bytes go with its next line or document. */
    rd_kafka_error_t *refused = rd_kafka_produceva(producer->client, arguments, sizeof arguments / sizeof arguments[0]);
    rd_kafka_resp_err_t code = refused == NULL ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_error_code(refused);
    rd_kafka_error_destroy(refused);
    return code;
}

bool kafka_producer_resend(struct kafka_producer *producer, const char *topic, const struct message *message,
                           struct kafka_headers headers, struct kafka_error *error) {
    rd_kafka_resp_err_t code;
    rd_kafka_headers_t *list = rd_kafka_headers_new(headers.count);
    for (size_t i = 0; i < headers.count; i++) {
        const struct message_header *header = &headers.of[i];
        rd_kafka_header_add(list, header->name.data, (ssize_t)header->name.len, header->value.data,
                            (ssize_t)header->value.len);
    }
    /* Serves reports of delivery, which would else pile up. */
    rd_kafka_poll(producer->client, 0);
    kafka_client_keep(producer->client, &producer->keeper);
    while ((code = produce(producer, topic, message, list)) == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        rd_kafka_poll(producer->client, SLICE_MS);
        kafka_client_keep(producer->client, &producer->keeper);
    }
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        return true;
    }
    rd_kafka_headers_destroy(list);
    if (!kafka_error_fatal(producer->client, error)) {
        kafka_error_set(error, code, "%s: a message of %zu bytes is not taken: %s", topic, message->value.len,
                        rd_kafka_err2str(code));
    }
    return false;
}

bool kafka_producer_send(struct kafka_producer *producer, const char *topic, const struct message *message,
                         struct kafka_error *error) {
    const struct message_header type = {SLICE("content-type"), slice_of(producer->content_type)};
    return kafka_producer_resend(producer, topic, message, (struct kafka_headers){&type, 1}, error);
}

bool kafka_producer_flush(struct kafka_producer *producer, int timeout_ms, struct kafka_error *error) {
    int64_t until_ms = clock_steady_ms() + timeout_ms, left_ms = timeout_ms;
    rd_kafka_resp_err_t code;
    do {
        kafka_client_keep(producer->client, &producer->keeper);
        code = rd_kafka_flush(producer->client, left_ms < FLUSH_SLICE_MS ? (int)left_ms : FLUSH_SLICE_MS);
        left_ms = until_ms - clock_steady_ms();
    } while (code == RD_KAFKA_RESP_ERR__TIMED_OUT && left_ms > 0);
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
