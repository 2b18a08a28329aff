/* Reading a topic for `caravan tail`: from where it was asked, its last messages, then as it grows, new partitions too.
 * One thread. */
#ifndef CARAVAN_COMMANDS_TAIL_READ_H
#define CARAVAN_COMMANDS_TAIL_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "commands/tail_from.h"
#include "config/config.h"
#include "flow/message.h"
#include "kafka/error.h"

enum { TAIL_LAST_MAX = 100000 };

struct tail_read {
    /* what is asked */
    enum config_topic topic;
    struct tail_from from;
    int32_t partition; /* this one only; -1: all */
    uint64_t last;     /* so many messages that are wanted, before what comes; 0: begin at `from` */
    bool until_end;    /* end where the topic ended at the start */
    void *context;
    bool (*is_wanted)(void *context, const struct message *message);
    void (*take)(void *context, const struct message *message); /* a wanted one, borrowed */
    bool (*is_over)(void *context);
    /* while it reads */
    const char *name;
    struct kafka_reader *reader;
    struct tail_log *logs; /* by partition */
    int32_t count, left;   /* left: not yet read to where they ended */
    int64_t looked_ms;     /* when partitions were counted last */
};

/* Reads until there is an end or is_over says so. False with *error; tail_read_release either way. */
bool tail_read(struct tail_read *read, const struct config *config, struct kafka_error *error);
void tail_read_release(struct tail_read *read);

#endif
