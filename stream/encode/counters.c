/* Sums of what lanes count. Each lane has counters of its own and hands a copy along with every outbox, so nothing here
 * is shared or locked. */
#include "encode/counters.h"

/* A counter that is new in the struct must be added here too, or throughput shows 0 for it for ever. */
void counters_add(struct counters *sum, const struct counters *part) {
    sum->events += part->events;
    sum->bytes += part->bytes;
    sum->accepted += part->accepted;
    sum->duplicate += part->duplicate;
    sum->stale += part->stale;
    for (int i = 0; i < REJECT_REASON_COUNT; i++) {
        sum->rejected[i] += part->rejected[i];
    }
    sum->records += part->records;
    sum->record_bytes += part->record_bytes;
    sum->outputs += part->outputs;
    sum->output_bytes += part->output_bytes;
    sum->checkpoints += part->checkpoints;
    sum->checkpoint_bytes += part->checkpoint_bytes;
    sum->expired_trains += part->expired_trains;
    sum->misplaced_keys += part->misplaced_keys;
}

uint64_t counters_rejected(const struct counters *counters) {
    uint64_t sum = 0;
    for (int i = 0; i < REJECT_REASON_COUNT; i++) {
        sum += counters->rejected[i];
    }
    return sum;
}
