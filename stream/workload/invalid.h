/* Messages that Caravan must turn away, each with the reason it must give. */
#ifndef CARAVAN_WORKLOAD_INVALID_H
#define CARAVAN_WORKLOAD_INVALID_H

#include <stdint.h>

#include "event/reject.h"
#include "workload/write.h"

/* Appends one invalid message as a line; returns why it is invalid. `before` counts the earlier ones of the workload by
 * reason: each reason that bytes can give comes once before the draw begins. KEY_MISMATCH comes only where lines have
 * keys, TOO_LARGE (a message above 1 MiB) in `oversized` of a million cases. */
enum reject_reason invalid_write(struct writer *writer, int64_t time_ms, uint32_t oversized,
                                 const uint64_t before[REJECT_REASON_COUNT]);

#endif
