/* What every client of Kafka shares: configuration, errors, log lines. Internal to kafka/ (it shows librdkafka's
 * types). The clients and their functions are safe from any thread where nothing else is said. */
#ifndef CARAVAN_KAFKA_CLIENT_H
#define CARAVAN_KAFKA_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <librdkafka/rdkafka.h>

#include "config/config.h"
#include "kafka/error.h"

struct kafka_setting {
    const char *name;
    const char *value;
};

/* Which of the operator's kafka.* settings a client takes. */
enum kafka_client_role {
    KAFKA_CLIENT_MEMBER,  /* a consumer in the group */
    KAFKA_CLIENT_OUTSIDE, /* a consumer that joins no group: nothing that concerns membership */
    KAFKA_CLIENT_PRODUCER
};

/* A configuration: `defaults` first, then the operator's kafka.* settings, then `owned`, which nobody may override.
 * Both lists end with a NULL name. `opaque` is what callbacks get. NULL with *error. */
rd_kafka_conf_t *kafka_client_conf(const struct config *config, enum kafka_client_role role,
                                   const struct kafka_setting *defaults, const struct kafka_setting *owned,
                                   void *opaque, struct kafka_error *error);
/* A client; takes `conf` also on failure (NULL with *error). */
rd_kafka_t *kafka_client_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, struct kafka_error *error);

/* Fills *error with a sentence; retriable, abort_required and fatal are false. */
void kafka_error_set(struct kafka_error *error, rd_kafka_resp_err_t code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Fills *error from librdkafka's error and destroys that. `what` says what was being done. */
void kafka_error_take(struct kafka_error *error, rd_kafka_error_t *taken, const char *what);
/* The error that made this client unusable, when there is one: then *error is filled and fatal. */
bool kafka_error_fatal(rd_kafka_t *client, struct kafka_error *error);
/* True for troubles that go away by themselves when the cluster is well again (no broker, moving leaders and
 * coordinators, time-outs). */
bool kafka_error_is_passing(rd_kafka_resp_err_t code);

/* Lines about passing troubles, at most one each `KAFKA_TROUBLE_MS` a code. One thread. */
struct kafka_troubles {
    rd_kafka_resp_err_t code;
    int64_t logged_ms;
};
enum { KAFKA_TROUBLE_MS = 10000 };
void kafka_trouble(struct kafka_troubles *troubles, const char *area, rd_kafka_resp_err_t code, const char *text);

/* Partition count of a topic, or -1 with *error. */
int32_t kafka_client_partition_count(rd_kafka_t *client, const char *topic, int timeout_ms, struct kafka_error *error);

/* The transaction time-out, as configured or by default. */
int kafka_transaction_timeout_ms(const struct config *config);

#endif
