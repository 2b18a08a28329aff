/* caravan tail: prints an output topic as it grows. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "commands/commands.h"
#include "commands/options_common.h"
#include "commands/tail_print.h"
#include "kafka/reader.h"
#include "kafka/source.h"

static const char HELP[] =
    "usage: caravan tail clearances|traffic|throughput|dead-letters [OPTION...]\n\n"
    "Prints a topic for people, read committed, as it grows; SIGINT ends it.\n\n"
    "      --json               for machines: the values as they are, one a line; dead letters as objects with their "
    "headers\n"
    "      --from WHERE         beginning, end (default), or an offset, in every partition\n"
    "      --train KEY          only this train: NUMBER|DATE|PORT (clearances and dead-letters)\n"
    "      --limit N            end after N messages\n"
    "      --until-end          end where the topic ended at the start\n" OPTIONS_COMMON_HELP
    "  -h, --help               this text\n\n"
    "Exit: 0 done; 1 the topic cannot be read; 2 wrong usage.\n";

enum { OPTION_JSON = 256, OPTION_FROM, OPTION_TRAIN, OPTION_LIMIT, OPTION_UNTIL_END, WAIT_MS = 500, QUERY_MS = 15000 };

static const struct option OPTIONS[] = {
    OPTIONS_COMMON_LONG,
    {"json", no_argument, NULL, OPTION_JSON},
    {"from", required_argument, NULL, OPTION_FROM},
    {"train", required_argument, NULL, OPTION_TRAIN},
    {"limit", required_argument, NULL, OPTION_LIMIT},
    {"until-end", no_argument, NULL, OPTION_UNTIL_END},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

struct tail {
    struct options_common common;
    struct tail_style style;
    enum config_topic topic;
    int64_t from;
    const char *train; /* NULL: all */
    uint64_t limit, printed;
    bool until_end;
    int32_t partition_count, partitions_left; /* not yet read to the end of the start */
    int64_t *ends;                            /* by partition; INT64_MAX once reached */
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number) {
    (void)number;
    interrupted = 1;
}

static bool parse_count(const char *option, const char *text, uint64_t *out) {
    char *end;
    *out = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0') {
        fprintf(stderr, "caravan tail: --%s: `%s` is not a number\n", option, text);
        return false;
    }
    return true;
}

static bool parse_from(const char *text, int64_t *out) {
    char *end;
    bool is_number = text[0] >= '0' && text[0] <= '9';
    errno = 0;
    *out = strtoll(text, &end, 10);
    if (strcmp(text, "beginning") == 0) {
        *out = KAFKA_READER_BEGINNING;
    } else if (strcmp(text, "end") == 0) {
        *out = KAFKA_READER_END;
    } else if (!is_number || *end != '\0' || errno != 0) {
        fprintf(stderr, "caravan tail: --from: `%s` is not beginning, end or an offset\n", text);
        return false;
    }
    return true;
}

static bool take_option(struct tail *tail, int option, const char *value) {
    switch (option) {
    case OPTION_JSON: tail->style.json = true; return true;
    case OPTION_FROM: return parse_from(value, &tail->from);
    case OPTION_TRAIN: tail->train = value; return true;
    case OPTION_LIMIT: return parse_count("limit", value, &tail->limit);
    case OPTION_UNTIL_END: tail->until_end = true; return true;
    default: return options_common_take(&tail->common, option, value);
    }
}

static bool take_topic(struct tail *tail, const char *name) {
    static const struct {
        const char *name;
        enum config_topic topic;
    } topics[] = {{"clearances", CONFIG_TOPIC_CLEARANCES},
                  {"traffic", CONFIG_TOPIC_TRAFFIC},
                  {"throughput", CONFIG_TOPIC_THROUGHPUT},
                  {"dead-letters", CONFIG_TOPIC_DEAD_LETTERS}};
    for (size_t i = 0; name != NULL && i < sizeof topics / sizeof topics[0]; i++) {
        if (strcmp(name, topics[i].name) == 0) {
            tail->topic = topics[i].topic;
            bool has_trains = tail->topic == CONFIG_TOPIC_CLEARANCES || tail->topic == CONFIG_TOPIC_DEAD_LETTERS;
            if (tail->train != NULL && !has_trains) {
                fprintf(stderr, "caravan tail %s: --train goes with clearances and dead-letters\n", name);
            }
            return tail->train == NULL || has_trains;
        }
    }
    fputs("caravan tail: say which one topic: clearances, traffic, throughput or dead-letters\n", stderr);
    return false;
}

/* ---- reading */

static bool begin(struct tail *tail, struct kafka_reader *reader, const char *topic, struct kafka_error *error) {
    tail->partition_count = kafka_reader_partition_count(reader, topic, QUERY_MS, error);
    if (tail->partition_count < 0) {
        return false;
    }
    size_t count = (size_t)tail->partition_count;
    int32_t *partitions = alloc_zeroed(count, sizeof *partitions);
    int64_t *offsets = alloc_zeroed(count, sizeof *offsets);
    tail->ends = alloc_zeroed(count, sizeof *tail->ends);
    bool good = true;
    for (int32_t i = 0; good && i < tail->partition_count; i++) {
        int64_t low;
        partitions[i] = i;
        offsets[i] = tail->from;
        good = kafka_reader_watermarks(reader, topic, i, QUERY_MS, &low, &tail->ends[i], error);
        bool nothing = good && (tail->from == KAFKA_READER_END || low == tail->ends[i] || tail->from >= tail->ends[i]);
        tail->ends[i] = nothing ? INT64_MAX : tail->ends[i];
        tail->partitions_left += !nothing;
    }
    good = good && kafka_reader_assign(reader, topic, partitions, offsets, count, error);
    free(partitions);
    free(offsets);
    return good;
}

static void note_position(struct tail *tail, int32_t partition, int64_t position) {
    if (position >= tail->ends[partition]) {
        tail->ends[partition] = INT64_MAX;
        tail->partitions_left--;
    }
}

static bool is_wanted(const struct tail *tail, const struct message *message) {
    return tail->train == NULL || slice_equal(message->key, slice_of(tail->train));
}

static void take_message(struct tail *tail, struct message *message) {
    if (is_wanted(tail, message)) {
        tail_print(stdout, tail->topic, &tail->style, message);
        tail->printed++;
    }
    note_position(tail, message->partition, message->offset + 1);
    kafka_message_release(message);
}

static bool is_done(const struct tail *tail) {
    return interrupted || (tail->until_end && tail->partitions_left == 0) ||
           (tail->limit > 0 && tail->printed == tail->limit);
}

static bool follow(struct tail *tail, struct kafka_reader *reader, struct kafka_error *error) {
    while (!is_done(tail)) {
        struct message message;
        switch (kafka_reader_next(reader, WAIT_MS, &message, error)) {
        case KAFKA_READ_MESSAGE: take_message(tail, &message); break;
        case KAFKA_READ_POSITION: note_position(tail, message.partition, message.offset); break;
        case KAFKA_READ_NOTHING: break;
        case KAFKA_READ_ERROR: return false;
        }
        if (ferror(stdout)) {
            break; /* whoever read us has gone */
        }
    }
    return true;
}

static int run(struct tail *tail, const struct config *config) {
    struct kafka_error error;
    const char *topic = config->topics[tail->topic];
    signal(SIGINT, on_interrupt);
    signal(SIGTERM, on_interrupt);
    struct kafka_reader *reader = kafka_reader_open(config, &error);
    bool good = reader != NULL && begin(tail, reader, topic, &error) && follow(tail, reader, &error);
    if (!good) {
        fprintf(stderr, "caravan tail: %s: %s\n", topic, error.text);
    }
    if (reader != NULL) {
        kafka_reader_close(reader);
    }
    free(tail->ends);
    tail_style_release(&tail->style);
    return good ? COMMANDS_OK : COMMANDS_FAILED;
}

int command_tail(int argc, char **argv) {
    struct tail tail = {.from = KAFKA_READER_END};
    struct config config;
    optind = 1;
    for (int option; (option = getopt_long(argc, argv, "h", OPTIONS, NULL)) != -1;) {
        if (option == 'h') {
            fputs(HELP, stdout);
            return COMMANDS_OK;
        }
        if (!take_option(&tail, option, optarg)) {
            return COMMANDS_USAGE;
        }
    }
    if (!take_topic(&tail, optind == argc - 1 ? argv[optind] : NULL)) {
        return COMMANDS_USAGE;
    }
    bool good = options_common_load(&tail.common, "tail", &config);
    int code = good ? run(&tail, &config) : COMMANDS_USAGE;
    config_release(&config);
    return code;
}
