#include "pipeline/worker.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "kafka/topics.h"
#include "pipeline/worker_internal.h"

enum {
    QUERY_MS = 1000, /* the source thread waits: polling must go on while no broker answers */
    PARTITION_CHECK_MS = 10000 /* how often the input's partition count is looked at */
};

#define CHECKPOINT_PART_BYTES ((size_t)1024 * 1024)
#define CHECKPOINT_EPOCH_BYTES ((size_t)8 * 1024 * 1024)

atomic_int worker_signals;

static void on_signal(int number) {
    if (atomic_fetch_add(&worker_signals, 1) > 0) {
        _exit(128 + number);
    }
}

static void install_signals(void) {
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    atomic_store(&worker_signals, 0);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

void worker_end_with(struct worker *worker, enum worker_end end) {
    if (!worker->ended) {
        worker->ended = true;
        worker->end = end;
    }
}

struct slot *worker_slot(struct worker *worker, int32_t partition) {
    return partition >= 0 && partition < worker->partition_count ? &worker->slots[partition] : NULL;
}

/* ---- counters */

static void send_counters(struct worker *worker) {
    struct throughput_lag *lags = alloc_zeroed((size_t)worker->partition_count, sizeof *lags);
    size_t count = 0;
    for (int32_t partition = 0; partition < worker->partition_count; partition++) {
        if (worker->slots[partition].state == SLOT_LIVE) {
            lags[count++] = (struct throughput_lag){partition, kafka_source_lag(worker->source, partition,
                                                                                worker->slots[partition].position)};
        }
    }
    struct buffer document = {0};
    struct kafka_error error;
    throughput_progress(worker->throughput, kafka_transaction_stats(worker->transaction));
    throughput_write(worker->throughput, lags, count, lanes_state_bytes(worker->lanes), &document);
    if (!kafka_producer_send(worker->producer, worker->config->topics[CONFIG_TOPIC_THROUGHPUT], -1,
                             slice_of(worker->config->worker_id), buffer_slice(&document), 0, &error)) {
        log_line(LOG_WARNING, "worker", "throughput: %s", error.text);
    }
    buffer_release(&document);
    free(lags);
    worker->counters_ms = clock_steady_ms();
}

void worker_tell_counters(struct worker *worker) {
    if (clock_steady_ms() - worker->counters_ms >= worker->config->counters_interval_ms) {
        send_counters(worker);
    }
}

static void check_partition_count(struct worker *worker) {
    struct kafka_error error;
    int32_t count = kafka_source_partition_count(worker->source, QUERY_MS, &error);
    worker->partition_check_ms = clock_steady_ms();
    if (count >= 0 && count != worker->partition_count) {
        log_line(LOG_ERROR, "worker",
                 "%s has %d partitions now and had %d: a change of the input's partition count needs new topics and a "
                 "new group",
                 worker->config->topics[CONFIG_TOPIC_INPUT], (int)count, (int)worker->partition_count);
        worker_end_with(worker, WORKER_REFUSED);
    }
}

/* ---- the life */

static bool is_ours(void *context, int32_t partition, uint64_t assignment) {
    struct worker *worker = context;
    return assignments_is(worker->assignments, partition, assignment);
}

static bool is_stopping(void *context) {
    struct worker *worker = context;
    return atomic_load(&worker->abandon) || (worker->lanes == NULL && worker_signals > 0);
}

static size_t state_bytes(void *context) {
    return lanes_state_bytes(((struct worker *)context)->lanes);
}

static bool open_clients(struct worker *worker, struct kafka_error *error) {
    const struct kafka_source_callbacks callbacks = worker_callbacks(worker);
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
        worker_end_with(worker, reached ? WORKER_REFUSED : WORKER_FAILED);
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

/* What the source's callbacks need, which may come as soon as there is a source. */
static void make_slots(struct worker *worker) {
    worker->assignments = assignments_new(worker->partition_count);
    worker->slots = alloc_zeroed((size_t)worker->partition_count, sizeof *worker->slots);
    worker->positions = alloc_zeroed((size_t)worker->partition_count, sizeof *worker->positions);
}

static void start_threads(struct worker *worker) {
    const struct config *config = worker->config;
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
    worker_take_messages(worker);
    worker_take_restored(worker);
    worker_take_reports(worker, 0);
    int64_t now_ms = clock_steady_ms();
    if (worker_is_settled(worker) && now_ms - worker->barrier_ms >= worker->config->commit_interval_ms) {
        worker_send_barrier(worker, false);
    }
    worker_throttle(worker);
    worker_tell_counters(worker);
    if (now_ms - worker->partition_check_ms >= PARTITION_CHECK_MS) {
        check_partition_count(worker);
    }
}

/* Finishes the epoch; on an orderly stop also brings F to C, in a commit of its own, so that the records of the epoch
 * do not wait for checkpoints that shutdown.timeout may cut short. */
static void finish_epochs(struct worker *worker) {
    int64_t until_ms = worker_shutdown_deadline(worker);
    bool decided = worker_settle(worker, until_ms);
    if (decided && worker->end != WORKER_FENCED) {
        worker_send_barrier(worker, false);
        decided = worker_settle(worker, until_ms);
    }
    bool settled = decided;
    if (decided && worker->end == WORKER_STOPPED) {
        worker_send_barrier(worker, true);
        settled = worker_settle(worker, until_ms);
    }
    if (!settled) {
        log_line(LOG_WARNING, "worker", "%s not decided within shutdown.timeout: the next life %s; nothing is lost",
                 decided ? "the last checkpoints are" : "the last epoch is",
                 decided ? "reads more of the input again" : "finds out");
        atomic_store(&worker->abandon, true);
    }
}

static void stop_threads(struct worker *worker) {
    worker_shutdown_deadline(worker);
    restorer_stop(worker->restorer);
    kafka_source_pause_all(worker->source, true);
    finish_epochs(worker);
    worker->closing = true;
    send_counters(worker);
    kafka_producer_flush(worker->producer, 1000, &(struct kafka_error){0});
    committer_stop(worker->committer, worker->epochs_begun);
}

/* The lanes may still hold messages of the source, so they end before it. */
static void close_clients(struct worker *worker) {
    worker->closing = true;
    if (worker->transaction != NULL) {
        kafka_transaction_close(worker->transaction);
    }
    if (worker->lanes != NULL) {
        lanes_stop(worker->lanes, NULL, NULL);
        worker->lanes = NULL;
        throughput_free(worker->throughput);
    }
    if (worker->source != NULL) {
        kafka_source_close(worker->source);
    }
    if (worker->producer != NULL) {
        kafka_producer_close(worker->producer);
    }
}

static void free_rest(struct worker *worker) {
    assignments_free(worker->assignments);
    free(worker->slots);
    free(worker->positions);
}

enum worker_end worker_run(const struct config *config) {
    struct worker worker = {.config = config, .end = WORKER_STOPPED};
    struct kafka_error error = {0};
    install_signals();
    if (!check_topics(&worker)) {
        return worker_signals > 0 ? WORKER_STOPPED : worker.end;
    }
    make_slots(&worker);
    if (open_clients(&worker, &error)) {
        start_threads(&worker);
        log_line(LOG_INFO, "worker", "worker %s of group %s is running", config->worker_id, config->group);
        while (!worker.ended && worker_signals == 0) {
            turn(&worker);
        }
        log_line(LOG_INFO, "worker", "stopping");
        stop_threads(&worker);
    } else if (worker_signals == 0) {
        log_line(LOG_ERROR, "worker", "%s", error.text);
        worker_end_with(&worker, error.fatal ? WORKER_FENCED : WORKER_FAILED);
    }
    close_clients(&worker);
    free_rest(&worker);
    return worker.end;
}
