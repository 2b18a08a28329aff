#include "pipeline/restorer.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/ring.h"
#include "base/timestamp.h"
#include "kafka/reader.h"

enum {
    ASK_SLOTS = 4096,
    WAIT_MS = 500,        /* how often a wait looks whether it is still wanted */
    WAIT_OFFSET_MS = 100, /* between two looks at an offset that is not stable yet */
    QUERY_MS = 2000,      /* a stop waits for it */
    PROGRESS_MS = 5000,
    SCRATCH_KEEP_BYTES = 4 * 1024 * 1024,
    BOUND_EVERY = 16 /* messages between two looks at the state bound: each may be a checkpoint of a megabyte */
};

struct ask {
    int32_t partition;
    uint64_t assignment;
};

struct restorer {
    struct restorer_options options;
    pthread_t thread;
    struct bell *bell, *taker_bell;
    struct ring *asks, *results;
    atomic_bool ending;
    struct kafka_reader *reader; /* opened at the first restore */
    struct decoder *decoder;
    struct arena scratch;
};

/* One restore under way. */
struct restore {
    struct restorer *restorer;
    struct restorer_result *result;
    int64_t began_ms, shown_ms;
    uint64_t messages;
};

static bool is_wanted(const struct restore *restore) {
    const struct restorer *restorer = restore->restorer;
    return !atomic_load(&restorer->ending) &&
           assignments_is(restorer->options.assignments, restore->result->partition, restore->result->assignment);
}

/* The worker must stop: says where and why. */
__attribute__((format(printf, 2, 3))) static bool refuse(struct restore *restore, const char *format, ...) {
    struct restorer_result *result = restore->result;
    char what[RESTORER_ERROR_BYTES / 2];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    result->refused = true;
    snprintf(result->error, sizeof result->error, "%s[%d]: %s",
             restore->restorer->options.config->topics[CONFIG_TOPIC_INPUT], (int)result->partition, what);
    return false;
}

static const char *topic_of(const struct restore *restore, enum config_topic topic) {
    return restore->restorer->options.config->topics[topic];
}

/* A passing trouble: logged, then tried again; false once the restore is not wanted any more. What only an operator can
 * change is no passing trouble. */
static bool try_again(struct restore *restore, const struct kafka_error *error) {
    if (error->denied) {
        return refuse(restore, "%s; give the worker's user the right to read it", error->text);
    }
    log_line(LOG_WARNING, "restore", "partition %d: %s; trying again", (int)restore->result->partition, error->text);
    nanosleep(&(struct timespec){.tv_nsec = WAIT_MS * 1000000L}, NULL);
    return is_wanted(restore);
}

static bool watermarks(struct restore *restore, enum config_topic topic, int64_t *low, int64_t *high) {
    struct kafka_error error;
    while (!kafka_reader_watermarks(restore->restorer->reader, topic_of(restore, topic), restore->result->partition,
                                    QUERY_MS, low, high, &error)) {
        if (!try_again(restore, &error)) {
            return false;
        }
    }
    return true;
}

static bool within_bound(struct restore *restore) {
    const struct restorer_options *options = &restore->restorer->options;
    uint64_t held = options->state_bytes(options->context) + partition_memory_bytes(restore->result->state);
    if (held > options->config->state_bytes_max) {
        return refuse(restore,
                      "its state and that of the partitions already here pass state.bytes_max (%" PRIu64 " bytes); "
                      "raise it, or start more workers so that each holds fewer partitions",
                      options->config->state_bytes_max);
    }
    return true;
}

static void show_progress(struct restore *restore, const char *what, int64_t position, int64_t end) {
    int64_t now_ms = clock_steady_ms();
    if (now_ms - restore->shown_ms >= PROGRESS_MS) {
        restore->shown_ms = now_ms;
        log_line(LOG_INFO, "restore", "partition %d: %s at %" PRId64 " of %" PRId64, (int)restore->result->partition,
                 what, position, end);
    }
}

/* Reads one partition of a topic from `from` until nothing before `end` is left; `take` gets each message below `end`.
 */
static bool read_range(struct restore *restore, enum config_topic topic, int64_t from, int64_t end, const char *what,
                       bool (*take)(struct restore *restore, const struct message *message)) {
    struct kafka_reader *reader = restore->restorer->reader;
    struct kafka_error error;
    int64_t position = from < 0 ? 0 : from;
    bool good = true;
    if (position >= end) {
        return true;
    }
    while (!kafka_reader_assign(reader, topic_of(restore, topic), &restore->result->partition, &from, 1, &error)) {
        if (!try_again(restore, &error)) {
            return false;
        }
    }
    while (good && position < end) {
        struct message message;
        enum kafka_read read = kafka_reader_next(reader, WAIT_MS, &message, &error);
        if (!is_wanted(restore)) {
            good = false;
        } else if (read == KAFKA_READ_ERROR) {
            good = refuse(restore, "reading %s failed: %s", topic_of(restore, topic), error.text);
        } else if (read == KAFKA_READ_POSITION) {
            position = message.offset;
        } else if (read == KAFKA_READ_MESSAGE) {
            position = message.offset + 1;
            good = message.offset >= end || take(restore, &message);
            good = good && (++restore->messages % BOUND_EVERY != 0 || within_bound(restore));
        }
        if (read == KAFKA_READ_MESSAGE) {
            kafka_message_release(&message);
        }
        show_progress(restore, what, position, end);
    }
    kafka_reader_assign(reader, topic_of(restore, topic), NULL, NULL, 0, &error); /* else it reads on, unasked */
    return good;
}

/* ---- the steps of spec section 7 */

static bool take_stray(struct restore *restore, const struct message *message) {
    return refuse(
        restore,
        "the group has no committed offset here, but %s holds a message at offset %" PRId64
        ": somebody moved or deleted the offsets. `caravan reset` starts the group over; or restore the offsets",
        "checkpoints or traffic", message->offset);
}

static bool begin_fresh(struct restore *restore) {
    static const enum config_topic topics[] = {CONFIG_TOPIC_CHECKPOINTS, CONFIG_TOPIC_TRAFFIC};
    int64_t low;
    int64_t high;
    for (size_t i = 0; i < sizeof topics / sizeof topics[0]; i++) {
        if (!watermarks(restore, topics[i], &low, &high) ||
            !read_range(restore, topics[i], low, high, "looking for strays", take_stray)) {
            return false;
        }
    }
    return watermarks(restore, CONFIG_TOPIC_INPUT, &restore->result->position, &high);
}

static bool check_input(struct restore *restore, int64_t redo, int64_t committed) {
    int64_t low;
    int64_t high;
    if (!watermarks(restore, CONFIG_TOPIC_INPUT, &low, &high)) {
        return false;
    }
    if (low > redo) {
        return refuse(
            restore,
            "the input begins at offset %" PRId64 ", above %" PRId64 " from where it must be read again to restore the "
            "state: retention deleted events that no checkpoint holds yet. Bring the events back, or start over with "
            "`caravan reset`; keep the input's retention above checkpoint.age plus the longest standstill",
            low, redo);
    }
    if (high < committed) {
        return refuse(restore,
                      "the input ends at offset %" PRId64 ", below the committed offset %" PRId64
                      ": the topic was made anew or "
                      "lost messages. Start over with `caravan reset`, or bring the log back",
                      high, committed);
    }
    return true;
}

static bool take_checkpoint(struct restore *restore, const struct message *message) {
    char error[PARTITION_ERROR_BYTES];
    restore->result->checkpoint_bytes += message->value.len;
    if (!partition_restore_checkpoint(restore->result->state, message->key, message->value, error)) {
        return refuse(restore, "%s[%d]@%" PRId64 ": %s", topic_of(restore, CONFIG_TOPIC_CHECKPOINTS),
                      (int)message->partition, message->offset, error);
    }
    return true;
}

static bool take_input(struct restore *restore, const struct message *message) {
    partition_redo(restore->result->state, message, restore->restorer->decoder, &restore->restorer->scratch);
    arena_reset(&restore->restorer->scratch, SCRATCH_KEEP_BYTES);
    return true;
}

static bool restore_from(struct restore *restore, int64_t committed, struct slice metadata) {
    struct partition *state = restore->result->state;
    char error[PARTITION_ERROR_BYTES];
    int64_t low;
    int64_t high;
    if (!partition_restore_begin(state, committed, metadata, error)) {
        return refuse(restore, "%s", error);
    }
    int64_t redo = partition_redo_offset(state);
    if (!check_input(restore, redo, committed) || !watermarks(restore, CONFIG_TOPIC_CHECKPOINTS, &low, &high) ||
        !read_range(restore, CONFIG_TOPIC_CHECKPOINTS, low, high, "checkpoints", take_checkpoint)) {
        return false;
    }
    if (!partition_restore_checkpoints_end(state, error)) {
        return refuse(restore, "%s", error);
    }
    if (!read_range(restore, CONFIG_TOPIC_INPUT, redo, committed, "input", take_input)) {
        return false;
    }
    if (!partition_restore_end(state, error)) {
        return refuse(restore, "%s", error);
    }
    restore->result->position = committed;
    return within_bound(restore);
}

/* The stable committed offset: a transaction of the last owner may be open, and end by its time-out only. */
static bool read_committed(struct restore *restore, int64_t *committed, struct buffer *metadata) {
    struct kafka_error error;
    while (!kafka_source_committed(restore->restorer->options.source, restore->result->partition, WAIT_MS * 4,
                                   committed, metadata, &error)) {
        buffer_clear(metadata);
        if (!error.retriable) {
            if (!try_again(restore, &error)) {
                return false;
            }
            continue;
        }
        int64_t now_ms = clock_steady_ms();
        if (now_ms - restore->shown_ms >= PROGRESS_MS) {
            restore->shown_ms = now_ms;
            log_line(LOG_INFO, "restore", "partition %d: waiting: %s", (int)restore->result->partition, error.text);
        }
        nanosleep(&(struct timespec){.tv_nsec = WAIT_OFFSET_MS * 1000000L}, NULL);
        if (!is_wanted(restore)) {
            return false;
        }
    }
    return true;
}

static bool restore_partition(struct restore *restore) {
    struct restorer *restorer = restore->restorer;
    struct kafka_error error;
    struct buffer metadata = {0};
    int64_t committed = -1;
    while (restorer->reader == NULL &&
           (restorer->reader = kafka_reader_open(restorer->options.config, &error)) == NULL) {
        if (error.fatal || !try_again(restore, &error)) {
            return error.fatal && refuse(restore, "%s", error.text);
        }
    }
    bool done = read_committed(restore, &committed, &metadata) &&
                (committed < 0 ? begin_fresh(restore) : restore_from(restore, committed, buffer_slice(&metadata)));
    buffer_release(&metadata);
    return done;
}

static void answer(struct restorer *restorer, const struct ask *ask) {
    struct restorer_result *result = alloc_zeroed(1, sizeof *result);
    struct restore restore = {.restorer = restorer,
                              .result = result,
                              .began_ms = clock_steady_ms(),
                              .shown_ms = clock_steady_ms()};
    struct partition_options options = restorer->options.partition;
    options.number = ask->partition;
    result->partition = ask->partition;
    result->assignment = ask->assignment;
    result->state = partition_new(&options);
    bool done = is_wanted(&restore) && restore_partition(&restore);
    result->facts = partition_restored_facts(result->state);
    result->events = partition_restored_events(result->state);
    result->took_ms = clock_steady_ms() - restore.began_ms;
    if (!done) {
        partition_free(result->state);
        result->state = NULL;
    }
    ring_push(restorer->results, result);
}

static void *restorer_main(void *context) {
    struct restorer *restorer = context;
    while (!atomic_load(&restorer->ending)) {
        struct ask *ask = ring_pop(restorer->asks, WAIT_MS);
        if (ask != NULL) {
            answer(restorer, ask);
            free(ask);
        }
    }
    return NULL;
}

struct restorer *restorer_start(const struct restorer_options *options) {
    struct restorer *restorer = alloc_zeroed(1, sizeof *restorer);
    restorer->options = *options;
    restorer->bell = bell_new();
    restorer->taker_bell = bell_new();
    restorer->asks = ring_new(ASK_SLOTS, restorer->bell);
    restorer->results = ring_new(ASK_SLOTS, restorer->taker_bell);
    restorer->decoder = decoder_new(options->partition.limits.message_bytes);
    if (pthread_create(&restorer->thread, NULL, restorer_main, restorer) != 0) {
        abort();
    }
    return restorer;
}

void restorer_ask(struct restorer *restorer, int32_t partition, uint64_t assignment) {
    struct ask *ask = alloc_zeroed(1, sizeof *ask);
    *ask = (struct ask){partition, assignment};
    ring_push(restorer->asks, ask);
}

struct restorer_result *restorer_result(struct restorer *restorer) {
    return ring_poll(restorer->results);
}

void restorer_result_free(struct restorer_result *result) {
    if (result->state != NULL) {
        partition_free(result->state);
    }
    free(result);
}

void restorer_stop(struct restorer *restorer) {
    atomic_store(&restorer->ending, true);
    bell_ring(restorer->bell);
    pthread_join(restorer->thread, NULL);
    for (struct ask *ask; (ask = ring_poll(restorer->asks)) != NULL;) {
        free(ask);
    }
    for (struct restorer_result *result; (result = ring_poll(restorer->results)) != NULL;) {
        restorer_result_free(result);
    }
    if (restorer->reader != NULL) {
        kafka_reader_close(restorer->reader);
    }
    ring_free(restorer->asks);
    ring_free(restorer->results);
    bell_free(restorer->bell);
    bell_free(restorer->taker_bell);
    decoder_free(restorer->decoder);
    arena_release(&restorer->scratch);
    free(restorer);
}
