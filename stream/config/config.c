#include "config/config.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "config/nearest.h"
#include "config/options.h"

enum { SHOWN_NAME_BYTES_MAX = 80 };

static const char KAFKA_PREFIX[] = "kafka.";

static bool fail(char error[CONFIG_ERROR_BYTES], const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool fail(char error[CONFIG_ERROR_BYTES], const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(error, CONFIG_ERROR_BYTES, format, args);
    va_end(args);
    return false;
}

/* ---- one value */

static void *field_of(struct config *config, const struct option *option) {
    return (char *)config + option->field;
}

static bool is_name(struct slice value, uint64_t max) {
    for (size_t i = 0; i < value.len; i++) {
        char c = value.data[i];
        if (!isalnum((unsigned char)c) && c != '.' && c != '_' && c != '-') {
            return false;
        }
    }
    return value.len <= max && !slice_equal(value, SLICE(".")) && !slice_equal(value, SLICE(".."));
}

/* The index of `value` among the words of `choices`, or -1. */
static int choice_index(const char *choices, struct slice value) {
    int index = 0;
    for (const char *word = choices; *word != '\0'; index++) {
        size_t len = strcspn(word, " ");
        if (slice_equal((struct slice){word, len}, value)) {
            return index;
        }
        word += len + (word[len] == ' ');
    }
    return -1;
}

static bool read_number(struct slice value, uint64_t *out) {
    bool digits = value.len > 0 && value.len <= 18;
    *out = 0;
    for (size_t i = 0; i < value.len && digits; i++) {
        digits = value.data[i] >= '0' && value.data[i] <= '9';
        *out = *out * 10 + (uint64_t)(value.data[i] - '0');
    }
    return digits;
}

/* Reads the number of an option, in its own unit. */
static bool read_scalar(const struct option *option, struct slice value, uint64_t *out) {
    int64_t ms;
    switch (option->type) {
    case OPTION_BYTES: return config_parse_bytes(value, out);
    case OPTION_DURATION:
        if (!config_parse_duration(value, &ms)) {
            return false;
        }
        *out = (uint64_t)ms;
        return true;
    default: return read_number(value, out);
    }
}

static const char *wanted(const struct option *option) {
    switch (option->type) {
    case OPTION_BYTES: return "a size with its unit, such as 256MiB (B, KiB, MiB, GiB, TiB)";
    case OPTION_DURATION: return "a time with its unit, such as 100ms or 6h (ms, s, min, h, d)";
    default: return "a whole number";
    }
}

static void store_scalar(void *field, enum option_type type, uint64_t value) {
    switch (type) {
    case OPTION_DAYS: *(int32_t *)field = (int32_t)value; break;
    case OPTION_LANES: *(uint32_t *)field = (uint32_t)value; break;
    case OPTION_DURATION: *(int64_t *)field = (int64_t)value; break;
    default: *(uint64_t *)field = value;
    }
}

static bool set_scalar(struct config *config, const struct option *option, struct slice value, const char *where,
                       char error[CONFIG_ERROR_BYTES]) {
    uint64_t number;
    if (!read_scalar(option, value, &number)) {
        return fail(error, "%s: %s = '%.*s': %s is needed", where, option->name, (int)value.len, value.data,
                    wanted(option));
    }
    if (number < option->min || number > option->max) {
        struct buffer range = {0};
        option_write_range(option, &range);
        fail(error, "%s: %s = '%.*s': out of range (%.*s)", where, option->name, (int)value.len, value.data,
             (int)range.len, range.data);
        buffer_release(&range);
        return false;
    }
    store_scalar(field_of(config, option), option->type, number);
    return true;
}

static bool set_choice(struct config *config, const struct option *option, struct slice value, const char *where,
                       char error[CONFIG_ERROR_BYTES]) {
    int index = choice_index(option->choices, value);
    if (index < 0) {
        return fail(error, "%s: %s = '%.*s': not one of: %s", where, option->name, (int)value.len, value.data,
                    option->choices);
    }
    if (option->type == OPTION_SWITCH) {
        *(bool *)field_of(config, option) = index == 1;
    } else {
        *(int *)field_of(config, option) = index;
    }
    return true;
}

static bool set_name(struct config *config, const struct option *option, struct slice value, const char *where,
                     char error[CONFIG_ERROR_BYTES]) {
    if (value.len < option->min || !is_name(value, option->max)) {
        return fail(error, "%s: %s = '%.*s': 1 to %d letters, digits, '.', '_' or '-' are needed", where, option->name,
                    (int)value.len, value.data, (int)option->max);
    }
    char **field = field_of(config, option);
    free(*field);
    *field = alloc_copy(value.data, value.len);
    return true;
}

static bool set_option(struct config *config, const struct option *option, struct slice value, const char *where,
                       char error[CONFIG_ERROR_BYTES]) {
    switch (option->type) {
    case OPTION_NAME: return set_name(config, option, value, where, error);
    case OPTION_CHOICE:
    case OPTION_SWITCH: return set_choice(config, option, value, where, error);
    default: return set_scalar(config, option, value, where, error);
    }
}

/* ---- kafka.* */

static struct config_property *property_find(const struct config *config, const char *name) {
    for (size_t i = 0; i < config->property_count; i++) {
        if (strcmp(config->properties[i].name, name) == 0) {
            return &config->properties[i];
        }
    }
    return NULL;
}

static struct config_property *property_made(struct config *config, const char *name) {
    struct config_property *property = property_find(config, name);
    if (property == NULL) {
        config->properties = alloc_resize(config->properties, config->property_count + 1, sizeof *config->properties);
        property = &config->properties[config->property_count++];
        *property = (struct config_property){.name = alloc_copy(name, strlen(name))};
    }
    return property;
}

static bool set_property(struct config *config, const char *name, struct slice value, const char *where,
                         char error[CONFIG_ERROR_BYTES]) {
    const struct owned_property *owned = owned_property_find(name);
    if (owned != NULL) {
        return fail(error, "%s: kafka.%s cannot be set: %s", where, name, owned->reason);
    }
    struct config_property *property = property_made(config, name);
    free(property->value);
    free(property->where);
    property->value = alloc_copy(value.data, value.len);
    property->where = alloc_copy(where, strlen(where));
    return true;
}

const char *config_property(const struct config *config, const char *name) {
    const struct config_property *property = property_find(config, name);
    return property == NULL ? NULL : property->value;
}

bool config_is_secret(const char *name) {
    static const char *const marks[] = {"password",           "secret", "jaas", "token", "credential", ".key", "_key",
                                        "oauthbearer.config", "private"};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (strcasestr(name, marks[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* ---- assignments */

/* What stands where a name should may be a piece of a secret, so only what looks like a name is shown. */
static bool is_showable(const char *name) {
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-");
    return name[len] == '\0' && len > 0 && len <= SHOWN_NAME_BYTES_MAX;
}

static bool unknown(const char *name, const char *where, char error[CONFIG_ERROR_BYTES]) {
    struct nearest nearest = {0};
    if (!is_showable(name)) {
        return fail(error, "%s: this is not the name of an option", where);
    }
    for (size_t i = 0; i < OPTION_COUNT_ALL; i++) {
        nearest_offer(&nearest, name, OPTIONS[i].name);
    }
    if (nearest.name != NULL) {
        return fail(error, "%s: unknown option '%s'; did you mean '%s'?", where, name, nearest.name);
    }
    return fail(
        error, "%s: unknown option '%s' (caravan run --help lists them all; what is librdkafka's begins with 'kafka.')",
        where, name);
}

static bool set_named(struct config *config, const char *name, struct slice value, const char *where,
                      char error[CONFIG_ERROR_BYTES]) {
    if (memchr(value.data, '\0', value.len) != NULL) {
        return fail(error, "%s: a NUL byte in the value", where);
    }
    if (strncmp(name, KAFKA_PREFIX, sizeof KAFKA_PREFIX - 1) == 0 && is_showable(name)) {
        return set_property(config, name + sizeof KAFKA_PREFIX - 1, value, where, error);
    }
    const struct option *option = option_find(name);
    return option == NULL ? unknown(name, where, error) : set_option(config, option, value, where, error);
}

static struct slice trimmed(struct slice text) {
    while (text.len > 0 && isspace((unsigned char)text.data[0])) {
        text.data++;
        text.len--;
    }
    while (text.len > 0 && isspace((unsigned char)text.data[text.len - 1])) {
        text.len--;
    }
    return text;
}

static bool set_assignment(struct config *config, struct slice assignment, const char *where,
                           char error[CONFIG_ERROR_BYTES]) {
    const char *sign = memchr(assignment.data, '=', assignment.len);
    if (sign == NULL) {
        return fail(error, "%s: there is no '=' (name = value is needed)", where);
    }
    size_t name_len = (size_t)(sign - assignment.data);
    struct slice name = trimmed((struct slice){assignment.data, name_len});
    struct slice value = trimmed((struct slice){sign + 1, assignment.len - name_len - 1});
    char *name_text = alloc_copy(name.data, name.len);
    bool done = set_named(config, name_text, value, where, error);
    free(name_text);
    return done;
}

bool config_set(struct config *config, const char *assignment, const char *where, char error[CONFIG_ERROR_BYTES]) {
    return set_assignment(config, slice_of(assignment), where, error);
}

bool config_set_value(struct config *config, const char *name, const char *value, const char *where,
                      char error[CONFIG_ERROR_BYTES]) {
    return set_named(config, name, trimmed(slice_of(value)), where, error);
}

bool config_read_file(struct config *config, const char *path, char error[CONFIG_ERROR_BYTES]) {
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return fail(error, "%s: cannot be opened: %s", path, strerror(errno));
    }
    char *line = NULL;
    size_t capacity = 0;
    ssize_t len;
    unsigned number = 0;
    bool good = true;
    while (good && (len = getline(&line, &capacity, file)) >= 0) {
        char where[CONFIG_ERROR_BYTES / 2];
        struct slice text = trimmed((struct slice){line, (size_t)len});
        snprintf(where, sizeof where, "%s:%u", path, ++number);
        if (text.len > 0 && text.data[0] != '#' && text.data[0] != '!') {
            good = set_assignment(config, text, where, error);
        }
    }
    if (good && ferror(file)) {
        good = fail(error, "%s: cannot be read: %s", path, strerror(errno));
    }
    free(line);
    fclose(file);
    return good;
}

/* ---- the whole */

void config_init(struct config *config) {
    char error[CONFIG_ERROR_BYTES];
    *config = (struct config){0};
    for (size_t i = 0; i < OPTION_COUNT_ALL; i++) {
        const struct option *option = &OPTIONS[i];
        bool is_set =
            *option->initial == '\0' || set_option(config, option, slice_of(option->initial), "default", error);
        assert(is_set);
        (void)is_set;
    }
}

void config_release(struct config *config) {
    for (size_t i = 0; i < OPTION_COUNT_ALL; i++) {
        if (OPTIONS[i].type == OPTION_NAME) {
            free(*(char **)field_of(config, &OPTIONS[i]));
        }
    }
    for (size_t i = 0; i < config->property_count; i++) {
        free(config->properties[i].name);
        free(config->properties[i].value);
        free(config->properties[i].where);
    }
    free(config->properties);
    *config = (struct config){0};
}

static bool check_topics(const struct config *config, char error[CONFIG_ERROR_BYTES]) {
    for (int a = 0; a < CONFIG_TOPIC_COUNT; a++) {
        for (int b = a + 1; b < CONFIG_TOPIC_COUNT; b++) {
            if (strcmp(config->topics[a], config->topics[b]) == 0) {
                return fail(error, "two topics have the same name, '%s': each topic.* needs its own",
                            config->topics[a]);
            }
        }
    }
    return true;
}

static void settle_worker_id(struct config *config) {
    const char *instance = config_property(config, "group.instance.id");
    if (config->worker_id == NULL && instance != NULL && *instance != '\0') {
        config->worker_id = alloc_copy(instance, strlen(instance));
    } else if (config->worker_id == NULL) {
        char id[24];
        int len = snprintf(id, sizeof id, "w-%016llx", (unsigned long long)hash_random_seed());
        config->worker_id = alloc_copy(id, (size_t)len);
    }
}

bool config_finish(struct config *config, char error[CONFIG_ERROR_BYTES]) {
    bool has_cluster = config_property(config, "bootstrap.servers") != NULL ||
                       config_property(config, "metadata.broker.list") != NULL ||
                       config_property(config, "test.mock.num.brokers") != NULL;
    if (!has_cluster) {
        return fail(error,
                    "kafka.bootstrap.servers is not set: the cluster's addresses, such as broker-1:9092,broker-2:9092 "
                    "(in the file, as CARAVAN_KAFKA_BOOTSTRAP_SERVERS, or with --set)");
    }
    if (config->state_bytes_max < config->train_bytes_max) {
        return fail(error, "state.bytes_max is below limits.train_bytes: one train alone could stop the worker");
    }
    if (!check_topics(config, error)) {
        return false;
    }
    settle_worker_id(config);
    return true;
}
