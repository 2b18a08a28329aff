/* One life of the transactional producer: the client itself and what it is known to have asked of the coordinator. A
 * new one with the same transactional.id fences the old one and settles its transaction. Internal to kafka/. One
 * thread, but librdkafka's threads count. */
#ifndef CARAVAN_KAFKA_TXN_PRODUCER_H
#define CARAVAN_KAFKA_TXN_PRODUCER_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/outbox.h"
#include "kafka/client.h"

struct txn_producer {
    rd_kafka_t *client; /* NULL: none */
    rd_kafka_topic_t *topics[OUTPUT_TOPIC_COUNT];
    atomic_uint ends_sent; /* EndTxn requests that left for a broker */
    atomic_bool end_lost;  /* one of them timed out, or its connection broke, before the answer */
    /* The first message that could not be delivered since txn_producer_forget_failure; RD_KAFKA_RESP_ERR_NO_ERROR for
     * none. */
    rd_kafka_resp_err_t failure;
    const struct output *failed_output;
    struct kafka_troubles troubles;
};

/* How much may be packed together: a batch must not be larger than what any of the topics takes. `client` asks for
 * that; not asked where the operator set batch.size. */
int txn_batch_bytes(const struct config *config, rd_kafka_t *client);

/* Makes the client; nothing is asked of a broker yet. `batch_bytes_max` bounds what is packed together. False with
 * *error. */
bool txn_producer_open(struct txn_producer *producer, const struct config *config, int batch_bytes_max,
                       struct kafka_error *error);
/* Throws it away with all that it holds; nothing is flushed. Does nothing when there is none. */
void txn_producer_close(struct txn_producer *producer);
/* Some EndTxn request was never answered: it may arrive late and end a transaction that it was not meant for (KIP-890).
 */
bool txn_producer_is_haunted(const struct txn_producer *producer);
void txn_producer_forget_failure(struct txn_producer *producer);

/* The topic's name, for errors. */
const char *txn_topic_name(const struct config *config, enum output_topic topic);

#endif
