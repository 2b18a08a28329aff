/* caravan topics: makes or checks the topics of a deployment. What the topics need is told once, in kafka/topics.h, for
 * this command and for a worker's start; here are the words around it. `create` may be run at every deployment: what is
 * there stays as it is (contract 9.6), and whether that is right is for `check` to say. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "commands/arguments.h"
#include "commands/commands.h"
#include "commands/options_common.h"
#include "kafka/topics.h"

static const char HELP[] =
    "usage: caravan topics create --partitions N [--replication N] [OPTION...]\n"
    "       caravan topics check [OPTION...]\n\n"
    "create makes every topic that is missing, the input too, with the settings that\n"
    "Caravan needs; what is there stays as it is. check names what is missing or\n"
    "wrong. `caravan run` checks the same at its start.\n\n"
    "      --partitions N       of the input, and so of clearances, traffic and\n"
    "                           checkpoints\n"
    "      --replication N      copies of each partition (default 1; 3 where it\n"
    "                           matters)\n" OPTIONS_COMMON_HELP "  -h, --help               this text\n\n"
    "Exit: 0 all topics are there and right; 1 the cluster cannot be reached or\n"
    "refuses; 2 wrong usage; 3 something is wrong.\n";

/* The bounds catch a slip of the finger before a cluster has to bear it; the cluster's own limits are its to tell. */
enum { OPTION_PARTITIONS = 256, OPTION_REPLICATION, PARTITIONS_MAX = 100000, REPLICATION_MAX = 100 };

static const struct option OPTIONS[] = {
    OPTIONS_COMMON_LONG,
    {"partitions", required_argument, NULL, OPTION_PARTITIONS},
    {"replication", required_argument, NULL, OPTION_REPLICATION},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

struct topics {
    struct options_common common;
    const char *verb;
    long partitions, replication; /* 0: not given */
};

static bool take_option(struct topics *topics, int option, const char *value) {
    switch (option) {
    case OPTION_PARTITIONS: return arguments_number("topics", "partitions", value, PARTITIONS_MAX, &topics->partitions);
    case OPTION_REPLICATION:
        return arguments_number("topics", "replication", value, REPLICATION_MAX, &topics->replication);
    default: return options_common_take(&topics->common, option, value);
    }
}

/* How many partitions the input has is nobody's default: it can hardly be changed later, since keys would move
 * (contract 6.4). */
static bool is_complete(const struct topics *topics) {
    if (topics->verb == NULL || (strcmp(topics->verb, "create") != 0 && strcmp(topics->verb, "check") != 0)) {
        printable_say(stderr, "caravan topics: say `create` or `check`, and nothing else");
        return false;
    }
    if (strcmp(topics->verb, "create") == 0 && topics->partitions == 0) {
        printable_say(stderr, "caravan topics create: --partitions N is missing: how many the input has");
        return false;
    }
    return true;
}

static int check(const struct config *config, struct buffer *report, struct kafka_error *error, bool *reached) {
    struct kafka_topics_findings findings = {0};
    *reached = kafka_topics_check(config, report, &findings, error);
    /* What is only unusual (a warning) is told and changes nothing: a worker would run. */
    return findings.wrong > 0 ? COMMANDS_REFUSED : COMMANDS_OK;
}

static int run(const struct topics *topics, const struct config *config) {
    struct buffer report = {0};
    struct kafka_error error = {0};
    bool reached;
    int code = COMMANDS_OK;
    if (strcmp(topics->verb, "create") == 0) {
        int16_t replication = topics->replication == 0 ? 1 : (int16_t)topics->replication;
        reached = kafka_topics_create(config, (int32_t)topics->partitions, replication, &report, &error);
    } else {
        code = check(config, &report, &error, &reached);
    }
    /* Also when the cluster stopped answering: what was made by then is there. */
    printable_put_lines(stdout, buffer_slice(&report));
    buffer_release(&report);
    if (!reached) {
        printable_say(stderr, "caravan topics: %s", error.text);
        return options_common_code(&error);
    }
    return code;
}

int command_topics(int argc, char **argv) {
    struct topics topics = {0};
    struct config config;
    optind = 1;
    for (int option; (option = arguments_next(argc, argv, OPTIONS_COMMON_LETTERS, OPTIONS)) != -1;) {
        if (option == 'h') {
            fputs(HELP, stdout);
            return COMMANDS_OK;
        }
        if (!take_option(&topics, option, optarg)) {
            return COMMANDS_USAGE;
        }
    }
    topics.verb = optind == argc - 1 ? argv[optind] : NULL;
    if (!is_complete(&topics)) {
        printable_say(stderr, "`caravan topics --help` says more");
        return COMMANDS_USAGE;
    }
    bool good = options_common_load(&topics.common, "topics", &config);
    int code = good ? run(&topics, &config) : COMMANDS_USAGE;
    config_release(&config);
    return code;
}
