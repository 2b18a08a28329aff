#include "kafka/txn_send.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { SLICE_MS = 100, LENGTH_TEXT_BYTES = 24 };

static const char LENGTH_HEADER[] = "__caravan.errors.bytes";

/* ---- one message */

static bool is_replaced(const struct txn_epoch *epoch, const struct output *output) {
    return output->topic == OUTPUT_DEAD_LETTERS && output->value.data != NULL &&
           output->value.len > epoch->dead_letter_bytes_max;
}

static rd_kafka_headers_t *headers_of(const struct output *output, bool replaced) {
    if (output->header_count == 0 && !replaced) {
        return NULL;
    }
    rd_kafka_headers_t *headers = rd_kafka_headers_new(output->header_count + 1);
    for (size_t i = 0; i < output->header_count; i++) {
        const struct message_header *header = &output->headers[i];
        rd_kafka_header_add(headers, header->name.data, (ssize_t)header->name.len, header->value.data,
                            (ssize_t)header->value.len);
    }
    if (replaced) {
        char length[LENGTH_TEXT_BYTES];
        int len = snprintf(length, sizeof length, "%zu", output->value.len);
        rd_kafka_header_add(headers, LENGTH_HEADER, -1, length, len);
    }
    return headers;
}

/* The bytes stay in the outbox: they live until the epoch is decided, and the producer is gone before them. */
static rd_kafka_resp_err_t produce(struct txn_producer *producer, const struct output *output, bool replaced) {
    rd_kafka_headers_t *headers = headers_of(output, replaced);
    int32_t partition = output->topic == OUTPUT_DEAD_LETTERS ? RD_KAFKA_PARTITION_UA : output->input_partition;
    rd_kafka_vu_t args[] = {
        {.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = producer->topics[output->topic]},
        {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = partition},
        {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {(void *)(uintptr_t)output->key.data, output->key.len}},
        {.vtype = RD_KAFKA_VTYPE_VALUE,
         .u.mem = {replaced ? NULL : (void *)(uintptr_t)output->value.data, replaced ? 0 : output->value.len}},
        {.vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = (void *)(uintptr_t)output},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
    };
    size_t count = sizeof args / sizeof args[0] - (headers == NULL);
    rd_kafka_error_t *taken = rd_kafka_produceva(producer->client, args, count);
    rd_kafka_resp_err_t code = rd_kafka_error_code(taken);
    rd_kafka_error_destroy(taken);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR && headers != NULL) {
        rd_kafka_headers_destroy(headers);
    }
    return code;
}

/* ---- what a failure means */

static bool is_too_large(rd_kafka_resp_err_t code) {
    return code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE || code == RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE ||
           code == RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE;
}

/* Nothing but a change by the operator helps. */
static bool is_permanent(rd_kafka_resp_err_t code) {
    switch ((int)code) {
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
    case RD_KAFKA_RESP_ERR_INVALID_RECORD:
    case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
    case RD_KAFKA_RESP_ERR_POLICY_VIOLATION: return true;
    default: return false;
    }
}

static enum txn_sent give_up(const struct txn_send_context *context, const struct output *output,
                             rd_kafka_resp_err_t code) {
    const char *topic = txn_topic_name(context->config, output->topic);
    if (is_too_large(code)) {
        kafka_error_set(context->error, code,
                        "topic %s does not take a message of %zu bytes: raise its max.message.bytes (and the brokers' "
                        "message.max.bytes)",
                        topic, output->key.len + output->value.len);
    } else {
        kafka_error_set(context->error, code, "topic %s, partition %" PRId32 ": %s", topic, output->input_partition,
                        rd_kafka_err2str(code));
    }
    return TXN_SEND_FATAL;
}

static bool goes_alone(const struct txn_epoch *epoch, const struct output *output) {
    return output->topic == OUTPUT_DEAD_LETTERS && output->value.len > epoch->alone_above_bytes &&
           !is_replaced(epoch, output);
}

/* A dead letter was refused for its size. In a batch any of them may be the one to blame, so they are tried one by one;
 * then its own length is known to be too much. First only the long ones: a batch is not larger than what the topics
 * took at the start, and waiting for each of thousands would outlast the transaction's time. */
static enum txn_sent learn_size(struct txn_epoch *epoch, const struct output *output) {
    if (goes_alone(epoch, output)) {
        epoch->dead_letter_bytes_max = output->value.len - 1;
    } else {
        epoch->alone_above_bytes = epoch->alone_above_bytes == SIZE_MAX ? epoch->batch_bytes_max / 2 : 0;
    }
    return TXN_SEND_AGAIN;
}

static enum txn_sent judge(const struct txn_send_context *context, struct txn_epoch *epoch, const struct output *output,
                           rd_kafka_resp_err_t code) {
    bool shrinkable = output->topic == OUTPUT_DEAD_LETTERS && output->value.data != NULL && !is_replaced(epoch, output);
    if (is_too_large(code) && shrinkable) {
        return learn_size(epoch, output);
    }
    if (is_too_large(code) || is_permanent(code)) {
        return give_up(context, output, code);
    }
    kafka_error_set(context->error, code, "topic %s: a message could not be delivered: %s",
                    txn_topic_name(context->config, output->topic), rd_kafka_err2str(code));
    return TXN_SEND_AGAIN;
}

static enum txn_sent judge_failure(const struct txn_send_context *context, struct txn_epoch *epoch) {
    return judge(context, epoch, context->producer->failed_output, context->producer->failure);
}

/* ---- sending */

/* Waits until the broker has everything put so far. librdkafka gives each message up when the transaction's time is
 * over. */
static enum txn_sent flush(const struct txn_send_context *context, struct txn_epoch *epoch) {
    struct txn_producer *producer = context->producer;
    while (rd_kafka_flush(producer->client, SLICE_MS) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        if (producer->failure != RD_KAFKA_RESP_ERR_NO_ERROR) {
            return judge_failure(context, epoch);
        }
        if (context->is_stopping(context->context)) {
            return TXN_SEND_STOPPED;
        }
    }
    return producer->failure != RD_KAFKA_RESP_ERR_NO_ERROR ? judge_failure(context, epoch) : TXN_SENT;
}

/* The transaction takes no more, because a message put before failed: its report, which may still be on its way, says
 * why, and without that a letter too long would fail again each time. */
static enum txn_sent judge_earlier(const struct txn_send_context *context, struct txn_epoch *epoch) {
    kafka_error_set(context->error, RD_KAFKA_RESP_ERR__STATE, "the transaction must be aborted");
    enum txn_sent sent = flush(context, epoch);
    return sent == TXN_SENT ? TXN_SEND_AGAIN : sent;
}

static enum txn_sent put(const struct txn_send_context *context, struct txn_epoch *epoch, const struct output *output) {
    rd_kafka_resp_err_t code;
    bool replaced = is_replaced(epoch, output);
    while ((code = produce(context->producer, output, replaced)) == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        rd_kafka_poll(context->producer->client, SLICE_MS);
        if (context->is_stopping(context->context)) {
            return TXN_SEND_STOPPED;
        }
    }
    if (code == RD_KAFKA_RESP_ERR__STATE) {
        return judge_earlier(context, epoch);
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        if (is_too_large(code)) {
            epoch->alone_above_bytes = 0; /* refused here, by its own size alone */
        }
        return judge(context, epoch, output, code);
    }
    epoch->replaced += replaced;
    return TXN_SENT;
}

static bool is_going(const struct txn_epoch *epoch, const struct output *output) {
    assert(output->input_partition >= 0);
    return output->input_partition < epoch->partition_count && !epoch->is_out[output->input_partition];
}

/* All messages, but for dead letters that go one by one. */
static enum txn_sent put_all(const struct txn_send_context *context, struct txn_epoch *epoch) {
    enum txn_sent sent = TXN_SENT;
    for (size_t box = 0; box < epoch->outbox_count && sent == TXN_SENT; box++) {
        const struct outbox *outbox = epoch->outboxes[box];
        for (size_t i = 0; i < outbox->output_count && sent == TXN_SENT; i++) {
            const struct output *output = &outbox->outputs[i];
            if (is_going(epoch, output) && !goes_alone(epoch, output)) {
                sent = put(context, epoch, output);
            }
        }
    }
    return sent;
}

static int by_length(const void *a, const void *b) {
    size_t left = (*(const struct output *const *)a)->value.len, right = (*(const struct output *const *)b)->value.len;
    return (left > right) - (left < right);
}

static size_t collect_lone(const struct txn_epoch *epoch, const struct output ***out) {
    size_t count = 0, capacity = 0;
    for (size_t box = 0; box < epoch->outbox_count; box++) {
        capacity += epoch->outboxes[box]->output_count;
    }
    const struct output **found = alloc_zeroed(capacity, sizeof *found);
    for (size_t box = 0; box < epoch->outbox_count; box++) {
        const struct outbox *outbox = epoch->outboxes[box];
        for (size_t i = 0; i < outbox->output_count; i++) {
            if (goes_alone(epoch, &outbox->outputs[i]) && is_going(epoch, &outbox->outputs[i])) {
                found[count++] = &outbox->outputs[i];
            }
        }
    }
    *out = found;
    return count;
}

static enum txn_sent put_one_by_one(const struct txn_send_context *context, struct txn_epoch *epoch) {
    const struct output **letters;
    size_t count = collect_lone(epoch, &letters);
    enum txn_sent sent = flush(context, epoch);
    qsort(letters, count, sizeof *letters, by_length);
    for (size_t i = 0; i < count && sent == TXN_SENT; i++) {
        sent = put(context, epoch, letters[i]);
        if (sent == TXN_SENT) {
            sent = flush(context, epoch);
        }
    }
    free(letters);
    return sent;
}

enum txn_sent txn_send_messages(const struct txn_send_context *context, struct txn_epoch *epoch) {
    epoch->replaced = 0;
    txn_producer_forget_failure(context->producer);
    enum txn_sent sent = put_all(context, epoch);
    if (sent == TXN_SENT && epoch->alone_above_bytes != SIZE_MAX) {
        sent = put_one_by_one(context, epoch);
    }
    return sent == TXN_SENT ? flush(context, epoch) : sent;
}

rd_kafka_topic_partition_list_t *txn_offsets(const struct config *config, const struct txn_epoch *epoch) {
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(16);
    for (size_t box = 0; box < epoch->outbox_count; box++) {
        const struct outbox *outbox = epoch->outboxes[box];
        for (size_t i = 0; i < outbox->offset_count; i++) {
            const struct output_offset *offset = &outbox->offsets[i];
            if (!epoch->is_out[offset->partition]) {
                rd_kafka_topic_partition_t *added =
                    rd_kafka_topic_partition_list_add(list, config->topics[CONFIG_TOPIC_INPUT], offset->partition);
                added->offset = offset->offset;
                added->metadata = alloc_copy(offset->metadata.data, offset->metadata.len);
                added->metadata_size = offset->metadata.len;
            }
        }
    }
    return list;
}
