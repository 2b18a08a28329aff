/* The operator's kafka.* settings, judged by librdkafka before anything connects. Any thread. */
#ifndef CARAVAN_KAFKA_PROPERTIES_H
#define CARAVAN_KAFKA_PROPERTIES_H

#include <stdbool.h>

#include "config/config.h"
#include "kafka/error.h"

/* False with *error for the first setting that librdkafka does not know or whose value it refuses: where it was set,
 * its name, the nearest right name; a secret value is not shown. */
bool kafka_properties_check(const struct config *config, struct kafka_error *error);

/* The same, and what only a client finds wrong: files that cannot be read, settings that do not go together. It is made
 * without a broker, so nobody is asked; where its tokens come from a server (OAUTHBEARER), it is not made. */
bool kafka_properties_try(const struct config *config, struct kafka_error *error);

#endif
