/* The list of commands stands once: help, dispatch and the guess at a mistyped name read it. What every command needs
 * alike is done around the dispatch, so that no command can forget it. */
#include "commands/commands.h"

#include <stdio.h>
#include <string.h>

#include "base/printable.h"
#include "base/signals.h"
#include "commands/streams.h"
#include "commands/version.h"
#include "config/nearest.h"

/* In the order of the help: files first, which need no cluster, then a worker and what stands around one. */
static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} COMMANDS[] = {
    {"merge", command_merge, "merge events of files into one clearance record a train"},
    {"show", command_show, "print records as a person reads a clearance"},
    {"explain", command_explain, "say what a status, reason, alert or reject means and what to do"},
    {"convert", command_convert, "turn DCSA, EPCIS and EDIFACT files into events"},
    {"generate", command_generate, "write a seeded workload of events"},
    {"run", command_run, "run a worker on Kafka"},
    {"health", command_health, "ask the worker here whether it is ready, or alive"},
    {"topics", command_topics, "create or check the topics of a deployment"},
    {"produce", command_produce, "send events of files to the input topic"},
    {"tail", command_tail, "print a topic as it grows"},
    {"report", command_report, "say what many records say together: traffic, journey, periodic"},
    {"lag", command_lag, "say how far a group is behind, by partition"},
    {"doctor", command_doctor, "look at a deployment and say what to mend"},
    {"verify", command_verify, "compare records on the topics with the input"},
    {"redrive", command_redrive, "send dead letters back to the input"},
    {"reset", command_reset, "start a group over: offsets, checkpoints, traffic"},
};

enum { COMMAND_COUNT = sizeof COMMANDS / sizeof COMMANDS[0] };

static void print_help(FILE *to) {
    fputs("usage: caravan COMMAND [OPTION...]\n\n"
          "One clearance record per China-Europe freight train, from its manifest events.\n\ncommands:\n",
          to);
    for (int i = 0; i < COMMAND_COUNT; i++) {
        fprintf(to, "  %-10s %s\n", COMMANDS[i].name, COMMANDS[i].help);
    }
    fputs("\n`caravan COMMAND --help` describes each; `caravan --version` prints the version.\n", to);
}

/* To standard error with the code for wrong usage, never the whole help: in a script's log the one sentence is what is
 * read. */
static int say_unknown(const char *name) {
    struct nearest nearest = {0};
    for (int i = 0; i < COMMAND_COUNT; i++) {
        nearest_offer(&nearest, name, COMMANDS[i].name);
    }
    if (nearest.name != NULL) {
        printable_say(stderr, "caravan: there is no command `%s`; did you mean `%s`? `caravan --help` lists them", name,
                      nearest.name);
    } else {
        printable_say(stderr, "caravan: there is no command `%s`; `caravan --help` lists them", name);
    }
    return COMMANDS_USAGE;
}

static int dispatch(int argc, char **argv) {
    /* Nobody asked for the help, so it is no output: a script that lost its arguments fails here. */
    if (argc < 2) {
        print_help(stderr);
        return COMMANDS_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return COMMANDS_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        version_print();
        return COMMANDS_OK;
    }
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(argv[1], COMMANDS[i].name) == 0) {
            return COMMANDS[i].run(argc - 1, argv + 1);
        }
    }
    return say_unknown(argv[1]);
}

int commands_main(int argc, char **argv) {
    /* Before anything opens a file, which else might become descriptor 1 and take what is printed. */
    streams_open();
    /* Before any thread: each inherits what is set here. */
    signals_install();
    /* What was printed may still lie in stdio's buffer. Only closing tells whether the disk took it, and then the code
     * is no longer the command's. */
    return streams_close(dispatch(argc, argv));
}
