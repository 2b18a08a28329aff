/* Which librdkafka runs under this program, for `caravan --version`. Any thread. */
#ifndef CARAVAN_KAFKA_ABOUT_H
#define CARAVAN_KAFKA_ABOUT_H

#include "base/buffer.h"

/* Appends "librdkafka VERSION", and what it was built with: "(gzip, snappy, ssl, ...)". One line, without its end. */
void kafka_about(struct buffer *out);

#endif
