/* caravan run: a worker on Kafka. */
#include <stdio.h>

#include "base/log.h"
#include "commands/commands.h"
#include "commands/options_common.h"
#include "pipeline/worker.h"

static const char HELP_HEAD[] =
    "usage: caravan run [--config FILE] [--set NAME=VALUE]...\n\n"
    "Runs one worker of a consumer group until SIGTERM or SIGINT; any number may run side by side. It finishes the "
    "epoch, brings its\n"
    "checkpoints up to date and leaves; a second signal ends it at once.\n\n" OPTIONS_COMMON_HELP
    "      --help-markdown      the options below as a Markdown table\n"
    "  -h, --help               this text\n\n"
    "Exit: 0 stopped by a signal (all committed, but for what shutdown.timeout cut off: the next life reads it "
    "again);\n"
    "1 the cluster cannot be used; 2 wrong usage or configuration; 3 refused: what the topics hold contradicts what "
    "was\n"
    "committed, the log says what and the ways out; 4 fenced or a fatal client error: start it again; 128 + N a "
    "second\n"
    "signal N.\n\n"
    "Options, in the file, as CARAVAN_MERGE_POLICY-like environment variables, or by --set:\n\n";

enum { OPTION_MARKDOWN = 256 };

static const struct option OPTIONS[] = {
    OPTIONS_COMMON_LONG,
    {"help-markdown", no_argument, NULL, OPTION_MARKDOWN},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static int print_help(bool markdown) {
    struct buffer text = {0};
    if (markdown) {
        config_markdown(&text);
    } else {
        buffer_append_text(&text, HELP_HEAD);
        config_help(&text);
    }
    fwrite(text.data, 1, text.len, stdout);
    buffer_release(&text);
    return COMMANDS_OK;
}

static void log_configuration(const struct config *config) {
    struct buffer text = {0};
    config_describe(config, &text);
    for (char *line = text.data, *end; text.len > 0 && line < text.data + text.len; line = end + 1) {
        end = memchr(line, '\n', (size_t)(text.data + text.len - line));
        end = end == NULL ? text.data + text.len : end;
        log_line(LOG_INFO, "config", "%.*s", (int)(end - line), line);
    }
    buffer_release(&text);
}

static int run(const struct config *config) {
    static const int codes[] = {
        [WORKER_STOPPED] = COMMANDS_OK,
        [WORKER_FAILED] = COMMANDS_FAILED,
        [WORKER_REFUSED] = COMMANDS_REFUSED,
        [WORKER_FENCED] = COMMANDS_FENCED,
    };
    log_set_level((enum log_level)config->log_level);
    log_configuration(config);
    return codes[worker_run(config)];
}

int command_run(int argc, char **argv) {
    struct options_common common = {0};
    struct config config;
    optind = 1;
    for (int option; (option = getopt_long(argc, argv, "h", OPTIONS, NULL)) != -1;) {
        if (option == 'h' || option == OPTION_MARKDOWN) {
            return print_help(option == OPTION_MARKDOWN);
        }
        if (!options_common_take(&common, option, optarg)) {
            return COMMANDS_USAGE;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "caravan run: `%s` is not an option; `caravan run --help` lists them\n", argv[optind]);
        return COMMANDS_USAGE;
    }
    bool good = options_common_load(&common, "run", &config);
    int code = good ? run(&config) : COMMANDS_USAGE;
    config_release(&config);
    return code;
}
