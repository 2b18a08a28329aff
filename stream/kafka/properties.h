/* The operator's kafka.* settings, judged by librdkafka before anything connects. Any thread. */
#ifndef CARAVAN_KAFKA_PROPERTIES_H
#define CARAVAN_KAFKA_PROPERTIES_H

#include <stdbool.h>

#include "config/config.h"
#include "kafka/error.h"

/* False with *error for the first setting that librdkafka does not know or whose value it refuses: where it was set,
 * its name, the nearest right name; a secret value is not shown. */
bool kafka_properties_check(const struct config *config, struct kafka_error *error);
/* Fills *error for a name that librdkafka does not know (without "kafka."). */
void kafka_properties_unknown(const char *name, const char *where, struct kafka_error *error);

#endif
