/* What a cluster says of itself and of what this user may do, for `caravan doctor`. */
#ifndef CARAVAN_KAFKA_DOCTOR_H
#define CARAVAN_KAFKA_DOCTOR_H

#include <stdbool.h>

#include "base/buffer.h"
#include "config/config.h"
#include "kafka/error.h"

struct kafka_doctor_findings {
    unsigned wrong, warnings;
};

/* Looks at brokers, topics' rights, the group's right, and the clock against the newest message of the input; a line
 * each in `report`, beginning with "ok", "warning" or "wrong". Rights on transactional ids are not told by any broker.
 * False with *error when nobody answers. */
bool kafka_doctor(const struct config *config, struct buffer *report, struct kafka_doctor_findings *findings,
                  struct kafka_error *error);

#endif
