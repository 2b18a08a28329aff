/* caravan tail: prints a topic as it grows. Reading (tail_read.c), choosing (tail_wanted.c) and printing (tail_print.c)
 * are joined here, and what the arguments mean is settled. It is a consumer outside any group: it neither takes
 * partitions from workers nor leaves offsets behind. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "base/signals.h"
#include "base/timestamp.h"
#include "commands/arguments.h"
#include "commands/commands.h"
#include "commands/options_common.h"
#include "commands/streams.h"
#include "commands/tail_print.h"
#include "commands/tail_read.h"
#include "commands/tail_wanted.h"
#include "commands/verify.h"
#include "config/nearest.h"

static const char HELP[] =
    "usage: caravan tail clearances|traffic|throughput|dead-letters|input [OPTION...]\n\n"
    "Prints a topic for people, read committed, as it grows, new partitions too; it\n"
    "waits while brokers are gone. SIGINT ends it.\n\n"
    "      --json               for machines: the values, one a line, what steers a\n"
    "                           terminal escaped; dead letters and input as objects\n"
    "                           with key, value and headers\n"
    "      --from WHERE         beginning; end (default); an offset, in every\n"
    "                           partition (or the nearest it has); a time, such as\n"
    "                           2026-11-27T08:00Z, 2026-11-27 or -1h\n"
    "      --last N             the last N messages first (instead of --from)\n"
    "      --train KEY          only this train: NUMBER|DATE|PORT, or its number\n"
    "                           (clearances, dead-letters, input)\n"
    "      --port PORT          only trains, or traffic, of this port\n"
    "      --status STATUS      only clearances that have it: open, cleared, held ...\n"
    "      --reason REASON      only dead letters for it, such as BAD_FIELD; or only\n"
    "                           clearances with this reason or alert\n"
    "      --partition N        only this partition\n"
    "      --limit N            end after N messages\n"
    "      --until-end          end where the topic ended at the start\n" VERIFY_HELP OPTIONS_COMMON_HELP
    "  -h, --help               this text\n\n"
    "Exit: 0 done; 1 the topic cannot be read; 2 wrong usage; 3 a\n"
    "clearance that --verify-key refuses.\n";

enum {
    OPTION_JSON = 256,
    OPTION_FROM,
    OPTION_LAST,
    OPTION_TRAIN,
    OPTION_PORT,
    OPTION_STATUS,
    OPTION_REASON,
    OPTION_PARTITION,
    OPTION_LIMIT,
    OPTION_UNTIL_END,
    OPTION_VERIFY
};

static const struct option OPTIONS[] = {
    OPTIONS_COMMON_LONG,
    {"json", no_argument, NULL, OPTION_JSON},
    {"from", required_argument, NULL, OPTION_FROM},
    {"last", required_argument, NULL, OPTION_LAST},
    {"train", required_argument, NULL, OPTION_TRAIN},
    {"port", required_argument, NULL, OPTION_PORT},
    {"status", required_argument, NULL, OPTION_STATUS},
    {"reason", required_argument, NULL, OPTION_REASON},
    {"partition", required_argument, NULL, OPTION_PARTITION},
    {"limit", required_argument, NULL, OPTION_LIMIT},
    {"until-end", no_argument, NULL, OPTION_UNTIL_END},
    {"verify-key", required_argument, NULL, OPTION_VERIFY},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

struct tail {
    struct options_common common;
    struct tail_style style;
    struct tail_wanted wanted;
    struct tail_read read;
    struct verify verify;
    bool refused; /* what came last does not verify */
    const char *topic;
    const char *from; /* NULL: not given */
    uint64_t limit, printed;
};

/* strtoull takes a minus and wraps it around: the first character must be a digit. */
static bool parse_count(const char *option, const char *text, uint64_t max, uint64_t *out) {
    char *end;
    errno = 0;
    *out = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0') {
        printable_say(stderr, "caravan tail: --%s: `%s` is not a number", option, text);
        return false;
    }
    if (errno != 0 || *out > max) {
        printable_say(stderr, "caravan tail: --%s: `%s` is more than %" PRIu64, option, text, max);
        return false;
    }
    return true;
}

static bool parse_from(struct tail *tail, const char *text) {
    tail->from = text;
    if (!tail_from_parse(text, clock_wall_ms(), &tail->read.from)) {
        printable_say(stderr,
                      "caravan tail: --from: `%s` is not beginning, end or an offset, nor a time such as "
                      "2026-11-27T08:00Z or -1h",
                      text);
        return false;
    }
    return true;
}

static bool take_option(struct tail *tail, int option, const char *value) {
    uint64_t partition;
    switch (option) {
    case OPTION_JSON: tail->style.json = true; return true;
    case OPTION_FROM: return parse_from(tail, value);
    case OPTION_LAST: return parse_count("last", value, TAIL_LAST_MAX, &tail->read.last);
    case OPTION_TRAIN: tail->wanted.train = value; return true;
    case OPTION_PORT: tail->wanted.port = value; return true;
    case OPTION_STATUS: tail->wanted.status = value; return true;
    case OPTION_REASON: tail->wanted.reason = value; return true;
    /* Whether the topic has it a broker must tell: tail_read finds out. */
    case OPTION_PARTITION:
        if (!parse_count("partition", value, INT32_MAX, &partition)) {
            return false;
        }
        tail->read.partition = (int32_t)partition;
        return true;
    case OPTION_LIMIT: return parse_count("limit", value, UINT64_MAX, &tail->limit);
    case OPTION_UNTIL_END: tail->read.until_end = true; return true;
    case OPTION_VERIFY: tail->verify.key_path = value; return true;
    default: return options_common_take(&tail->common, option, value);
    }
}

/* Topics are named by what is in them: their real names are the configuration's, and a person need not know them.
 * Filters are judged here, because only now both are known. */
static bool take_topic(struct tail *tail, const char *name) {
    static const struct {
        const char *name;
        enum config_topic topic;
    } topics[] = {{"clearances", CONFIG_TOPIC_CLEARANCES},
                  {"traffic", CONFIG_TOPIC_TRAFFIC},
                  {"throughput", CONFIG_TOPIC_THROUGHPUT},
                  {"dead-letters", CONFIG_TOPIC_DEAD_LETTERS},
                  {"input", CONFIG_TOPIC_INPUT}};
    struct nearest nearest = {0};
    for (size_t i = 0; name != NULL && i < sizeof topics / sizeof topics[0]; i++) {
        if (strcmp(name, topics[i].name) == 0) {
            tail->read.topic = topics[i].topic;
            if (tail->verify.key_path != NULL && topics[i].topic != CONFIG_TOPIC_CLEARANCES) {
                printable_say(stderr, "caravan tail %s: --verify-key goes with clearances: only they are signed", name);
                return false;
            }
            return tail_wanted_fits(&tail->wanted, topics[i].topic, name);
        }
        nearest_offer(&nearest, name, topics[i].name);
    }
    printable_say(stderr,
                  "caravan tail: say which one topic: clearances, traffic, throughput, dead-letters or input%s%s%s",
                  nearest.name == NULL ? "" : "; did you mean `", nearest.name == NULL ? "" : nearest.name,
                  nearest.name == NULL ? "" : "`?");
    return false;
}

/* ---- what the reading asks */

static bool is_wanted(void *context, const struct message *message) {
    struct tail *tail = context;
    return tail_is_wanted(&tail->wanted, tail->read.topic, &tail->style, message);
}

static bool is_over(void *context) {
    const struct tail *tail = context;
    /* Asked between two messages and every half second without one: so a reader that leaves is noticed. */
    return streams_broken() || streams_reader_gone() || tail->refused ||
           (tail->limit > 0 && tail->printed == tail->limit);
}

static void print(void *context, const struct message *message) {
    struct tail *tail = context;
    if (is_over(tail)) {
        return;
    }
    /* Verified before a byte is printed, and the first that fails ends it: what is printed was vouched for. */
    tail->refused = !verify_message(&tail->verify, "tail", tail->topic, message);
    if (!tail->refused) {
        tail_print(stdout, tail->read.topic, &tail->style, message);
        tail->printed++;
    }
}

static int run(struct tail *tail, const struct config *config) {
    struct kafka_error error;
    /* Ctrl-C is how one ends it, not a failure. */
    signals_set_code(COMMANDS_OK);
    tail->topic = config->topics[tail->read.topic];
    tail->read.context = tail;
    tail->read.is_wanted = is_wanted;
    tail->read.take = print;
    tail->read.is_over = is_over;
    bool good = tail_read(&tail->read, config, &error);
    if (!good) {
        printable_say(stderr, "caravan tail: %s: %s", tail->topic, error.text);
    }
    tail_read_release(&tail->read);
    tail_style_release(&tail->style);
    /* Whatever the reading says: it was told to stop. */
    if (tail->refused) {
        return COMMANDS_REFUSED;
    }
    return good ? COMMANDS_OK : options_common_code(&error);
}

int command_tail(int argc, char **argv) {
    struct tail tail = {.read.partition = -1};
    struct config config;
    optind = 1;
    for (int option; (option = arguments_next(argc, argv, OPTIONS_COMMON_LETTERS, OPTIONS)) != -1;) {
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
    if (tail.from != NULL && tail.read.last > 0) {
        printable_say(stderr, "caravan tail: --last and --from both say where to begin; give one of them");
        return COMMANDS_USAGE;
    }
    /* Keys are read before a broker is asked: a wrong file is told at once. */
    bool good = options_common_load(&tail.common, "tail", &config) && verify_open(&tail.verify, "tail");
    int code = good ? run(&tail, &config) : COMMANDS_USAGE;
    verify_close(&tail.verify);
    config_release(&config);
    return code;
}
