/* The topics of a deployment and the group's administration (schemas/topics.md). One thread. */
#ifndef CARAVAN_KAFKA_TOPICS_H
#define CARAVAN_KAFKA_TOPICS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "config/config.h"
#include "kafka/error.h"

/* Creates every topic that is missing (the input too) with the settings of schemas/topics.md; one that is there stays
 * as it is (contract 9.6). Appends a line a topic to `report`. */
bool kafka_topics_create(const struct config *config, int32_t partitions, int16_t replication, struct buffer *report,
                         struct kafka_error *error);

/* Partition count of one topic; -1 with *error when it is missing or nobody answers. */
int32_t kafka_topics_count(const struct config *config, enum config_topic topic, struct kafka_error *error);

struct kafka_topics_findings {
    int32_t input_partitions;
    int64_t message_bytes_max[CONFIG_TOPIC_COUNT]; /* as configured; -1: the cluster does not say */
    unsigned wrong; /* things that must be put right: missing topic, partition counts, compacted input, checkpoints or
                       traffic not `compact` alone, ... */
    unsigned warnings; /* what the cluster does not let us see, or what is unusual (CreateTime input, small retention,
                          ...) */
};
/* Looks at every topic; appends a line a finding to `report` (what is wrong, where, what to do). False with *error when
 * the cluster cannot be reached. */
bool kafka_topics_check(const struct config *config, struct buffer *report, struct kafka_topics_findings *findings,
                        struct kafka_error *error);

/* Starts the group over: deletes its offsets for the input topic and empties checkpoints and traffic (delete-records to
 * the end, or tombstones are not enough: the topics must be empty for a partition without offset). Refuses while the
 * group has active members. */
bool kafka_group_reset(const struct config *config, struct buffer *report, struct kafka_error *error);

/* What kafka_group_reset would do, a line each in `report`: how many records would go, from where offsets would.
 * Changes nothing; refuses as it would. */
bool kafka_group_preview(const struct config *config, struct buffer *report, struct kafka_error *error);

#endif
