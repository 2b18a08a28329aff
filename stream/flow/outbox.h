/* What goes out of one lane in one epoch: messages for topics and the offsets to commit with them. The bytes live until
 * outbox_reset, so that an epoch can be sent again unchanged until its commit is certain (stream/exactly-once.md E2).
 * One owner at a time; it moves between threads as a whole. */
#ifndef CARAVAN_FLOW_OUTBOX_H
#define CARAVAN_FLOW_OUTBOX_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "flow/letter.h"
#include "flow/message.h"

enum output_topic { OUTPUT_CLEARANCES, OUTPUT_TRAFFIC, OUTPUT_DEAD_LETTERS, OUTPUT_CHECKPOINTS, OUTPUT_TOPIC_COUNT };

struct output {
    enum output_topic topic;
    int32_t input_partition; /* whose partition's epoch it belongs to: also the partition it goes to, but for dead
                                letters */
    struct slice key;        /* data NULL: none */
    struct slice value;      /* data NULL: null */
    const struct message_header *headers; /* of a dead letter: the message's own; static or in `memory` */
    size_t header_count;
    const struct letter *letter; /* why a dead letter is one; NULL for everything else */
};

/* One partition's part of the commit. */
struct output_offset {
    int32_t partition;
    uint64_t assignment;   /* of which assignment of this partition the epoch is; void once that is lost */
    int64_t offset;        /* C */
    struct slice metadata; /* the text of contract 7.10; no two of a partition are equal */
    struct slice previous; /* the text of the commit before, which this one follows; empty: there was none */
};

struct outbox {
    struct arena memory;
    struct output *outputs;
    size_t output_count, output_capacity;
    struct output_offset *offsets;
    size_t offset_count, offset_capacity;
    size_t bytes;      /* keys, values and headers put, those of letters too */
    size_t keep_bytes; /* of memory, over a reset */
};

void outbox_init(struct outbox *outbox);
void outbox_release(struct outbox *outbox);
/* Forgets the content; keeps the memory that it and the contents before it took, less of that with each reset. */
void outbox_reset(struct outbox *outbox);

/* Adds an output whose slices already live long enough (in outbox->memory or static). */
void outbox_put(struct outbox *outbox, const struct output *output);
/* Adds an offset; the texts are copied. */
void outbox_put_offset(struct outbox *outbox, const struct output_offset *offset);
/* Takes out every output and offset of an input partition: when it is taken away, what it put since the last barrier
 * must not go out with a later assignment of it. The memory stays until reset. */
void outbox_forget(struct outbox *outbox, int32_t input_partition);
/* Room for bytes in the outbox's memory, for who writes them there. */
char *outbox_take(struct outbox *outbox, size_t bytes);
/* Copies bytes into the outbox's memory; data NULL stays NULL. */
struct slice outbox_keep(struct outbox *outbox, struct slice bytes);

#endif
