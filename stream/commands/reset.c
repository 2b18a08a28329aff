/* caravan reset: starts a group over. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands/commands.h"
#include "commands/options_common.h"
#include "kafka/topics.h"

static const char HELP[] =
    "usage: caravan reset [--yes] [--config FILE] [--set NAME=VALUE]...\n\n"
    "Starts the group over: its committed offsets of the input are deleted, and the checkpoints and traffic topics are "
    "emptied. The\n"
    "next worker reads the input from its beginning. Records that were emitted stay in their topic and are emitted "
    "again.\n"
    "Refuses while the group has active members.\n\n"
    "      --yes                do not ask\n" OPTIONS_COMMON_HELP "  -h, --help               this text\n\n"
    "Exit: 0 done; 1 refused by the cluster or not confirmed; 2 wrong usage.\n";

enum { OPTION_YES = 256 };

static const struct option OPTIONS[] = {
    OPTIONS_COMMON_LONG,
    {"yes", no_argument, NULL, OPTION_YES},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static bool is_confirmed(const struct config *config) {
    char answer[16] = "";
    fprintf(stderr, "This deletes the offsets of group %s and empties %s and %s.\nType `yes` to go on: ", config->group,
            config->topics[CONFIG_TOPIC_CHECKPOINTS], config->topics[CONFIG_TOPIC_TRAFFIC]);
    return fgets(answer, sizeof answer, stdin) != NULL && strcmp(answer, "yes\n") == 0;
}

static int run(const struct config *config, bool yes) {
    struct buffer report = {0};
    struct kafka_error error = {0};
    if (!yes && !is_confirmed(config)) {
        fputs("caravan reset: not confirmed, nothing was changed (--yes does not ask)\n", stderr);
        return COMMANDS_FAILED;
    }
    bool done = kafka_group_reset(config, &report, &error);
    fwrite(report.data == NULL ? "" : report.data, 1, report.len, stdout);
    buffer_release(&report);
    if (!done) {
        fprintf(stderr, "caravan reset: %s\n", error.text);
    }
    return done ? COMMANDS_OK : COMMANDS_FAILED;
}

int command_reset(int argc, char **argv) {
    struct options_common common = {0};
    struct config config;
    bool yes = false;
    optind = 1;
    for (int option; (option = getopt_long(argc, argv, "h", OPTIONS, NULL)) != -1;) {
        if (option == 'h') {
            fputs(HELP, stdout);
            return COMMANDS_OK;
        }
        yes = yes || option == OPTION_YES;
        if (option != OPTION_YES && !options_common_take(&common, option, optarg)) {
            return COMMANDS_USAGE;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "caravan reset: `%s` is not an option; `caravan reset --help` lists them\n", argv[optind]);
        return COMMANDS_USAGE;
    }
    bool good = options_common_load(&common, "reset", &config);
    int code = good ? run(&config, yes) : COMMANDS_USAGE;
    config_release(&config);
    return code;
}
