#include "worker/worker.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/notify.h"
#include "base/timestamp.h"
#include "kafka/topics.h"
#include "sign/sign.h"
#include "worker/guard.h"
#include "worker/worker_internal.h"

/* A large train's checkpoint goes out in several messages of about this size, far below what brokers take. */
#define CHECKPOINT_PART_BYTES ((size_t)1024 * 1024)

enum {
    LOOK_MS = 100, /* the longest sleep of the source thread */
    IDLE_MS = 1000 /* between barriers that have nothing to commit */
};

static bool is_ours(void *context, int32_t partition, uint64_t assignment) {
    return worker_owns(context, partition, assignment);
}

static void disown(void *context, int32_t partition, uint64_t assignment) {
    struct worker *worker = context;
    assignments_void(worker->assignments, partition, assignment);
}

static int64_t woken_ms(void *context) {
    (void)context;
    return worker_woken_ms();
}

static bool is_stopping(void *context) {
    struct worker *worker = context;
    /* Told to stop, a commit under way goes on until the time is over: most are in by then. While clients open there
     * is none to wait for. */
    return atomic_load(&worker->abandon) || (worker->lanes == NULL && worker_signals > 0);
}

static size_t state_bytes(void *context) {
    const struct lanes *lanes = ((struct worker *)context)->lanes;
    return lanes_state_bytes(lanes) + lanes_kept_bytes(lanes);
}

static void on_held(void *context, int32_t partition, uint64_t assignment) {
    committer_settle(((struct worker *)context)->committer, partition, assignment);
}

/* The second producer is for throughput, which goes out while transactions fail (contract 6.6). */
static bool open_clients(struct worker *worker, struct kafka_error *error) {
    const struct kafka_source_callbacks callbacks = worker_callbacks(worker);
    const struct kafka_transaction_hooks hooks = {worker, is_ours, disown, woken_ms, is_stopping};
    /* First the source: the transaction commits under its membership. */
    worker->source = kafka_source_open(worker->config, &callbacks, error);
    if (worker->source == NULL) {
        return false;
    }
    kafka_source_ring(worker->source, worker->bell);
    worker->transaction =
        kafka_transaction_open(worker->config, worker->source, &hooks, worker->message_bytes_max, error);
    worker->producer =
        worker->transaction == NULL ? NULL : kafka_producer_open(worker->config, "application/json", error);
    return worker->producer != NULL;
}

/* One report for all topics, a line a finding, each logged by itself. What is wrong ends the worker here, before it has
 * joined the group and taken partitions from others. */
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
    memcpy(worker->message_bytes_max, findings.message_bytes_max, sizeof worker->message_bytes_max);
    if (!reached || findings.wrong > 0) {
        worker_end_with(worker, reached ? WORKER_REFUSED : worker_end_of(&error, WORKER_FAILED));
    }
    return !worker->ended;
}

/* Before a broker is asked: a worker that cannot sign must not write what readers would refuse. */
static bool take_sign_key(struct worker *worker) {
    const char *path = worker->config->sign_key_file;
    char error[SIGN_ERROR_BYTES];
    if (path == NULL || *path == '\0') {
        return true;
    }
    worker->sign_key = sign_key_read(path, error);
    if (worker->sign_key == NULL) {
        log_line(LOG_ERROR, "config", "sign.key %s", error);
        worker_end_with(worker, WORKER_MISCONFIGURED);
        return false;
    }
    log_line(LOG_INFO, "worker", "clearances are signed with key %s", sign_key_id(worker->sign_key));
    return true;
}

struct rules worker_rules(const struct config *config) {
    return (struct rules){(enum merge_policy)config->merge_policy, (enum require_level)config->require_level,
                          slice_of(config->recognised == NULL ? "" : config->recognised)};
}

static struct partition_options partition_options_of(const struct worker *worker) {
    const struct config *config = worker->config;
    struct partition_options options = {
        .check_key = true,
        .limits = {config->message_bytes_max, config->train_bytes_max, config->retention_days},
        .rules = worker_rules(config),
        .accept_rules = config->rules_accept,
        .emit = config->emit_always ? EMIT_ALWAYS : EMIT_READY,
        .checkpoint_bytes = config->checkpoint_bytes,
        .checkpoint_age_ms = config->checkpoint_age_ms,
        .checkpoint_part_bytes_max = CHECKPOINT_PART_BYTES,
        .seen_entries = config->seen_entries,
        .sign_key = worker->sign_key,
        .learn = worker->board != NULL,
    };
    memcpy(options.input_id, worker->topic.id, sizeof options.input_id);
    return options;
}

/* What the source's callbacks need, which may come as soon as there is a source. */
static void make_slots(struct worker *worker) {
    worker->bell = bell_new();
    worker->assignments = assignments_new(worker->partition_count);
    worker->slots = alloc_zeroed((size_t)worker->partition_count, sizeof *worker->slots);
    worker->positions = alloc_zeroed((size_t)worker->partition_count, sizeof *worker->positions);
}

static void start_threads(struct worker *worker) {
    const struct config *config = worker->config;
    worker->throughput = throughput_new(config->worker_id, config->group, config->lanes);
    budget_init(&worker->budget, kafka_transaction_timeout_ms(config), config->state_bytes_max);
    worker->lanes = lanes_start(&(struct lanes_options){
        .count = config->lanes,
        .message_bytes_max = config->message_bytes_max,
        .topic = slice_of(config->topics[CONFIG_TOPIC_INPUT]),
        .key_partitions = worker->partition_count,
        .key_fits = kafka_key_fits,
        .questions = worker->board == NULL ? NULL : board_questions(worker->board),
        .memory_bytes_max = config->state_bytes_max,
        .budget_bytes = worker->budget.bytes,
        .bell = worker->bell,
        .queue_bytes_low = WORKER_QUEUE_BYTES_MAX / 2,
    });
    worker->committer = committer_start(
        &(struct committer_options){worker->lanes, worker->transaction, worker->bell, worker_topic_confirm, worker});
    worker->restorer = restorer_start(&(struct restorer_options){
        .config = config,
        .source = worker->source,
        .assignments = worker->assignments,
        .partition = partition_options_of(worker),
        .state_bytes = state_bytes,
        .held = on_held,
        .context = worker,
        .bell = worker->bell,
    });
    worker->barrier_ms = worker->counters_ms = clock_steady_ms();
}

/* When the next epoch may end for its time. One that has nothing still looks whether checkpoints are due by their age.
 */
static int64_t barrier_due_ms(const struct worker *worker) {
    int64_t interval_ms = worker->config->commit_interval_ms;
    bool is_idle = !worker->awaited && lanes_queued_bytes(worker->lanes) == 0;
    return worker->barrier_ms + (is_idle && interval_ms < IDLE_MS ? IDLE_MS : interval_ms);
}

/* How long the source thread may sleep when nobody rings: until the next barrier, if that may go, and never so long
 * that a signal or what is looked at from time to time would wait. */
static int idle_ms(const struct worker *worker) {
    int64_t left_ms = barrier_due_ms(worker) - clock_steady_ms();
    return !worker_is_settled(worker) || left_ms > LOOK_MS ? LOOK_MS : left_ms < 0 ? 0 : (int)left_ms;
}

static void turn(struct worker *worker) {
    /* What comes from here on ends the sleep below, or else this turn sees it. */
    bell_arm(worker->bell);
    /* In this order: rebalances are served by the first, and what they made stale is dropped before anything of it
     * is put into lanes or epochs. */
    bool came = worker_take_messages(worker);
    worker_restore_stale(worker);
    worker_take_restored(worker);
    worker_announce(worker);
    worker_take_reports(worker, 0);
    bool is_time = clock_steady_ms() >= barrier_due_ms(worker);
    bool is_large = lanes_are_full(worker->lanes) || worker->epoch_bytes > WORKER_EPOCH_BYTES_MAX;
    /* One at a time (exactly-once.md E9); a large one does not wait for commit.interval. */
    if (worker_is_settled(worker) && (is_time || is_large)) {
        worker_send_barrier(worker, false);
    }
    worker_throttle(worker);
    worker_tell(worker);
    worker_topic_look(worker);
    worker_room_look(worker);
    bell_sleep(worker->bell, came ? 0 : idle_ms(worker));
}

/* Finishes the epoch; on an orderly stop also brings F to C, in commits of their own and each as small as any other, so
 * that the records of the epoch do not wait for checkpoints, and what shutdown.timeout cuts short is the last step. */
static void finish_epochs(struct worker *worker) {
    int64_t until_ms = guard_deadline_ms();
    lanes_halt(worker->lanes);
    bool decided = worker_settle(worker, until_ms);
    /* A life that was fenced, or that an operator must help, can commit nothing more. */
    if (decided && worker->end != WORKER_FENCED && worker->end != WORKER_BLOCKED) {
        worker_send_barrier(worker, false);
        decided = worker_settle(worker, until_ms);
    }
    bool settled = decided;
    while (settled && worker->behind && worker->end == WORKER_STOPPED) {
        worker_send_barrier(worker, true);
        settled = worker_settle(worker, until_ms);
    }
    if (!settled) {
        log_line(LOG_WARNING, "worker", "%s not decided within shutdown.timeout: the next life %s; nothing is lost",
                 decided ? "the last checkpoints are" : "the last epoch is",
                 decided ? "reads more of the input again" : "finds out");
        /* What hangs in a commit gives up; its outcome is found out by whoever restores (exactly-once.md, "When the
         * process dies"). */
        atomic_store(&worker->abandon, true);
    }
}

static void stop_threads(struct worker *worker) {
    restorer_stop(worker->restorer);
    /* Reading ends; the client's heartbeats go on, since the last commits need its membership. */
    kafka_source_pause_all(worker->source, true);
    finish_epochs(worker);
    worker->closing = true;
    worker_send_counters(worker);
    kafka_producer_flush(worker->producer, 1000, &(struct kafka_error){0});
    committer_stop(worker->committer, worker->epochs_begun);
}

/* The lanes may still hold messages of the source, so they end before it. */
static void close_clients(struct worker *worker) {
    worker->closing = true;
    if (worker->transaction != NULL) {
        /* First: a producer that is closed sends nothing more from outboxes, which the lanes free (exactly-once.md
         * E2). */
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
    if (worker->watch != NULL) {
        kafka_topic_watch_close(worker->watch);
    }
}

static void free_rest(struct worker *worker) {
    assignments_free(worker->assignments);
    free(worker->slots);
    free(worker->positions);
    sign_key_free(worker->sign_key);
    bell_free(worker->bell);
}

static void set_phase(struct worker *worker, enum board_phase phase) {
    if (worker->board != NULL) {
        board_set_phase(worker->board, phase);
    }
}

enum worker_end worker_run(const struct config *config, struct board *board) {
    struct worker worker = {.config = config, .board = board, .end = WORKER_STOPPED};
    struct kafka_error error = {0};
    guard_start(config->shutdown_timeout_ms);
    if (!take_sign_key(&worker) || !check_topics(&worker)) {
        sign_key_free(worker.sign_key);
        return worker.end;
    }
    /* Topics are right, so something may be at stake now: a signal asks for an orderly end. Before, it ends the
     * process. */
    worker_catch_signals();
    make_slots(&worker);
    if (!worker_topic_open(&worker)) {
        log_line(LOG_INFO, "worker", "stopping");
    } else if (open_clients(&worker, &error)) {
        start_threads(&worker);
        set_phase(&worker, BOARD_RUNNING);
        log_line(LOG_INFO, "worker", "worker %s of group %s is running", config->worker_id, config->group);
        while (!worker.ended && worker_signals == 0) {
            turn(&worker);
        }
        log_line(LOG_INFO, "worker", "stopping");
        notify_manager("STOPPING=1");
        set_phase(&worker, BOARD_STOPPING);
        stop_threads(&worker);
    } else if (worker_signals == 0) {
        log_line(LOG_ERROR, "worker", "%s", error.text);
        worker_end_with(&worker, worker_end_of(&error, WORKER_FAILED));
    }
    close_clients(&worker);
    free_rest(&worker);
    return worker.end;
}
