/* --config FILE and --set NAME=VALUE, which every command that talks to Kafka takes. One owner. */
#ifndef CARAVAN_COMMANDS_OPTIONS_COMMON_H
#define CARAVAN_COMMANDS_OPTIONS_COMMON_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"

enum { OPTIONS_SET_MAX = 256, OPTIONS_CONFIG = 1000, OPTIONS_SET = 1001 };

/* For a command's getopt_long table. */
#define OPTIONS_COMMON_LONG                                                                                            \
    {"config", required_argument, NULL, OPTIONS_CONFIG}, {                                                             \
        "set", required_argument, NULL, OPTIONS_SET                                                                    \
    }

#define OPTIONS_COMMON_HELP                                                                                            \
    "      --config FILE        properties: name = value a line (`caravan run --help` lists them)\n"                   \
    "      --set NAME=VALUE     set one of them; over the file and the environment\n"

struct options_common { /* all zero at first */
    const char *config_path;
    const char *assignments[OPTIONS_SET_MAX];
    size_t assignment_count;
};

/* Takes an option that getopt_long returned; false when it is none of these, or too many --set (then a sentence is
 * printed). */
bool options_common_take(struct options_common *options, int option, const char *value);

/* Defaults, then the file, the environment, the assignments; checks the whole. False after a sentence on stderr that
 * begins with `command`: exit with COMMANDS_USAGE. `config` is initialised either way: config_release it. */
bool options_common_load(const struct options_common *options, const char *command, struct config *config);

#endif
