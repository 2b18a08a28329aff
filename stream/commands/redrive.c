/* caravan redrive: sends dead letters back to the input. A dead letter is a message with its bytes untouched and our
 * headers behind its own (contract 8.5), so the way back is to take ours off and send it again. It is neither a
 * transaction nor a move: a call that breaks off may be repeated, and what was accepted before is then a duplicate
 * (contract 3.3). Reading and filtering are those of `caravan tail`. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/printable.h"
#include "base/timestamp.h"
#include "commands/arguments.h"
#include "commands/commands.h"
#include "commands/options_common.h"
#include "event/pick.h"
#include "commands/tail_read.h"
#include "commands/tail_wanted.h"
#include "config/nearest.h"
#include "event/binary.h"
#include "event/json.h"
#include "event/reject.h"
#include "flow/letter.h"
#include "kafka/producer.h"
#include "kafka/source.h"

static const char HELP[] = "usage: caravan redrive --reason REASON [OPTION...]\n\n"
                           "Sends dead letters back to the input, as they were: bytes and own headers; under\n"
                           "the key of the train that the event names where it names one, else under their\n"
                           "own. Reads up to where the dead letters ended at the start, so what is turned\n"
                           "away again waits for another call. An event that has been accepted meanwhile\n"
                           "counts as a duplicate. Dead letters stay where they are.\n\n"
                           "      --reason REASON      those that were turned away for it, such as\n"
                           "                           KEY_MISMATCH or TOO_LATE\n"
                           "      --train KEY          of these only this train's: NUMBER|DATE|PORT, or its\n"
                           "                           number, as their key says\n"
                           "      --port PORT          of these only those of this port\n"
                           "      --from WHERE         beginning (default), an offset, or a time, as in\n"
                           "                           caravan tail: what was sent back before is behind it\n"
                           "      --dry-run            say what would be sent, and send nothing\n" OPTIONS_COMMON_HELP
                           "  -h, --help               this text\n\n"
                           "Exit: 0 every message was delivered; 1 the topics cannot be read or written;\n"
                           "2 wrong usage.\n";

enum {
    OPTION_REASON = 256,
    OPTION_TRAIN,
    OPTION_PORT,
    OPTION_FROM,
    OPTION_DRY_RUN,
    FLUSH_MS = 120000,
    SCRATCH_KEEP_BYTES = 1024 * 1024
};

static const struct option OPTIONS[] = {
    OPTIONS_COMMON_LONG,
    {"reason", required_argument, NULL, OPTION_REASON},
    {"train", required_argument, NULL, OPTION_TRAIN},
    {"port", required_argument, NULL, OPTION_PORT},
    {"from", required_argument, NULL, OPTION_FROM},
    {"dry-run", no_argument, NULL, OPTION_DRY_RUN},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

struct redrive {
    struct options_common common;
    struct tail_style style; /* lends its parser and memory to filters and keys */
    struct tail_wanted wanted;
    struct tail_read read;
    bool dry_run;
    const char *input;
    struct kafka_producer *producer; /* NULL in a dry run */
    struct buffer key;
    uint64_t sent, rekeyed, left_out;
    struct kafka_error error; /* why a message was not taken; code 0: none */
};

/* ---- the key */

/* Appends a part of the key; false for what no key has. A bar within a part would make another train's key of it. */
static bool append_part(struct redrive *redrive, const struct json_value *train, const char *name) {
    struct slice part = pick_text(train, name);
    if (redrive->key.len > 0) {
        buffer_append_byte(&redrive->key, '|');
    }
    buffer_append_slice(&redrive->key, part);
    return part.len > 0 && memchr(part.data, '|', part.len) == NULL;
}

/* The key of the train that the event names; data NULL: none. Whatever else is wrong with it. For KEY_MISMATCH that is
 * the cure: the same event under its key is valid. Read loosely, member by member, since a letter may be anything;
 * whether the event is good now the worker will say. */
static struct slice named_key(struct redrive *redrive, struct slice value, bool is_binary) {
    const char *what;
    size_t at;
    if (redrive->style.parser == NULL) {
        redrive->style.parser = json_parser_new();
    }
    const struct json_value *root = value.data == NULL ? NULL : json_parse(redrive->style.parser, value, &what, &at);
    /* In binary mode the value is what else stands in `data` (contract 2.20). */
    const struct json_value *train = pick(is_binary ? root : pick(root, "data"), "train");
    buffer_clear(&redrive->key);
    bool named = train != NULL && append_part(redrive, train, "number") && append_part(redrive, train, "date") &&
                 append_part(redrive, train, "port");
    return named ? buffer_slice(&redrive->key) : (struct slice){NULL, 0};
}

/* ---- one letter */

/* Too large for the dead letters' topic: its bytes stand in the input only. */
static bool is_left_out(const struct message_header *headers, size_t count) {
    return letter_value(headers, count, LETTER_BYTES).data != NULL ||
           letter_value(headers, count, LETTER_HEADER_BYTES).data != NULL;
}

static bool is_binary(const struct message_header *headers, size_t own_count) {
    bool found = false;
    for (size_t i = 0; i < own_count; i++) {
        found = found || binary_is_mark(headers[i].name);
    }
    return found;
}

/* Our headers are left behind: a letter that is turned away again gets new ones, and they do not pile up. Sending
 * copies what it is given and waits while the client's queue is full, so memory has a bound however many letters there
 * are. */
static void take(void *context, const struct message *letter) {
    struct redrive *redrive = context;
    const struct message_header *headers = NULL;
    size_t count = kafka_message_headers(letter, &redrive->style.scratch, &headers);
    size_t own_count = letter_own_count(headers, count);
    struct slice named = named_key(redrive, letter->value, is_binary(headers, own_count));
    /* Where the key was left out and the event names no train, it would only come back as KEY_MISMATCH. */
    bool has_key = named.data != NULL || letter_value(headers, count, LETTER_KEY_BYTES).data == NULL;
    if (is_left_out(headers, count) || !has_key) {
        redrive->left_out++;
    } else {
        struct message message = {.key = named.data != NULL ? named : letter->key,
                                  .value = letter->value,
                                  .partition = -1};
        bool sent = redrive->producer == NULL ||
                    kafka_producer_resend(redrive->producer, redrive->input, &message,
                                          (struct kafka_headers){headers, own_count}, &redrive->error);
        redrive->sent += sent;
        redrive->rekeyed += sent && !slice_equal(message.key, letter->key);
    }
    arena_reset(&redrive->style.scratch, SCRATCH_KEEP_BYTES);
}

static bool is_wanted(void *context, const struct message *message) {
    struct redrive *redrive = context;
    return tail_is_wanted(&redrive->wanted, CONFIG_TOPIC_DEAD_LETTERS, &redrive->style, message);
}

/* After one failure each of the rest would wait for its own. */
static bool is_over(void *context) {
    const struct redrive *redrive = context;
    return redrive->error.code != 0 || (redrive->producer != NULL && kafka_producer_failed(redrive->producer) > 0);
}

/* ---- the whole */

/* Also after a failure; a dry run counts the same, so that the two can be compared. */
static void report(const struct redrive *redrive) {
    printf("%" PRIu64 " dead letters %s to %s; %" PRIu64 " of them under another key than theirs\n", redrive->sent,
           redrive->dry_run ? "would be sent" : "were sent", redrive->input, redrive->rekeyed);
    if (redrive->left_out > 0) {
        printf("%" PRIu64 " were too large for their topic: their bytes stand in the input only, where their headers "
               "say\n",
               redrive->left_out);
    }
}

static int run(struct redrive *redrive, const struct config *config) {
    struct kafka_error error = {0};
    redrive->input = config->topics[CONFIG_TOPIC_INPUT];
    redrive->read.context = redrive;
    redrive->read.is_wanted = is_wanted;
    redrive->read.take = take;
    redrive->read.is_over = is_over;
    bool good = redrive->dry_run ||
                (redrive->producer = kafka_producer_open(config, "application/cloudevents+json", &error)) != NULL;
    good = good && tail_read(&redrive->read, config, &error);
    if (redrive->producer != NULL) {
        /* Also after a failure, so that what is told as sent is. Of two failures the first is told. */
        good = kafka_producer_flush(redrive->producer, FLUSH_MS, good ? &error : &redrive->error) && good;
        /* Those of the queue that were given up. */
        redrive->sent -= kafka_producer_failed(redrive->producer);
        kafka_producer_close(redrive->producer);
    }
    /* What stopped the sending is the cause; reading ended well because it was told to. */
    if (good && redrive->error.code != 0) {
        error = redrive->error;
        good = false;
    }
    report(redrive);
    if (!good) {
        printable_say(stderr, "caravan redrive: %s", error.text);
    }
    tail_read_release(&redrive->read);
    tail_style_release(&redrive->style);
    buffer_release(&redrive->key);
    return good ? COMMANDS_OK : options_common_code(&error);
}

/* Required, and one at a time: whoever sends letters back has repaired the cause of one reason. "All" would only fill
 * the topic with the same letters again. */
static bool take_reason(struct redrive *redrive, const char *value) {
    struct nearest nearest = {0};
    for (int i = 0; i < REJECT_REASON_COUNT; i++) {
        if (strcmp(value, reject_name((enum reject_reason)i)) == 0) {
            redrive->wanted.reason = value;
            return true;
        }
        nearest_offer(&nearest, value, reject_name((enum reject_reason)i));
    }
    printable_say(stderr, "caravan redrive: --reason: nothing is turned away for `%s`%s%s%s", value,
                  nearest.name == NULL ? "" : "; did you mean ", nearest.name == NULL ? "" : nearest.name,
                  nearest.name == NULL ? " (caravan explain lists reasons)" : "?");
    return false;
}

/* The end is refused: nothing would be read from there. */
static bool take_from(struct redrive *redrive, const char *value) {
    if (!tail_from_parse(value, clock_wall_ms(), &redrive->read.from) || redrive->read.from.kind == TAIL_FROM_END) {
        printable_say(stderr,
                      "caravan redrive: --from: `%s` is not beginning or an offset, nor a time such as "
                      "2026-11-27T08:00Z or -1h",
                      value);
        return false;
    }
    return true;
}

static bool take_option(struct redrive *redrive, int option, const char *value) {
    switch (option) {
    case OPTION_REASON: return take_reason(redrive, value);
    case OPTION_TRAIN: redrive->wanted.train = value; return true;
    case OPTION_PORT: redrive->wanted.port = value; return true;
    case OPTION_FROM: return take_from(redrive, value);
    case OPTION_DRY_RUN: redrive->dry_run = true; return true;
    default: return options_common_take(&redrive->common, option, value);
    }
}

int command_redrive(int argc, char **argv) {
    /* Up to the end of the start, and no further: letters that are turned away again land behind it, and would else go
     * round in a circle as fast as the cluster can. */
    struct redrive redrive = {.read = {.topic = CONFIG_TOPIC_DEAD_LETTERS,
                                       .from = {TAIL_FROM_BEGINNING, 0},
                                       .partition = -1,
                                       .until_end = true}};
    struct config config;
    optind = 1;
    for (int option; (option = arguments_next(argc, argv, OPTIONS_COMMON_LETTERS, OPTIONS)) != -1;) {
        if (option == 'h') {
            fputs(HELP, stdout);
            return COMMANDS_OK;
        }
        if (!take_option(&redrive, option, optarg)) {
            return COMMANDS_USAGE;
        }
    }
    if (optind < argc || redrive.wanted.reason == NULL) {
        printable_say(stderr, "caravan redrive: %s; `caravan redrive --help` says more",
                      optind < argc ? "it takes options only" : "--reason is missing: which dead letters go back");
        return COMMANDS_USAGE;
    }
    bool good = options_common_load(&redrive.common, "redrive", &config);
    int code = good ? run(&redrive, &config) : COMMANDS_USAGE;
    config_release(&config);
    return code;
}
