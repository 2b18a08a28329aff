/* The transaction from inside: transaction.c has the machine, txn_parts.c says which parts of an epoch are ours and
 * what is committed already. Internal to kafka/. One thread, but for the counts. */
#ifndef CARAVAN_KAFKA_TRANSACTION_INTERNAL_H
#define CARAVAN_KAFKA_TRANSACTION_INTERNAL_H

#include <stdatomic.h>

#include "kafka/source_internal.h"
#include "kafka/transaction.h"
#include "kafka/txn_refusal.h"
#include "kafka/txn_send.h"

/* kafka_commit_stats as any thread may read them while an epoch is under way. */
struct txn_stats {
    atomic_uint_fast64_t commits, aborts, unknown_outcomes, new_producers, retries, voided_parts;
    atomic_uint_fast64_t outgrown, oversized_dead_letters;
};

/* In which generation an assignment was last known to be nobody else's: its text was the committed one. */
struct txn_witness {
    uint64_t assignment;
    int32_t generation;
};

/* What was committed last of a partition; an empty text: nothing was. */
struct txn_kept {
    int64_t offset;
    struct buffer text, previous; /* its own, and that of the commit before */
};

struct kafka_transaction {
    const struct config *config;
    struct kafka_source *source;
    struct kafka_transaction_hooks hooks;
    struct txn_producer producer;
    struct txn_stats stats;
    struct txn_witness *witnesses; /* by partition; epoch.partition_count of them */
    struct txn_kept *kept;         /* as many */
    struct txn_limits limits;
    int patience_ms;  /* how long an end may take before its outcome counts as unknown */
    int64_t began_ms; /* steady clock: of the transaction that may be open; 0: none is */
    bool
        must_renew; /* no transaction more with this producer: a late EndTxn may be under way, or it learned too much */
    /* the epoch under way */
    struct txn_epoch epoch;
    struct kafka_member member;
    struct txn_refusal refusal;
    bool maybe_committed; /* a commit was asked for and its answer is not known */
    bool give_up;         /* abort, then FATAL with what *error says */
    bool settling;        /* it is the last one again: its text is held, so it cannot be verified */
    unsigned attempts;
    int64_t attempt_began_ms; /* steady clock; 0: no attempt is under way, or it was judged */
    unsigned begun_before;    /* of producer.begun, when it began */
    unsigned slow_attempts;   /* in a row, up to the last */
    struct kafka_error *error;
    struct kafka_troubles troubles;
};

/* All parts of the epoch are in. */
void txn_parts_begin(struct kafka_transaction *txn);
/* Takes out the parts that are not ours any more; how many. Once out, always out: an outbox belongs to one assignment.
 */
size_t txn_parts_drop_lost(struct kafka_transaction *txn);
/* True while a part is left. */
bool txn_parts_any(const struct kafka_transaction *txn);

enum txn_parts {
    TXN_PARTS_NOT_IN, /* the epoch is not committed; parts that somebody else has committed over are out and void */
    TXN_PARTS_IN,     /* it is */
    TXN_PARTS_STOPPED /* told to stop before the broker answered */
};

/* Before anything is sent under txn->member: parts that this generation has no witness for are compared with the stable
 * committed offset and its text. */
enum txn_parts txn_parts_verify(struct kafka_transaction *txn);
/* After an end whose outcome is not known: all parts are. An epoch goes in as a whole or not at all. */
enum txn_parts txn_parts_outcome(struct kafka_transaction *txn);
/* Makes all parts void: the worker restores them. */
void txn_parts_give_up(struct kafka_transaction *txn);
/* The parts were committed under txn->member. */
void txn_parts_committed(struct kafka_transaction *txn);
/* Whether this is the offset and text of the commit before; `previous` is empty before the first. */
bool txn_is_before(struct slice previous, int64_t offset, struct slice text);
/* What is kept by partition. */
void txn_parts_release(struct kafka_transaction *txn);

#endif
