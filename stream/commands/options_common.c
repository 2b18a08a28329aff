#include "commands/options_common.h"

#include <stdio.h>

#include "kafka/properties.h"

extern char **environ;

bool options_common_take(struct options_common *options, int option, const char *value) {
    if (option == OPTIONS_CONFIG) {
        options->config_path = value;
        return true;
    }
    if (option == OPTIONS_SET && options->assignment_count < OPTIONS_SET_MAX) {
        options->assignments[options->assignment_count++] = value;
        return true;
    }
    if (option == OPTIONS_SET) {
        fprintf(stderr, "caravan: more than %d --set; put them into a file\n", OPTIONS_SET_MAX);
    } else {
        fputs("`caravan COMMAND --help` lists the options of a command\n", stderr);
    }
    return false;
}

bool options_common_load(const struct options_common *options, const char *command, struct config *config) {
    char error[CONFIG_ERROR_BYTES];
    config_init(config);
    bool good = (options->config_path == NULL || config_read_file(config, options->config_path, error)) &&
                config_read_environment(config, environ, error);
    for (size_t i = 0; good && i < options->assignment_count; i++) {
        good = config_set(config, options->assignments[i], "--set", error);
    }
    good = good && config_finish(config, error);
    struct kafka_error refused;
    bool accepted = good && kafka_properties_check(config, &refused);
    if (!accepted) {
        fprintf(stderr, "caravan %s: %s\n", command, good ? refused.text : error);
    }
    return accepted;
}
