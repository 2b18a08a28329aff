#include "commands/commands.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} COMMANDS[] = {
    {"merge", command_merge, "merge events of files into one clearance record a train"},
    {"show", command_show, "print records as a person reads a clearance"},
    {"explain", command_explain, "say what a status, reason, alert or reject means and what to do"},
    {"generate", command_generate, "write a seeded workload of events"},
    {"run", command_run, "run a worker on Kafka"},
    {"topics", command_topics, "create or check the topics of a deployment"},
    {"produce", command_produce, "send events of files to the input topic"},
    {"tail", command_tail, "print an output topic as it grows"},
    {"reset", command_reset, "start a group over: offsets, checkpoints, traffic"},
};

enum { COMMAND_COUNT = sizeof COMMANDS / sizeof COMMANDS[0] };

static void print_help(FILE *to) {
    fputs("usage: caravan COMMAND [OPTION...]\n\n"
          "One clearance record per China-Europe freight train, from its manifest events.\n\ncommands:\n", to);
    for (int i = 0; i < COMMAND_COUNT; i++) {
        fprintf(to, "  %-10s %s\n", COMMANDS[i].name, COMMANDS[i].help);
    }
    fputs("\n`caravan COMMAND --help` describes each; `caravan --version` prints the version.\n", to);
}

int commands_main(int argc, char **argv) {
    if (argc < 2) {
        print_help(stderr);
        return COMMANDS_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return COMMANDS_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("caravan " CARAVAN_VERSION);
        return COMMANDS_OK;
    }
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(argv[1], COMMANDS[i].name) == 0) {
            return COMMANDS[i].run(argc - 1, argv + 1);
        }
    }
    fprintf(stderr, "caravan: there is no command `%s`; `caravan --help` lists them\n", argv[1]);
    return COMMANDS_USAGE;
}
