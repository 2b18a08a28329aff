/* librdkafka's messages as flow/message.h has them. Internal to kafka/. */
#ifndef CARAVAN_KAFKA_MESSAGE_H
#define CARAVAN_KAFKA_MESSAGE_H

#include <librdkafka/rdkafka.h>

#include "flow/message.h"

/* *out owns `taken` now: kafka_message_release (kafka/source.h) gives it back. */
void kafka_message_take(rd_kafka_message_t *taken, struct message *out);

#endif
