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

/* Which of the operator's kafka.* settings a client takes, and how it finds its brokers. */
enum kafka_client_role {
    KAFKA_CLIENT_MEMBER,  /* a consumer in the group */
    KAFKA_CLIENT_OUTSIDE, /* a consumer that joins no group: nothing that concerns membership */
    KAFKA_CLIENT_PRODUCER,
    KAFKA_CLIENT_ASKER /* a producer for administrative requests: a broker that dies does not keep it from asking */
};

/* What a client is made with; lists end with a NULL name, and NULL is an empty one. */
struct kafka_client_options {
    enum kafka_client_role role;
    const struct kafka_setting *defaults; /* the operator's kafka.* settings stand above these */
    const struct kafka_setting *owned;    /* which nobody may override */
    void *opaque;                         /* what callbacks get */
};

/* A configuration. No client makes a topic by asking for it. NULL with *error. */
rd_kafka_conf_t *kafka_client_conf(const struct config *config, const struct kafka_client_options *options,
                                   struct kafka_error *error);
/* What `conf` does with librdkafka's log lines, for who listens to them as well. Any thread. */
void kafka_client_log(const rd_kafka_t *client, int syslog_level, const char *facility, const char *text);
/* A client; takes `conf` also on failure (NULL with *error). */
rd_kafka_t *kafka_client_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, struct kafka_error *error);
/* A consumer that joins nothing, to ask for the group's committed offsets. `isolation`: with read_committed one is not
 * told while its successor may be about to be committed. NULL with *error. */
rd_kafka_t *kafka_client_group(const struct config *config, const char *isolation, struct kafka_error *error);

/* Fills *error with a sentence, and with what to do where the code says that; retriable, abort_required and fatal are
 * false. */
void kafka_error_set(struct kafka_error *error, rd_kafka_resp_err_t code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Fills *error from librdkafka's error and destroys that. `what` says what was being done. */
void kafka_error_take(struct kafka_error *error, rd_kafka_error_t *taken, const char *what);
/* Fills *error from an error that stands in a partition: where, and what to do. */
void kafka_error_at(struct kafka_error *error, rd_kafka_t *client, const rd_kafka_message_t *event);
/* The error that made this client unusable, when there is one: then *error is filled and fatal. */
bool kafka_error_fatal(rd_kafka_t *client, struct kafka_error *error);
/* True for troubles that stay until an operator changes something; starting again does not help. */
bool kafka_error_is_permanent(rd_kafka_resp_err_t code);
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

/* Brings back a client that has lost its brokers (see there). Whoever has one for long calls this each time around; it
 * looks now and then, and never waits. One keeper a client, all zero at first. */
struct kafka_keeper {
    _Atomic int64_t looked_ms; /* INT64_MAX: a thread is looking */
    struct kafka_troubles troubles;
};
void kafka_client_keep(rd_kafka_t *client, struct kafka_keeper *keeper);
/* Makes the client ask which partitions a topic has and who leads them, waiting for a broker if there is none yet. What
 * the broker says of the topic. */
rd_kafka_resp_err_t kafka_client_refresh(rd_kafka_t *client, const char *topic, int timeout_ms);
/* The offset that an answer holds for a partition, or why it holds none. librdkafka 2.14.2 forgets the error of a
 * leader that did not answer ListOffsets: what is left is no error and no offset (-1001), which says nothing of the
 * log. */
rd_kafka_resp_err_t kafka_answered_offset(const rd_kafka_topic_partition_t *found, int64_t *offset);

/* True for the group protocol of JoinGroup and SyncGroup, false for KIP-848's. */
bool kafka_client_is_classic(const struct config *config);

#endif
