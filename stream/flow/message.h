/* What comes in: messages as slices with an opaque owner, in batches that travel from a source to a lane and are given
 * back by whoever used them last. The bytes are never copied on the way. */
#ifndef CARAVAN_FLOW_MESSAGE_H
#define CARAVAN_FLOW_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

enum { MESSAGE_NO_TIMESTAMP = -1 };

struct message {
    struct slice key;     /* data NULL: none */
    struct slice value;   /* data NULL: a null value */
    int64_t offset;       /* in its partition; in files the packed file and line (file_merge.h) */
    int64_t timestamp_ms; /* the broker's or producer's; MESSAGE_NO_TIMESTAMP for none */
    int32_t partition;
    void *owner; /* whose memory it is; only the source's functions look inside */
};

struct message_header {
    struct slice name;
    struct slice value; /* data NULL: null */
};

/* Says what a value is; `type` is a literal. */
#define MESSAGE_CONTENT_TYPE(type)                                                                                     \
    {                                                                                                                  \
        {"content-type", sizeof("content-type") - 1}, {                                                                \
            (type), sizeof(type) - 1                                                                                   \
        }                                                                                                              \
    }

/* The headers of a message in their order; the count is returned. They and their array are the arena's memory. */
typedef size_t message_headers(const struct message *message, struct arena *arena, const struct message_header **out);

struct message_batch {
    struct message *messages;
    size_t count;
    size_t bytes;                                 /* sum of the values */
    message_headers *headers;                     /* NULL: messages have none */
    void (*release)(struct message_batch *batch); /* gives back the messages and the batch; any thread */
};

#endif
