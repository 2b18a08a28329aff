#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/log.h"
#include "base/timestamp.h"
#include "worker/restorer_internal.h"

enum {
    WAIT_MS = 500,        /* how often a wait looks whether it is still wanted */
    WAIT_OFFSET_MS = 100, /* between two looks at an offset that is not stable yet */
    QUERY_MS = 2000,      /* a stop waits for it */
    PROGRESS_MS = 5000,
    GONE_MS = 10000,    /* a topic that brokers do not know for so long is gone: one that starts may not know it yet */
    STALL_MS = 10000,   /* without anything read: is the log still what it was? */
    HANGING_MS = 15000, /* markers take less: a transaction that is open for longer may have lost its end */
    REPEATS_MAX = 5     /* of the same at one place of the log before it is believed */
};

/* True when PROGRESS_MS are over since it was true last. */
static bool is_time_to_show(int64_t *shown_ms) {
    int64_t now_ms = clock_steady_ms();
    bool show = now_ms - *shown_ms >= PROGRESS_MS;
    *shown_ms = show ? now_ms : *shown_ms;
    return show;
}

/* ---- what each step needs */

bool restore_refuse(struct restore *restore, const char *format, ...) {
    struct restorer_result *result = restore->result;
    char what[RESTORER_ERROR_BYTES / 2];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    /* The result travels to the source thread, which ends the worker: a restorer ends nothing. */
    result->refused = true;
    snprintf(result->error, sizeof result->error, "%s[%d]: %s",
             restore->hand->restorer->options.config->topics[CONFIG_TOPIC_INPUT], (int)result->partition, what);
    return false;
}

const char *restore_topic(const struct restore *restore, enum config_topic topic) {
    return restore->hand->restorer->options.config->topics[topic];
}

/* ---- questions */

/* A trouble that may pass: logged, then tried again. What only an operator can change does not pass. */
static bool try_again(struct restore *restore, const struct kafka_error *error) {
    int64_t now_ms = clock_steady_ms();
    /* A right that is missing, say: trying again would only hide it from the operator. */
    if (error->permanent) {
        restore->result->blocked = true;
        return restore_refuse(restore, "%s", error->text);
    }
    /* One answer is not enough: a broker that starts does not know its topics yet (restore.md R13). */
    if (!error->missing) {
        restore->missing_ms = 0;
    } else if (restore->missing_ms == 0) {
        restore->missing_ms = now_ms;
    } else if (now_ms - restore->missing_ms >= GONE_MS) {
        return restore_refuse(restore,
                              "%s: the topic was deleted. `caravan topics create` makes a new one, and `caravan reset` "
                              "starts the group over with it; what the topic held does not come back",
                              error->text);
    }
    if (is_time_to_show(&restore->warned_ms)) {
        log_line(LOG_WARNING, "restore", "partition %d: %s; trying again", (int)restore->result->partition,
                 error->text);
    }
    restore_pause(WAIT_MS);
    return restore_is_wanted(restore);
}

bool restore_open(struct restore *restore) {
    struct hand *hand = restore->hand;
    struct kafka_error error;
    /* Opened once and kept: each restore would else connect to all brokers anew. */
    while (hand->reader == NULL && (hand->reader = kafka_reader_open(hand->restorer->options.config, &error)) == NULL) {
        if (error.fatal) {
            return restore_refuse(restore, "%s", error.text);
        }
        if (!try_again(restore, &error)) {
            return false;
        }
    }
    return true;
}

bool restore_watermarks(struct restore *restore, enum config_topic topic, int64_t *low, int64_t *high) {
    const struct kafka_place place = {restore_topic(restore, topic), restore->result->partition};
    struct kafka_watermarks watermarks;
    struct kafka_error error;
    while (!kafka_reader_watermarks(restore->hand->reader, place, QUERY_MS, &watermarks, &error)) {
        if (!try_again(restore, &error)) {
            return false;
        }
    }
    *low = watermarks.low;
    *high = watermarks.high;
    restore->missing_ms = 0;
    return true;
}

/* A transaction of the last owner may be open, and end by its time-out only. */
static bool ask_committed(struct restore *restore, struct kafka_committed *committed) {
    const struct restorer_options *options = &restore->hand->restorer->options;
    struct kafka_error error;
    int64_t since_ms = clock_steady_ms();
    while (!kafka_source_committed(options->source, restore->result->partition, QUERY_MS, committed, &error)) {
        /* Retriable is above all an open transaction on the offset: it ends by itself, in its time-out at the latest
         * (restore.md R1). */
        if (!error.retriable) {
            if (!try_again(restore, &error)) {
                return false;
            }
            continue;
        }
        if (is_time_to_show(&restore->shown_ms)) {
            log_line(LOG_INFO, "restore", "partition %d: waiting: %s", (int)restore->result->partition, error.text);
        }
        if (clock_steady_ms() - since_ms >= HANGING_MS) {
            options->held(options->context, restore->result->partition, restore->result->assignment);
            since_ms = clock_steady_ms();
        }
        restore_pause(WAIT_OFFSET_MS);
        if (!restore_is_wanted(restore)) {
            return false;
        }
    }
    return true;
}

/* The client says "none" also of a partition that an answer left out, and much hangs on it: asked twice. */
bool restore_committed(struct restore *restore, struct kafka_committed *committed) {
    return ask_committed(restore, committed) && (committed->offset >= 0 || ask_committed(restore, committed));
}

/* ---- reading */

struct reading {
    struct restore *restore;
    const struct restore_range *range;
    int64_t position, moved_ms;
    int64_t held_ms;                /* since when a transaction holds what comes next; 0: none is known to */
    unsigned errors, cuts;          /* since it moved: failed reads, ends of the log below the range's */
    struct kafka_reader *unsettled; /* that reads what the transaction holds too; NULL: not needed so far */
};

static struct kafka_reader *reader_of(const struct reading *reading) {
    return reading->unsettled != NULL ? reading->unsettled : reading->restore->hand->reader;
}

static void move(struct reading *reading, int64_t position) {
    if (position > reading->position) {
        reading->position = position;
        reading->moved_ms = clock_steady_ms();
        /* It went on: what failed before has passed (restore.md R13). */
        reading->errors = 0;
        reading->cuts = 0;
        reading->held_ms = 0;
    }
}

static bool begin(struct reading *reading) {
    struct restore *restore = reading->restore;
    struct kafka_error error;
    const struct kafka_reader_start start = {restore->result->partition, reading->position};
    while (!kafka_reader_assign(reader_of(reading), restore_topic(restore, reading->range->topic), &start, 1, &error)) {
        if (!try_again(restore, &error)) {
            return false;
        }
    }
    reading->moved_ms = clock_steady_ms();
    return true;
}

/* Nothing came for long, or an error did: unless the log says why, reading begins anew where it stands. */
static bool begin_anew(struct reading *reading) {
    const char *topic = restore_topic(reading->restore, reading->range->topic);
    int64_t low;
    int64_t high;
    if (!restore_watermarks(reading->restore, reading->range->topic, &low, &high)) {
        return false;
    }
    if (low > reading->position) {
        return restore_refuse(reading->restore,
                              "%s begins at offset %" PRId64 " now, above %" PRId64 " up to where it was read: what "
                              "lay between was deleted meanwhile. Bring it back, or start over with `caravan reset`",
                              topic, low, reading->position);
    }
    /* Said once it may be a leader that is behind: a log that was cut says it again. */
    if (high < reading->range->end && ++reading->cuts > REPEATS_MAX) {
        return restore_refuse(reading->restore,
                              "%s ends at offset %" PRId64 " now and ended at %" PRId64 " or behind that when this "
                              "restore began: the log was cut. Bring it back, or start over with `caravan reset`",
                              topic, high, reading->range->end);
    }
    return begin(reading);
}

static bool take_error(struct reading *reading, const struct kafka_error *error) {
    const char *topic = restore_topic(reading->restore, reading->range->topic);
    if (!error->permanent && ++reading->errors > REPEATS_MAX) {
        return restore_refuse(reading->restore, "reading %s failed, again and again: %s", topic, error->text);
    }
    return try_again(reading->restore, error) && begin_anew(reading);
}

static bool take_message(struct reading *reading, const struct message *message) {
    int64_t before = reading->position;
    /* Behind the message, also one that is not wanted: positions count offsets (restore.md R8). */
    move(reading, message->offset + 1);
    /* After an assignment anew the client may still hand over what it had fetched; and what lies from the end on is
     * not of this commit. */
    if (message->offset < before || message->offset >= reading->range->end) {
        return true;
    }
    reading->restore->messages++;
    return (reading->unsettled != NULL ? reading->range->take_unsettled : reading->range->take)(reading->restore,
                                                                                                message);
}

/* The end of what is stable, below that of the log. */
static void stand(struct reading *reading, int64_t position) {
    move(reading, position);
    if (position == reading->position && reading->held_ms == 0) {
        reading->held_ms = clock_steady_ms();
    }
}

/* Where more was there before: a log that was cut holds nothing back (begin_anew tells of it). */
static bool is_hanging(struct reading *reading) {
    int64_t low;
    int64_t high;
    return reading->range->take_unsettled != NULL && reading->unsettled == NULL && reading->held_ms != 0 &&
           clock_steady_ms() - reading->held_ms >= HANGING_MS &&
           restore_watermarks(reading->restore, reading->range->topic, &low, &high) && high >= reading->range->end;
}

/* Kafka has lost the end of a transaction before (deploy/README.md), and then nothing behind its first message is ever
 * stable. What lies there is read as it is, and the commit's own sums tell whether that was right (restore.md R15). */
static bool read_unsettled(struct reading *reading) {
    struct restore *restore = reading->restore;
    struct kafka_error error;
    log_line(
        LOG_WARNING, "restore",
        "partition %d: for %d s a transaction has held all of %s[%d] from offset %" PRId64
        " on, longer than its end may take: read as it is, and proved by the sums of the commit (`find-hanging` of "
        "kafka-transactions says whose it is)",
        (int)restore->result->partition, HANGING_MS / 1000, restore_topic(restore, reading->range->topic),
        (int)restore->result->partition, reading->position);
    while ((reading->unsettled = kafka_reader_open_unsettled(restore->hand->restorer->options.config, &error)) ==
           NULL) {
        if (!try_again(restore, &error)) {
            return false;
        }
    }
    restore->unsettled = true;
    kafka_reader_assign(restore->hand->reader, restore_topic(restore, reading->range->topic), NULL, 0, &error);
    return begin(reading);
}

static bool step(struct reading *reading) {
    struct message message;
    struct kafka_error error;
    bool good = true;
    switch (kafka_reader_next(reader_of(reading), WAIT_MS, &message, &error)) {
    case KAFKA_READ_MESSAGE:
        good = take_message(reading, &message);
        kafka_message_release(&message);
        break;
    /* The last offsets before the end may be markers, which no message tells of (restore.md R8). */
    case KAFKA_READ_POSITION: stand(reading, message.offset); break;
    case KAFKA_READ_ERROR: return take_error(reading, &error);
    case KAFKA_READ_NOTHING:
        if (is_hanging(reading)) {
            return read_unsettled(reading);
        }
        if (clock_steady_ms() - reading->moved_ms >= STALL_MS) {
            return begin_anew(reading);
        }
        break;
    }
    if (is_time_to_show(&reading->restore->shown_ms)) {
        log_line(LOG_INFO, "restore", "partition %d: %s at %" PRId64 " of %" PRId64,
                 (int)reading->restore->result->partition, reading->range->what, reading->position,
                 reading->range->end);
    }
    return good && restore_is_wanted(reading->restore);
}

bool restore_read(struct restore *restore, const struct restore_range *range) {
    struct reading reading = {.restore = restore, .range = range, .position = range->from < 0 ? 0 : range->from};
    struct kafka_error error;
    if (reading.position >= range->end) {
        return true;
    }
    restore->range = range;
    bool good = begin(&reading);
    /* `end` was asked for once: a log that grows meanwhile does not keep the restore from ending. */
    while (good && reading.position < range->end) {
        good = step(&reading);
    }
    /* Else it reads on, unasked. */
    if (reading.unsettled != NULL) {
        kafka_reader_close(reading.unsettled);
    } else {
        kafka_reader_assign(restore->hand->reader, restore_topic(restore, range->topic), NULL, 0, &error);
    }
    return good;
}
