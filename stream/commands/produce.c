/* caravan produce: sends events of files to the input topic. */
#include <inttypes.h>
#include <stdio.h>

#include "base/arena.h"
#include "commands/commands.h"
#include "commands/options_common.h"
#include "event/decode.h"
#include "kafka/producer.h"
#include "pipeline/file_reader.h"

static const char HELP[] =
    "usage: caravan produce [--keyed] [--config FILE] [--set NAME=VALUE]... [FILE...]\n\n"
    "Sends the events of files (one JSON a line; .gz and .zst are unpacked) or of standard input to the input topic, "
    "keyed by train, to\n"
    "the partition that murmur2 gives. A line whose train cannot be read goes out without a key, so that a worker "
    "turns it away as it\n"
    "would any other's.\n\n"
    "      --keyed              lines are KEY, TAB, message\n" OPTIONS_COMMON_HELP
    "  -h, --help               this text\n\n"
    "Exit: 0 every message was delivered; 1 a file cannot be read, or a message was not delivered; 2 wrong usage.\n";

enum { OPTION_KEYED = 256, QUERY_MS = 15000, FLUSH_MS = 120000, SCRATCH_KEEP_BYTES = 4 * 1024 * 1024 };

static const struct option OPTIONS[] = {
    OPTIONS_COMMON_LONG,
    {"keyed", no_argument, NULL, OPTION_KEYED},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

struct produce {
    const struct config *config;
    bool keyed;
    struct kafka_producer *producer;
    struct decoder *decoder; /* finds the train of lines without a key */
    struct arena scratch;
    uint64_t sent, bytes, without_key;
};

static struct slice key_of(struct produce *produce, struct slice value) {
    struct event event;
    struct reject reject;
    bool valid = decode_event(produce->decoder, value, &produce->scratch, &event, &reject);
    return valid ? event.train_key : (struct slice){NULL, 0};
}

static bool send_line(struct produce *produce, struct slice key, struct slice value) {
    struct kafka_error error;
    struct slice used = produce->keyed ? key : key_of(produce, value);
    bool sent =
        kafka_producer_send(produce->producer, produce->config->topics[CONFIG_TOPIC_INPUT], -1, used, value, 0, &error);
    arena_reset(&produce->scratch, SCRATCH_KEEP_BYTES);
    produce->sent += sent;
    produce->bytes += value.len;
    produce->without_key += used.data == NULL;
    if (!sent) {
        fprintf(stderr, "caravan produce: %s\n", error.text);
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
        sent = send_line(produce, key, value);
    }
    if (read == FILE_READ_FAILED) {
        fprintf(stderr, "caravan produce: %s\n", error);
    }
    if (reader != NULL) {
        file_reader_close(reader);
    }
    return sent && read == FILE_READ_END;
}

/* A topic that is not there, or a broker that does not answer, is told before the first message waits for it. */
static bool open_producer(struct produce *produce) {
    struct kafka_error error;
    const char *topic = produce->config->topics[CONFIG_TOPIC_INPUT];
    produce->producer = kafka_producer_open(produce->config, &error);
    bool found = produce->producer != NULL &&
                 kafka_producer_partition_count(produce->producer, topic, QUERY_MS, &error) > 0;
    if (!found) {
        fprintf(stderr, "caravan produce: %s\n", error.text);
    }
    if (!found && produce->producer != NULL) {
        kafka_producer_close(produce->producer);
    }
    return found;
}

static int run(struct produce *produce, const char *const *files, size_t count) {
    struct kafka_error error;
    if (!open_producer(produce)) {
        return COMMANDS_FAILED;
    }
    produce->decoder = decoder_new(produce->config->message_bytes_max);
    bool sent = true;
    for (size_t i = 0; sent && i < count; i++) {
        sent = send_file(produce, files[i]);
    }
    if (!kafka_producer_flush(produce->producer, FLUSH_MS, &error)) {
        fprintf(stderr, "caravan produce: %s\n", error.text);
        sent = false;
    }
    uint64_t failed = kafka_producer_failed(produce->producer);
    fprintf(stderr,
            "caravan produce: %" PRIu64 " messages, %" PRIu64 " bytes to %s; %" PRIu64 " without a key; %" PRIu64
            " not delivered\n",
            produce->sent, produce->bytes, produce->config->topics[CONFIG_TOPIC_INPUT], produce->without_key, failed);
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
    for (int option; (option = getopt_long(argc, argv, "h", OPTIONS, NULL)) != -1;) {
        if (option == 'h') {
            fputs(HELP, stdout);
            return COMMANDS_OK;
        }
        produce.keyed = produce.keyed || option == OPTION_KEYED;
        if (option != OPTION_KEYED && !options_common_take(&common, option, optarg)) {
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
