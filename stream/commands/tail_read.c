/* The ends of the start are asked before the first message: they say where --last looks back from and where --until-end
 * stops, and a topic that grows while it is read does not move them. Every number here is an offset of the log, of
 * which some are never delivered (markers, aborted messages), so ends are also reached by positions. */
#include "commands/tail_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/timestamp.h"
#include "commands/tail_last.h"
#include "kafka/reader.h"
#include "kafka/source.h"
#include "kafka/topics.h"

/* Milliseconds: how long one turn waits for a message, and so how late an end is noticed; how long a broker has to tell
 * where a log begins and ends; how often partitions are counted, and how long that may hold up the printing. */
enum { WAIT_MS = 500, QUERY_MS = 15000, LOOK_MS = 5000, LOOK_TIMEOUT_MS = 1000 };

static bool is_read(const struct tail_read *read, int32_t partition) {
    return read->partition < 0 || read->partition == partition;
}

/* ---- where it begins */

static bool find_start(struct tail_read *read, int32_t partition, struct kafka_error *error) {
    struct tail_log *log = &read->logs[partition];
    struct kafka_place place = {read->name, partition};
    struct kafka_watermarks marks = {0};
    if (!kafka_reader_watermarks(read->reader, place, QUERY_MS, &marks, error)) {
        return false;
    }
    int64_t at = read->from.at;
    switch (read->from.kind) {
    case TAIL_FROM_BEGINNING: at = marks.low; break;
    /* The number and not "the end": that would be looked up when reading begins, and what came until then would be
     * missed. */
    case TAIL_FROM_END: at = marks.high; break;
    case TAIL_FROM_OFFSET: break;
    case TAIL_FROM_TIME:
        if (!kafka_reader_offset_at(read->reader, place, read->from.at, &at, error)) {
            return false;
        }
        /* No message is that young: what comes next is. */
        at = at < 0 ? marks.high : at;
    }
    /* An offset outside is none of its own. librdkafka would report it as an error and go on nowhere. */
    log->next = at < marks.low ? marks.low : at > marks.high ? marks.high : at;
    log->low = marks.low;
    log->end = marks.high;
    return true;
}

static bool find_starts(struct tail_read *read, struct kafka_error *error) {
    for (int32_t i = 0; i < read->count; i++) {
        if (is_read(read, i) && !find_start(read, i, error)) {
            return false;
        }
    }
    return true;
}

/* ---- as it grows */

/* librdkafka replaces an assignment as a whole, so all partitions are named again with the offsets that come next. */
static bool assign(struct tail_read *read, struct kafka_error *error) {
    struct kafka_reader_start *starts = alloc_zeroed((size_t)read->count, sizeof *starts);
    size_t count = 0;
    for (int32_t i = 0; i < read->count; i++) {
        if (is_read(read, i)) {
            starts[count++] = (struct kafka_reader_start){i, read->logs[i].next};
        }
    }
    bool good = kafka_reader_assign(read->reader, read->name, starts, count, error);
    free(starts);
    return good;
}

/* Never backwards: after a new assignment a position of the one before may still be on its way. */
static void note_position(struct tail_read *read, int32_t partition, int64_t position) {
    struct tail_log *log = &read->logs[partition];
    log->next = position > log->next ? position : log->next;
    if (!log->is_done && log->next >= log->end) {
        log->is_done = true;
        read->left--;
    }
}

static void take_message(struct tail_read *read, struct message *message) {
    /* After a new assignment nothing is shown twice. */
    if (message->offset >= read->logs[message->partition].next && read->is_wanted(read->context, message)) {
        read->take(read->context, message);
    }
    note_position(read, message->partition, message->offset + 1);
    kafka_message_release(message);
}

/* Partitions that came since: all of theirs is new. While no broker answers, there are none. A topic grows by
 * partitions at its end, so those known keep their numbers and what was read of them. */
static bool look_for_partitions(struct tail_read *read, struct kafka_error *error) {
    int64_t now_ms = clock_steady_ms();
    if (read->until_end || read->partition >= 0 || now_ms - read->looked_ms < LOOK_MS) {
        return true;
    }
    int32_t count = kafka_reader_partitions(read->reader, read->name, LOOK_TIMEOUT_MS);
    read->looked_ms = clock_steady_ms();
    if (count <= read->count) {
        return true;
    }
    read->logs = alloc_resize(read->logs, (size_t)count, sizeof *read->logs);
    /* Zero: from the first offset. `left` does not count them, and need not: with --until-end none are looked for. */
    memset(read->logs + read->count, 0, (size_t)(count - read->count) * sizeof *read->logs);
    read->count = count;
    return assign(read, error);
}

/* Errors that pass are the client's to wait out, so brokers that are gone look like a quiet topic here. */
static bool follow(struct tail_read *read, struct kafka_error *error) {
    while (!read->is_over(read->context) && !(read->until_end && read->left == 0)) {
        struct message message;
        switch (kafka_reader_next(read->reader, WAIT_MS, &message, error)) {
        case KAFKA_READ_MESSAGE: take_message(read, &message); break;
        case KAFKA_READ_POSITION: note_position(read, message.partition, message.offset); break;
        case KAFKA_READ_NOTHING: break;
        case KAFKA_READ_ERROR: return false;
        }
        if (!look_for_partitions(read, error)) {
            return false;
        }
    }
    return true;
}

/* ---- the whole */

static bool count_partitions(struct tail_read *read, const struct config *config, struct kafka_error *error) {
    read->name = config->topics[read->topic];
    read->count = kafka_topics_count(config, read->topic, error);
    if (read->count > 0 && read->partition >= read->count) {
        /* A mistake of who asked, not of the cluster: it ends as wrong usage. */
        *error = (struct kafka_error){.misconfigured = true};
        snprintf(error->text, sizeof error->text, "it has no partition %d: they are 0 to %d", (int)read->partition,
                 (int)read->count - 1);
        return false;
    }
    if (read->count <= 0) {
        read->count = 0;
        return false;
    }
    read->logs = alloc_zeroed((size_t)read->count, sizeof *read->logs);
    return true;
}

bool tail_read(struct tail_read *read, const struct config *config, struct kafka_error *error) {
    read->looked_ms = clock_steady_ms();
    if (!count_partitions(read, config, error) || (read->reader = kafka_reader_open(config, error)) == NULL ||
        !find_starts(read, error)) {
        return false;
    }
    if (read->last > 0 && !tail_last(read, error)) {
        return false;
    }
    for (int32_t i = 0; i < read->count; i++) {
        struct tail_log *log = &read->logs[i];
        log->is_done = !is_read(read, i) || log->next >= log->end;
        read->left += !log->is_done;
    }
    /* Where all ended already nothing is assigned: an empty topic is no reason to wait. */
    return (read->until_end && read->left == 0) || (assign(read, error) && follow(read, error));
}

void tail_read_release(struct tail_read *read) {
    if (read->reader != NULL) {
        kafka_reader_close(read->reader);
    }
    free(read->logs);
}
