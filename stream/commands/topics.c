/* caravan topics: makes or checks the topics of a deployment. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/commands.h"
#include "commands/options_common.h"
#include "kafka/topics.h"

static const char HELP[] =
    "usage: caravan topics create --partitions N [--replication N] [--config FILE] [--set NAME=VALUE]...\n"
    "       caravan topics check [--config FILE] [--set NAME=VALUE]...\n\n"
    "create makes every topic that is missing, the input too, with the settings that Caravan needs; what is there "
    "stays as it is.\n"
    "check names what is missing or wrong. `caravan run` checks the same at its start.\n\n"
    "      --partitions N       of the input, and so of clearances, traffic and checkpoints\n"
    "      --replication N      copies of each partition (default 1; 3 where it matters)\n" OPTIONS_COMMON_HELP
    "  -h, --help               this text\n\n"
    "Exit: 0 all topics are there and right; 1 the cluster cannot be reached or refuses; 2 wrong usage; 3 something is "
    "wrong.\n";

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

static bool parse_number(const char *name, const char *value, long max, long *out) {
    char *end;
    *out = strtol(value, &end, 10);
    if (end == value || *end != '\0' || *out < 1 || *out > max) {
        fprintf(stderr, "caravan topics: --%s: `%s` is not a number from 1 to %ld\n", name, value, max);
        return false;
    }
    return true;
}

static bool take_option(struct topics *topics, int option, const char *value) {
    switch (option) {
    case OPTION_PARTITIONS: return parse_number("partitions", value, PARTITIONS_MAX, &topics->partitions);
    case OPTION_REPLICATION: return parse_number("replication", value, REPLICATION_MAX, &topics->replication);
    default: return options_common_take(&topics->common, option, value);
    }
}

static bool is_complete(const struct topics *topics) {
    if (topics->verb == NULL || (strcmp(topics->verb, "create") != 0 && strcmp(topics->verb, "check") != 0)) {
        fputs("caravan topics: say `create` or `check`, and nothing else\n", stderr);
        return false;
    }
    if (strcmp(topics->verb, "create") == 0 && topics->partitions == 0) {
        fputs("caravan topics create: --partitions N is missing: how many the input has\n", stderr);
        return false;
    }
    return true;
}

static int check(const struct config *config, struct buffer *report, struct kafka_error *error, bool *reached) {
    struct kafka_topics_findings findings = {0};
    *reached = kafka_topics_check(config, report, &findings, error);
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
    fwrite(report.data == NULL ? "" : report.data, 1, report.len, stdout);
    buffer_release(&report);
    if (!reached) {
        fprintf(stderr, "caravan topics: %s\n", error.text);
        return COMMANDS_FAILED;
    }
    return code;
}

int command_topics(int argc, char **argv) {
    struct topics topics = {0};
    struct config config;
    optind = 1;
    for (int option; (option = getopt_long(argc, argv, "h", OPTIONS, NULL)) != -1;) {
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
        fputs("`caravan topics --help` says more\n", stderr);
        return COMMANDS_USAGE;
    }
    bool good = options_common_load(&topics.common, "topics", &config);
    int code = good ? run(&topics, &config) : COMMANDS_USAGE;
    config_release(&config);
    return code;
}
