/* Verifying one partition, for `caravan verify`: its state is made again as a worker would after a restart, and
 * compared with what stands on the topics. Changes nothing. One owner. */
#ifndef CARAVAN_COMMANDS_VERIFY_PARTITION_H
#define CARAVAN_COMMANDS_VERIFY_PARTITION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "config/config.h"
#include "kafka/error.h"
#include "kafka/group_offsets.h"

struct decoder;
struct kafka_reader;

struct verify_run {
    const struct config *config;
    struct kafka_reader *reader;
    struct decoder *decoder;
    struct arena scratch;
    struct buffer record;
};

struct verify_result {
    struct buffer report;             /* what differs; the caller releases it */
    bool good;                        /* else `report` says what differs */
    uint64_t events, trains, records; /* N; trains held; records that stand on the topic as they should */
};

/* Restores the partition from its committed offset (checkpoints, then the input again from F to C), which compares N
 * and S with the committed text (contract 7.11), then derives each train's record and compares its bytes with the last
 * one on the clearances topic. What differs is in result->report, at most VERIFY_SHOWN_MAX trains by name. False
 * with *error when the cluster cannot be read. */
bool verify_partition(struct verify_run *verify, int32_t partition, const struct kafka_group_offset *offset,
                      struct verify_result *result, struct kafka_error *error);

enum { VERIFY_SHOWN_MAX = 10 };

#endif
