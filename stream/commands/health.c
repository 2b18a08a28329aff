/* caravan health: asks a worker's HTTP server, for a container's health check and for scripts. An image without a shell
 * has no curl, so the binary asks itself. What "ready" and "alive" mean is judged by the worker (http/health.h); here
 * only the status counts, and the body is for whoever reads the check's output. */
#include <stdio.h>
#include <stdlib.h>

#include "base/printable.h"
#include "commands/arguments.h"
#include "commands/commands.h"
#include "commands/options_common.h"
#include "http/client.h"
#include "http/health.h"

static const char HELP[] =
    "usage: caravan health [OPTION...]\n\n"
    "Asks the worker that listens on http.listen whether it is ready: in its group,\n"
    "its partitions restored, the brokers answering, nothing that is due uncommitted.\n"
    "Prints what it answers.\n\n"
    "      --alive              ask whether it is alive instead: whether its\n"
    "                           threads move\n"
    "      --timeout DURATION   how long to wait for the answer (default: 5s)\n" OPTIONS_COMMON_HELP
    "  -h, --help               this text\n\n"
    "Exit: 0 yes; 1 no, or there is no answer; 2 wrong usage or configuration.\n";

enum { OPTION_ALIVE = 256, OPTION_TIMEOUT, TIMEOUT_MS = 5000, TIMEOUT_MS_MAX = 600000 };

static const struct option OPTIONS[] = {
    {"alive", no_argument, NULL, OPTION_ALIVE},
    {"timeout", required_argument, NULL, OPTION_TIMEOUT},
    OPTIONS_COMMON_LONG,
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

/* An empty http.listen is told as a mistake of the configuration, not as "no": the worker may be well. */
static int ask(const struct config *config, const char *path, int timeout_ms) {
    struct address address;
    struct buffer body = {0};
    char error[HTTP_ERROR_BYTES];
    if (*config->http_listen == '\0' || !address_parse(config->http_listen, &address)) {
        printable_say(stderr, "caravan health: http.listen is empty: such a worker cannot be asked");
        return COMMANDS_USAGE;
    }
    /* A worker may listen on every address of its container; from inside it is found on the loopback one. */
    address = address_to_ask(&address);
    unsigned status = http_get(&(struct http_question){&address, path, NULL, timeout_ms}, &body, error);
    if (status == 0) {
        printable_say(stderr, "caravan health: %s", error);
    } else {
        printable_put_lines(stdout, buffer_slice(&body));
    }
    buffer_release(&body);
    /* 503 with a body is an answer too, and it is no. No answer at all is no as well: who does not answer in time is
     * neither ready nor alive. */
    return status == 200 ? COMMANDS_OK : COMMANDS_FAILED;
}

/* False after a sentence. */
static bool take_timeout(const char *value, int *timeout_ms) {
    int64_t ms;
    if (!config_parse_duration(slice_of(value), &ms) || ms < 1 || ms > TIMEOUT_MS_MAX) {
        printable_say(stderr, "caravan health: --timeout '%s': a time such as 500ms or 5s is needed, at most 10min",
                      value);
        return false;
    }
    *timeout_ms = (int)ms;
    return true;
}

int command_health(int argc, char **argv) {
    struct options_common common = {0};
    struct config config;
    const char *path = "/readyz";
    int timeout_ms = TIMEOUT_MS;
    optind = 1;
    for (int option; (option = arguments_next(argc, argv, OPTIONS_COMMON_LETTERS, OPTIONS)) != -1;) {
        if (option == 'h') {
            fputs(HELP, stdout);
            return COMMANDS_OK;
        }
        if (option == OPTION_ALIVE) {
            path = "/healthz";
        } else if (option == OPTION_TIMEOUT) {
            if (!take_timeout(optarg, &timeout_ms)) {
                return COMMANDS_USAGE;
            }
        } else if (!options_common_take(&common, option, optarg)) {
            return COMMANDS_USAGE;
        }
    }
    if (optind < argc) {
        printable_say(stderr, "caravan health: `%s` is not an option; `caravan health --help` lists them",
                      argv[optind]);
        return COMMANDS_USAGE;
    }
    /* Read, not load: http.listen is all that is needed, and a check must not fail for a setting that only a worker
     * needs. */
    int code = options_common_read(&common, "health", &config) ? ask(&config, path, timeout_ms) : COMMANDS_USAGE;
    config_release(&config);
    return code;
}
