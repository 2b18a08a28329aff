/* caravan reset: starts a group over. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/printable.h"
#include "commands/arguments.h"
#include "commands/commands.h"
#include "commands/options_common.h"
#include "kafka/topics.h"

static const char HELP[] =
    "usage: caravan reset [--dry-run | --yes] [OPTION...]\n\n"
    "Starts the group over: its committed offsets of the input are deleted, and the\n"
    "checkpoints and traffic topics are emptied. The next worker reads the input from\n"
    "its beginning. Records that were emitted stay in their topic and are emitted\n"
    "again. Refuses while the group has active members.\n\n"
    "      --dry-run            say what would go, and change nothing\n"
    "      --yes                do not ask\n" OPTIONS_COMMON_HELP "  -h, --help               this text\n\n"
    "Exit: 0 done; 1 refused by the cluster or not confirmed; 2 wrong usage.\n";

enum { OPTION_YES = 256, OPTION_DRY_RUN };

static const struct option OPTIONS[] = {
    OPTIONS_COMMON_LONG,
    {"dry-run", no_argument, NULL, OPTION_DRY_RUN},
    {"yes", no_argument, NULL, OPTION_YES},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static bool is_confirmed(const struct config *config) {
    char answer[16] = "";
    printable_say(stderr, "This deletes the offsets of group %s and empties %s and %s.", config->group,
                  config->topics[CONFIG_TOPIC_CHECKPOINTS], config->topics[CONFIG_TOPIC_TRAFFIC]);
    fputs("Type `yes` to go on: ", stderr);
    return fgets(answer, sizeof answer, stdin) != NULL && strcmp(answer, "yes\n") == 0;
}

static int run(const struct config *config, bool yes, bool dry_run) {
    struct buffer report = {0};
    struct kafka_error error = {0};
    if (!yes && !dry_run && !is_confirmed(config)) {
        printable_say(stderr, "caravan reset: not confirmed, nothing was changed (--yes does not ask)");
        return COMMANDS_FAILED;
    }
    bool done = dry_run ? kafka_group_preview(config, &report, &error) : kafka_group_reset(config, &report, &error);
    printable_put_lines(stdout, buffer_slice(&report));
    buffer_release(&report);
    if (!done) {
        printable_say(stderr, "caravan reset: %s", error.text);
    }
    return done ? COMMANDS_OK : options_common_code(&error);
}

int command_reset(int argc, char **argv) {
    struct options_common common = {0};
    struct config config;
    bool yes = false, dry_run = false;
    optind = 1;
    for (int option; (option = arguments_next(argc, argv, OPTIONS_COMMON_LETTERS, OPTIONS)) != -1;) {
        if (option == 'h') {
            fputs(HELP, stdout);
            return COMMANDS_OK;
        }
        yes = yes || option == OPTION_YES;
        dry_run = dry_run || option == OPTION_DRY_RUN;
        if (option != OPTION_YES && option != OPTION_DRY_RUN && !options_common_take(&common, option, optarg)) {
            return COMMANDS_USAGE;
        }
    }
    if (optind < argc) {
        printable_say(stderr, "caravan reset: `%s` is not an option; `caravan reset --help` lists them", argv[optind]);
        return COMMANDS_USAGE;
    }
    bool good = options_common_load(&common, "reset", &config);
    int code = good ? run(&config, yes, dry_run) : COMMANDS_USAGE;
    config_release(&config);
    return code;
}
