/* One order for all commands: defaults, file, environment, --set, -b; each wins over those before it. So a shared file
 * serves many workers, an orchestrator sets what differs, and a person overrides both for one call. */
#include "commands/options_common.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/printable.h"
#include "commands/arguments.h"
#include "commands/commands.h"
#include "kafka/properties.h"

/* POSIX leaves this declaration to the program. */
extern char **environ;

/* Values are only noted here: they are read behind the file, wherever they stand among the arguments. */
bool options_common_take(struct options_common *options, int option, const char *value) {
    if (option == OPTIONS_CONFIG) {
        options->config_path = value;
        return true;
    }
    if (option == OPTIONS_BROKERS) {
        options->brokers = value;
        return true;
    }
    if (option == OPTIONS_SET && options->assignment_count < OPTIONS_SET_MAX) {
        options->assignments[options->assignment_count++] = value;
        return true;
    }
    if (option == OPTIONS_SET) {
        printable_say(stderr, "caravan: more than %d --set; put them into a file", OPTIONS_SET_MAX);
    } else {
        printable_say(stderr, "`caravan COMMAND --help` lists the options of a command");
    }
    return false;
}

int options_common_code(const struct kafka_error *error) {
    return error->misconfigured ? COMMANDS_USAGE : COMMANDS_FAILED;
}

/* The file that was named, here or by the environment. An empty variable is none: that is how a container's template
 * leaves it out. */
static const char *path_of(const struct options_common *options) {
    const char *named = getenv("CARAVAN_CONFIG");
    return options->config_path != NULL ? options->config_path : named != NULL && *named != '\0' ? named : NULL;
}

/* By way of --set, so that the value is judged and told as any other; -b is where an error says it stood. */
static bool set_brokers(struct config *config, const char *brokers, char error[CONFIG_ERROR_BYTES]) {
    struct buffer assignment = {0};
    buffer_printf(&assignment, "kafka.bootstrap.servers=%s", brokers);
    buffer_append_byte(&assignment, '\0');
    bool good = config_set(config, assignment.data, "-b", error);
    buffer_release(&assignment);
    return good;
}

bool options_common_parse(const struct options_common *options, struct config *config, char error[CONFIG_ERROR_BYTES]) {
    const char *path = path_of(options);
    config_init(config);
    bool good =
        (path == NULL || config_read_file(config, path, error)) && config_read_environment(config, environ, error);
    for (size_t i = 0; good && i < options->assignment_count; i++) {
        good = config_set(config, options->assignments[i], "--set", error);
    }
    return good && (options->brokers == NULL || set_brokers(config, options->brokers, error));
}

/* The command's name is set behind the parsing, which begins with an empty struct; it goes into the client id, by which
 * brokers and `caravan lag` tell who is who. */
bool options_common_read(const struct options_common *options, const char *command, struct config *config) {
    char error[CONFIG_ERROR_BYTES];
    bool good = options_common_parse(options, config, error);
    config->command = command;
    if (!good) {
        printable_say(stderr, "caravan %s: %s", command, error);
    }
    return good;
}

bool options_common_load(const struct options_common *options, const char *command, struct config *config) {
    char error[CONFIG_ERROR_BYTES];
    bool good = options_common_parse(options, config, error) && config_finish(config, error);
    struct kafka_error refused;
    config->command = command;
    /* librdkafka judges its own settings now, with the place where each was set: later it would be a client that cannot
     * be made, without a line number. */
    bool accepted = good && kafka_properties_check(config, &refused);
    if (!accepted) {
        printable_say(stderr, "caravan %s: %s", command, good ? refused.text : error);
    }
    return accepted;
}

int options_common_command(int argc, char **argv, const struct options_common_command *command) {
    static const struct option options[] = {OPTIONS_COMMON_LONG, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    struct options_common common = {0};
    struct config config;
    optind = 1;
    for (int option; (option = arguments_next(argc, argv, OPTIONS_COMMON_LETTERS, options)) != -1;) {
        if (option == 'h') {
            fputs(command->help, stdout);
            return COMMANDS_OK;
        }
        if (!options_common_take(&common, option, optarg)) {
            return COMMANDS_USAGE;
        }
    }
    if (optind < argc) {
        printable_say(stderr, "caravan %s: `%s` is not an option; `caravan %s --help` lists them", command->name,
                      argv[optind], command->name);
        return COMMANDS_USAGE;
    }
    int code = options_common_load(&common, command->name, &config) ? command->run(&config) : COMMANDS_USAGE;
    config_release(&config);
    return code;
}
