/* The epoch as a small machine: one function a step, each returns the step that follows.
 *
 *   MEMBER ──► BEGIN ──► SEND ──► OFFSETS ──► END ──► DONE
 *     ▲  │                 │         │         │
 *     │  └► DONE (void)    └────┬────┘         │ not known
 *     │                         ▼              ▼
 *     └──────── wait ◄──────── ABORT ──────► RENEW: a new producer; then the committed K tells
 */
#include "kafka/transaction.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "kafka/source_internal.h"
#include "kafka/txn_send.h"

enum {
    SLICE_MS = 200, /* how long one call may keep a stop waiting */
    OFFSETS_TIMEOUT_MS = 10000,
    COMMITTED_TIMEOUT_MS = 5000,
    SLOW_END_MS = 1500, /* an end that takes longer may have been repeated; see txn_producer_is_haunted */
    PAUSE_MS = 20,      /* between attempts, doubling */
    PAUSE_MS_MAX = 1000,
    COMMIT_NUMBER_DIGITS_MAX = 19 /* what 64 bits always hold */
};

enum step {
    STEP_MEMBER,
    STEP_BEGIN,
    STEP_SEND,
    STEP_OFFSETS,
    STEP_END,
    STEP_ABORT,
    STEP_RENEW,
    STEP_DONE,
    STEP_STOPPED,
    STEP_FENCED,
    STEP_FATAL
};

/* kafka_commit_stats as any thread may read them while an epoch is under way. */
struct live_stats {
    atomic_uint_fast64_t commits, aborts, unknown_outcomes, new_producers, retries, voided_parts;
    atomic_uint_fast64_t oversized_dead_letters;
};

struct kafka_transaction {
    const struct config *config;
    struct kafka_source *source;
    struct kafka_transaction_hooks hooks;
    struct txn_producer producer;
    struct live_stats stats;
    int batch_bytes_max;
    int patience_ms; /* how long an end may take before its outcome counts as unknown */
    bool must_renew; /* a late EndTxn may be under way: no transaction more with this producer */
    /* the epoch under way */
    struct txn_epoch epoch;
    rd_kafka_consumer_group_metadata_t *member;
    bool maybe_committed; /* a commit was asked for and its answer is not known */
    bool give_up;         /* abort, then FATAL with what *error says */
    unsigned attempts;
    struct kafka_error *error;
    struct kafka_troubles troubles;
};

static bool is_stopping(struct kafka_transaction *txn) {
    return txn->hooks.is_stopping(txn->hooks.context);
}

/* False when it was cut short by a stop. */
static bool wait_ms(struct kafka_transaction *txn, int ms) {
    for (int64_t until_ms = clock_steady_ms() + ms; clock_steady_ms() < until_ms;) {
        if (is_stopping(txn)) {
            return false;
        }
        nanosleep(&(struct timespec){0, 10 * 1000000}, NULL);
    }
    return !is_stopping(txn);
}

/* FENCED or FATAL, once the client is of no use any more. */
static enum step end_of_client(const struct kafka_error *error) {
    switch (error->code) {
    case RD_KAFKA_RESP_ERR__FENCED:
    case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID: return STEP_FENCED;
    default: return STEP_FATAL;
    }
}

/* Takes librdkafka's error and says whether it is the end. */
static bool take_error(struct kafka_transaction *txn, rd_kafka_error_t *taken, const char *what, enum step *end) {
    kafka_error_take(txn->error, taken, what);
    bool is_end = kafka_error_fatal(txn->producer.client, txn->error) || txn->error->fatal ||
                  txn->error->code == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID;
    if (is_end) {
        *end = end_of_client(txn->error);
    } else {
        kafka_trouble(&txn->troubles, "commit", (rd_kafka_resp_err_t)txn->error->code, txn->error->text);
    }
    return is_end;
}

/* ---- which parts are ours */

static void for_each_offset(struct kafka_transaction *txn,
                            void (*visit)(struct kafka_transaction *, const struct output_offset *)) {
    for (size_t box = 0; box < txn->epoch.outbox_count; box++) {
        const struct outbox *outbox = txn->epoch.outboxes[box];
        for (size_t i = 0; i < outbox->offset_count; i++) {
            visit(txn, &outbox->offsets[i]);
        }
    }
}

static void grow_to(struct kafka_transaction *txn, const struct output_offset *offset) {
    if (offset->partition >= txn->epoch.partition_count) {
        txn->epoch.partition_count = offset->partition + 1;
        txn->epoch.is_out =
            alloc_resize(txn->epoch.is_out, (size_t)txn->epoch.partition_count, sizeof *txn->epoch.is_out);
    }
}

static void mark_in(struct kafka_transaction *txn, const struct output_offset *offset) {
    assert(txn->epoch.is_out[offset->partition]); /* one part a partition */
    txn->epoch.is_out[offset->partition] = false;
}

/* Once void, always void: an outbox belongs to one assignment. */
static void mark_lost(struct kafka_transaction *txn, const struct output_offset *offset) {
    bool *is_out = &txn->epoch.is_out[offset->partition];
    if (!*is_out && !txn->hooks.is_ours(txn->hooks.context, offset->partition, offset->assignment)) {
        *is_out = true;
        txn->stats.voided_parts++;
    }
}

/* A part that is still ours, or NULL. */
static const struct output_offset *any_part(const struct txn_epoch *epoch) {
    for (size_t box = 0; box < epoch->outbox_count; box++) {
        const struct outbox *outbox = epoch->outboxes[box];
        for (size_t i = 0; i < outbox->offset_count; i++) {
            if (!epoch->is_out[outbox->offsets[i].partition]) {
                return &outbox->offsets[i];
            }
        }
    }
    return NULL;
}

/* ---- steps */

/* The order matters: whoever is asked for its generation first and for its partitions then cannot send a part of an
 * assignment that is over under the generation of a later one. */
static enum step step_member(struct kafka_transaction *txn) {
    if (txn->must_renew) {
        return STEP_RENEW;
    }
    if (txn->member != NULL) {
        rd_kafka_consumer_group_metadata_destroy(txn->member);
    }
    txn->member = kafka_source_member(txn->source);
    for_each_offset(txn, mark_lost);
    if (any_part(&txn->epoch) == NULL) {
        return STEP_DONE;
    }
    if (txn->member == NULL) {
        kafka_trouble(&txn->troubles, "commit", RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID,
                      "waiting: this worker is not in the group just now");
        return wait_ms(txn, SLICE_MS / 4) ? STEP_MEMBER : STEP_STOPPED;
    }
    return STEP_BEGIN;
}

static enum step step_begin(struct kafka_transaction *txn) {
    enum step end;
    rd_kafka_error_t *taken = rd_kafka_begin_transaction(txn->producer.client);
    if (taken == NULL) {
        return STEP_SEND;
    }
    return take_error(txn, taken, "begin of the transaction", &end) ? end : STEP_RENEW;
}

static enum step step_send(struct kafka_transaction *txn) {
    const struct txn_send_context context = {&txn->producer, txn->config, txn->hooks.is_stopping, txn->hooks.context,
                                             txn->error};
    *txn->error = (struct kafka_error){0};
    switch (txn_send_messages(&context, &txn->epoch)) {
    case TXN_SENT: return STEP_OFFSETS;
    case TXN_SEND_STOPPED: return STEP_STOPPED;
    case TXN_SEND_FATAL: txn->give_up = true; return STEP_ABORT;
    case TXN_SEND_AGAIN: break;
    }
    if (txn->error->code != RD_KAFKA_RESP_ERR_NO_ERROR) { /* else it only learned what a topic takes */
        kafka_trouble(&txn->troubles, "commit", (rd_kafka_resp_err_t)txn->error->code, txn->error->text);
    }
    return STEP_ABORT;
}

/* After a retriable error: the same call again, unless a part was lost meanwhile. */
static bool may_repeat_offsets(struct kafka_transaction *txn, int64_t until_ms) {
    uint64_t voided = txn->stats.voided_parts;
    if (!txn->error->retriable || clock_steady_ms() > until_ms || !wait_ms(txn, SLICE_MS)) {
        return false;
    }
    for_each_offset(txn, mark_lost);
    txn->stats.retries++;
    return txn->stats.voided_parts == voided;
}

static enum step step_offsets(struct kafka_transaction *txn) {
    rd_kafka_topic_partition_list_t *offsets = txn_offsets(txn->config, &txn->epoch);
    enum step next = STEP_END, end;
    int64_t until_ms = clock_steady_ms() + txn->patience_ms;
    rd_kafka_error_t *taken;
    while (next == STEP_END && (taken = rd_kafka_send_offsets_to_transaction(txn->producer.client, offsets, txn->member,
                                                                             OFFSETS_TIMEOUT_MS)) != NULL) {
        if (take_error(txn, taken, "offsets of the transaction", &end)) {
            next = end;
        } else if (!may_repeat_offsets(txn, until_ms)) {
            next = is_stopping(txn) ? STEP_STOPPED : STEP_ABORT;
        }
    }
    rd_kafka_topic_partition_list_destroy(offsets);
    return next;
}

/* Repeats a call that librdkafka goes on with in the background until it has a result, the patience is over (then
 * `error` stays retriable), or a stop. */
static rd_kafka_error_t *until_decided(struct kafka_transaction *txn, rd_kafka_error_t *(*call)(rd_kafka_t *, int),
                                       int64_t *took_ms) {
    int64_t from_ms = clock_steady_ms();
    rd_kafka_error_t *taken;
    while ((taken = call(txn->producer.client, SLICE_MS)) != NULL && rd_kafka_error_is_retriable(taken) &&
           !is_stopping(txn) && clock_steady_ms() - from_ms < txn->patience_ms) {
        rd_kafka_resp_err_t code = rd_kafka_error_code(taken);
        rd_kafka_error_destroy(taken);
        if (code != RD_KAFKA_RESP_ERR__TIMED_OUT) { /* that one is only the slice */
            txn->stats.retries++;
            wait_ms(txn, PAUSE_MS);
        }
    }
    *took_ms = clock_steady_ms() - from_ms;
    return taken;
}

static void note_end(struct kafka_transaction *txn, int64_t took_ms) {
    txn->must_renew = took_ms > SLOW_END_MS || txn_producer_is_haunted(&txn->producer);
}

static enum step step_end(struct kafka_transaction *txn) {
    enum step end;
    int64_t took_ms;
    unsigned sent_before = atomic_load(&txn->producer.ends_sent);
    rd_kafka_error_t *taken = until_decided(txn, rd_kafka_commit_transaction, &took_ms);
    if (taken == NULL) {
        note_end(txn, took_ms);
        txn->stats.commits++;
        txn->stats.oversized_dead_letters += txn->epoch.replaced;
        return STEP_DONE;
    }
    bool was_sent = atomic_load(&txn->producer.ends_sent) != sent_before;
    txn->maybe_committed = was_sent || rd_kafka_error_is_retriable(taken);
    if (take_error(txn, taken, "commit", &end)) {
        return end;
    }
    if (is_stopping(txn)) {
        return STEP_STOPPED;
    }
    return txn->error->abort_required && !was_sent ? STEP_ABORT : STEP_RENEW;
}

static int pause_of(unsigned attempts) {
    return attempts > 5 ? PAUSE_MS_MAX : PAUSE_MS << attempts;
}

static enum step step_abort(struct kafka_transaction *txn) {
    enum step end;
    int64_t took_ms;
    struct kafka_error reason = *txn->error;
    rd_kafka_error_t *taken = until_decided(txn, rd_kafka_abort_transaction, &took_ms);
    bool is_end = taken != NULL && take_error(txn, taken, "abort", &end);
    if (is_end && txn->error->code != RD_KAFKA_RESP_ERR_INVALID_TXN_STATE) {
        return end; /* that one: the coordinator has ended it already, and only a new producer can go on */
    }
    if (txn->give_up) {
        *txn->error = reason;
        return STEP_FATAL;
    }
    txn->stats.aborts += taken == NULL;
    note_end(txn, took_ms);
    if (!wait_ms(txn, pause_of(txn->attempts++))) {
        return STEP_STOPPED;
    }
    return taken == NULL ? STEP_MEMBER : STEP_RENEW;
}

/* ---- a new producer */

/* Fences whatever had this transactional.id and settles its transaction. */
static enum step init_producer(struct kafka_transaction *txn) {
    for (;;) {
        enum step end;
        rd_kafka_error_t *taken = rd_kafka_init_transactions(txn->producer.client, SLICE_MS);
        if (taken == NULL) {
            return STEP_DONE;
        }
        bool is_slice = rd_kafka_error_code(taken) == RD_KAFKA_RESP_ERR__TIMED_OUT;
        bool is_retriable = rd_kafka_error_is_retriable(taken);
        if (is_slice) {
            rd_kafka_error_destroy(taken);
        } else if (take_error(txn, taken, "start of the transactional producer", &end)) {
            return end;
        } else if (!is_retriable) {
            return STEP_RENEW;
        }
        if (!wait_ms(txn, PAUSE_MS)) {
            kafka_error_set(txn->error, RD_KAFKA_RESP_ERR__TIMED_OUT,
                            "stopped while the transactional producer was starting");
            return STEP_STOPPED;
        }
    }
}

static enum step new_producer(struct kafka_transaction *txn) {
    enum step step = STEP_RENEW;
    while (step == STEP_RENEW) {
        txn_producer_close(&txn->producer);
        if (!txn_producer_open(&txn->producer, txn->config, txn->batch_bytes_max, txn->error)) {
            return STEP_FATAL;
        }
        txn->must_renew = false;
        step = init_producer(txn);
        if (step == STEP_RENEW && !wait_ms(txn, PAUSE_MS_MAX)) {
            return STEP_STOPPED;
        }
    }
    return step;
}

/* K of a text of spec section 7: the second field. False when there is none. */
static bool read_commit_number(struct slice text, uint64_t *out) {
    const char *space = text.len == 0 ? NULL : memchr(text.data, ' ', text.len);
    size_t at = space == NULL ? text.len : (size_t)(space - text.data) + 1;
    size_t digits = 0;
    *out = 0;
    for (; at < text.len && text.data[at] >= '0' && text.data[at] <= '9' && digits < COMMIT_NUMBER_DIGITS_MAX;
         digits++) {
        *out = *out * 10 + (uint64_t)(text.data[at++] - '0');
    }
    return digits > 0;
}

/* The epoch went in as a whole or not at all, so any part that is ours tells. */
static enum step ask_outcome(struct kafka_transaction *txn) {
    const struct output_offset *part;
    while (for_each_offset(txn, mark_lost), (part = any_part(&txn->epoch)) != NULL) {
        struct buffer text = {0};
        int64_t offset;
        uint64_t number;
        bool answered =
            kafka_source_committed(txn->source, part->partition, COMMITTED_TIMEOUT_MS, &offset, &text, txn->error);
        bool is_in = answered && read_commit_number(buffer_slice(&text), &number) && number >= part->commit_number;
        buffer_release(&text);
        if (answered) {
            log_line(LOG_INFO, "commit", "the epoch whose outcome was unknown %s",
                     is_in ? "is in" : "is not in: sent again");
            txn->maybe_committed = false;
            txn->stats.commits += is_in;
            txn->stats.oversized_dead_letters += is_in ? txn->epoch.replaced : 0;
            return is_in ? STEP_DONE : STEP_MEMBER;
        }
        kafka_trouble(&txn->troubles, "commit", (rd_kafka_resp_err_t)txn->error->code, txn->error->text);
        if (!wait_ms(txn, SLICE_MS)) {
            return STEP_STOPPED;
        }
    }
    return STEP_DONE;
}

static enum step step_renew(struct kafka_transaction *txn) {
    txn->stats.new_producers++;
    txn->stats.unknown_outcomes += txn->maybe_committed;
    enum step step = new_producer(txn);
    if (step != STEP_DONE) {
        return step;
    }
    return txn->maybe_committed ? ask_outcome(txn) : STEP_MEMBER;
}

/* ---- the machine */

static enum kafka_commit run(struct kafka_transaction *txn) {
    static enum step (*const steps[])(struct kafka_transaction *) = {
        [STEP_MEMBER] = step_member,   [STEP_BEGIN] = step_begin, [STEP_SEND] = step_send,
        [STEP_OFFSETS] = step_offsets, [STEP_END] = step_end,     [STEP_ABORT] = step_abort,
        [STEP_RENEW] = step_renew,
    };
    enum step step = STEP_MEMBER;
    while (step < STEP_DONE) {
        step = steps[step](txn);
    }
    switch (step) {
    case STEP_DONE: return KAFKA_COMMIT_DONE;
    case STEP_STOPPED: return KAFKA_COMMIT_STOPPED;
    case STEP_FENCED: return KAFKA_COMMIT_FENCED;
    default: return KAFKA_COMMIT_FATAL;
    }
}

/* Outputs without an offset are of a part that is void. */
static bool is_empty(const struct outbox *const *outboxes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (outboxes[i]->offset_count > 0) {
            return false;
        }
    }
    return true;
}

enum kafka_commit kafka_transaction_commit(struct kafka_transaction *txn, const struct outbox *const *outboxes,
                                           size_t outbox_count, struct kafka_error *error) {
    if (is_empty(outboxes, outbox_count)) {
        return KAFKA_COMMIT_DONE;
    }
    txn->error = error;
    txn->epoch = (struct txn_epoch){.outboxes = outboxes,
                                    .outbox_count = outbox_count,
                                    .is_out = txn->epoch.is_out,
                                    .partition_count = txn->epoch.partition_count,
                                    .dead_letter_bytes_max = SIZE_MAX,
                                    .alone_above_bytes = SIZE_MAX,
                                    .batch_bytes_max = (size_t)txn->batch_bytes_max};
    txn->maybe_committed = txn->give_up = false;
    txn->attempts = 0;
    *error = (struct kafka_error){0};
    for_each_offset(txn, grow_to);
    memset(txn->epoch.is_out, true, (size_t)txn->epoch.partition_count * sizeof *txn->epoch.is_out);
    for_each_offset(txn, mark_in);
    enum kafka_commit result = run(txn);
    if (result != KAFKA_COMMIT_DONE) {
        txn_producer_close(&txn->producer); /* it may still be sending from the outboxes, which the caller takes back */
    }
    return result;
}

struct kafka_commit_stats kafka_transaction_stats(const struct kafka_transaction *txn) {
    const struct live_stats *stats = &txn->stats;
    return (struct kafka_commit_stats){
        .commits = stats->commits,
        .aborts = stats->aborts,
        .unknown_outcomes = stats->unknown_outcomes,
        .new_producers = stats->new_producers,
        .retries = stats->retries,
        .voided_parts = stats->voided_parts,
        .oversized_dead_letters = stats->oversized_dead_letters,
    };
}

/* ---- open and close */

struct kafka_transaction *kafka_transaction_open(const struct config *config, struct kafka_source *source,
                                                 const struct kafka_transaction_hooks *hooks,
                                                 struct kafka_error *error) {
    struct kafka_transaction *txn = alloc_zeroed(1, sizeof *txn);
    *error = (struct kafka_error){0};
    *txn = (struct kafka_transaction){.config = config, .source = source, .hooks = *hooks, .error = error};
    txn->patience_ms = kafka_transaction_timeout_ms(config);
    txn->batch_bytes_max = txn_batch_bytes(config, kafka_source_client(source));
    if (new_producer(txn) != STEP_DONE) {
        kafka_transaction_close(txn);
        return NULL;
    }
    return txn;
}

void kafka_transaction_close(struct kafka_transaction *txn) {
    txn_producer_close(&txn->producer);
    if (txn->member != NULL) {
        rd_kafka_consumer_group_metadata_destroy(txn->member);
    }
    free(txn->epoch.is_out);
    free(txn);
}
