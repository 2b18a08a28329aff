/* The last messages of a topic that are wanted, for `caravan tail --last`. */
#ifndef CARAVAN_COMMANDS_TAIL_LAST_H
#define CARAVAN_COMMANDS_TAIL_LAST_H

#include <stdbool.h>
#include <stdint.h>

#include "commands/tail_read.h"

struct tail_log {     /* a partition */
    int64_t low, end; /* of its log, at the start */
    int64_t next;     /* from where it is read on */
    bool is_done;     /* read to `end` */
};

/* Gives read->take the last read->last wanted messages that stand before the ends, oldest first by their timestamps
 * (where those are equal, a partition's in their order), and moves `next` to the ends. Partitions are read backwards in
 * growing pieces until each has enough or is read from its beginning. */
bool tail_last(struct tail_read *read, struct kafka_error *error);

#endif
