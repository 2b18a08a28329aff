/* The restorer: threads that bring assigned partitions back from checkpoints and input (contract 7.12), each one after
 * the other, while the lanes work on those that are back already. One of them owns a partition until it hands it over
 * as a whole. All functions: the one thread that asks. */
#ifndef CARAVAN_WORKER_RESTORER_H
#define CARAVAN_WORKER_RESTORER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "flow/bell.h"
#include "kafka/source.h"
#include "partition/partition.h"
#include "worker/assignments.h"

struct restorer;

enum { RESTORER_ERROR_BYTES = 1024 };

struct restorer_options {
    const struct config *config;           /* borrowed until restorer_stop, as all here */
    struct kafka_source *source;           /* for committed offsets */
    const struct assignments *assignments; /* a restore of an assignment that is over is dropped */
    struct partition_options partition;    /* of every partition but for its number */
    size_t (*state_bytes)(void *context);  /* memory of the partitions that are back; any thread, several at once */
    /* The committed offset has been held by a transaction for long, and may be for ever; any thread. */
    void (*held)(void *context, int32_t partition, uint64_t assignment);
    void *context;
    struct bell *bell; /* of whoever takes results; rung by each */
};

struct restorer_result {
    int32_t partition;
    uint64_t assignment;
    struct partition *state; /* the taker's; NULL: see below */
    int64_t position;        /* C: where live reading begins */
    bool refused;            /* contract 7.15 says that the worker must stop: `error` says why */
    bool blocked;            /* refused, by what only an operator can change: a right, a setting */
    /* Else it has no room: this many bytes and those of the partitions that are back pass state.bytes_max. 0: it was
     * given up, since the assignment is over or the restorer ends. */
    size_t needed_bytes;
    char error[RESTORER_ERROR_BYTES];
    uint64_t facts, events, checkpoint_bytes; /* restored */
    int64_t took_ms;
};

struct restorer *restorer_start(const struct restorer_options *options);
/* Asks for a partition of this assignment. */
void restorer_ask(struct restorer *restorer, int32_t partition, uint64_t assignment);
/* The next finished one, or NULL at once. Free with restorer_result_free (which frees a state that was not taken). */
struct restorer_result *restorer_result(struct restorer *restorer);
void restorer_result_free(struct restorer_result *result);
/* Ends the threads; restores under way are given up. */
void restorer_stop(struct restorer *restorer);

#endif
