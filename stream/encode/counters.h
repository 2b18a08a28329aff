/* What a lane did, as plain sums since its start (contract 6.6). Owned by the lane; snapshots travel with
 * its outboxes. */
#ifndef CARAVAN_ENCODE_COUNTERS_H
#define CARAVAN_ENCODE_COUNTERS_H

#include <stdint.h>

#include "event/reject.h"

struct counters {
    uint64_t events, bytes; /* messages taken and their values' bytes */
    uint64_t accepted, duplicate, stale;
    uint64_t rejected[REJECT_REASON_COUNT];
    uint64_t records, record_bytes;
    uint64_t outputs, output_bytes; /* all topics */
    uint64_t checkpoints, checkpoint_bytes;
    uint64_t expired_trains;
    uint64_t misplaced_keys; /* valid events whose partition is not the one murmur2 gives their key */
};

void counters_add(struct counters *sum, const struct counters *part);
uint64_t counters_rejected(const struct counters *counters);

#endif
