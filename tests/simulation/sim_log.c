#include "simulation/sim_log.h"

#include <stdlib.h>

#include "base/alloc.h"

uint64_t sim_next(struct sim_random *random) { /* splitmix64 */
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint64_t sim_below(struct sim_random *random, uint64_t below) {
    return sim_next(random) % below;
}

static struct slice copy(struct slice slice) {
    return slice.data == NULL ? slice : (struct slice){alloc_copy(slice.data, slice.len), slice.len};
}

static void free_slice(struct slice slice) {
    free((char *)slice.data);
}

/* Room for one more of `size` bytes. */
static void *grown(void *items, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity) {
        return items;
    }
    *capacity = *capacity == 0 ? 64 : *capacity * 2;
    return alloc_resize(items, *capacity, size);
}

void sim_log_init(struct sim_log *log) {
    *log = (struct sim_log){0};
}

static void release_transaction(struct sim_transaction *transaction) {
    for (int p = 0; p < SIM_PARTITIONS; p++) {
        if (transaction->has_offset[p]) {
            free_slice(transaction->offsets[p].metadata);
            buffer_release(&transaction->offsets[p].snapshot->dump);
            buffer_release(&transaction->offsets[p].snapshot->trains);
            free(transaction->offsets[p].snapshot);
        }
    }
}

void sim_log_release(struct sim_log *log) {
    for (int p = 0; p < SIM_PARTITIONS; p++) {
        for (int64_t i = 0; i < log->inputs[p].end; i++) {
            free_slice(log->inputs[p].messages[i].key);
            free_slice(log->inputs[p].messages[i].value);
            headers_free(log->inputs[p].messages[i].owner);
        }
        free(log->inputs[p].messages);
        for (int t = 0; t < OUTPUT_TOPIC_COUNT; t++) {
            struct sim_topic *topic = &log->topics[t][p];
            for (size_t i = 0; i < topic->count; i++) {
                free_slice(topic->records[i].key);
                free_slice(topic->records[i].value);
            }
            free(topic->records);
        }
    }
    for (size_t i = 0; i < log->transaction_count; i++) {
        release_transaction(&log->transactions[i]);
    }
    free(log->transactions);
}

/* ---- input */

void sim_log_append(struct sim_log *log, int32_t partition, const struct sim_sent *sent, int64_t timestamp_ms) {
    struct sim_input *input = &log->inputs[partition];
    input->messages = grown(input->messages, (size_t)input->end, &input->capacity, sizeof *input->messages);
    input->messages[input->end] = (struct message){.key = copy(sent->key),
                                                   .value = copy(sent->value),
                                                   .offset = input->end,
                                                   .timestamp_ms = timestamp_ms,
                                                   .partition = partition,
                                                   .owner = headers_copy(sent->headers)};
    input->end++;
}

void sim_log_append_gap(struct sim_log *log, int32_t partition) {
    sim_log_append(log, partition, &(struct sim_sent){{NULL, 0}, {NULL, 0}, NULL}, INT64_MIN);
}

bool sim_is_gap(const struct message *message) {
    return message->timestamp_ms == INT64_MIN;
}

/* ---- transactions */

/* A transaction that another one waits for is decided: an open one has lost its producer. */
static void decide(struct sim_transaction *transaction) {
    if (transaction->outcome == SIM_OPEN) {
        transaction->outcome = SIM_ABORTED;
    }
}

static void mark_offsets(struct sim_log *log, struct sim_transaction *transaction) {
    decide(transaction);
    for (int p = 0; p < SIM_PARTITIONS && !transaction->has_offset_marker; p++) {
        if (transaction->has_offset[p] && transaction->outcome == SIM_COMMITTED) {
            log->stable[p] = &transaction->offsets[p];
        }
    }
    transaction->has_offset_marker = true;
}

void sim_fence(struct sim_log *log, unsigned worker) {
    for (size_t i = 0; i < log->transaction_count; i++) {
        struct sim_transaction *transaction = &log->transactions[i];
        if (transaction->worker == worker) {
            mark_offsets(log, transaction);
            memset(transaction->has_marker, 1, sizeof transaction->has_marker);
        }
    }
}

size_t sim_begin(struct sim_log *log, unsigned worker) {
    enum { TRANSACTIONS_MAX = 4096 }; /* never moved: stable offsets point into them */
    sim_fence(log, worker);
    if (log->transactions == NULL) {
        log->transactions = alloc_zeroed(TRANSACTIONS_MAX, sizeof *log->transactions);
    }
    if (log->transaction_count == TRANSACTIONS_MAX) {
        abort();
    }
    log->transactions[log->transaction_count] = (struct sim_transaction){.worker = worker};
    return log->transaction_count++;
}

void sim_produce(struct sim_log *log, size_t transaction, const struct output *output, unsigned life, bool renewed) {
    struct sim_topic *topic = &log->topics[output->topic][output->input_partition];
    topic->records = grown(topic->records, topic->count, &topic->capacity, sizeof *topic->records);
    topic->records[topic->count++] = (struct sim_record){.key = copy(output->key),
                                                         .value = copy(output->value),
                                                         .transaction = transaction,
                                                         .life = life,
                                                         .renewed = renewed};
}

void sim_send_offset(struct sim_log *log, size_t transaction, const struct output_offset *offset,
                     struct sim_snapshot *snapshot) {
    struct sim_transaction *to = &log->transactions[transaction];
    to->has_offset[offset->partition] = true;
    to->offsets[offset->partition] =
        (struct sim_offset){.offset = offset->offset, .metadata = copy(offset->metadata), .snapshot = snapshot};
}

void sim_end(struct sim_log *log, size_t transaction, enum sim_outcome outcome) {
    log->transactions[transaction].outcome = outcome;
}

void sim_marker(struct sim_log *log, struct sim_random *random) {
    if (log->transaction_count == 0) {
        return;
    }
    size_t back = sim_below(random, log->transaction_count < 4 ? log->transaction_count : 4);
    struct sim_transaction *transaction = &log->transactions[log->transaction_count - 1 - back];
    if (transaction->outcome == SIM_OPEN) {
        return;
    }
    uint64_t which = sim_below(random, OUTPUT_TOPIC_COUNT * SIM_PARTITIONS + 1);
    if (which == 0) {
        mark_offsets(log, transaction);
    } else {
        transaction->has_marker[(which - 1) / SIM_PARTITIONS][(which - 1) % SIM_PARTITIONS] = true;
    }
}

const struct sim_offset *sim_stable(struct sim_log *log, int32_t partition) {
    for (size_t i = 0; i < log->transaction_count; i++) {
        if (log->transactions[i].has_offset[partition]) {
            mark_offsets(log, &log->transactions[i]);
        }
    }
    return log->stable[partition];
}

void sim_wait(struct sim_log *log, enum output_topic topic, int32_t partition) {
    const struct sim_topic *records = &log->topics[topic][partition];
    for (size_t i = 0; i < records->count; i++) {
        struct sim_transaction *transaction = &log->transactions[records->records[i].transaction];
        decide(transaction);
        transaction->has_marker[topic][partition] = true;
    }
}

bool sim_is_visible(const struct sim_log *log, const struct sim_record *record) {
    return !record->removed && log->transactions[record->transaction].outcome == SIM_COMMITTED;
}

/* ---- compaction */

bool sim_is_last(const struct sim_log *log, const struct sim_topic *topic, size_t at) {
    for (size_t i = at + 1; i < topic->count; i++) {
        if (sim_is_visible(log, &topic->records[i]) && slice_equal(topic->records[i].key, topic->records[at].key)) {
            return false;
        }
    }
    return true;
}

/* A null that is the last of its key may go once nothing older of its key is left. */
static bool is_last_null(const struct sim_topic *topic, size_t at) {
    for (size_t i = 0; i < at; i++) {
        if (!topic->records[i].removed && slice_equal(topic->records[i].key, topic->records[at].key)) {
            return false;
        }
    }
    return topic->records[at].value.data == NULL;
}

void sim_compact(struct sim_log *log, enum output_topic which, int32_t partition, struct sim_random *random) {
    struct sim_topic *topic = &log->topics[which][partition];
    uint64_t share = 1 + sim_below(random, 4);
    for (size_t i = 0; i < topic->count; i++) {
        struct sim_record *record = &topic->records[i];
        const struct sim_transaction *transaction = &log->transactions[record->transaction];
        if (record->removed || !transaction->has_marker[which][partition] || transaction->outcome == SIM_OPEN ||
            sim_below(random, 4) >= share) {
            continue;
        }
        record->removed = transaction->outcome == SIM_ABORTED || !sim_is_last(log, topic, i) || is_last_null(topic, i);
    }
}
