/* How much one epoch may put out: so much that its commit ends well within the transaction's time, whatever the way to
 * the broker carries. It begins modestly, shrinks when a commit was slow, and grows when one was quick and the budget
 * kept something back. Pure; single owner. */
#ifndef CARAVAN_LANES_BUDGET_H
#define CARAVAN_LANES_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "partition/partition.h"

struct budget {
    size_t bytes; /* what the next epoch may put out */
    size_t bytes_max;
    int64_t aim_ms;   /* what a commit should take when there is much to do, beside floor_ms */
    int64_t floor_ms; /* what one takes that puts out next to nothing: round trips, which no budget makes fewer */
    int64_t limit_ms; /* beyond this it shrinks as far as it must */
};

/* A commit of more than transaction_timeout_ms can never be made; memory_bytes_max bounds what is held in all. */
void budget_init(struct budget *budget, int64_t transaction_timeout_ms, uint64_t memory_bytes_max);
/* A commit of an epoch that was expected to put out so many bytes took so long. `limited`: the budget kept something
 * for a later epoch. */
void budget_learn(struct budget *budget, size_t bytes, int64_t took_ms, bool limited);

/* True when an epoch that has put, or is about to put, so many bytes takes no more messages: a quarter of its budget is
 * left for checkpoints, else F would never follow under a load that fills every epoch. */
bool budget_is_spent(size_t budget_bytes, size_t spent_bytes);
/* What is left for checkpoints, shared evenly by `shares` lanes. */
struct partition_room budget_room(size_t budget_bytes, size_t spent_bytes, unsigned shares);

#endif
