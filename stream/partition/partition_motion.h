/* Trains in motion: a train that changed at several barriers is likely to change again, and its next record to be
 * nearly the same. So the derived record and its JSON are kept, within a bound, and a change costs what it touches.
 * Nothing depends on what is kept: any of it may go at any time, and no byte that goes out is another. Internal to
 * partition*.c. */
#ifndef CARAVAN_PARTITION_PARTITION_MOTION_H
#define CARAVAN_PARTITION_PARTITION_MOTION_H

#include "encode/record_text.h"
#include "partition/partition_state.h"

void motion_init(struct partition *partition);
/* True when a record of this train is to be made by motion_write: an earlier barrier had the train already and few
 * events came since, so it comes bit by bit (a backlog brings many a train whole, between a few barriers), and there is
 * a bound above 0. */
bool motion_is_worth(const struct partition *partition, const struct train_entry *entry);
/* The record of a train as it stands, and its bytes; both live until the partition's scratch or encoded is used, the
 * train changes, or motion_settle. */
const struct record *motion_write(struct partition *partition, struct train_entry *entry, struct record_whole *whole);
/* Drops what was used longest ago, until the bound holds. */
void motion_settle(struct partition *partition);
/* Drops what is kept of a train, if anything. */
void motion_end(struct partition *partition, struct train_entry *entry);

#endif
