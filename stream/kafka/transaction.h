/* The transactional producer of a worker: one epoch at a time, exactly once (stream/exactly-once.md). It
 * owns the whole dance: begin, produce, send offsets, commit; retriable, abort required, outcome unknown, fenced,
 * fatal. One thread (the committer). */
#ifndef CARAVAN_KAFKA_TRANSACTION_H
#define CARAVAN_KAFKA_TRANSACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "flow/outbox.h"
#include "kafka/error.h"
#include "kafka/source.h"

struct kafka_transaction;

struct kafka_transaction_hooks {
    void *context;
    /* True while the epoch's assignment of this partition is still ours. Any thread's data: must be atomic inside.
     * Asked after group metadata is taken and before each (re)send. */
    bool (*is_ours)(void *context, int32_t partition, uint64_t assignment);
    /* Somebody else committed the partition since this life's last commit of it: the assignment is void, though nobody
     * said so, and is not ours from here on. */
    void (*disown)(void *context, int32_t partition, uint64_t assignment);
    /* When this process went on after it had been stopped (SIGCONT; steady clock), 0: never. */
    int64_t (*woken_ms)(void *context);
    /* True when the worker was told to stop at once (second signal, shutdown.timeout): waiting loops end. */
    bool (*is_stopping)(void *context);
};

/* init_transactions is done here: fences an older life with the same worker.id and settles its transaction; retries
 * until it succeeds, hooks->is_stopping says stop, or it is fatal. NULL with *error. `source` gives group metadata and
 * committed offsets; `message_bytes_max` is each topic's max.message.bytes, -1 where it is not known. */
struct kafka_transaction *kafka_transaction_open(const struct config *config, struct kafka_source *source,
                                                 const struct kafka_transaction_hooks *hooks,
                                                 const int64_t message_bytes_max[CONFIG_TOPIC_COUNT],
                                                 struct kafka_error *error);
void kafka_transaction_close(struct kafka_transaction *transaction);

/* How long a transaction may take before the broker ends it, as configured or by default. */
int kafka_transaction_timeout_ms(const struct config *config);

enum kafka_commit {
    KAFKA_COMMIT_DONE,    /* all parts that are still ours are committed (perhaps none was) */
    KAFKA_COMMIT_STOPPED, /* is_stopping ended it; the outcome is open, the next life finds out */
    KAFKA_COMMIT_FENCED,  /* another life took over: exit */
    KAFKA_COMMIT_FATAL    /* only an operator can help, and *error says how: exit */
};

struct kafka_commit_stats { /* sums over the life */
    uint64_t commits, aborts, unknown_outcomes, new_producers, retries, voided_parts;
    uint64_t outgrown;               /* epochs given up for their size */
    uint64_t oversized_dead_letters; /* sent without what their topic does not take (contract 8.6) */
};

/* Commits one epoch: all outputs and offsets of all outboxes in one transaction; blocks until certain. An epoch without
 * outputs and offsets returns DONE without a transaction. The outboxes are not changed and must stay until return.
 * Parts of partitions that are no longer ours are left out. After another result than DONE nothing can be committed any
 * more. */
enum kafka_commit kafka_transaction_commit(struct kafka_transaction *transaction, const struct outbox *const *outboxes,
                                           size_t outbox_count, struct kafka_error *error);
/* For a partition of this assignment whose committed offset has been held for long: where what holds it is this life's
 * last commit of it, that is committed once more, which ends it (stream/exactly-once.md E16). As
 * kafka_transaction_commit; DONE also where there was nothing to be done. */
enum kafka_commit kafka_transaction_settle(struct kafka_transaction *transaction, int32_t partition,
                                           uint64_t assignment, struct kafka_error *error);
/* Any thread, now and then, also while a commit is under way, which may wait for brokers that the client has lost
 * (kafka_client_keep). Waits for a tenth of a second at most, and only where the commit has for seconds. */
void kafka_transaction_keep(struct kafka_transaction *transaction);
/* Any thread, also while a commit is under way. */
struct kafka_commit_stats kafka_transaction_stats(const struct kafka_transaction *transaction);

#endif
