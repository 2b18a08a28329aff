/* librdkafka for bench programs: whatever fails ends the program with a sentence and code 1. */
#ifndef CARAVAN_BENCH_CLIENT_H
#define CARAVAN_BENCH_CLIENT_H

#include <librdkafka/rdkafka.h>

enum { CLIENT_WAIT_MS = 30000, CLIENT_PARTITIONS_MAX = 256 };

struct client_setting {
    const char *name, *value;
};

/* A configuration with the brokers and the settings, which end with a NULL name. */
rd_kafka_conf_t *client_conf(const char *brokers, const struct client_setting *settings);
/* Takes the configuration. */
rd_kafka_t *client_open(rd_kafka_type_t type, rd_kafka_conf_t *conf);

void client_check(const char *what, rd_kafka_resp_err_t code);
/* Takes the error; NULL: there is none. */
void client_check_error(const char *what, rd_kafka_error_t *error);

/* 1-CLIENT_PARTITIONS_MAX. */
int client_partitions(rd_kafka_t *client, const char *topic);
/* The high watermark. */
int64_t client_end(rd_kafka_t *client, const char *topic, int32_t partition);

#endif
