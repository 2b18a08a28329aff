/* One life of the transactional producer: the client itself and what it is known to have asked of the coordinator. A
 * new one with the same transactional.id fences the old one and settles its transaction. Internal to kafka/. One
 * thread, but librdkafka's threads count, and txn_producer_keep is any thread's. */
#ifndef CARAVAN_KAFKA_TXN_PRODUCER_H
#define CARAVAN_KAFKA_TXN_PRODUCER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "flow/outbox.h"
#include "kafka/client.h"

struct txn_producer {
    pthread_mutex_t changing; /* held while `client` changes, and while another thread looks at it */
    rd_kafka_t *client;       /* NULL: none */
    rd_kafka_topic_t *topics[OUTPUT_TOPIC_COUNT];
    atomic_uint ends_sent; /* EndTxn requests that left for a broker */
    atomic_uint begun;     /* answers to AddPartitionsToTxn: the coordinator is there, and has begun a transaction */
    atomic_bool end_lost;  /* one of them timed out, or its connection broke, before the answer */
    /* The first message that could not be delivered since txn_producer_forget_failure; RD_KAFKA_RESP_ERR_NO_ERROR for
     * none. */
    rd_kafka_resp_err_t failure;
    const struct output *failed_output;
    struct kafka_troubles troubles;
    struct kafka_keeper keeper;
    _Atomic int64_t offsets_ms; /* steady clock: since when offsets are being sent; 0: they are not */
    int64_t nudged_ms;          /* txn_producer_keep's */
};

enum {
    TXN_MESSAGE_BYTES_MAX = 64 * 1024 * 1024
}; /* message.max.bytes by default: dead letters may be larger than records */

/* Appends the transactional.id and a NUL: GROUP-ID, or GROUP~ID where the group has a '-' of its own, so that no two
 * pairs of group and worker.id have the same. It begins with the group, as a right that is given by prefix needs; '~'
 * and '%' of the id are written %7E and %25. */
void txn_producer_id(const struct config *config, struct buffer *out);
/* Makes the client, where there is none; nothing is asked of a broker yet. `batch_bytes_max` bounds what is packed
 * together. False with *error. */
bool txn_producer_open(struct txn_producer *producer, const struct config *config, int batch_bytes_max,
                       struct kafka_error *error);
/* Throws it away with all that it holds; nothing is flushed. Does nothing when there is none. */
void txn_producer_close(struct txn_producer *producer);
/* rd_kafka_send_offsets_to_transaction, while which txn_producer_keep looks after the client. */
rd_kafka_error_t *txn_producer_send_offsets(struct txn_producer *producer,
                                            const rd_kafka_topic_partition_list_t *offsets,
                                            const rd_kafka_consumer_group_metadata_t *member, int timeout_ms);
/* kafka_client_keep, for while the thread that has the producer waits inside of librdkafka. Any thread; waits for a
 * tenth of a second at most, and only where that thread has waited for seconds. */
void txn_producer_keep(struct txn_producer *producer);
/* Some EndTxn request was never answered: it may arrive late and end a transaction that it was not meant for (KIP-890).
 */
bool txn_producer_is_haunted(const struct txn_producer *producer);
void txn_producer_forget_failure(struct txn_producer *producer);

/* The topic's name, for errors. */
const char *txn_topic_name(const struct config *config, enum output_topic topic);

#endif
