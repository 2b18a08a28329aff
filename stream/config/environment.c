/* Options from environment variables. Every variable that begins with CARAVAN_ is looked at, not only those that
 * options ask for: a misspelt one must not be passed over in silence. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "config/nearest.h"
#include "config/options.h"

static const char PREFIX[] = "CARAVAN_";
static const char KAFKA[] = "KAFKA_";

/* CARAVAN_CONFIG, which names the file (commands/options_common.c). */
static const char CONFIG[] = "CONFIG";

/* Variables that the scripts of this repository read. By what they begin with. Options are looked for first, so none is
 * hidden by these; but a misspelt one that begins alike passes unnoticed. */
static const char *const SCRIPTS[] = {"TEST_",       "BENCH_",   "DEMO_",    "DEPS_", "BUILD_",
                                      "LIBRDKAFKA_", "WITHOUT_", "SANITIZE", "LONG",  "ONLY"};

static bool begins(const char *text, const char *start) {
    return strncmp(text, start, strlen(start)) == 0;
}

static bool ends(const char *text, const char *end) {
    size_t len = strlen(text), end_len = strlen(end);
    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

/* "9092_TCP", "9092_TCP_ADDR": what stands behind SERVICE_PORT_ for each port. */
static bool is_port(const char *text) {
    static const char *const protocols[] = {"_TCP", "_UDP", "_SCTP"}, *const parts[] = {"", "_PROTO", "_PORT", "_ADDR"};
    size_t digits = strspn(text, "0123456789");
    for (size_t i = 0; digits > 0 && i < sizeof protocols / sizeof protocols[0]; i++) {
        const char *rest = text + digits + strlen(protocols[i]);
        for (size_t k = 0; begins(text + digits, protocols[i]) && k < sizeof parts / sizeof parts[0]; k++) {
            if (strcmp(rest, parts[k]) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* Kubernetes tells each pod the addresses of its namespace's services; those of a service whose name begins with
 * caravan look like options: caravan, caravan-kafka, caravan-kafka-bootstrap, ... `variable` is the whole name. A
 * `..._PORT` counts only with an address as its value (tcp://10.0.0.7:9092), since an option of ours may end like
 * that. */
static bool is_kubernetes(const char *variable, const char *value) {
    static const char port[] = "_PORT", service_port[] = "_SERVICE_PORT";
    const char *named = strstr(variable, service_port);
    if (ends(variable, "_SERVICE_HOST") || ends(variable, service_port) ||
        (named != NULL && named[sizeof service_port - 1] == '_') ||
        (ends(variable, port) && strstr(value, "://") != NULL)) {
        return true;
    }
    for (const char *at = variable; (at = strstr(at, port)) != NULL;) {
        at += sizeof port - 1;
        if (*at == '_' && is_port(at + 1)) {
            return true;
        }
    }
    return false;
}

static bool is_for_others(const char *name) {
    for (size_t i = 0; i < sizeof SCRIPTS / sizeof SCRIPTS[0]; i++) {
        if (begins(name, SCRIPTS[i])) {
            return true;
        }
    }
    return strcmp(name, CONFIG) == 0;
}

/* An option's name as a variable's: MERGE_POLICY. */
static void to_variable(const char *option, char *out, size_t bytes) {
    size_t i = 0;
    for (; option[i] != '\0' && i + 1 < bytes; i++) {
        out[i] = option[i] == '.' ? '_' : (char)toupper((unsigned char)option[i]);
    }
    out[i] = '\0';
}

/* Each option's name is turned into a variable's, not the other way round: '_' stands for '.' and for itself
 * (limits.message_bytes), so the way back is not one. */
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

/* An empty variable is one that is not set: that is how compose files and charts leave things out. */
static bool set_variable(struct config *config, const char *name, const char *value, char error[CONFIG_ERROR_BYTES]) {
    char where[128];
    snprintf(where, sizeof where, "environment: %s%s", PREFIX, name);
    /* Settings of librdkafka that take text have dots only, so here the way back is one. */
    if (begins(name, KAFKA)) {
        char *property = to_option(name);
        bool done = *value == '\0' || config_set_value(config, property, slice_of(value), where, error);
        free(property);
        return done;
    }
    const struct option *option = find(name);
    if (option != NULL) {
        return *value == '\0' || config_set_value(config, option->name, slice_of(value), where, error);
    }
    return is_for_others(name) || unknown(name, where, error);
}

/* One "CARAVAN_NAME=value". The line break that a secret's file ends with is not part of it. */
static bool read_variable(struct config *config, const char *variable, const char *sign,
                          char error[CONFIG_ERROR_BYTES]) {
    char *name = alloc_copy(variable, (size_t)(sign - variable));
    size_t len = strlen(sign + 1);
    while (len > 0 && strchr("\r\n", sign[len]) != NULL) {
        len--;
    }
    char *value = alloc_copy(sign + 1, len);
    bool good = is_kubernetes(name, value) || set_variable(config, name + sizeof PREFIX - 1, value, error);
    free(name);
    free(value);
    return good;
}

bool config_read_environment(struct config *config, char **environment, char error[CONFIG_ERROR_BYTES]) {
    config->reading = CONFIG_FROM_ENVIRONMENT;
    for (; *environment != NULL; environment++) {
        const char *sign = strchr(*environment, '=');
        if (!begins(*environment, PREFIX) || sign == NULL) {
            continue;
        }
        if (!read_variable(config, *environment, sign, error)) {
            return false;
        }
    }
    return true;
}
