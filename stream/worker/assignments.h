/* Which assignment of each partition is in force: written by the thread that serves rebalances and voided by the
 * committer; read by committer and restorer. Lock-free; any thread. */
#ifndef CARAVAN_WORKER_ASSIGNMENTS_H
#define CARAVAN_WORKER_ASSIGNMENTS_H

#include <stdbool.h>
#include <stdint.h>

enum { ASSIGNMENTS_NONE = 0 };

struct assignments;

struct assignments *assignments_new(int32_t partition_count);
void assignments_free(struct assignments *assignments);
/* `assignment` is a number never used before in this process, or ASSIGNMENTS_NONE; `life` the membership that it
 * belongs to (kafka_source_life). */
void assignments_set(struct assignments *assignments, int32_t partition, uint64_t assignment, uint64_t life);
/* Puts ASSIGNMENTS_NONE in the place of `assignment` if that is in force. */
void assignments_void(struct assignments *assignments, int32_t partition, uint64_t assignment);
/* The membership that the partition's assignment belongs to. */
uint64_t assignments_life(const struct assignments *assignments, int32_t partition);
bool assignments_is(const struct assignments *assignments, int32_t partition, uint64_t assignment);

#endif
