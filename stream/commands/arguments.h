/* Arguments of a command: getopt_long, whose complaints quote what was given, but said through base/printable.h. */
#ifndef CARAVAN_COMMANDS_ARGUMENTS_H
#define CARAVAN_COMMANDS_ARGUMENTS_H

#include <getopt.h>
#include <stdbool.h>

/* The next option as getopt_long returns it (`letters` without a colon in front); '?' after a sentence on stderr that
 * begins with the command's name, argv[0]. Set optind to 1 before the first. */
int arguments_next(int argc, char **argv, const char *letters, const struct option *options);
/* The value of an option that is a number from 1 to `max`; false after a sentence on stderr. */
bool arguments_number(const char *command, const char *option, const char *value, long max, long *out);

#endif
