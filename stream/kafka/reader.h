/* A consumer outside any group that reads one partition of any topic from an offset: for restore, tail and tests.
 * read_committed, where its opening does not say otherwise. One thread. */
#ifndef CARAVAN_KAFKA_READER_H
#define CARAVAN_KAFKA_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "flow/message.h"
#include "kafka/error.h"

struct kafka_reader;

enum { KAFKA_READER_BEGINNING = -2, KAFKA_READER_END = -1 };

struct kafka_reader *kafka_reader_open(const struct config *config, struct kafka_error *error);
/* read_uncommitted: what open and aborted transactions hold comes as well. */
struct kafka_reader *kafka_reader_open_unsettled(const struct config *config, struct kafka_error *error);
void kafka_reader_close(struct kafka_reader *reader);

struct kafka_place { /* a log */
    const char *topic;
    int32_t partition;
};

struct kafka_watermarks { /* of a log: its first offset, and the one behind its last */
    int64_t low, high;
};

/* Low and high watermark (not the last stable offset), asked from the broker. */
bool kafka_reader_watermarks(struct kafka_reader *reader, struct kafka_place place, int timeout_ms,
                             struct kafka_watermarks *out, struct kafka_error *error);

/* The offset of the first message stamped at or after `time_ms`; KAFKA_READER_END when there is none. */
bool kafka_reader_offset_at(struct kafka_reader *reader, struct kafka_place place, int64_t time_ms, int64_t *offset,
                            struct kafka_error *error);
/* How many partitions the topic has by now; -1 when nobody says so within timeout_ms. */
int32_t kafka_reader_partitions(struct kafka_reader *reader, const char *topic, int timeout_ms);

struct kafka_reader_start {
    int32_t partition;
    int64_t offset; /* or KAFKA_READER_BEGINNING, KAFKA_READER_END */
};

/* Replaces what is being read with these partitions of `topic`; none: reads nothing. */
bool kafka_reader_assign(struct kafka_reader *reader, const char *topic, const struct kafka_reader_start *starts,
                         size_t count, struct kafka_error *error);

enum kafka_read { KAFKA_READ_MESSAGE, KAFKA_READ_POSITION, KAFKA_READ_NOTHING, KAFKA_READ_ERROR };
/* The next message; or that message->partition was read up to message->offset (nothing undelivered before it: past
 * markers and aborted messages, at the current end of what is stable); or nothing within timeout_ms; or an error that
 * reading cannot pass. A message is given back with kafka_message_release (kafka/source.h). */
enum kafka_read kafka_reader_next(struct kafka_reader *reader, int timeout_ms, struct message *message,
                                  struct kafka_error *error);

#endif
