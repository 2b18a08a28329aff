/* Sending one epoch's messages and offsets inside an open transaction, as often as needed with the same bytes. Internal
 * to kafka/. */
#ifndef CARAVAN_KAFKA_TXN_SEND_H
#define CARAVAN_KAFKA_TXN_SEND_H

#include "kafka/txn_producer.h"

/* One epoch on its way. The outboxes are borrowed and unchanged. */
struct txn_epoch {
    const struct outbox *const *outboxes;
    size_t outbox_count;
    bool *is_out; /* by partition: this part is void or was never part of the epoch; `partition_count` of them */
    int32_t partition_count;
    /* A dead letter longer than this goes out with a null value: its topic does not take it (spec section 8). */
    size_t dead_letter_bytes_max;
    /* Dead letters longer than this go one by one, the shortest first, so that the first that fails tells the limit:
     * SIZE_MAX while none was refused, then half of what is packed together, then 0. */
    size_t alone_above_bytes;
    size_t batch_bytes_max; /* what the producer packs together */
    size_t replaced; /* dead letters that went out with a null value in the last attempt */
};

enum txn_sent {
    TXN_SENT,        /* everything is with the broker */
    TXN_SEND_AGAIN,  /* abort, then send again (the epoch may have learned something) */
    TXN_SEND_FATAL,  /* abort and give up: *error says why */
    TXN_SEND_STOPPED /* told to stop while waiting */
};

struct txn_send_context {
    struct txn_producer *producer;
    const struct config *config;
    bool (*is_stopping)(void *context);
    void *context;
    struct kafka_error *error;
};

/* Puts every message of the parts that are not out, and waits until the broker has them all. */
enum txn_sent txn_send_messages(const struct txn_send_context *context, struct txn_epoch *epoch);
/* The offsets with their texts, for rd_kafka_send_offsets_to_transaction; the caller destroys the list. */
rd_kafka_topic_partition_list_t *txn_offsets(const struct config *config, const struct txn_epoch *epoch);

#endif
