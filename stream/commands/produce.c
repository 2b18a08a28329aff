/* caravan produce: sends events of files to the input topic. What a producer of events has to do in few lines: the
 * train key (contract 2.2), the partitioner of Java's clients, the header that contract 6.1 names. It is idempotent but
 * not transactional: what was sent before a failure stays sent. To run it again over the same file is harmless, since
 * repeats change nothing (contract 0.2). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/printable.h"
#include "base/timestamp.h"
#include "commands/arguments.h"
#include "commands/commands.h"
#include "commands/options_common.h"
#include "commands/streams.h"
#include "event/decode.h"
#include "files/file_reader.h"
#include "kafka/producer.h"
#include "kafka/topics.h"

static const char HELP[] =
    "usage: caravan produce [OPTION...] [FILE...]\n\n"
    "Sends the events of files (one JSON a line; .gz and .zst are unpacked) or of\n"
    "standard input to the input topic, keyed by train, to the partition that murmur2\n"
    "gives. A line whose train cannot be read goes out without a key, so that a\n"
    "worker turns it away as it would any other's.\n\n"
    "      --keyed              lines are KEY, TAB, message\n"
    "      --rate N             at most N messages a second (default: as fast as it\n"
    "                           goes)\n" OPTIONS_COMMON_HELP "  -h, --help               this text\n\n"
    "Exit: 0 every message was delivered; 1 a file cannot be read, or a message was\n"
    "not delivered; 2 wrong usage.\n";

/* Milliseconds until the last messages must be delivered, with brokers that come back in between. The rate's bound is
 * that of keep_pace, whose sleeps have milliseconds. */
enum { OPTION_KEYED = 256, OPTION_RATE, RATE_MAX = 1000000, FLUSH_MS = 120000, SCRATCH_KEEP_BYTES = 4 * 1024 * 1024 };

static const struct option OPTIONS[] = {
    OPTIONS_COMMON_LONG,
    {"keyed", no_argument, NULL, OPTION_KEYED},
    {"rate", required_argument, NULL, OPTION_RATE},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

struct produce {
    const struct config *config;
    bool keyed;
    long rate; /* messages a second; 0: as fast as it goes */
    int64_t began_ms;
    struct kafka_producer *producer;
    struct decoder *decoder; /* finds the train of lines without a key */
    struct arena scratch;
    uint64_t sent, bytes, without_key;
};

/* Decoded as a worker would, so a key stands for an event that is valid up to there. A message without a key goes to
 * any partition; whichever worker has it finds the same fault, and before it looks at the key (contract 8.3). Its
 * reason is then the true one and not KEY_MISMATCH. What is too large for a worker (limits.message_bytes) is too large
 * for this decoder as well, and TOO_LARGE comes first. */
static struct slice key_of(struct produce *produce, struct slice value) {
    struct event event;
    struct reject reject;
    bool valid = decode_event(produce->decoder, value, &produce->scratch, &event, &reject);
    return valid ? event.train_key : (struct slice){NULL, 0};
}

/* Waits until the next message is due. Due times are counted from the beginning, not from the message before: what a
 * sleep took too long the next ones make up for, and the rate is right over any while. */
static void keep_pace(const struct produce *produce) {
    int64_t due_ms = produce->began_ms + (int64_t)(produce->sent * 1000 / (uint64_t)produce->rate);
    int64_t wait_ms = due_ms - clock_steady_ms();
    if (wait_ms > 0) {
        nanosleep(&(struct timespec){wait_ms / 1000, wait_ms % 1000 * 1000000}, NULL);
    }
}

static bool send_line(struct produce *produce, struct slice key, struct slice value) {
    struct kafka_error error;
    struct slice used = produce->keyed ? key : key_of(produce, value);
    const struct message message = {.key = used, .value = value, .partition = -1};
    /* Sent is what the client's queue took; whether it was delivered is known behind the flush. */
    bool sent = kafka_producer_send(produce->producer, produce->config->topics[CONFIG_TOPIC_INPUT], &message, &error);
    arena_reset(&produce->scratch, SCRATCH_KEEP_BYTES);
    produce->sent += sent;
    produce->bytes += value.len;
    produce->without_key += used.data == NULL;
    if (!sent) {
        printable_say(stderr, "caravan produce: %s", error.text);
    }
    /* After one failure each of the rest would wait for its own. */
    return sent && kafka_producer_failed(produce->producer) == 0;
}

static bool send_file(struct produce *produce, const char *path) {
    char error[FILE_READER_ERROR_BYTES];
    struct file_reader *reader = file_reader_open(path, produce->keyed, error);
    struct slice key;
    struct slice value;
    uint64_t line;
    enum file_read read = FILE_READ_FAILED;
    bool sent = true;
    while (reader != NULL && sent &&
           (read = file_reader_next(reader, &key, &value, &line, error)) == FILE_READ_MESSAGE) {
        if (produce->rate > 0) {
            keep_pace(produce);
        }
        sent = send_line(produce, key, value);
    }
    if (read == FILE_READ_FAILED) {
        printable_say(stderr, "caravan produce: %s", error);
    }
    if (reader != NULL) {
        file_reader_close(reader);
    }
    return sent && read == FILE_READ_END;
}

/* A topic that is not there, or a broker that does not answer, is told before the first message waits for it. */
static int open_producer(struct produce *produce) {
    struct kafka_error error;
    bool found = kafka_topics_count(produce->config, CONFIG_TOPIC_INPUT, &error) > 0;
    produce->producer = found ? kafka_producer_open(produce->config, "application/cloudevents+json", &error) : NULL;
    if (produce->producer == NULL) {
        printable_say(stderr, "caravan produce: %s", error.text);
        return options_common_code(&error);
    }
    return COMMANDS_OK;
}

static int run(struct produce *produce, const char *const *files, size_t count) {
    struct kafka_error error;
    int code = open_producer(produce);
    if (code != COMMANDS_OK) {
        return code;
    }
    produce->began_ms = clock_steady_ms();
    produce->decoder = decoder_new(produce->config->message_bytes_max);
    bool sent = true;
    for (size_t i = 0; sent && i < count; i++) {
        if (strcmp(files[i], "-") == 0) {
            streams_say_waiting("produce", "events, one JSON a line,");
        }
        sent = send_file(produce, files[i]);
    }
    /* Also after a failure: what stands in the queue is wanted all the same. */
    if (!kafka_producer_flush(produce->producer, FLUSH_MS, &error)) {
        printable_say(stderr, "caravan produce: %s", error.text);
        sent = false;
    }
    uint64_t failed = kafka_producer_failed(produce->producer);
    printable_say(stderr,
                  "caravan produce: %" PRIu64 " messages, %" PRIu64 " bytes to %s; %" PRIu64 " without a key; %" PRIu64
                  " not delivered",
                  produce->sent, produce->bytes, produce->config->topics[CONFIG_TOPIC_INPUT], produce->without_key,
                  failed);
    kafka_producer_close(produce->producer);
    decoder_free(produce->decoder);
    arena_release(&produce->scratch);
    return sent && failed == 0 ? COMMANDS_OK : COMMANDS_FAILED;
}

int command_produce(int argc, char **argv) {
    static const char *const standard_input[] = {"-"};
    struct options_common common = {0};
    struct config config;
    struct produce produce = {.config = &config};
    optind = 1;
    for (int option; (option = arguments_next(argc, argv, OPTIONS_COMMON_LETTERS, OPTIONS)) != -1;) {
        if (option == 'h') {
            fputs(HELP, stdout);
            return COMMANDS_OK;
        }
        produce.keyed = produce.keyed || option == OPTION_KEYED;
        if (option == OPTION_RATE) {
            if (!arguments_number("produce", "rate", optarg, RATE_MAX, &produce.rate)) {
                return COMMANDS_USAGE;
            }
        } else if (option != OPTION_KEYED && !options_common_take(&common, option, optarg)) {
            return COMMANDS_USAGE;
        }
    }
    bool named = optind < argc;
    bool good = options_common_load(&common, "produce", &config);
    int code = good ? run(&produce, named ? (const char *const *)(argv + optind) : standard_input,
                          named ? (size_t)(argc - optind) : 1)
                    : COMMANDS_USAGE;
    config_release(&config);
    return code;
}
