/* The names of librdkafka's settings, to say which one was meant. Any thread. */
#ifndef CARAVAN_KAFKA_SETTING_NAMES_H
#define CARAVAN_KAFKA_SETTING_NAMES_H

#include <stdbool.h>

enum { KAFKA_SETTING_NAME_BYTES = 128 };

/* The setting whose name is nearest to one that librdkafka does not know; false when none is near. */
bool kafka_nearest_setting(const char *name, char out[KAFKA_SETTING_NAME_BYTES]);

#endif
