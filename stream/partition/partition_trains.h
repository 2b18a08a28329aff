/* The trains of a partition, with their rows and days: for the partition*.c files only (partition_state.h). */
#ifndef CARAVAN_PARTITION_PARTITION_TRAINS_H
#define CARAVAN_PARTITION_PARTITION_TRAINS_H

#include "partition/partition_state.h"

/* NULL when there is none. */
struct train_entry *trains_find(const struct partition *partition, struct slice key);
/* What a train is found by; seeded. */
uint64_t trains_hash(const struct partition *partition, struct slice key);
/* Fetches from memory what trains_find will read, then what a join will: each step says where the next one is. */
void trains_expect(const struct partition *partition, uint64_t hash, unsigned ahead);
/* Takes a train that is not entry, counts its live events in, and gives it its row. A row that is new because of it is
 * known unless `restoring`. */
struct train_entry *trains_add(struct partition *partition, struct train *train, bool restoring);
/* Counts its live events out and frees it; its row stays. */
void trains_remove(struct partition *partition, struct train_entry *entry);
/* The sums after a join or unpack. */
void trains_count(struct partition *partition, const struct join_effect *effect);
/* Replaces the train's state by an empty one (restore). */
void trains_empty(struct partition *partition, struct train_entry *entry);
/* What has gone out for the row is known from here on. */
void trains_know_row(struct row *row);
/* A row without trains goes, and its day with the last row. */
void trains_remove_row(struct partition *partition, struct row *row);
/* The oldest day with a train, NULL when there is none. */
struct day *trains_first_day(const struct partition *partition);
void trains_release(struct partition *partition);
size_t trains_bytes(const struct partition *partition);

#endif
