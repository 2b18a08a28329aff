/* Why a message is a dead letter (contract 8.5): a struct while it is on its way, headers only where it goes out to
 * Kafka. They stand in this order, behind the message's own. What a message's own headers are called does not matter:
 * only the last ones are believed. Pure. */
#ifndef CARAVAN_FLOW_LETTER_H
#define CARAVAN_FLOW_LETTER_H

#include <stddef.h>
#include <stdint.h>

#include "flow/message.h"

#define LETTER_PREFIX "__caravan.errors."

/* X(suffix, name behind the prefix). The first LETTER_FIXED_COUNT always stand there; the others say how many bytes
 * were left out because the topic does not take them. */
#define LETTER_MAP(X)                                                                                                  \
    X(REASON, "reason")                                                                                                \
    X(POINTER, "pointer")                                                                                              \
    X(MESSAGE, "message")                                                                                              \
    X(TOPIC, "topic")                                                                                                  \
    X(PARTITION, "partition")                                                                                          \
    X(OFFSET, "offset")                                                                                                \
    X(TIMESTAMP, "timestamp")                                                                                          \
    X(BYTES, "bytes")               /* of the value */                                                                 \
    X(HEADER_BYTES, "header_bytes") /* names and values of the message's own headers */                                \
    X(KEY_BYTES, "key_bytes")

enum letter_header {
#define LETTER_ENUM(suffix, name) LETTER_##suffix,
    LETTER_MAP(LETTER_ENUM)
#undef LETTER_ENUM
        LETTER_HEADER_COUNT,
    LETTER_FIXED_COUNT = LETTER_BYTES
};

struct letter {
    struct slice reason; /* its name on the wire */
    struct slice pointer, message;
    struct slice topic; /* where the message stood: input topic, partition, offset */
    int32_t partition;
    int64_t offset;
    int64_t timestamp_ms; /* the message's */
};

/* Calls `put` with each of the headers that always stand there, in their order. */
void letter_each(const struct letter *letter, void (*put)(void *context, struct slice name, struct slice value),
                 void *context);

/* The name on the wire, with the prefix. Static. */
struct slice letter_header_name(enum letter_header header);
/* How many headers in front are the message's own; `count` where ours do not stand at the end. */
size_t letter_own_count(const struct message_header *headers, size_t count);
/* The value of our header; data NULL when it is not there. */
struct slice letter_value(const struct message_header *headers, size_t count, enum letter_header header);

#endif
