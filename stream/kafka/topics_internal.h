/* What the files about topics share. Internal to kafka/. */
#ifndef CARAVAN_KAFKA_TOPICS_INTERNAL_H
#define CARAVAN_KAFKA_TOPICS_INTERNAL_H

#include <pthread.h>

#include "kafka/admin.h"
#include "kafka/group_offsets.h"
#include "kafka/client.h"
#include "kafka/topic_watch.h"

/* A client for administrative requests; rd_kafka_destroy frees it. NULL with *error. */
rd_kafka_t *kafka_topics_client(const struct config *config, struct kafka_error *error);

/* The same with ears: why its connections fail. One thread; it must not move while it is open. */
struct kafka_asker {
    rd_kafka_t *client;
    struct kafka_error refusal;          /* what no waiting mends (authentication, TLS); code 0: not heard */
    int64_t refused_ms;                  /* when the first was heard */
    pthread_mutex_t lock;                /* librdkafka's threads log */
    char trouble[KAFKA_ERROR_BYTES / 2]; /* the last line about a connection that failed; "": none */
};

bool kafka_asker_open(struct kafka_asker *asker, const struct config *config, struct kafka_error *error);
void kafka_asker_close(struct kafka_asker *asker);
/* Partition count; 0: there is no such topic; -1 with *error, which says what keeps the brokers from answering. */
int32_t kafka_topics_partitions(struct kafka_asker *asker, const char *topic, struct kafka_error *error);

/* kafka_group_offsets with an asker at hand. */
bool kafka_group_offsets_of(struct kafka_asker *asker, const struct config *config, struct kafka_group_offsets *out,
                            struct kafka_error *error);

/* topic_state.c. Asks a broker (kafka_admin_anyone) what a topic is: wait for the call's event, read it, end the call.
 */
void kafka_topic_ask(struct kafka_admin_call *call, rd_kafka_t *client, const char *topic, int32_t broker,
                     int timeout_ms);
/* A topic that does not exist is no error. */
rd_kafka_resp_err_t kafka_topic_read(rd_kafka_event_t *event, struct kafka_topic_state *out);

#endif
