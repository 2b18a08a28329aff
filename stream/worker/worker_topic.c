/* Which topic the input is: the one that the worker began with, as long as it lives. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/timestamp.h"
#include "worker/worker_internal.h"

enum {
    ENDS_MS = 500,  /* how often ends are asked for */
    ASK_MS = 500,   /* one question; a stop waits for it */
    PAUSE_MS = 100, /* between two */
    TELL_MS = 10000,
    START_QUESTIONS = 20,
    GONE_MS = 10000 /* a topic that brokers do not know for so long is gone: one that starts may not know it yet */
};

_Static_assert((int)KAFKA_TOPIC_ID_BYTES == (int)COMMIT_TEXT_ID_BYTES, "one length of an id");

static void pause_ms(int ms) {
    nanosleep(&(struct timespec){ms / 1000, (long)(ms % 1000) * 1000000}, NULL);
}

bool worker_topic_open(struct worker *worker) {
    struct kafka_error error;
    bool answered = false;
    worker->watch = kafka_topic_watch_open(worker->config, worker->config->topics[CONFIG_TOPIC_INPUT], &error);
    for (int left = START_QUESTIONS; worker->watch != NULL && worker_signals == 0 && left > 0; left--) {
        /* Its id is needed before anything is committed: without it the first text could not say which topic it is
         * of (contract 7.I). */
        answered = kafka_topic_watch_ask(worker->watch, ASK_MS, &worker->topic, &error);
        if (answered && worker->topic.exists) {
            return true;
        }
        pause_ms(PAUSE_MS);
    }
    if (worker_signals == 0) {
        log_line(LOG_ERROR, "worker", "topic %s: %s", worker->config->topics[CONFIG_TOPIC_INPUT],
                 answered ? "is missing; caravan topics create makes it" : error.text);
        worker_end_with(worker, answered ? WORKER_REFUSED : WORKER_FAILED);
    }
    return false;
}

/* What this worker holds has nothing to do with the input any more: it ends, and what is open is never committed. Any
 * thread; the first reason stands. */
__attribute__((format(printf, 2, 3))) static void refuse(struct worker *worker, const char *format, ...) {
    /* Two threads may find out at the same time. */
    if (atomic_exchange(&worker->topic_refused, true)) {
        return;
    }
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    log_line(LOG_ERROR, "worker", "%s %s", worker->config->topics[CONFIG_TOPIC_INPUT], text);
}

/* False when the input is another topic than the one this worker began with. */
static bool is_the_same(struct worker *worker, const struct kafka_topic_state *now) {
    /* A cluster that tells no id cannot be asked; it refuses nothing. */
    if (*worker->topic.id == '\0' || *now->id == '\0' || strcmp(worker->topic.id, now->id) == 0) {
        return true;
    }
    refuse(worker,
           "was deleted and made anew (its id is %s now and was %s): nothing of the new topic was committed. Start "
           "over with `caravan reset`, which forgets what this group knew and takes the new topic from its beginning; "
           "or let a new group with output topics of its own do that",
           now->id, worker->topic.id);
    return false;
}

/* ---- the source thread */

static void note_missing(struct worker *worker) {
    int64_t now_ms = clock_steady_ms();
    if (worker->topic_missing_ms == 0) {
        worker->topic_missing_ms = now_ms;
    }
    if (now_ms - worker->topic_missing_ms >= GONE_MS) {
        refuse(worker, "does not exist any more: it was deleted. `caravan topics create` makes a new one, and `caravan "
                       "reset` lets this group begin with it; its former events do not come back");
    }
}

static void look_at(struct worker *worker, const struct kafka_topic_state *now) {
    if (!now->exists) {
        note_missing(worker);
        return;
    }
    /* Back again, and the id says whether it is the same. */
    worker->topic_missing_ms = 0;
    if (is_the_same(worker, now) && now->partitions != worker->partition_count) {
        log_line(LOG_ERROR, "worker",
                 "%s has %d partitions now and had %d: a change of the input's partition count needs new topics and a "
                 "new group",
                 worker->config->topics[CONFIG_TOPIC_INPUT], (int)now->partitions, (int)worker->partition_count);
        worker_end_with(worker, WORKER_REFUSED);
    }
}

static void ask_ends(struct worker *worker) {
    int32_t *partitions = alloc_zeroed((size_t)worker->partition_count, sizeof *partitions);
    size_t count = 0;
    for (int32_t partition = 0; partition < worker->partition_count; partition++) {
        if (worker_slot_has_position(&worker->slots[partition])) {
            partitions[count++] = partition;
        }
    }
    kafka_topic_watch_ends(worker->watch, partitions, count);
    free(partitions);
}

int64_t worker_topic_lag(const struct worker *worker, int32_t partition) {
    int64_t end = kafka_topic_watch_end(worker->watch, partition);
    int64_t position = worker->slots[partition].committed; /* what the lanes hold back is not done */
    return end < 0 ? -1 : end > position ? end - position : 0;
}

void worker_topic_look(struct worker *worker) {
    struct kafka_topic_state now;
    int64_t now_ms = clock_steady_ms();
    if (now_ms - worker->ends_ms >= ENDS_MS) {
        worker->ends_ms = now_ms;
        ask_ends(worker);
    }
    if (kafka_topic_watch_look(worker->watch, &now)) {
        look_at(worker, &now);
    }
    /* The committer may have found out first; only this thread ends the worker. */
    if (atomic_load(&worker->topic_refused)) {
        worker_end_with(worker, WORKER_REFUSED);
    }
}

void worker_topic_explain(struct worker *worker) {
    struct kafka_topic_state now;
    struct kafka_error error;
    if (!worker->closing && kafka_topic_watch_ask(worker->watch, ASK_MS, &now, &error) && now.exists) {
        is_the_same(worker, &now);
    }
}

/* ---- the committer's thread */

/* An answer is worth waiting for: who cannot ask a broker cannot commit either. Also while the topic is missing, for
 * then another one may take its name; worker_topic_look ends that wait. */
bool worker_topic_confirm(void *context) {
    struct worker *worker = context;
    int64_t told_ms = clock_steady_ms();
    while (*worker->topic.id != '\0' && !atomic_load(&worker->topic_refused) && !atomic_load(&worker->abandon)) {
        struct kafka_topic_state now;
        struct kafka_error error;
        bool answered = kafka_topic_watch_ask(worker->watch, ASK_MS, &now, &error);
        if (answered && now.exists) {
            return is_the_same(worker, &now);
        }
        if (clock_steady_ms() - told_ms >= TELL_MS) {
            told_ms = clock_steady_ms();
            log_line(LOG_WARNING, "commit", "waiting: %s", answered ? "the input topic is missing" : error.text);
        }
        pause_ms(PAUSE_MS);
    }
    return *worker->topic.id == '\0';
}
