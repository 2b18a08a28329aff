/* Where a group stands in its input, seen from outside: offsets, logs, and who reads what. */
#ifndef CARAVAN_KAFKA_GROUP_OFFSETS_H
#define CARAVAN_KAFKA_GROUP_OFFSETS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "config/config.h"
#include "kafka/error.h"

enum { KAFKA_NO_COMMITTED = -1 };

struct kafka_group_offset { /* of one partition */
    int64_t low, high;      /* of its log: the first offset, and the one behind the last (high watermark) */
    int64_t committed;      /* stable; KAFKA_NO_COMMITTED: none */
    struct buffer text;     /* its metadata */
    char *reader;           /* client id of the member that has it; NULL: nobody */
};

struct kafka_group_offsets {       /* all zero: nothing */
    struct kafka_group_offset *of; /* by partition */
    int32_t count;
};

/* Asks for all partitions of the input, joining nothing. Waits while a transaction is open on an offset, up to the time
 * that administrative requests have. False with *error; release either way. */
bool kafka_group_offsets(const struct config *config, struct kafka_group_offsets *out, struct kafka_error *error);
void kafka_group_offsets_release(struct kafka_group_offsets *offsets);

#endif
