/* A worker's clients on librdkafka's mock cluster, without a worker: what a commit makes of errors that a broker does
 * not give on demand. The mock forgets offsets that come in a transaction and ignores aborts. One a process; what
 * should not happen here ends it with a sentence. */
#ifndef CARAVAN_TESTS_MOCK_WORKER_H
#define CARAVAN_TESTS_MOCK_WORKER_H

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdatomic.h>

#include "kafka/source.h"
#include "kafka/transaction.h"

enum { API_PRODUCE = 0, API_INIT = 22, API_ADD_PARTITIONS = 24, API_ADD_OFFSETS = 25, API_END = 26, API_OFFSETS = 28 };
enum { PARTITIONS = 2, ASSIGNMENT = 7, BROKER = 1, TIMEOUT_MS = 3000, MOCK_TEXT_BYTES = 64 };

struct mock {
    rd_kafka_t *host;
    rd_kafka_mock_cluster_t *cluster;
    struct config config;
    struct kafka_source *source;
    struct kafka_transaction *transaction;
    struct outbox outbox;
    struct kafka_error error;
    atomic_bool ours[PARTITIONS]; /* what is_ours says; disown clears it */
    atomic_bool stopping;
    size_t assigned_count;
    int64_t woken_ms;     /* what the hook says */
    bool without_records; /* in an epoch */
};
extern struct mock mock;

/* The cluster and a configuration; mock_set adds to that before mock_join. */
void mock_begin(void);
void mock_set(const char *assignment);
/* Joins the group, gets every partition, makes the transaction. */
void mock_join(void);
void mock_end(void);

/* One epoch: a record, a dead letter with a header, and the offset, of every partition; its text is that of `number`,
 * and the one before that of number - 1. */
enum kafka_commit mock_commit(uint64_t number);
/* "" for 0. */
void mock_write_text(uint64_t number, char text[MOCK_TEXT_BYTES]);

struct kafka_commit_stats mock_stats(void);
/* How many requests of a kind the brokers got since mock_track. */
void mock_track(void);
size_t mock_requests(int16_t api);

#endif
