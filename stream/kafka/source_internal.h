/* The source from inside, and what the transaction needs of it beyond source.h. Internal to kafka/. */
#ifndef CARAVAN_KAFKA_SOURCE_INTERNAL_H
#define CARAVAN_KAFKA_SOURCE_INTERNAL_H

#include "kafka/client.h"
#include "kafka/membership.h"
#include "kafka/source.h"

enum { KAFKA_SOURCE_BATCH = 4096 };

/* One partition of the input. Only the polling thread looks here. */
struct source_slot {
    bool assigned;
    bool started;
    int64_t next; /* what comes below this was delivered before, or is older than where reading was to begin */
};

struct kafka_source {
    rd_kafka_t *client;
    struct kafka_membership *membership;
    rd_kafka_queue_t *queue;
    rd_kafka_topic_t *handle; /* keeps the partitions known, so that they can be paused before they are assigned */
    char *topic;
    struct kafka_source_callbacks callbacks;
    struct source_slot *slots;
    int32_t slot_count;
    rd_kafka_message_t *batch[KAFKA_SOURCE_BATCH]; /* taken from librdkafka, not handed on yet; NULL: dropped */
    size_t batch_first, batch_count;
    bool paused;
    bool failed; /* the failed callback was called */
    struct kafka_troubles troubles;
    struct kafka_keeper keeper;
};

/* Who this member is now. While it is none nothing may be sent, since a broker takes offsets without a generation as
 * ones that need no fencing. As kafka_membership_ask. Any thread. */
enum kafka_standing kafka_source_member(struct kafka_source *source, int timeout_ms, struct kafka_member *member);
/* The consumer itself, for administrative questions. Any thread. */
rd_kafka_t *kafka_source_client(struct kafka_source *source);

#endif
