#include "pipeline/worker.h"

#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "kafka/producer.h"
#include "kafka/source.h"
#include "kafka/topics.h"
#include "kafka/transaction.h"
#include "pipeline/assignments.h"
#include "pipeline/committer.h"
#include "pipeline/lanes.h"
#include "pipeline/restorer.h"
#include "pipeline/throughput.h"

enum {
    POLL_MS = 5,
    POLL_MESSAGES = 1024,
    BATCH_MESSAGES = 256,
    REPORT_WAIT_MS = 20,
    QUERY_MS = 10000,
    PARTITION_CHECK_MS = 10000, /* how often the input's partition count is looked at */
    REMIND_MS = 60000           /* how often a standing trouble is told again */
};

#define EPOCH_BYTES_MAX ((size_t)256 * 1024 * 1024) /* of message values taken between two barriers */
#define OUTBOX_BYTES_MAX ((size_t)64 * 1024 * 1024) /* put by the lanes between two barriers (dead letters, expiry) */
#define CHECKPOINT_PART_BYTES ((size_t)1024 * 1024)
#define CHECKPOINT_EPOCH_BYTES ((size_t)8 * 1024 * 1024)

enum slot_state { SLOT_NONE, SLOT_RESTORING, SLOT_CHANGING, SLOT_LIVE };

/* A partition as the source thread sees it. */
struct slot {
    enum slot_state state;
    uint64_t assignment;
    int64_t position; /* where reading goes on: C of the next barrier */
};

struct worker_batch {
    struct message_batch batch;
    struct message messages[BATCH_MESSAGES];
};

struct worker {
    const struct config *config;
    struct kafka_source *source;
    struct kafka_transaction *transaction;
    struct kafka_producer *producer; /* of throughput documents */
    struct assignments *assignments;
    struct lanes *lanes;
    struct committer *committer;
    struct restorer *restorer;
    struct throughput *throughput;
    struct slot *slots;
    struct lanes_position *positions;
    int32_t partition_count;
    uint64_t assignments_made, epochs_begun, epochs_done;
    size_t epoch_bytes; /* of message values since the last barrier */
    int64_t barrier_ms, counters_ms, partition_check_ms, remind_ms;
    struct worker_batch *filling[LANES_MAX];
    bool paused, closing, ended;
    enum worker_end end;
    atomic_bool abandon; /* shutdown.timeout is over: open commits are given up */
};

static volatile sig_atomic_t signals_seen;

static void on_signal(int number) {
    if (signals_seen++ > 0) {
        _exit(128 + number);
    }
}

static void install_signals(void) {
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    signals_seen = 0;
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

/* The worker ends; the first reason stands. */
static void end_with(struct worker *worker, enum worker_end end) {
    if (!worker->ended) {
        worker->ended = true;
        worker->end = end;
    }
}

/* ---- batches */

static void release_batch(struct message_batch *batch) {
    for (size_t i = 0; i < batch->count; i++) {
        kafka_message_release(&batch->messages[i]);
    }
    free(batch); /* the first member of its struct worker_batch */
}

static void send_batch(struct worker *worker, unsigned lane) {
    struct worker_batch *batch = worker->filling[lane];
    if (batch != NULL) {
        worker->filling[lane] = NULL;
        lanes_send(worker->lanes, lane, &batch->batch);
    }
}

static void send_batches(struct worker *worker) {
    for (unsigned lane = 0; lane < worker->config->lanes; lane++) {
        send_batch(worker, lane);
    }
}

static void add_message(struct worker *worker, const struct message *message) {
    unsigned lane = lanes_of(worker->lanes, message->partition);
    struct worker_batch *batch = worker->filling[lane];
    if (batch == NULL) {
        batch = alloc_zeroed(1, sizeof *batch);
        batch->batch.messages = batch->messages;
        batch->batch.headers = kafka_message_headers;
        batch->batch.release = release_batch;
        worker->filling[lane] = batch;
    }
    batch->messages[batch->batch.count++] = *message;
    batch->batch.bytes += message->value.len;
    if (batch->batch.count == BATCH_MESSAGES) {
        send_batch(worker, lane);
    }
}

static struct slot *slot_of(struct worker *worker, int32_t partition) {
    return partition >= 0 && partition < worker->partition_count ? &worker->slots[partition] : NULL;
}

static void take_messages(struct worker *worker) {
    struct message messages[POLL_MESSAGES];
    size_t count = kafka_source_poll(worker->source, POLL_MS, messages, POLL_MESSAGES);
    for (size_t i = 0; i < count; i++) {
        struct slot *slot = slot_of(worker, messages[i].partition);
        if (slot == NULL || slot->state != SLOT_LIVE || messages[i].offset < slot->position) {
            kafka_message_release(&messages[i]); /* of an assignment that is over: whoever has the partition reads it */
            continue;
        }
        slot->position = messages[i].offset + 1;
        worker->epoch_bytes += messages[i].value.len;
        add_message(worker, &messages[i]);
    }
    send_batches(worker);
}

/* ---- epochs */

static void send_barrier(struct worker *worker, bool drain) {
    size_t count = 0;
    for (int32_t partition = 0; partition < worker->partition_count; partition++) {
        const struct slot *slot = &worker->slots[partition];
        if (slot->state == SLOT_CHANGING || slot->state == SLOT_LIVE) {
            worker->positions[count++] = (struct lanes_position){partition, slot->position};
        }
    }
    send_batches(worker);
    lanes_barrier(worker->lanes, worker->positions, count, drain);
    worker->epochs_begun++;
    worker->epoch_bytes = 0;
    worker->barrier_ms = clock_steady_ms();
}

static void start_live(struct worker *worker, int32_t partition) {
    struct slot *slot = &worker->slots[partition];
    struct kafka_error error;
    slot->state = SLOT_LIVE;
    if (!kafka_source_start(worker->source, partition, slot->position, &error)) {
        log_line(LOG_ERROR, "worker", "partition %d cannot be read from offset %" PRId64 ": %s", (int)partition, slot->position, error.text);
        end_with(worker, WORKER_FAILED);
    }
    if (worker->paused) {
        kafka_source_pause_all(worker->source, true);
    }
}

static void take_report(struct worker *worker, struct committer_report *report) {
    worker->epochs_done++;
    throughput_committed(worker->throughput, report);
    for (size_t i = 0; i < report->partition_count; i++) {
        const struct lanes_partition *told = &report->partitions[i];
        struct slot *slot = &worker->slots[told->partition];
        if (slot->state == SLOT_CHANGING && slot->assignment == told->assignment && !told->changing &&
            report->result == KAFKA_COMMIT_DONE) {
            log_line(LOG_INFO, "worker", "partition %d: the changed configuration is in force", (int)told->partition);
            start_live(worker, told->partition);
        }
    }
    if (report->result == KAFKA_COMMIT_FENCED || report->result == KAFKA_COMMIT_FATAL) {
        log_line(LOG_ERROR, "worker", "commit: %s", report->error.text);
        end_with(worker, WORKER_FENCED);
    }
    committer_report_free(report);
}

/* Takes finished epochs; waits up to timeout_ms for the first. */
static void take_reports(struct worker *worker, int timeout_ms) {
    for (struct committer_report *report; (report = committer_report(worker->committer, timeout_ms)) != NULL;) {
        take_report(worker, report);
        timeout_ms = 0;
    }
}

static bool is_settled(const struct worker *worker) {
    return worker->epochs_begun == worker->epochs_done;
}

static int64_t shutdown_deadline(const struct worker *worker) {
    return clock_steady_ms() + worker->config->shutdown_timeout_ms;
}

/* Waits until every epoch begun is decided, the assignment is lost, or the time is over (once told to stop there is a limit). */
static bool settle(struct worker *worker, int64_t until_ms) {
    while (!is_settled(worker)) {
        if (until_ms == INT64_MAX && signals_seen > 0) {
            until_ms = shutdown_deadline(worker);
        }
        if (kafka_source_lost(worker->source) || clock_steady_ms() > until_ms) {
            return false;
        }
        take_reports(worker, REPORT_WAIT_MS);
    }
    return true;
}

/* ---- rebalances (called from kafka_source_poll and _close) */

static void on_assigned(void *context, const int32_t *partitions, size_t count) {
    struct worker *worker = context;
    for (size_t i = 0; i < count; i++) {
        struct slot *slot = slot_of(worker, partitions[i]);
        if (slot == NULL) {
            log_line(LOG_ERROR, "worker", "partition %d of %s was assigned, but the topic had %d partitions at the start; a change of the "
                     "input's partition count needs new topics and a new group", (int)partitions[i],
                     worker->config->topics[CONFIG_TOPIC_INPUT], (int)worker->partition_count);
            end_with(worker, WORKER_REFUSED);
            continue;
        }
        *slot = (struct slot){.state = SLOT_RESTORING, .assignment = ++worker->assignments_made};
        assignments_set(worker->assignments, partitions[i], slot->assignment);
        restorer_ask(worker->restorer, partitions[i], slot->assignment);
        log_line(LOG_INFO, "worker", "partition %d assigned; restoring", (int)partitions[i]);
    }
}

static void drop_partition(struct worker *worker, int32_t partition) {
    struct slot *slot = &worker->slots[partition];
    assignments_set(worker->assignments, partition, ASSIGNMENTS_NONE);
    if (slot->state == SLOT_CHANGING || slot->state == SLOT_LIVE) {
        lanes_revoke(worker->lanes, partition);
    }
    *slot = (struct slot){.state = SLOT_NONE};
}

static void on_revoked(void *context, const int32_t *partitions, size_t count, bool lost) {
    struct worker *worker = context;
    log_line(LOG_INFO, "worker", "%zu partitions %s", count, lost ? "lost: their open epoch is void" : "revoked");
    if (!lost && !worker->closing) {
        /* What the lanes took is committed before the answer: the broker checks the generation, not who owns what. */
        if (settle(worker, INT64_MAX) && !worker->ended) {
            send_barrier(worker, false);
            settle(worker, INT64_MAX);
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (slot_of(worker, partitions[i]) != NULL) {
            drop_partition(worker, partitions[i]);
        }
    }
}

static void on_position(void *context, int32_t partition, int64_t offset) {
    struct slot *slot = slot_of(context, partition);
    if (slot != NULL && slot->state == SLOT_LIVE && offset > slot->position) {
        slot->position = offset;
    }
}

static void on_failed(void *context, const struct kafka_error *error) {
    log_line(LOG_ERROR, "worker", "%s", error->text);
    end_with(context, error->fatal ? WORKER_FENCED : WORKER_REFUSED);
}

/* ---- restored partitions */

static void take_restored(struct worker *worker) {
    for (struct restorer_result *result; (result = restorer_result(worker->restorer)) != NULL; restorer_result_free(result)) {
        struct slot *slot = &worker->slots[result->partition];
        if (slot->state != SLOT_RESTORING || slot->assignment != result->assignment) {
            continue;
        }
        if (result->state == NULL) {
            log_line(LOG_ERROR, "restore", "%s", result->refused ? result->error : "given up");
            end_with(worker, result->refused ? WORKER_REFUSED : WORKER_FAILED);
            continue;
        }
        log_line(LOG_INFO, "restore", "partition %d: %" PRIu64 " facts and %" PRIu64 " events in %.2f s; goes on at offset %" PRId64,
                 (int)result->partition, result->facts, result->events, (double)result->took_ms / 1000, result->position);
        throughput_restored(worker->throughput, result);
        bool changing = partition_is_changing(result->state);
        slot->position = result->position;
        slot->state = SLOT_CHANGING;
        lanes_assign(worker->lanes, result->state, slot->assignment);
        result->state = NULL;
        if (!changing) {
            start_live(worker, result->partition);
        }
    }
}

/* ---- backpressure */

static void throttle(struct worker *worker) {
    size_t state = lanes_state_bytes(worker->lanes);
    uint64_t bound = worker->config->state_bytes_max;
    bool full = state > (worker->paused ? bound - bound / 16 : bound);
    bool behind = worker->epoch_bytes > EPOCH_BYTES_MAX || lanes_open_bytes(worker->lanes) > OUTBOX_BYTES_MAX;
    int64_t now_ms = clock_steady_ms();
    if (full && (!worker->paused || now_ms - worker->remind_ms > REMIND_MS)) {
        worker->remind_ms = now_ms;
        log_line(LOG_WARNING, "worker", "the state holds %zu bytes, above state.bytes_max (%" PRIu64 "): reading is paused and goes on only "
                 "with a higher limit or more workers; nothing is lost", state, bound);
    }
    if ((full || behind) != worker->paused) {
        worker->paused = full || behind;
        kafka_source_pause_all(worker->source, worker->paused);
        throughput_paused(worker->throughput, worker->paused);
    }
}

/* ---- counters */

static void send_counters(struct worker *worker) {
    struct throughput_lag *lags = alloc_zeroed((size_t)worker->partition_count, sizeof *lags);
    size_t count = 0;
    for (int32_t partition = 0; partition < worker->partition_count; partition++) {
        if (worker->slots[partition].state == SLOT_LIVE) {
            lags[count++] = (struct throughput_lag){
                partition, kafka_source_lag(worker->source, partition, worker->slots[partition].position)};
        }
    }
    struct buffer document = {0};
    struct kafka_error error;
    throughput_write(worker->throughput, lags, count, lanes_state_bytes(worker->lanes), &document);
    if (!kafka_producer_send(worker->producer, worker->config->topics[CONFIG_TOPIC_THROUGHPUT], -1, slice_of(worker->config->worker_id),
                             buffer_slice(&document), 0, &error)) {
        log_line(LOG_WARNING, "worker", "throughput: %s", error.text);
    }
    buffer_release(&document);
    free(lags);
    worker->counters_ms = clock_steady_ms();
}

static void check_partition_count(struct worker *worker) {
    struct kafka_error error;
    int32_t count = kafka_source_partition_count(worker->source, QUERY_MS, &error);
    worker->partition_check_ms = clock_steady_ms();
    if (count >= 0 && count != worker->partition_count) {
        log_line(LOG_ERROR, "worker", "%s has %d partitions now and had %d: a change of the input's partition count needs new topics and a "
                 "new group", worker->config->topics[CONFIG_TOPIC_INPUT], (int)count, (int)worker->partition_count);
        end_with(worker, WORKER_REFUSED);
    }
}

/* ---- the life */

static bool is_ours(void *context, int32_t partition, uint64_t assignment) {
    struct worker *worker = context;
    return assignments_is(worker->assignments, partition, assignment);
}

static bool is_stopping(void *context) {
    struct worker *worker = context;
    return atomic_load(&worker->abandon) || (worker->lanes == NULL && signals_seen > 0);
}

static size_t state_bytes(void *context) {
    return lanes_state_bytes(((struct worker *)context)->lanes);
}

static bool open_clients(struct worker *worker, struct kafka_error *error) {
    const struct kafka_source_callbacks callbacks = {worker, on_assigned, on_revoked, on_position, on_failed};
    const struct kafka_transaction_hooks hooks = {worker, is_ours, is_stopping};
    worker->source = kafka_source_open(worker->config, &callbacks, error);
    if (worker->source == NULL) {
        return false;
    }
    worker->transaction = kafka_transaction_open(worker->config, worker->source, &hooks, error);
    worker->producer = worker->transaction == NULL ? NULL : kafka_producer_open(worker->config, error);
    return worker->producer != NULL;
}

static bool check_topics(struct worker *worker) {
    struct buffer report = {0};
    struct kafka_topics_findings findings = {0};
    struct kafka_error error;
    bool reached = kafka_topics_check(worker->config, &report, &findings, &error);
    for (char *line = report.data, *end; reached && line < report.data + report.len; line = end + 1) {
        end = memchr(line, '\n', (size_t)(report.data + report.len - line));
        end = end == NULL ? report.data + report.len : end;
        log_line(findings.wrong > 0 ? LOG_ERROR : LOG_WARNING, "topics", "%.*s", (int)(end - line), line);
    }
    if (!reached) {
        log_line(LOG_ERROR, "topics", "%s", error.text);
    }
    buffer_release(&report);
    worker->partition_count = findings.input_partitions;
    if (!reached || findings.wrong > 0) {
        end_with(worker, reached ? WORKER_REFUSED : WORKER_FAILED);
    }
    return !worker->ended;
}

static struct partition_options partition_options_of(const struct config *config) {
    return (struct partition_options){
        .check_key = true,
        .limits = {config->message_bytes_max, config->train_bytes_max, config->retention_days},
        .rules = {(enum merge_policy)config->merge_policy, (enum require_level)config->require_level},
        .accept_rules = config->rules_accept,
        .emit = config->emit_always ? EMIT_ALWAYS : EMIT_READY,
        .checkpoint_bytes = config->checkpoint_bytes,
        .checkpoint_age_ms = config->checkpoint_age_ms,
        .checkpoint_part_bytes_max = CHECKPOINT_PART_BYTES,
        .checkpoint_epoch_bytes_max = CHECKPOINT_EPOCH_BYTES,
        .seen_entries = config->seen_entries,
    };
}

static void start_threads(struct worker *worker) {
    const struct config *config = worker->config;
    worker->assignments = assignments_new(worker->partition_count);
    worker->slots = alloc_zeroed((size_t)worker->partition_count, sizeof *worker->slots);
    worker->positions = alloc_zeroed((size_t)worker->partition_count, sizeof *worker->positions);
    worker->throughput = throughput_new(config->worker_id, config->group, config->lanes);
    worker->lanes = lanes_start(&(struct lanes_options){
        .count = config->lanes,
        .message_bytes_max = config->message_bytes_max,
        .topic = slice_of(config->topics[CONFIG_TOPIC_INPUT]),
        .key_partitions = worker->partition_count,
        .key_fits = kafka_key_fits,
    });
    worker->committer = committer_start(worker->lanes, worker->transaction);
    worker->restorer = restorer_start(&(struct restorer_options){
        .config = config,
        .source = worker->source,
        .assignments = worker->assignments,
        .partition = partition_options_of(config),
        .state_bytes = state_bytes,
        .context = worker,
    });
    worker->barrier_ms = worker->counters_ms = worker->partition_check_ms = clock_steady_ms();
}

static void turn(struct worker *worker) {
    take_messages(worker);
    take_restored(worker);
    take_reports(worker, 0);
    int64_t now_ms = clock_steady_ms();
    if (is_settled(worker) && now_ms - worker->barrier_ms >= worker->config->commit_interval_ms) {
        send_barrier(worker, false);
    }
    throttle(worker);
    if (now_ms - worker->counters_ms >= worker->config->counters_interval_ms) {
        send_counters(worker);
    }
    if (now_ms - worker->partition_check_ms >= PARTITION_CHECK_MS) {
        check_partition_count(worker);
    }
}

/* Finishes the epoch; on an orderly stop also brings F to C. */
static void finish_epochs(struct worker *worker) {
    int64_t until_ms = shutdown_deadline(worker);
    bool settled = settle(worker, until_ms);
    if (settled && worker->end != WORKER_FENCED) {
        send_barrier(worker, worker->end == WORKER_STOPPED);
        settled = settle(worker, until_ms);
    }
    if (!settled) {
        log_line(LOG_WARNING, "worker", "the last epoch is not decided within shutdown.timeout: the next life finds out; nothing is lost");
        atomic_store(&worker->abandon, true);
    }
}

static void stop_threads(struct worker *worker) {
    restorer_stop(worker->restorer);
    kafka_source_pause_all(worker->source, true);
    finish_epochs(worker);
    worker->closing = true;
    send_counters(worker);
    kafka_producer_flush(worker->producer, 1000, &(struct kafka_error){0});
    committer_stop(worker->committer, worker->epochs_begun);
}

static void close_clients(struct worker *worker) {
    worker->closing = true;
    if (worker->transaction != NULL) {
        kafka_transaction_close(worker->transaction);
    }
    if (worker->source != NULL) {
        kafka_source_close(worker->source);
    }
    if (worker->producer != NULL) {
        kafka_producer_close(worker->producer);
    }
}

static void free_rest(struct worker *worker) {
    if (worker->lanes != NULL) {
        lanes_stop(worker->lanes, NULL, NULL);
        throughput_free(worker->throughput);
        assignments_free(worker->assignments);
    }
    free(worker->slots);
    free(worker->positions);
}

enum worker_end worker_run(const struct config *config) {
    struct worker worker = {.config = config, .end = WORKER_STOPPED};
    struct kafka_error error = {0};
    install_signals();
    if (!check_topics(&worker)) {
        return worker.end;
    }
    if (open_clients(&worker, &error)) {
        start_threads(&worker);
        log_line(LOG_INFO, "worker", "worker %s of group %s is running", config->worker_id, config->group);
        while (!worker.ended && signals_seen == 0) {
            turn(&worker);
        }
        log_line(LOG_INFO, "worker", "stopping");
        stop_threads(&worker);
    } else if (signals_seen == 0) {
        log_line(LOG_ERROR, "worker", "%s", error.text);
        end_with(&worker, error.fatal ? WORKER_FENCED : WORKER_FAILED);
    }
    close_clients(&worker);
    free_rest(&worker);
    return worker.end;
}
