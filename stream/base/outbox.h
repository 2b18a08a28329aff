/* What goes out of one lane in one epoch: messages for topics and the offsets to commit with them. The bytes live until
 * outbox_reset, so that an epoch can be sent again unchanged until its commit is certain (design, "The epoch").
 * One owner at a time; it moves between threads as a whole. */
#ifndef CARAVAN_BASE_OUTBOX_H
#define CARAVAN_BASE_OUTBOX_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/message.h"
#include "base/slice.h"

enum output_topic { OUTPUT_CLEARANCES, OUTPUT_TRAFFIC, OUTPUT_DEAD_LETTERS, OUTPUT_CHECKPOINTS, OUTPUT_TOPIC_COUNT };

struct output {
    enum output_topic topic;
    int32_t input_partition; /* whose partition's epoch it belongs to: also the partition it goes to, but for dead
                                letters */
    struct slice key;        /* data NULL: none */
    struct slice value;      /* data NULL: null */
    const struct message_header *headers;
    size_t header_count;
};

/* One partition's part of the commit. */
struct output_offset {
    int32_t partition;
    uint64_t assignment;    /* of which assignment of this partition the epoch is; void once that is lost */
    int64_t offset;         /* C */
    uint64_t commit_number; /* K in `metadata` */
    struct slice metadata;  /* the text of spec section 7 */
};

struct outbox {
    struct arena memory;
    struct output *outputs;
    size_t output_count, output_capacity;
    struct output_offset *offsets;
    size_t offset_count, offset_capacity;
    size_t bytes; /* keys, values and headers put */
};

void outbox_init(struct outbox *outbox);
void outbox_release(struct outbox *outbox);
/* Forgets the content, keeps memory up to a bound. */
void outbox_reset(struct outbox *outbox);

/* Adds an output whose slices already live long enough (in outbox->memory or static). */
void outbox_put(struct outbox *outbox, const struct output *output);
/* Adds an offset; `metadata` is copied. */
void outbox_put_offset(struct outbox *outbox, const struct output_offset *offset);
/* Takes out every output and offset of an input partition: when it is taken away, what it put since the last barrier
 * must not go out with a later assignment of it. The memory stays until reset. */
void outbox_forget(struct outbox *outbox, int32_t input_partition);
/* Copies bytes into the outbox's memory; data NULL stays NULL. */
struct slice outbox_keep(struct outbox *outbox, struct slice bytes);

#endif
