/* What the restorer's files share: restorer.c (the threads, and the steps of a restore), restorer_read.c (questions to
 * the cluster and reading, through all that passes by itself) and, below both, restorer_room.c (the bound on state, and
 * whether a restore is wanted). Only they include this; the restorer's threads, each with what is its own. */
#ifndef CARAVAN_WORKER_RESTORER_INTERNAL_H
#define CARAVAN_WORKER_RESTORER_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "kafka/reader.h"
#include "worker/restorer.h"

/* One of its threads: a restore after the other. */
struct hand {
    struct restorer *restorer;
    pthread_t thread;
    struct bell *bell;
    struct ring *asks, *results;
    size_t asked;                /* and not answered yet; whoever asks counts */
    struct kafka_reader *reader; /* opened at the first restore */
    struct decoder *decoder;
    struct arena scratch;
    /* What the other threads may know of the restore under way: its turn, 0 when there is none, and its memory. */
    atomic_uint_fast64_t turn;
    atomic_size_t bytes;
};

struct restorer {
    struct restorer_options options;
    atomic_bool ending;
    struct hand *hands;
    size_t hand_count;
    atomic_uint_fast64_t turns; /* given so far */
    atomic_uint_fast64_t tight; /* the turn of the restore that others must make room for; 0: none */
};

struct restore_range;

/* One restore under way. */
struct restore {
    struct hand *hand;
    struct restorer_result *result;
    int64_t began_ms, shown_ms, warned_ms;
    const struct restore_range *range; /* that is being read */
    int64_t missing_ms;                /* since when the cluster says that a topic is not there; 0: it is there */
    uint64_t messages;
    bool yielded;   /* given up for an older one that needs the room: to be begun anew */
    bool unsettled; /* what a transaction holds that does not end was read as well */
};

/* ---- restorer_room.c */

/* False once the assignment is over, the restorer ends, or an older restore needs the room (`yielded`). */
bool restore_is_wanted(struct restore *restore);
void restore_pause(int ms);
/* The first and the last of each restore. */
void restore_begin_turn(struct restore *restore);
void restore_end_turn(struct restore *restore);
/* False when there is no room for `bytes` of this partition beside those that are back: `needed_bytes` says so; or
 * beside an older restore: `yielded`; or when it is not wanted any more. The oldest waits until others have yielded. */
bool restore_fits(struct restore *restore, size_t bytes);
/* Of one that yielded, without a state: waits until no older one is under way. False when it is not wanted any more. */
bool restore_wait_turn(struct restore *restore);

/* ---- restorer_read.c */

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
    /* Of a message that a transaction holds which does not end. NULL: its end is waited for, however long. */
    bool (*take_unsettled)(struct restore *restore, const struct message *message);
};

/* Reads the partition until nothing before `end` is left; `take` gets each message below it. What passes is waited for
 * and reading begins anew where it stood; an error that comes again and again at one place is a refusal. */
bool restore_read(struct restore *restore, const struct restore_range *range);

#endif
