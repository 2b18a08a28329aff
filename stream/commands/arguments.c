/* getopt_long prints its own complaints, quoting the word as it came, and a word may hold what steers a terminal
 * (contract 9.1). So it is kept silent here, and what it stumbled over is found again from optind. The library is kept
 * for the rest: bundled letters, `--name=value`, shortened names, arguments between options. */
#include "commands/arguments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "config/nearest.h"

/* getopt_long returns the same '?' for a name that nobody knows and for the beginning of several names, so the sentence
 * allows for both where no name is near. */
static void say_unknown(const char *command, const char *given, const struct option *options) {
    struct nearest nearest = {0};
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(given + 2, "="), given + 2);
    for (; options->name != NULL; options++) {
        nearest_offer(&nearest, name, options->name);
    }
    if (nearest.name != NULL) {
        printable_say(stderr, "caravan %s: option %s is not one of this command; did you mean --%s?", command, given,
                      nearest.name);
    } else {
        printable_say(stderr, "caravan %s: option %s is not one of this command, or could be several", command, given);
    }
}

/* `given` is the word that getopt_long stumbled over. */
static void complain(const char *command, const char *given, int option, const struct option *options) {
    if (strncmp(given, "--", 2) != 0) {
        printable_say(stderr, "caravan %s: option -%c %s", command, optopt,
                      option == ':' ? "needs a value" : "is not one of this command");
    } else if (option == ':') {
        printable_say(stderr, "caravan %s: option %s needs a value", command, given);
    } else if (optopt != 0) { /* known, so it was given a value */
        printable_say(stderr, "caravan %s: option %.*s takes no value", command, (int)strcspn(given, "="), given);
    } else {
        say_unknown(command, given, options);
    }
}

int arguments_next(int argc, char **argv, const char *letters, const struct option *options) {
    char silent[32] = ":"; /* getopt_long says nothing, and tells a missing value from an unknown option */
    int before = optind;
    strncat(silent, letters, sizeof silent - 2);
    int option = getopt_long(argc, argv, silent, options, NULL);
    if (option == '?' || option == ':') {
        complain(argv[0], argv[optind > before ? optind - 1 : optind], option, options);
        return '?';
    }
    return option;
}

/* Zero is no number here: each option that comes this way counts something of which none makes no sense. What strtol
 * cannot hold it clips to LONG_MAX, which is above every `max` in use. */
bool arguments_number(const char *command, const char *option, const char *value, long max, long *out) {
    char *end;
    *out = strtol(value, &end, 10);
    bool good = end != value && *end == '\0' && *out >= 1 && *out <= max;
    if (!good) {
        printable_say(stderr, "caravan %s: --%s: `%s` is not a number from 1 to %ld", command, option, value, max);
    }
    return good;
}
