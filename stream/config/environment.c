/* Options from environment variables. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "config/nearest.h"
#include "config/options.h"

static const char PREFIX[] = "CARAVAN_";
static const char KAFKA[] = "KAFKA_";

/* Variables that the scripts of this repository read. */
static const char *const SCRIPTS[] = {"TEST_",       "BENCH_",   "DEMO_",    "DEPS_", "BUILD_",
                                      "LIBRDKAFKA_", "WITHOUT_", "SANITIZE", "LONG",  "ONLY"};

static bool begins(const char *text, const char *start) {
    return strncmp(text, start, strlen(start)) == 0;
}

static bool ends(const char *text, const char *end) {
    size_t len = strlen(text), end_len = strlen(end);
    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/* Kubernetes tells each pod the addresses of its namespace's services; one called caravan looks like an option. */
static bool is_kubernetes(const char *name) {
    return ends(name, "SERVICE_HOST") || strstr(name, "SERVICE_PORT") != NULL || strcmp(name, "PORT") == 0 ||
           ends(name, "_PORT") || begins(name, "PORT_") || strstr(name, "_PORT_") != NULL;
}

static bool is_for_others(const char *name) {
    for (size_t i = 0; i < sizeof SCRIPTS / sizeof SCRIPTS[0]; i++) {
        if (begins(name, SCRIPTS[i])) {
            return true;
        }
    }
    return is_kubernetes(name);
}

/* An option's name as a variable's: MERGE_POLICY. */
static void to_variable(const char *option, char *out, size_t bytes) {
    size_t i = 0;
    for (; option[i] != '\0' && i + 1 < bytes; i++) {
        out[i] = option[i] == '.' ? '_' : (char)toupper((unsigned char)option[i]);
    }
    out[i] = '\0';
}

static const struct option *find(const char *variable) {
    for (size_t i = 0; i < OPTION_COUNT_ALL; i++) {
        char name[64];
        to_variable(OPTIONS[i].name, name, sizeof name);
        if (strcmp(name, variable) == 0) {
            return &OPTIONS[i];
        }
    }
    return NULL;
}

/* A variable's name as an option's, but for '_' that stays '_' there: near enough to find the one that was meant. The
 * caller frees it. */
static char *to_option(const char *variable) {
    char *name = alloc_copy(variable, strlen(variable));
    for (char *c = name; *c != '\0'; c++) {
        *c = *c == '_' ? '.' : (char)tolower((unsigned char)*c);
    }
    return name;
}

static bool unknown(const char *variable, const char *where, char error[CONFIG_ERROR_BYTES]) {
    struct nearest nearest = {0};
    char *name = to_option(variable);
    for (size_t i = 0; i < OPTION_COUNT_ALL; i++) {
        nearest_offer(&nearest, name, OPTIONS[i].name);
    }
    free(name);
    if (nearest.name != NULL) {
        char meant[64];
        to_variable(nearest.name, meant, sizeof meant);
        snprintf(error, CONFIG_ERROR_BYTES, "%s: no option has this name; did you mean %s%s?", where, PREFIX, meant);
    } else {
        snprintf(error, CONFIG_ERROR_BYTES, "%s: no option has this name", where);
    }
    return false;
}

static bool set_variable(struct config *config, const char *name, const char *value, char error[CONFIG_ERROR_BYTES]) {
    char where[128];
    snprintf(where, sizeof where, "environment: %s%s", PREFIX, name);
    if (begins(name, KAFKA)) {
        char *property = to_option(name);
        bool done = config_set_value(config, property, value, where, error);
        free(property);
        return done;
    }
    const struct option *option = find(name);
    if (option != NULL) {
        return config_set_value(config, option->name, value, where, error);
    }
    return is_for_others(name) || unknown(name, where, error);
}

bool config_read_environment(struct config *config, char **environment, char error[CONFIG_ERROR_BYTES]) {
    for (; *environment != NULL; environment++) {
        const char *sign = strchr(*environment, '=');
        if (!begins(*environment, PREFIX) || sign == NULL) {
            continue;
        }
        const char *name = *environment + sizeof PREFIX - 1;
        char *copy = alloc_copy(name, (size_t)(sign - name));
        bool good = set_variable(config, copy, sign + 1, error);
        free(copy);
        if (!good) {
            return false;
        }
    }
    return true;
}
