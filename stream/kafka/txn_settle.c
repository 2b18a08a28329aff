/* A commit that Kafka decided and did not end everywhere: the offset stays held for ever, and nobody can restore the
 * partition. Whoever made it knows what it was, and a further commit of the same producer ends it (exactly-once.md
 * E16). */
#include <inttypes.h>

#include "base/log.h"
#include "kafka/transaction_internal.h"

enum { ASK_MS = 5000 };

/* What is told without waiting for transactions: the text of the commit before ours, so it is ours that is held. */
static bool is_ours_held(const struct kafka_transaction *txn, int32_t partition, const struct txn_kept *kept,
                         struct kafka_error *error) {
    rd_kafka_t *client = kafka_client_group(txn->config, "read_uncommitted", error);
    if (client == NULL) {
        return false;
    }
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_t *asked =
        rd_kafka_topic_partition_list_add(list, txn->config->topics[CONFIG_TOPIC_INPUT], partition);
    bool is_held = rd_kafka_committed(client, list, ASK_MS) == RD_KAFKA_RESP_ERR_NO_ERROR &&
                   asked->err == RD_KAFKA_RESP_ERR_NO_ERROR &&
                   txn_is_before(buffer_slice(&kept->previous), asked->offset,
                                 (struct slice){asked->metadata, asked->metadata_size});
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_destroy(client);
    return is_held;
}

static void put_again(struct outbox *outbox, int32_t partition, uint64_t assignment, const struct txn_kept *kept) {
    outbox_init(outbox);
    outbox_put_offset(outbox, &(struct output_offset){.partition = partition,
                                                      .assignment = assignment,
                                                      .offset = kept->offset,
                                                      .metadata = buffer_slice(&kept->text),
                                                      .previous = buffer_slice(&kept->previous)});
}

enum kafka_commit kafka_transaction_settle(struct kafka_transaction *txn, int32_t partition, uint64_t assignment,
                                           struct kafka_error *error) {
    const struct txn_kept *kept = partition < txn->epoch.partition_count ? &txn->kept[partition] : NULL;
    if (kept == NULL || kept->text.len == 0 || !is_ours_held(txn, partition, kept, error)) {
        return KAFKA_COMMIT_DONE;
    }
    log_line(LOG_WARNING, "commit",
             "partition %" PRId32 ": what this worker committed last is decided and still held, so a broker lost the "
             "end of its transaction: its offset is committed once more",
             partition);
    struct outbox outbox;
    put_again(&outbox, partition, assignment, kept);
    const struct outbox *outboxes[] = {&outbox};
    txn->settling = true;
    enum kafka_commit result = kafka_transaction_commit(txn, outboxes, 1, error);
    txn->settling = false;
    outbox_release(&outbox);
    return result;
}
