/* Looking into a partition from outside its flow: which trains there are, how they stand, and a copy of one of them.
 * "As of the last commit": a lane works on while a commit is under way, so what a train was told to be at a barrier
 * counts only once that barrier's epoch is decided. The partition's owner calls these. */
#ifndef CARAVAN_PARTITION_PARTITION_INSPECT_H
#define CARAVAN_PARTITION_PARTITION_INSPECT_H

#include <stdint.h>

#include "base/buffer.h"
#include "partition/partition.h"

enum summary_state {
    SUMMARY_NONE,    /* no commit had the train yet */
    SUMMARY_UNKNOWN, /* restored, and not derived since (partition_options.learn) */
    SUMMARY_KNOWN
};

/* How a train stood at a barrier. */
struct train_summary {
    uint64_t epoch;        /* that barrier's; 0: it is how it was restored */
    int64_t arrived_at_ms; /* once arrived, else 0 */
    uint32_t waybills, containers;
    uint32_t teu;     /* hundredths */
    uint16_t reasons; /* bits 1u << enum record_reason; none of an open train whose record does not go out */
    uint16_t alerts;  /* bits 1u << enum alert_kind, as reasons */
    uint8_t status;   /* enum record_status */
    uint8_t state;    /* enum summary_state */
};

/* Visits every train that the last of the decided epochs had, with its summary as of that one. Epochs are those of
 * partition_cut.epoch; at most one of them may be undecided. */
void partition_summaries(const struct partition *partition, uint64_t decided,
                         void (*visit)(void *context, const struct train *train, const struct train_summary *summary),
                         void *context);

enum partition_copied {
    PARTITION_NO_TRAIN,
    PARTITION_COPIED,
    PARTITION_CHANGED /* since the last decided epoch: right after the next barrier it can be had as of that one */
};

/* Appends a train's facts as train_pack packs them. `decided` UINT64_MAX: as it stands. */
enum partition_copied partition_copy(const struct partition *partition, struct slice train_key, uint64_t decided,
                                     struct buffer *facts);

#endif
