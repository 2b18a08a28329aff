/* What the files about topics share. Internal to kafka/. */
#ifndef CARAVAN_KAFKA_TOPICS_INTERNAL_H
#define CARAVAN_KAFKA_TOPICS_INTERNAL_H

#include "kafka/client.h"

/* A client for administrative requests; rd_kafka_destroy frees it. NULL with *error. */
rd_kafka_t *kafka_topics_client(const struct config *config, struct kafka_error *error);
/* Partition count; 0: there is no such topic; -1 with *error. */
int32_t kafka_topics_partitions(rd_kafka_t *client, const char *topic, struct kafka_error *error);

#endif
