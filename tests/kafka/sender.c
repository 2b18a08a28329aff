/* Sends messages with any headers, many at once: what `probe dump` prints can be sent again. The broker list is in
 * BROKERS.
 *
 *   sender TOPIC FILE [ID]
 *       a message a line: PARTITION TAB anything TAB KEY TAB VALUE TAB NAME=VALUE;NAME=VALUE;
 *       ID: in a transaction of this transactional.id that is left open, for a quarter of an hour or until the next one
 *
 * Bytes are in hex, `-` is null; partition -1 is that which murmur2 gives the key. Exit code 0: all were delivered. */
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

#define OPEN_MS "900000" /* no broker allows more by default */

enum { FLUSH_MS = 60000, ERROR_BYTES = 512, FIELDS = 5 };

static void die(const char *what, const char *why) {
    fprintf(stderr, "sender: %s: %s\n", what, why);
    exit(1);
}

static int failed_deliveries;

static void on_delivery(rd_kafka_t *kafka, const rd_kafka_message_t *message, void *context) {
    (void)kafka;
    (void)context;
    failed_deliveries += message->err != RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* `id`: NULL without transactions. */
static rd_kafka_t *open_producer(const char *id) {
    static const char *const settings[][2] = {{"partitioner", "murmur2_random"},
                                              {"linger.ms", "20"},
                                              {"enable.idempotence", "true"}};
    char error[ERROR_BYTES];
    const char *brokers = getenv("BROKERS");
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    bool good = brokers != NULL &&
                rd_kafka_conf_set(conf, "bootstrap.servers", brokers, error, sizeof error) == RD_KAFKA_CONF_OK;
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        good = good && rd_kafka_conf_set(conf, settings[i][0], settings[i][1], error, sizeof error) == RD_KAFKA_CONF_OK;
    }
    if (id != NULL) {
        good = good && rd_kafka_conf_set(conf, "transactional.id", id, error, sizeof error) == RD_KAFKA_CONF_OK &&
               rd_kafka_conf_set(conf, "transaction.timeout.ms", OPEN_MS, error, sizeof error) == RD_KAFKA_CONF_OK;
    }
    rd_kafka_conf_set_dr_msg_cb(conf, on_delivery);
    rd_kafka_t *kafka = good ? rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error) : NULL;
    if (kafka == NULL) {
        die("BROKERS", brokers == NULL ? "host:port of a broker" : error);
    }
    return kafka;
}

static struct slice bytes_of(const char *hex, struct buffer *out) {
    unsigned byte;
    buffer_clear(out);
    buffer_reserve(out, 1); /* an empty value is not a null one */
    for (const char *at = hex; sscanf(at, "%2x", &byte) == 1; at += 2) {
        buffer_append_byte(out, (char)byte);
    }
    return strcmp(hex, "-") == 0 ? (struct slice){NULL, 0} : buffer_slice(out);
}

static rd_kafka_headers_t *headers_of(char *text) {
    rd_kafka_headers_t *headers = rd_kafka_headers_new(8);
    struct buffer value = {0};
    for (char *pair; (pair = strsep(&text, ";")) != NULL && *pair != '\0';) {
        char *name = strsep(&pair, "=");
        struct slice bytes = bytes_of(pair, &value);
        rd_kafka_header_add(headers, name, -1, bytes.data, (ssize_t)bytes.len);
    }
    buffer_release(&value);
    return headers;
}

static void send_line(rd_kafka_t *kafka, const char *topic, char *line) {
    char *fields[FIELDS];
    struct buffer key = {0}, value = {0};
    for (int i = 0; i < FIELDS; i++) {
        fields[i] = strsep(&line, "\t\n");
        if (fields[i] == NULL) {
            die(topic, "a line has five fields");
        }
    }
    struct slice key_bytes = bytes_of(fields[2], &key), value_bytes = bytes_of(fields[3], &value);
    const rd_kafka_vu_t arguments[] = {
        {.vtype = RD_KAFKA_VTYPE_TOPIC, .u.cstr = topic},
        {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = atoi(fields[0])},
        {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {(void *)(uintptr_t)key_bytes.data, key_bytes.len}},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {(void *)(uintptr_t)value_bytes.data, value_bytes.len}},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers_of(fields[4])},
    };
    rd_kafka_error_t *error = rd_kafka_produceva(kafka, arguments, sizeof arguments / sizeof arguments[0]);
    if (error != NULL) {
        die(topic, rd_kafka_error_string(error));
    }
    rd_kafka_poll(kafka, 0);
    buffer_release(&key);
    buffer_release(&value);
}

static void begin_transaction(rd_kafka_t *kafka) {
    rd_kafka_error_t *error = rd_kafka_init_transactions(kafka, FLUSH_MS);
    error = error == NULL ? rd_kafka_begin_transaction(kafka) : error;
    if (error != NULL) {
        die("transaction", rd_kafka_error_string(error));
    }
}

int main(int argc, char **argv) {
    FILE *file = argc == 3 || argc == 4 ? fopen(argv[2], "r") : NULL;
    if (file == NULL) {
        die("usage", "sender TOPIC FILE [ID]");
    }
    rd_kafka_t *kafka = open_producer(argv[3]);
    if (argv[3] != NULL) {
        begin_transaction(kafka);
    }
    char *line = NULL;
    size_t capacity = 0;
    while (getline(&line, &capacity, file) > 0) {
        send_line(kafka, argv[1], line);
    }
    free(line);
    fclose(file);
    if (rd_kafka_flush(kafka, FLUSH_MS) != RD_KAFKA_RESP_ERR_NO_ERROR || failed_deliveries > 0) {
        die(argv[1], "some messages were not delivered");
    }
    rd_kafka_destroy(kafka);
    return 0;
}
