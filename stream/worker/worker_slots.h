/* What the source thread knows of each input partition, and the one way from state to state (stream/exactly-once.md has
 * them drawn, with what a crash in each means). Internal to the worker; the source thread's. */
#ifndef CARAVAN_WORKER_WORKER_SLOTS_H
#define CARAVAN_WORKER_WORKER_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lanes/lanes.h"

struct worker;

enum slot_state { SLOT_NONE, SLOT_RESTORING, SLOT_CHANGING, SLOT_LIVE };

struct slot {
    enum slot_state state; /* changed by worker_slot_enter alone */
    uint64_t assignment;
    int64_t position;  /* where reading goes on: C of the next barrier, where the lanes hold nothing back */
    int64_t committed; /* C of the last commit */
    /* SLOT_RESTORING: not 0 while it waits for room, for at least so many bytes, until retry_ms (steady clock). */
    size_t needed_bytes;
    int64_t retry_ms;
    unsigned retries;
    /* For the board. */
    int64_t restore_ms;
    uint64_t restored_facts, restored_events;
    struct lanes_partition told; /* by its lane at the last commit; all zero before */
};

/* NULL when the input had no such partition at the start. */
struct slot *worker_slot(struct worker *worker, int32_t partition);
/* The one way to another state; asserts that the step is drawn in stream/exactly-once.md, and logs it with the sentence
 * that says why. A slot that enters SLOT_NONE is emptied. */
void worker_slot_enter(struct worker *worker, int32_t partition, enum slot_state state, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* True of a partition whose restore had no room and that waits for it. */
bool worker_slot_waits(const struct slot *slot);
/* True when it is known where reading goes on: also of a partition that waits. */
bool worker_slot_has_position(const struct slot *slot);
/* Begins live reading of a partition that its lane has; the worker ends when that cannot be. */
void worker_start_live(struct worker *worker, int32_t partition, const char *why);

#endif
