#include "support/client.h"

#include <stdio.h>
#include <stdlib.h>

enum { ERROR_BYTES = 512 };

static void die(const char *what, const char *why) {
    fprintf(stderr, "bench: %s: %s\n", what, why);
    exit(1);
}

void client_check(const char *what, rd_kafka_resp_err_t code) {
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        die(what, rd_kafka_err2str(code));
    }
}

void client_check_error(const char *what, rd_kafka_error_t *error) {
    if (error != NULL) {
        die(what, rd_kafka_error_string(error));
    }
}

rd_kafka_conf_t *client_conf(const char *brokers, const struct client_setting *settings) {
    char error[ERROR_BYTES];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    if (rd_kafka_conf_set(conf, "bootstrap.servers", brokers, error, sizeof error) != RD_KAFKA_CONF_OK) {
        die(brokers, error);
    }
    for (; settings->name != NULL; settings++) {
        if (rd_kafka_conf_set(conf, settings->name, settings->value, error, sizeof error) != RD_KAFKA_CONF_OK) {
            die(settings->name, error);
        }
    }
    return conf;
}

rd_kafka_t *client_open(rd_kafka_type_t type, rd_kafka_conf_t *conf) {
    char error[ERROR_BYTES];
    rd_kafka_t *client = rd_kafka_new(type, conf, error, sizeof error);
    if (client == NULL) {
        die("client", error);
    }
    return client;
}

int client_partitions(rd_kafka_t *client, const char *topic) {
    const struct rd_kafka_metadata *metadata;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(client, topic, NULL);
    client_check(topic, rd_kafka_metadata(client, 0, handle, &metadata, CLIENT_WAIT_MS));
    int count = metadata->topic_cnt == 1 ? metadata->topics[0].partition_cnt : 0;
    rd_kafka_metadata_destroy(metadata);
    rd_kafka_topic_destroy(handle);
    if (count < 1 || count > CLIENT_PARTITIONS_MAX) {
        die(topic, "no such topic, or too many partitions");
    }
    return count;
}

int64_t client_end(rd_kafka_t *client, const char *topic, int32_t partition) {
    int64_t low;
    int64_t high;
    client_check(topic, rd_kafka_query_watermark_offsets(client, topic, partition, &low, &high, CLIENT_WAIT_MS));
    return high;
}
