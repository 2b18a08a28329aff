/* Records are taken strictly: one line that is no record ends the reading. A sum over "all that could be read" would be
 * wrong without looking wrong. The topic is read by partition up to where each ended at the start, outside any group,
 * so a report neither waits for new trains nor moves anybody's offsets. */
#include "commands/report_source.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/printable.h"
#include "commands/commands.h"
#include "commands/options_common.h"
#include "event/pick.h"
#include "files/file_reader.h"
#include "kafka/reader.h"
#include "kafka/source.h"
#include "kafka/topics.h"

/* Milliseconds: a turn without a message; how long a broker has to tell where a log begins and ends. */
enum { WAIT_MS = 500, QUERY_MS = 15000 };

/* NULL, or what is wrong. The schema's name has the version in it: sums over members that may mean something else would
 * be wrong in silence. */
static const char *take(const struct report_sink *sink, struct json_parser *parser, struct slice text) {
    const char *what;
    size_t at;
    const struct json_value *record = json_parse(parser, text, &what, &at);
    bool is_record = record != NULL && slice_equal(pick_text(record, "schema"), SLICE("rail.clearance.v1"));
    return is_record ? sink->take(sink->context, record) : "is not a clearance record";
}

/* ---- files */

static bool read_file(const struct report_sink *sink, struct json_parser *parser, const char *path) {
    char error[FILE_READER_ERROR_BYTES];
    struct file_reader *reader = file_reader_open(path, false, error);
    struct slice key, value;
    uint64_t line;
    enum file_read read = reader == NULL ? FILE_READ_FAILED : FILE_READ_MESSAGE;
    while (read == FILE_READ_MESSAGE &&
           (read = file_reader_next(reader, &key, &value, &line, error)) == FILE_READ_MESSAGE) {
        const char *wrong = take(sink, parser, value);
        if (wrong != NULL) {
            snprintf(error, sizeof error, "%s: line %" PRIu64 " %s", path, line, wrong);
            read = FILE_READ_FAILED;
        }
    }
    if (reader != NULL) {
        file_reader_close(reader);
    }
    if (read == FILE_READ_FAILED) {
        printable_say(stderr, "caravan report: %s", error);
    }
    return read == FILE_READ_END;
}

int report_read_files(const struct report_sink *sink, char *const *paths, size_t count) {
    struct json_parser *parser = json_parser_new();
    bool good = true;
    for (size_t i = 0; good && i < count; i++) {
        good = read_file(sink, parser, paths[i]);
    }
    json_parser_free(parser);
    return good ? COMMANDS_OK : COMMANDS_FAILED;
}

/* ---- the topic */

struct topic_reading {
    const struct report_sink *sink;
    const char *topic;
    struct verify *verify;
    struct json_parser *parser;
    struct kafka_reader *reader;
    int32_t partition_count, partitions_left; /* not yet read to the end of the start */
    int64_t *ends;                            /* by partition; INT64_MAX once reached */
};

static bool begin(struct topic_reading *reading, struct kafka_error *error) {
    size_t count = (size_t)reading->partition_count;
    struct kafka_reader_start *starts = alloc_zeroed(count, sizeof *starts);
    reading->ends = alloc_zeroed(count, sizeof *reading->ends);
    bool good = true;
    for (int32_t i = 0; good && i < reading->partition_count; i++) {
        struct kafka_watermarks log = {0};
        good = kafka_reader_watermarks(reading->reader, (struct kafka_place){reading->topic, i}, QUERY_MS, &log, error);
        starts[i] = (struct kafka_reader_start){i, KAFKA_READER_BEGINNING};
        /* An empty partition has nothing that would ever say that its end is reached. */
        reading->ends[i] = log.low == log.high ? INT64_MAX : log.high;
        reading->partitions_left += log.low != log.high;
    }
    good = good && kafka_reader_assign(reading->reader, reading->topic, starts, count, error);
    free(starts);
    return good;
}

/* Positions count too, not only messages: what stands last before the end may be a commit marker or part of an aborted
 * transaction, which are never delivered. An end that was reached is moved away, so each partition counts down once. */
static void note_position(struct topic_reading *reading, int32_t partition, int64_t position) {
    if (position >= reading->ends[partition]) {
        reading->ends[partition] = INT64_MAX;
        reading->partitions_left--;
    }
}

/* An exit code, after a sentence. */
static int take_message(struct topic_reading *reading, const struct message *message) {
    if (!verify_message(reading->verify, "report", reading->topic, message)) {
        return COMMANDS_REFUSED;
    }
    const char *wrong = take(reading->sink, reading->parser, message->value);
    if (wrong != NULL) {
        printable_say(stderr, "caravan report: %s, partition %d, offset %" PRId64 ": the value %s", reading->topic,
                      (int)message->partition, message->offset, wrong);
        return COMMANDS_FAILED;
    }
    return COMMANDS_OK;
}

static int follow(struct topic_reading *reading, struct kafka_error *error) {
    int code = COMMANDS_OK;
    while (code == COMMANDS_OK && reading->partitions_left > 0) {
        struct message message;
        switch (kafka_reader_next(reading->reader, WAIT_MS, &message, error)) {
        case KAFKA_READ_MESSAGE:
            /* What came behind the end of the start while other partitions were read is taken as well: it is newer, and
             * of several records of a train the last one counts. */
            code = take_message(reading, &message);
            note_position(reading, message.partition, message.offset + 1);
            kafka_message_release(&message);
            break;
        case KAFKA_READ_POSITION: note_position(reading, message.partition, message.offset); break;
        case KAFKA_READ_NOTHING: break;
        case KAFKA_READ_ERROR:
            printable_say(stderr, "caravan report: %s: %s", reading->topic, error->text);
            return options_common_code(error);
        }
    }
    return code;
}

int report_read_topic(const struct report_sink *sink, const struct config *config, struct verify *verify) {
    struct kafka_error error;
    struct topic_reading reading = {.sink = sink,
                                    .topic = config->topics[CONFIG_TOPIC_CLEARANCES],
                                    .verify = verify,
                                    .parser = json_parser_new()};
    reading.partition_count = kafka_topics_count(config, CONFIG_TOPIC_CLEARANCES, &error);
    reading.reader = reading.partition_count < 0 ? NULL : kafka_reader_open(config, &error);
    int code;
    if (reading.reader != NULL && begin(&reading, &error)) {
        code = follow(&reading, &error);
    } else {
        printable_say(stderr, "caravan report: %s: %s", reading.topic, error.text);
        code = options_common_code(&error);
    }
    if (reading.reader != NULL) {
        kafka_reader_close(reading.reader);
    }
    free(reading.ends);
    json_parser_free(reading.parser);
    return code;
}
