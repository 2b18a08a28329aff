/* What the restorer's files share: restorer.c (the thread, and the steps of a restore) and restorer_read.c (questions
 * to the cluster and reading, through all that passes by itself). Only they include this; the restorer's thread. */
#ifndef CARAVAN_WORKER_RESTORER_INTERNAL_H
#define CARAVAN_WORKER_RESTORER_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "kafka/reader.h"
#include "worker/restorer.h"

struct restorer {
    struct restorer_options options;
    pthread_t thread;
    struct bell *bell;
    struct ring *asks, *results;
    atomic_bool ending;
    struct kafka_reader *reader; /* opened at the first restore */
    struct decoder *decoder;
    struct arena scratch;
};

struct restore_range;

/* One restore under way. */
struct restore {
    struct restorer *restorer;
    struct restorer_result *result;
    int64_t began_ms, shown_ms, warned_ms;
    const struct restore_range *range; /* that is being read */
    int64_t missing_ms;                /* since when the cluster says that a topic is not there; 0: it is there */
    uint64_t messages;
};

/* ---- restorer_read.c */

/* False once the assignment is over or the restorer ends. */
bool restore_is_wanted(const struct restore *restore);
/* The worker must stop: says where and why. Returns false. */
bool restore_refuse(struct restore *restore, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *restore_topic(const struct restore *restore, enum config_topic topic);

/* What follows returns false when the restore is refused or not wanted any more. */

/* Opens the reader where there is none yet. */
bool restore_open(struct restore *restore);
/* The stable committed offset with its text, waiting while a transaction holds it; offset -1: the cluster says that
 * there is none. */
bool restore_committed(struct restore *restore, struct kafka_committed *committed);
bool restore_watermarks(struct restore *restore, enum config_topic topic, int64_t *low, int64_t *high);

struct restore_range {
    enum config_topic topic;
    int64_t from, end;
    const char *what; /* for people: what is being read */
    bool (*take)(struct restore *restore, const struct message *message);
};

/* Reads the partition until nothing before `end` is left; `take` gets each message below it. What passes is waited for
 * and reading begins anew where it stood; an error that comes again and again at one place is a refusal. */
bool restore_read(struct restore *restore, const struct restore_range *range);

#endif
