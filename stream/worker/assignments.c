#include "worker/assignments.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/alloc.h"

struct assignments {
    int32_t count;
    struct {
        _Atomic uint64_t current, life;
    } of[];
};

struct assignments *assignments_new(int32_t partition_count) {
    assert(partition_count > 0);
    struct assignments *assignments =
        alloc_zeroed(1, sizeof *assignments + (size_t)partition_count * sizeof assignments->of[0]);
    assignments->count = partition_count;
    return assignments;
}

void assignments_free(struct assignments *assignments) {
    free(assignments);
}

void assignments_set(struct assignments *assignments, int32_t partition, uint64_t assignment, uint64_t life) {
    assert(partition >= 0 && partition < assignments->count);
    atomic_store(&assignments->of[partition].current, ASSIGNMENTS_NONE); /* never a number with another's life */
    atomic_store(&assignments->of[partition].life, life);
    atomic_store(&assignments->of[partition].current, assignment);
}

void assignments_void(struct assignments *assignments, int32_t partition, uint64_t assignment) {
    assert(partition >= 0 && partition < assignments->count);
    /* Only if it is still this one: the source thread may have put a later one in force meanwhile. */
    uint64_t expected = assignment;
    atomic_compare_exchange_strong(&assignments->of[partition].current, &expected, ASSIGNMENTS_NONE);
}

uint64_t assignments_life(const struct assignments *assignments, int32_t partition) {
    assert(partition >= 0 && partition < assignments->count);
    return atomic_load(&assignments->of[partition].life);
}

bool assignments_is(const struct assignments *assignments, int32_t partition, uint64_t assignment) {
    return partition >= 0 && partition < assignments->count && assignment != ASSIGNMENTS_NONE &&
           atomic_load(&assignments->of[partition].current) == assignment;
}
