/* Which assignment of each partition is in force: written by the thread that serves rebalances, read by committer and
 * restorer. Lock-free; any thread. */
#ifndef CARAVAN_PIPELINE_ASSIGNMENTS_H
#define CARAVAN_PIPELINE_ASSIGNMENTS_H

#include <stdbool.h>
#include <stdint.h>

enum { ASSIGNMENTS_NONE = 0 };

struct assignments;

struct assignments *assignments_new(int32_t partition_count);
void assignments_free(struct assignments *assignments);
/* `assignment` is a number never used before in this life, or ASSIGNMENTS_NONE. */
void assignments_set(struct assignments *assignments, int32_t partition, uint64_t assignment);
bool assignments_is(const struct assignments *assignments, int32_t partition, uint64_t assignment);

#endif
