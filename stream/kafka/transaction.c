/* The epoch as a small machine: one function a step, each returns the step that follows.
 *
 *   MEMBER ──► VERIFY ──► BEGIN ──► SEND ──► OFFSETS ──► END ──► DONE
 *     ▲  │       │                    │         │         │
 *     │  └► DONE ◄ (nothing is ours)  └────┬────┘         │ not known
 *     │                                    ▼              ▼
 *     └────────────── wait ◄───────────── ABORT ──────► RENEW: a new producer; then the committed text tells
 *
 * Invariants and what a crash at each step means: stream/exactly-once.md. */
#include "kafka/transaction.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "kafka/transaction_internal.h"

enum {
    SLICE_MS = 200, /* how long one call may keep a stop waiting */
    /* Offsets go to the group's coordinator, after that of the transaction. The call cannot be cut into slices, and
     * librdkafka (2.14.2) looks at its time only when an answer comes: a dead coordinator may hold it for longer. Where
     * it comes back, a new client asks who coordinates now. */
    OFFSETS_TIMEOUT_MS = 3000,
    OFFSETS_PATIENCE_MS = 5000,
    SLOW_END_MS = 1500, /* an end that takes longer may have been repeated; see txn_producer_is_haunted */
    PAUSE_MS = 20,      /* between attempts, doubling */
    PAUSE_MS_MAX = 1000,
    SLOW_ATTEMPTS = 2, /* a single one may have met a broker's restart */
    INIT_QUIET_MS = 5000
};

enum step {
    STEP_MEMBER,
    STEP_VERIFY,
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

static bool is_stopping(const struct kafka_transaction *txn) {
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

/* The coordinator gives up a transaction that is older than its time-out, and fences its producer just as another life
 * under this worker.id would: after an outage that tells nothing. But where it was this process that was stopped, there
 * may be another life by now, and the one that slept is the one to go. */
static bool is_overdue(const struct kafka_transaction *txn) {
    bool slept = txn->hooks.woken_ms(txn->hooks.context) >= txn->began_ms;
    return txn->began_ms != 0 && !slept && clock_steady_ms() - txn->began_ms >= txn->patience_ms;
}

/* What follows once this client is of no use any more: a new one goes on and the committed text settles the rest,
 * unless somebody else is at work under our name, or only an operator can help. */
static enum step end_of_client(const struct kafka_transaction *txn) {
    const struct kafka_error *error = txn->error;
    switch (error->code) {
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID: return STEP_FENCED;
    case RD_KAFKA_RESP_ERR__FENCED:
    case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH: return is_overdue(txn) ? STEP_RENEW : STEP_FENCED;
    default: return error->permanent ? STEP_FATAL : STEP_RENEW;
    }
}

/* Takes librdkafka's error and says whether it is the end of this client; then *next is what follows. */
static bool take_error(struct kafka_transaction *txn, rd_kafka_error_t *taken, const char *what, enum step *next) {
    kafka_error_take(txn->error, taken, what);
    bool is_end = kafka_error_fatal(txn->producer.client, txn->error) || txn->error->fatal || txn->error->permanent ||
                  txn->error->code == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID;
    if (is_end) {
        *next = end_of_client(txn);
    }
    if (is_end && *next == STEP_FATAL && !txn->error->fatal && txn->began_ms != 0) {
        txn->give_up = true; /* aborted first, so that no reader waits for its time-out */
        *next = STEP_ABORT;
    }
    if (!is_end || *next == STEP_RENEW) {
        kafka_trouble(&txn->troubles, "commit", (rd_kafka_resp_err_t)txn->error->code, txn->error->text);
    }
    return is_end;
}

/* ---- steps */

static void forget_member(struct kafka_transaction *txn) {
    if (txn->member.metadata != NULL) {
        rd_kafka_consumer_group_metadata_destroy(txn->member.metadata);
    }
    txn->member = (struct kafka_member){0};
}

/* The group does not know this member any more, and its client does not notice: with a rebalance it waits until the
 * callback is back, which may wait for this very epoch. What it holds may be another's by now. */
static enum step give_up_assignment(struct kafka_transaction *txn) {
    log_line(LOG_WARNING, "commit",
             "the group has refused this member for %d ms: what it was assigned is void, and restored",
             (int)(clock_steady_ms() - txn->refusal.since_ms));
    txn_parts_give_up(txn);
    return STEP_DONE;
}

/* The order matters: whoever is asked for its generation first and for its partitions then cannot send a part of an
 * assignment that is over under the generation of a later one. */
static enum step step_member(struct kafka_transaction *txn) {
    if (txn->must_renew) {
        return STEP_RENEW;
    }
    forget_member(txn);
    enum kafka_standing standing = kafka_source_member(txn->source, SLICE_MS, &txn->member);
    txn_parts_drop_lost(txn);
    if (!txn_parts_any(txn)) {
        return STEP_DONE;
    }
    if (standing == KAFKA_STANDING_MEMBER) {
        return txn_refusal_stands(&txn->refusal, &txn->member) ? give_up_assignment(txn) : STEP_VERIFY;
    }
    if (standing == KAFKA_STANDING_NONE) {
        kafka_trouble(&txn->troubles, "commit", RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID,
                      "waiting: this worker is not in the group just now");
    }
    return wait_ms(txn, SLICE_MS / 8) ? STEP_MEMBER : STEP_STOPPED;
}

/* What the outcome of an epoch comes to, now that it is known. */
static enum step take_outcome(struct kafka_transaction *txn, enum txn_parts parts, enum step not_in) {
    switch (parts) {
    case TXN_PARTS_STOPPED: return STEP_STOPPED;
    case TXN_PARTS_NOT_IN: return txn_parts_any(txn) ? not_in : STEP_DONE;
    case TXN_PARTS_IN: break;
    }
    txn->stats.commits++;
    txn->stats.oversized_dead_letters += txn->epoch.cut_letters;
    return STEP_DONE;
}

/* The generation may be another than at the last commit: a partition is never trusted because nobody said that it was
 * lost. The text is read after the generation is known and before anything goes out under it, so nobody else can have
 * committed in between without a later generation, which would void this one. */
static enum step step_verify(struct kafka_transaction *txn) {
    return take_outcome(txn, txn_parts_verify(txn), STEP_BEGIN);
}

/* An attempt that failed is slow when the coordinator had begun the transaction and yet its time was over; else it met
 * an outage. */
static void judge_attempt(struct kafka_transaction *txn) {
    if (txn->attempt_began_ms == 0) {
        return;
    }
    int64_t took_ms = clock_steady_ms() - txn->attempt_began_ms;
    bool had_begun = atomic_load(&txn->producer.begun) != txn->begun_before;
    txn->slow_attempts = had_begun && took_ms >= txn->patience_ms / 4 * 3 ? txn->slow_attempts + 1 : 0;
    txn->attempt_began_ms = 0;
}

/* The way to the brokers carries less than it did when the lanes made this epoch, which can never go out now. */
static enum step give_up_epoch(struct kafka_transaction *txn) {
    log_line(LOG_WARNING, "commit",
             "an epoch could not be committed within kafka.transaction.timeout.ms (%d ms), %u times in a row: its "
             "partitions are restored and go on in smaller ones (if this comes again and again, raise it)",
             txn->patience_ms, txn->slow_attempts);
    txn->stats.outgrown++;
    txn_parts_give_up(txn);
    return STEP_DONE;
}

static enum step step_begin(struct kafka_transaction *txn) {
    enum step end;
    if (txn->slow_attempts >= SLOW_ATTEMPTS) {
        return give_up_epoch(txn);
    }
    rd_kafka_error_t *taken = rd_kafka_begin_transaction(txn->producer.client);
    if (taken == NULL) {
        txn->began_ms = txn->attempt_began_ms = clock_steady_ms();
        txn->begun_before = atomic_load(&txn->producer.begun);
        return STEP_SEND;
    }
    return take_error(txn, taken, "begin of the transaction", &end) ? end : STEP_RENEW;
}

static enum step step_send(struct kafka_transaction *txn) {
    const struct txn_send_context context = {.producer = &txn->producer,
                                             .config = txn->config,
                                             .limits = &txn->limits,
                                             .is_stopping = txn->hooks.is_stopping,
                                             .context = txn->hooks.context,
                                             .error = txn->error};
    *txn->error = (struct kafka_error){0};
    switch (txn_send_messages(&context, &txn->epoch)) {
    case TXN_SENT: return STEP_OFFSETS;
    case TXN_SEND_STOPPED: return STEP_STOPPED;
    case TXN_SEND_FATAL: txn->give_up = true; return STEP_ABORT;
    case TXN_SEND_LEARNED: txn->must_renew = true; return STEP_ABORT;
    case TXN_SEND_AGAIN: break;
    }
    kafka_trouble(&txn->troubles, "commit", (rd_kafka_resp_err_t)txn->error->code, txn->error->text);
    return STEP_ABORT;
}

/* After a retriable error: the same call again, unless a part was lost meanwhile. */
static bool may_repeat_offsets(struct kafka_transaction *txn, int64_t until_ms) {
    if (!txn->error->retriable || clock_steady_ms() > until_ms || !wait_ms(txn, SLICE_MS)) {
        return false;
    }
    txn->stats.retries++;
    return txn_parts_drop_lost(txn) == 0;
}

/* Messages of a part that is lost since they were put must not be committed, and cannot be taken out any more. */
static enum step step_offsets(struct kafka_transaction *txn) {
    if (txn_parts_drop_lost(txn) > 0) {
        return STEP_ABORT;
    }
    rd_kafka_topic_partition_list_t *offsets = txn_offsets(txn->config, &txn->epoch);
    enum step next = STEP_END, end;
    int64_t until_ms = clock_steady_ms() + OFFSETS_PATIENCE_MS;
    rd_kafka_error_t *taken;
    while (next == STEP_END && (taken = txn_producer_send_offsets(&txn->producer, offsets, txn->member.metadata,
                                                                  OFFSETS_TIMEOUT_MS)) != NULL) {
        if (take_error(txn, taken, "offsets of the transaction", &end)) {
            next = end;
            continue;
        }
        txn_refusal_note(&txn->refusal, &txn->member, txn->error->code);
        if (!may_repeat_offsets(txn, until_ms)) {
            next = is_stopping(txn) ? STEP_STOPPED : STEP_ABORT;
            txn->must_renew = clock_steady_ms() > until_ms; /* a new client remembers no coordinator that is gone */
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
        kafka_client_keep(txn->producer.client, &txn->producer.keeper);
        if (code != RD_KAFKA_RESP_ERR__TIMED_OUT) { /* that one is only the slice */
            txn->stats.retries++;
            wait_ms(txn, PAUSE_MS);
        }
    }
    *took_ms = clock_steady_ms() - from_ms;
    return taken;
}

static void note_end(struct kafka_transaction *txn, int64_t took_ms) {
    txn->began_ms = 0;
    txn->must_renew = txn->must_renew || took_ms > SLOW_END_MS || txn_producer_is_haunted(&txn->producer);
}

static enum step step_end(struct kafka_transaction *txn) {
    enum step end;
    int64_t took_ms;
    unsigned sent_before = atomic_load(&txn->producer.ends_sent);
    rd_kafka_error_t *taken = until_decided(txn, rd_kafka_commit_transaction, &took_ms);
    if (taken == NULL) {
        note_end(txn, took_ms);
        txn->refusal = (struct txn_refusal){0};
        txn_parts_committed(txn);
        return take_outcome(txn, TXN_PARTS_IN, STEP_DONE);
    }
    /* Never sent it is surely not in, and may be aborted; sent and not answered, only the committed text can tell
     * (exactly-once.md E12). */
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
    judge_attempt(txn);
    rd_kafka_error_t *taken = until_decided(txn, rd_kafka_abort_transaction, &took_ms);
    bool is_end = taken != NULL && take_error(txn, taken, "abort", &end);
    if (txn->give_up) {
        *txn->error = reason;
        return STEP_FATAL;
    }
    if (is_end && end != STEP_RENEW) {
        return end;
    }
    txn->stats.aborts += taken == NULL;
    note_end(txn, took_ms);
    if (!wait_ms(txn, txn->must_renew ? 0 : pause_of(txn->attempts++))) {
        return STEP_STOPPED;
    }
    return taken == NULL ? STEP_MEMBER : STEP_RENEW;
}

/* ---- a new producer */

/* Fences whatever had this transactional.id and settles its transaction. */
static enum step init_producer(struct kafka_transaction *txn) {
    int64_t quiet_until_ms = clock_steady_ms() + INIT_QUIET_MS;
    for (;;) {
        enum step end;
        kafka_client_keep(txn->producer.client, &txn->producer.keeper);
        rd_kafka_error_t *taken = rd_kafka_init_transactions(txn->producer.client, SLICE_MS);
        if (taken == NULL) {
            return STEP_DONE;
        }
        bool is_slice = rd_kafka_error_code(taken) == RD_KAFKA_RESP_ERR__TIMED_OUT;
        bool is_retriable = rd_kafka_error_is_retriable(taken);
        if (is_slice) {
            rd_kafka_error_destroy(taken);
            if (clock_steady_ms() > quiet_until_ms) { /* librdkafka itself tells of it at debug only */
                kafka_trouble(&txn->troubles, "commit", RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE,
                              "waiting for the transaction coordinator: no broker is one yet (are the brokers there, "
                              "and as many as their transaction.state.log.replication.factor asks for?)");
            }
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
        if (!txn_producer_open(&txn->producer, txn->config, txn->limits.batch_bytes_max, txn->error)) {
            txn->error->permanent = true;
            return STEP_FATAL;
        }
        txn->must_renew = false;
        txn->began_ms = 0;
        step = init_producer(txn);
        if (step == STEP_RENEW && !wait_ms(txn, PAUSE_MS_MAX)) {
            return STEP_STOPPED;
        }
    }
    return step;
}

static enum step ask_outcome(struct kafka_transaction *txn) {
    enum txn_parts parts = txn_parts_outcome(txn);
    if (parts != TXN_PARTS_STOPPED) {
        txn->maybe_committed = false;
        log_line(LOG_INFO, "commit", "the epoch whose outcome was unknown %s",
                 parts == TXN_PARTS_IN ? "is in" : "is not in: what is still ours of it is sent again");
    }
    return take_outcome(txn, parts, STEP_MEMBER);
}

static enum step step_renew(struct kafka_transaction *txn) {
    judge_attempt(txn);
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
        [STEP_MEMBER] = step_member, [STEP_VERIFY] = step_verify,   [STEP_BEGIN] = step_begin,
        [STEP_SEND] = step_send,     [STEP_OFFSETS] = step_offsets, [STEP_END] = step_end,
        [STEP_ABORT] = step_abort,   [STEP_RENEW] = step_renew,
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
                                    .partition_count = txn->epoch.partition_count};
    txn->maybe_committed = txn->give_up = false;
    txn->attempts = txn->slow_attempts = 0;
    txn->attempt_began_ms = 0;
    *error = (struct kafka_error){0};
    txn_parts_begin(txn);
    enum kafka_commit result = run(txn);
    if (result != KAFKA_COMMIT_DONE) {
        txn_producer_close(&txn->producer); /* it may still be sending from the outboxes, which the caller takes back */
    }
    return result;
}

struct kafka_commit_stats kafka_transaction_stats(const struct kafka_transaction *txn) {
    const struct txn_stats *stats = &txn->stats;
    return (struct kafka_commit_stats){
        .commits = stats->commits,
        .aborts = stats->aborts,
        .unknown_outcomes = stats->unknown_outcomes,
        .new_producers = stats->new_producers,
        .retries = stats->retries,
        .voided_parts = stats->voided_parts,
        .outgrown = stats->outgrown,
        .oversized_dead_letters = stats->oversized_dead_letters,
    };
}

/* ---- open and close */

struct kafka_transaction *kafka_transaction_open(const struct config *config, struct kafka_source *source,
                                                 const struct kafka_transaction_hooks *hooks,
                                                 const int64_t message_bytes_max[CONFIG_TOPIC_COUNT],
                                                 struct kafka_error *error) {
    struct kafka_transaction *txn = alloc_zeroed(1, sizeof *txn);
    *error = (struct kafka_error){0};
    *txn = (struct kafka_transaction){.config = config, .source = source, .hooks = *hooks, .error = error};
    txn->producer.changing = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    txn->patience_ms = kafka_transaction_timeout_ms(config);
    txn_limits_init(&txn->limits, config, message_bytes_max);
    if (new_producer(txn) != STEP_DONE) {
        kafka_transaction_close(txn);
        return NULL;
    }
    return txn;
}

void kafka_transaction_close(struct kafka_transaction *txn) {
    txn_producer_close(&txn->producer);
    forget_member(txn);
    txn_parts_release(txn);
    free(txn);
}

void kafka_transaction_keep(struct kafka_transaction *txn) {
    txn_producer_keep(&txn->producer);
}
