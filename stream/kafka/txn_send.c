/* Puts the messages of an epoch into its transaction, waits until the broker has them, and judges what fails: by its
 * size, as something for the operator, or as a failure of this attempt alone. */
#include "kafka/txn_send.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/log.h"
#include "flow/letter.h"
#include "kafka/txn_cut.h"
#include "kafka/txn_rounds.h"

enum { SLICE_MS = 100 };

/* ---- one message */

static void add_header(void *headers, struct slice name, struct slice value) {
    rd_kafka_header_add(headers, name.data, (ssize_t)name.len, value.data, (ssize_t)value.len);
}

static rd_kafka_headers_t *headers_of(const struct output *output, enum txn_cut cut) {
    /* Checkpoints have none. */
    if (output->header_count == 0 && output->letter == NULL) {
        return NULL;
    }
    rd_kafka_headers_t *headers = rd_kafka_headers_new(output->header_count + LETTER_HEADER_COUNT);
    txn_cut_each_header(output, cut, add_header, headers);
    return headers;
}

/* The bytes stay in the outbox: they live until the epoch is decided, and the producer is gone before them. */
static rd_kafka_resp_err_t produce(struct txn_producer *producer, const struct output *output, enum txn_cut cut) {
    struct slice key = txn_cut_key(output, cut), value = txn_cut_value(output, cut);
    rd_kafka_headers_t *headers = headers_of(output, cut);
    /* What is keyed by a train stays in the partition of its events: the checkpoints of one are read back from
     * there (contract 6.4). */
    int32_t partition = output->topic == OUTPUT_DEAD_LETTERS ? RD_KAFKA_PARTITION_UA : output->input_partition;
    rd_kafka_vu_t args[] = {
        {.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = producer->topics[output->topic]},
        {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = partition},
        {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {(void *)(uintptr_t)key.data, key.len}},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {(void *)(uintptr_t)value.data, value.len}},
        {.vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = (void *)(uintptr_t)output},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
    };
    size_t count = sizeof args / sizeof args[0] - (headers == NULL);
    rd_kafka_error_t *taken = rd_kafka_produceva(producer->client, args, count);
    rd_kafka_resp_err_t code = rd_kafka_error_code(taken);
    rd_kafka_error_destroy(taken);
    /* Only a message that was taken owns its headers. */
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
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC: /* asked for as long as the transaction lasts, so it is not only moving */
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART: return true;
    default: return kafka_error_is_permanent(code);
    }
}

static enum txn_sent give_up(const struct txn_send_context *context, const struct output *output,
                             rd_kafka_resp_err_t code) {
    kafka_error_set(context->error, code, "topic %s, partition %" PRId32 ": %s",
                    txn_topic_name(context->config, output->topic), output->input_partition, rd_kafka_err2str(code));
    return TXN_SEND_FATAL;
}

/* Something was refused for its size. In a batch with others any of them may be the one to blame, or only all of them
 * together: then batches are halved until this one is larger than a batch, and so alone. Each try costs an aborted
 * transaction, but what was learned holds for the life. */
static enum txn_sent judge_size(const struct txn_send_context *context, const struct output *output,
                                rd_kafka_resp_err_t code) {
    struct txn_limits *limits = context->limits;
    const char *topic = txn_topic_name(context->config, output->topic);
    bool is_letter = output->topic == OUTPUT_DEAD_LETTERS;
    size_t bytes = txn_cut_bytes(output, TXN_WHOLE);
    enum txn_cut cut = is_letter ? txn_cut_for(output, limits->letter_bytes_max, &bytes) : TXN_CUT_LAST;
    /* It would have gone into a batch with others, so it may not be the one to blame. */
    if (bytes <= (size_t)limits->batch_bytes_max) {
        txn_limits_batch_refused(limits);
        log_line(LOG_INFO, "commit", "topic %s refused a batch for its size; from now on they have at most %d bytes",
                 topic, limits->batch_bytes_max);
        return TXN_SEND_LEARNED;
    }
    if (cut != TXN_CUT_LAST) {
        txn_limits_letter_refused(limits, bytes);
        return TXN_SEND_LEARNED;
    }
    kafka_error_set(context->error, code,
                    "topic %s does not take a message of %zu bytes: raise its max.message.bytes (and the brokers' "
                    "message.max.bytes)",
                    topic, bytes);
    return TXN_SEND_FATAL;
}

static enum txn_sent judge(const struct txn_send_context *context, const struct output *output,
                           rd_kafka_resp_err_t code) {
    if (is_too_large(code)) {
        return judge_size(context, output, code);
    }
    if (is_permanent(code)) {
        return give_up(context, output, code);
    }
    /* Mostly a time-out: with an abort and a fresh attempt it is known whether it lasts. */
    kafka_error_set(context->error, code, "topic %s: a message could not be delivered: %s",
                    txn_topic_name(context->config, output->topic), rd_kafka_err2str(code));
    return TXN_SEND_AGAIN;
}

static enum txn_sent judge_failure(const struct txn_send_context *context) {
    return judge(context, context->producer->failed_output, context->producer->failure);
}

/* ---- sending */

/* Waits until the broker has everything put so far. librdkafka gives each message up when the transaction's time is
 * over. */
static enum txn_sent flush(const struct txn_send_context *context) {
    struct txn_producer *producer = context->producer;
    while (rd_kafka_flush(producer->client, SLICE_MS) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        kafka_client_keep(producer->client, &producer->keeper);
        /* One is enough for an abort: waiting for the rest would only take the transaction's time. */
        if (producer->failure != RD_KAFKA_RESP_ERR_NO_ERROR) {
            return judge_failure(context);
        }
        if (context->is_stopping(context->context)) {
            return TXN_SEND_STOPPED;
        }
    }
    return producer->failure != RD_KAFKA_RESP_ERR_NO_ERROR ? judge_failure(context) : TXN_SENT;
}

/* The transaction takes no more, because a message put before failed: its report, which may still be on its way, says
 * why, and without that a letter too long would fail again each time. */
static enum txn_sent judge_earlier(const struct txn_send_context *context) {
    kafka_error_set(context->error, RD_KAFKA_RESP_ERR__STATE, "the transaction must be aborted");
    enum txn_sent sent = flush(context);
    return sent == TXN_SENT ? TXN_SEND_AGAIN : sent;
}

/* The first of a life: an operator is to know why values are missing, and what to do. */
static void tell_cut(const struct txn_send_context *context, const struct output *output) {
    if (!context->limits->told) {
        context->limits->told = true;
        log_line(
            LOG_WARNING, "commit",
            "topic %s does not take a dead letter of %zu bytes, so it goes out without its value, and so do others "
            "above %zu. To keep them whole, raise the topic's max.message.bytes and start this worker again",
            txn_topic_name(context->config, output->topic), txn_cut_bytes(output, TXN_WHOLE),
            context->limits->letter_bytes_max);
    }
}

static enum txn_sent put(const struct txn_send_context *context, struct txn_epoch *epoch, const struct output *output) {
    rd_kafka_resp_err_t code;
    size_t letter_bytes = 0;
    enum txn_cut cut = output->topic == OUTPUT_DEAD_LETTERS
                           ? txn_cut_for(output, context->limits->letter_bytes_max, &letter_bytes)
                           : TXN_WHOLE;
    /* Only an operator's own bound on the queue can be met: by default the outbox is the bound. What is queued lingers
     * until it is flushed. */
    while ((code = produce(context->producer, output, cut)) == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        rd_kafka_flush(context->producer->client, SLICE_MS);
        if (context->is_stopping(context->context)) {
            return TXN_SEND_STOPPED;
        }
    }
    if (code == RD_KAFKA_RESP_ERR__STATE) {
        return judge_earlier(context);
    }
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
        return judge(context, output, code);
    }
    epoch->longest_letter = letter_bytes > epoch->longest_letter ? letter_bytes : epoch->longest_letter;
    if (cut != TXN_WHOLE) {
        tell_cut(context, output);
        epoch->cut_letters++;
    }
    return TXN_SENT;
}

static bool is_going(const struct txn_epoch *epoch, const struct output *output) {
    assert(output->input_partition >= 0);
    return output->input_partition < epoch->partition_count && !epoch->is_out[output->input_partition];
}

static enum txn_sent put_round(const struct txn_send_context *context, struct txn_epoch *epoch,
                               struct txn_rounds *rounds) {
    enum txn_sent sent = TXN_SENT;
    size_t number = 0;
    for (size_t box = 0; box < epoch->outbox_count && sent == TXN_SENT; box++) {
        const struct outbox *outbox = epoch->outboxes[box];
        for (size_t i = 0; i < outbox->output_count && sent == TXN_SENT; i++) {
            const struct output *output = &outbox->outputs[i];
            number++;
            /* Void parts stay in the outbox, between those that go (exactly-once.md E4). */
            if (is_going(epoch, output) && txn_rounds_take(rounds, output, number)) {
                sent = put(context, epoch, output);
            }
        }
    }
    return sent;
}

static enum txn_sent put_all(const struct txn_send_context *context, struct txn_epoch *epoch) {
    struct txn_rounds rounds;
    enum txn_sent sent;
    txn_rounds_init(&rounds, epoch->partition_count, (size_t)context->limits->batch_bytes_max);
    do {
        sent = put_round(context, epoch, &rounds);
        sent = sent == TXN_SENT ? flush(context) : sent;
    } while (sent == TXN_SENT && txn_rounds_next(&rounds));
    txn_rounds_release(&rounds);
    return sent;
}

enum txn_sent txn_send_messages(const struct txn_send_context *context, struct txn_epoch *epoch) {
    /* Each attempt sends the whole epoch, so it counts from the beginning. */
    epoch->cut_letters = epoch->longest_letter = 0;
    txn_producer_forget_failure(context->producer);
    enum txn_sent sent = put_all(context, epoch);
    if (sent == TXN_SENT) {
        txn_limits_letter_taken(context->limits, epoch->longest_letter);
    }
    return sent;
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
                /* librdkafka frees it with the list. */
                added->metadata = alloc_copy(offset->metadata.data, offset->metadata.len);
                added->metadata_size = offset->metadata.len;
            }
        }
    }
    return list;
}
