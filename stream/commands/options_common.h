/* -c FILE, -b HOST and --set NAME=VALUE, which every command that talks to Kafka takes. One owner. */
#ifndef CARAVAN_COMMANDS_OPTIONS_COMMON_H
#define CARAVAN_COMMANDS_OPTIONS_COMMON_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"
#include "kafka/error.h"

enum { OPTIONS_SET_MAX = 256, OPTIONS_CONFIG = 'c', OPTIONS_BROKERS = 'b', OPTIONS_SET = 1001 };

/* For a command's arguments_next: letters and long options. */
#define OPTIONS_COMMON_LETTERS "b:c:h"
#define OPTIONS_COMMON_LONG                                                                                            \
    {"config", required_argument, NULL, OPTIONS_CONFIG}, {"brokers", required_argument, NULL, OPTIONS_BROKERS}, {      \
        "set", required_argument, NULL, OPTIONS_SET                                                                    \
    }

#define OPTIONS_COMMON_HELP                                                                                            \
    "  -b, --brokers HOST,...   the cluster: kafka.bootstrap.servers\n"                                                \
    "  -c, --config FILE        name = value a line (`caravan run --help` lists\n"                                     \
    "                           them); default: CARAVAN_CONFIG names it\n"                                             \
    "      --set NAME=VALUE     set one of them; over the file and the environment\n"

struct options_common {                /* all zero at first */
    const char *config_path, *brokers; /* NULL: not given */
    const char *assignments[OPTIONS_SET_MAX];
    size_t assignment_count;
};

/* Takes an option that getopt_long returned; false when it is none of these, or too many --set (then a sentence is
 * printed). */
bool options_common_take(struct options_common *options, int option, const char *value);

/* The exit code for what went wrong with Kafka: COMMANDS_USAGE where a setting is wrong, else COMMANDS_FAILED. */
int options_common_code(const struct kafka_error *error);

/* Defaults, then the file, the environment, the assignments; false with `error`. Says nothing. `config` is initialised
 * either way. */
bool options_common_parse(const struct options_common *options, struct config *config, char error[CONFIG_ERROR_BYTES]);
/* Defaults, then the file, the environment, the assignments: for a command that does without Kafka, so that nothing of
 * it need be set. False, and to be released, as with options_common_load. */
bool options_common_read(const struct options_common *options, const char *command, struct config *config);
/* The same and then checks the whole. False after a sentence on stderr that
 * begins with `command`: exit with COMMANDS_USAGE. `config` is initialised either way: config_release it. */
bool options_common_load(const struct options_common *options, const char *command, struct config *config);

/* A command that takes these options, --help and nothing else. */
struct options_common_command {
    const char *name, *help;
    int (*run)(const struct config *config); /* its exit code */
};

/* Reads the arguments, loads the configuration and runs it; its exit code. What is wrong is said on stderr. */
int options_common_command(int argc, char **argv, const struct options_common_command *command);

#endif
