/* Sending one epoch's messages and offsets inside an open transaction, as often as needed with the same bytes. Internal
 * to kafka/. */
#ifndef CARAVAN_KAFKA_TXN_SEND_H
#define CARAVAN_KAFKA_TXN_SEND_H

#include "kafka/txn_limits.h"
#include "kafka/txn_producer.h"

/* One epoch on its way. The outboxes are borrowed and unchanged. */
struct txn_epoch {
    const struct outbox *const *outboxes;
    size_t outbox_count;
    bool *is_out; /* by partition: this part is void or was never part of the epoch; `partition_count` of them */
    int32_t partition_count;
    size_t cut_letters;    /* of the last attempt: dead letters that went out cut */
    size_t longest_letter; /* and the bytes of the longest */
};

enum txn_sent {
    TXN_SENT,       /* everything is with the broker */
    TXN_SEND_AGAIN, /* abort, then send again: *error says why */
    /* Abort, then send again within the limits that were learned, by a new producer: it packs less, and the old one
     * left a gap in its sequence numbers. */
    TXN_SEND_LEARNED,
    TXN_SEND_FATAL,  /* abort and give up: *error says why */
    TXN_SEND_STOPPED /* told to stop while waiting */
};

struct txn_send_context {
    struct txn_producer *producer;
    const struct config *config;
    struct txn_limits *limits;
    bool (*is_stopping)(void *context);
    void *context;
    struct kafka_error *error;
};

/* Puts every message of the parts that are not out, and waits until the broker has them all. */
enum txn_sent txn_send_messages(const struct txn_send_context *context, struct txn_epoch *epoch);
/* The offsets with their texts, for rd_kafka_send_offsets_to_transaction; the caller destroys the list. */
rd_kafka_topic_partition_list_t *txn_offsets(const struct config *config, const struct txn_epoch *epoch);

#endif
