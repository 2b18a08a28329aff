/* caravan run: a worker on Kafka. Here is what surrounds a worker: its configuration, log, signals and HTTP server,
 * each begun before it and ended after it. The worker itself is worker/worker.c. */
#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/printable.h"
#include "base/signals.h"
#include "commands/arguments.h"
#include "commands/commands.h"
#include "commands/options_common.h"
#include "commands/reload.h"
#include "commands/version.h"
#include "http/http.h"
#include "kafka/properties.h"
#include "partition/partition.h"
#include "sign/sign.h"
#include "worker/worker.h"

static const char HELP_HEAD[] = "usage: caravan run [--check] [OPTION...]\n\n"
                                "Runs one worker of a consumer group until SIGTERM or SIGINT; any number may run\n"
                                "side by side. It finishes the epoch, brings its checkpoints up to date and\n"
                                "leaves; a second signal ends it at once. At SIGHUP it reads log.level again.\n\n"
                                "      --check              read the configuration, print what is in force, and\n"
                                "                           end: no broker is asked\n" OPTIONS_COMMON_HELP
                                "      --help-markdown      the options below as a Markdown table\n"
                                "  -h, --help               this text\n\n"
                                "Exit: 0 stopped by a signal (all committed, but for what shutdown.timeout cut\n"
                                "off: the next life reads it again); 1 the cluster cannot be used; 2 wrong usage\n"
                                "or configuration; 3 refused: what the topics hold contradicts what was\n"
                                "committed, the log says what and the ways out; 4 another life has this\n"
                                "worker.id: start it again; 5 the cluster refuses for good, the log says what is\n"
                                "to be changed first; 128 + N a second signal N.\n\n"
                                "Options, in the file, as CARAVAN_MERGE_POLICY-like environment variables, or by\n"
                                "--set:\n\n";

enum { OPTION_MARKDOWN = 256, OPTION_CHECK };

static const struct option OPTIONS[] = {
    OPTIONS_COMMON_LONG,
    {"check", no_argument, NULL, OPTION_CHECK},
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

/* A line says what runs where and how far from the defaults; all options stand in the log too, but at a level that one
 * turns on when something is wrong. config_describe hides secrets. */
static void log_configuration(const struct config *config) {
    struct buffer text = {0};
    const char *brokers = config_property(config, "bootstrap.servers");
    log_line(LOG_INFO, "config", "caravan %s runs worker %s of group %s: %s to %s on %s; options changed: %u",
             version_text(), config->worker_id, config->group, config->topics[CONFIG_TOPIC_INPUT],
             config->topics[CONFIG_TOPIC_CLEARANCES], brokers == NULL ? "its brokers" : brokers,
             config_changed_count(config));
    config_describe(config, &text);
    /* The log has a line an entry, and the description a line an option. */
    for (char *line = text.data, *end; text.len > 0 && line < text.data + text.len; line = end + 1) {
        end = memchr(line, '\n', (size_t)(text.data + text.len - line));
        end = end == NULL ? text.data + text.len : end;
        log_line(LOG_DEBUG, "config", "%.*s", (int)(end - line), line);
    }
    buffer_release(&text);
}

_Static_assert((int)WORKER_STOPPED == COMMANDS_OK && (int)WORKER_FAILED == COMMANDS_FAILED &&
                   (int)WORKER_MISCONFIGURED == COMMANDS_USAGE && (int)WORKER_REFUSED == COMMANDS_REFUSED &&
                   (int)WORKER_FENCED == COMMANDS_FENCED && (int)WORKER_BLOCKED == COMMANDS_BLOCKED,
               "a worker's end is its exit code");

/* A partition without a single train must have room: else reading would be paused before the first event, for ever.
 * Partitions are not known yet, so one stands for all: more of them than fit wait for room later. */
static bool has_room(const struct config *config) {
    uint64_t needed = partition_empty_bytes(config->seen_entries);
    if (config->state_bytes_max < needed) {
        fprintf(stderr,
                "caravan run: state.bytes_max is %" PRIu64 " bytes, but one partition without any train takes %" PRIu64
                ": raise it, or lower pipeline.seen_entries\n",
                config->state_bytes_max, needed);
    }
    return config->state_bytes_max >= needed;
}

/* False after a sentence. The worker reads the key itself, so this one is thrown away: only `--check` asks, before
 * anything runs. */
static bool check_sign_key(const struct config *config) {
    char wrong[SIGN_ERROR_BYTES];
    const char *path = config->sign_key_file;
    bool is_set = path != NULL && *path != '\0';
    struct sign_key *key = is_set ? sign_key_read(path, wrong) : NULL;
    bool good = !is_set || key != NULL;
    if (!good) {
        printable_say(stderr, "caravan run: sign.key %s", wrong);
    }
    sign_key_free(key);
    return good;
}

/* What is in force, as a file would say it; secrets are not shown. kafka_properties_try makes a client, which reads
 * certificates and keys: most of what is wrong with them shows there. No broker is asked, so that a configuration can
 * be checked where it is written. */
static int check(const struct config *config) {
    char wrong[HTTP_ERROR_BYTES];
    struct kafka_error refused;
    struct buffer text = {0};
    /* Each check stops at its first fault: one sentence is what a person can act on. */
    bool good = http_check(config, wrong);
    if (!good || !kafka_properties_try(config, &refused)) {
        printable_say(stderr, "caravan run: %s", good ? refused.text : wrong);
        return COMMANDS_USAGE;
    }
    if (!check_sign_key(config)) {
        return COMMANDS_USAGE;
    }
    config_describe(config, &text);
    printable_put_lines(stdout, buffer_slice(&text));
    buffer_release(&text);
    return COMMANDS_OK;
}

/* A board stands between worker and server: the one writes it, the other reads it, and neither waits. So it is made
 * before both and freed behind both. */
static int run(const struct config *config, const struct options_common *common) {
    /* A stop before the worker takes the signals over has nothing to bring to an end: that is a good end as well. */
    signals_set_code(COMMANDS_OK);
    alloc_whole_heaps();
    log_set_level((enum log_level)config->log_level);
    log_set_format((enum log_format)config->log_format);
    log_configuration(config);
    reload_start(common);
    char error[HTTP_ERROR_BYTES];
    struct http *http;
    struct board *board = board_new(config->lanes);
    int code = COMMANDS_USAGE;
    /* From the first moment on: while partitions are restored, which may take minutes, /healthz has to answer, or an
     * orchestrator kills a worker that is well. */
    if (http_start(config, board, &http, error)) {
        /* Without a server nobody looks at the board, and the worker spares the work of keeping it. */
        code = (int)worker_run(config, http == NULL ? NULL : board);
        http_stop(http);
    } else {
        log_line(LOG_ERROR, "http", "%s", error);
    }
    board_free(board);
    reload_stop();
    return code;
}

int command_run(int argc, char **argv) {
    struct options_common common = {0};
    struct config config;
    bool only_check = false;
    /* Before --help and parsing too: it is the first thing of this command, so no thread can be earlier. */
    reload_hold();
    optind = 1;
    for (int option; (option = arguments_next(argc, argv, OPTIONS_COMMON_LETTERS, OPTIONS)) != -1;) {
        if (option == 'h' || option == OPTION_MARKDOWN) {
            return print_help(option == OPTION_MARKDOWN);
        }
        only_check = only_check || option == OPTION_CHECK;
        if (option != OPTION_CHECK && !options_common_take(&common, option, optarg)) {
            return COMMANDS_USAGE;
        }
    }
    if (optind < argc) {
        printable_say(stderr, "caravan run: `%s` is not an option; `caravan run --help` lists them", argv[optind]);
        return COMMANDS_USAGE;
    }
    int code = COMMANDS_USAGE;
    if (options_common_load(&common, "run", &config) && has_room(&config)) {
        code = only_check ? check(&config) : run(&config, &common);
    }
    config_release(&config);
    return code;
}
