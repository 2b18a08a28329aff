#include "pipeline/assignments.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/alloc.h"

struct assignments {
    int32_t count;
    _Atomic uint64_t current[];
};

struct assignments *assignments_new(int32_t partition_count) {
    assert(partition_count > 0);
    struct assignments *assignments =
        alloc_zeroed(1, sizeof *assignments + (size_t)partition_count * sizeof assignments->current[0]);
    assignments->count = partition_count;
    return assignments;
}

void assignments_free(struct assignments *assignments) {
    free(assignments);
}

void assignments_set(struct assignments *assignments, int32_t partition, uint64_t assignment) {
    assert(partition >= 0 && partition < assignments->count);
    atomic_store(&assignments->current[partition], assignment);
}

bool assignments_is(const struct assignments *assignments, int32_t partition, uint64_t assignment) {
    return partition >= 0 && partition < assignments->count && assignment != ASSIGNMENTS_NONE &&
           atomic_load(&assignments->current[partition]) == assignment;
}
