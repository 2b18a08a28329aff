/* What makes a partition quick and changes nothing: how much it keeps beside its state (partition_motion.h), and what
 * it is told beforehand. The partition's owner calls these. */
#ifndef CARAVAN_PARTITION_PARTITION_KEEP_H
#define CARAVAN_PARTITION_PARTITION_KEEP_H

#include <stddef.h>

#include "partition/partition.h"

/* How many bytes may be kept of records that have gone out, so that the next one of the same train costs what changed
 * (0, and before it is told: none). What is kept beyond it is dropped, what was used longest ago first. It is no
 * part of partition_memory_bytes, and what goes out never depends on it. */
void partition_keep(struct partition *partition, size_t bytes_max);
/* What is kept now; at most so much after each barrier. */
size_t partition_kept_bytes(const struct partition *partition);

/* How far before a message is offered it is told first: a repeat is through before memory answers, so a good while. One
 * less than a power of two. */
enum { PARTITION_AHEAD = 7 };

/* It is told again at each nearer distance, down to 1: a train is found in three steps, and each needs what the one
 * before it fetched. 0: no nearer one. */
static inline unsigned partition_nearer(unsigned ahead) {
    return ahead > 3 ? 3 : ahead - 1;
}

/* Tells that a message will be offered after `ahead` - 1 others, so that what is looked for in memory then has come; a
 * step that is left out costs only time. The message may not change until it has been offered; another one may be
 * offered all the same. */
void partition_expect(struct partition *partition, const struct message *message, unsigned ahead);

#endif
