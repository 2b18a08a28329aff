/* Every value goes one way wherever it comes from: its name finds a row of the option table, the row's type says how it
 * is read and checked, the row's offset where it is stored. What begins with kafka. has no row and is kept as text for
 * librdkafka, which alone knows all of its settings. */
#include "config/config.h"

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/memory_limit.h"
#include "config/address.h"
#include "config/java.h"
#include "config/nearest.h"
#include "config/options.h"
#include "config/recognised.h"

/* Longer than any name of ours or of librdkafka's. */
enum { SHOWN_NAME_BYTES_MAX = 80 };

static const char KAFKA_PREFIX[] = "kafka.";

static bool fail(char error[CONFIG_ERROR_BYTES], const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Always false, so that a check can end with it. A sentence that is too long for its place is cut. */
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

/* What brokers take as a topic's name, "." and ".." excluded; they would take more as the name of a group, which we do
 * not. */
static bool is_name(struct slice value, uint64_t max) {
    for (size_t i = 0; i < value.len; i++) {
        char c = value.data[i];
        if (!isalnum((unsigned char)c) && c != '.' && c != '_' && c != '-') {
            return false;
        }
    }
    return value.len <= max && !slice_equal(value, SLICE(".")) && !slice_equal(value, SLICE(".."));
}

/* The index of `value` among the words of `choices`, or -1. Blanks separate choices, '|' two spellings of one: so only
 * a blank counts. */
static int choice_index(const char *choices, struct slice value) {
    int index = 0;
    for (const char *word = choices; *word != '\0';) {
        size_t len = strcspn(word, " |");
        if (slice_equal((struct slice){word, len}, value)) {
            return index;
        }
        index += word[len] == ' ';
        word += len + (word[len] != '\0');
    }
    return -1;
}

/* Eighteen digits stay below 2^60, so nothing overflows before the range is looked at. */
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

/* With an example, because a rule alone leaves open how a unit is written. */
static const char *wanted(const struct option *option) {
    switch (option->type) {
    case OPTION_BYTES: return "a size with its unit, such as 256MiB (B, KiB, MiB, GiB, TiB)";
    case OPTION_DURATION: return "a time with its unit, such as 100ms or 6h (ms, s, min, h, d)";
    default: return "a whole number";
    }
}

/* The bounds of the row, which were checked before, keep each cast exact; describe.c reads the fields back in the same
 * way. */
static void store_scalar(void *field, enum option_type type, uint64_t value) {
    switch (type) {
    case OPTION_DAYS: *(int32_t *)field = (int32_t)value; break;
    case OPTION_LANES: *(uint32_t *)field = (uint32_t)value; break;
    case OPTION_DURATION: *(int64_t *)field = (int64_t)value; break;
    default: *(uint64_t *)field = value;
    }
}

/* A wrong value is quoted, here and below, since no option's is a secret; that of a kafka.* never is. */
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

/* Choices stand in the order of the enumeration that they become (record/rules.h, base/log.h), so the index is the
 * value. */
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

static void store_text(char **field, struct slice value) {
    free(*field);
    *field = alloc_copy(value.data, value.len);
}

static bool set_name(struct config *config, const struct option *option, struct slice value, const char *where,
                     char error[CONFIG_ERROR_BYTES]) {
    if (value.len < option->min || !is_name(value, option->max)) {
        return fail(error, "%s: %s = '%.*s': 1 to %d letters, digits, '.', '_' or '-' are needed", where, option->name,
                    (int)value.len, value.data, (int)option->max);
    }
    store_text(field_of(config, option), value);
    return true;
}

static bool set_address(struct config *config, const struct option *option, struct slice value, const char *where,
                        char error[CONFIG_ERROR_BYTES]) {
    char *text = alloc_copy(value.data, value.len);
    struct address address;
    bool good = strlen(text) == value.len && (value.len == 0 || address_parse(text, &address));
    free(text);
    if (!good) {
        return fail(
            error,
            "%s: %s = '%.*s': an IP address and a port are needed, such as 127.0.0.1:8480, [::1]:8480, or :8480 "
            "for every address of this machine; or nothing",
            where, option->name, (int)value.len, value.data);
    }
    store_text(field_of(config, option), value);
    return true;
}

static bool set_path(struct config *config, const struct option *option, struct slice value, const char *where,
                     char error[CONFIG_ERROR_BYTES]) {
    if (value.len > option->max || memchr(value.data, '\0', value.len) != NULL) {
        return fail(error, "%s: %s: this is not the name of a file", where, option->name);
    }
    store_text(field_of(config, option), value);
    return true;
}

/* Entries add up within one place; a place over another begins anew. So a variable can take an entry of the file away,
 * which adding to it could not. */
static bool set_list(struct config *config, const struct option *option, struct slice value, const char *where,
                     char error[CONFIG_ERROR_BYTES]) {
    char wrong[RECOGNISED_ERROR_BYTES];
    char **field = field_of(config, option);
    if (config->recognised_from != config->reading) {
        free(*field);
        *field = NULL;
        config->recognised_from = config->reading;
    }
    return recognised_add(field, value, wrong) || fail(error, "%s: %s: %s", where, option->name, wrong);
}

static bool set_option(struct config *config, const struct option *option, struct slice value, const char *where,
                       char error[CONFIG_ERROR_BYTES]) {
    /* For config_changed_count: a bit a row, by its place in the table. */
    if (config->reading != CONFIG_FROM_DEFAULTS) {
        config->given |= UINT64_C(1) << (option - OPTIONS);
    }
    switch (option->type) {
    case OPTION_NAME: return set_name(config, option, value, where, error);
    case OPTION_ADDRESS: return set_address(config, option, value, where, error);
    case OPTION_PATH: return set_path(config, option, value, where, error);
    case OPTION_LIST: return set_list(config, option, value, where, error);
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

/* The later value replaces the earlier one in its place, so each setting reaches librdkafka once. */
static struct config_property *property_made(struct config *config, const char *name) {
    struct config_property *property = property_find(config, name);
    if (property == NULL) {
        config->properties = alloc_resize(config->properties, config->property_count + 1, sizeof *config->properties);
        property = &config->properties[config->property_count++];
        *property = (struct config_property){.name = alloc_copy(name, strlen(name))};
    }
    return property;
}

/* Whether librdkafka takes the value is known only when a client is opened. The place is kept until then, for the
 * error. */
static bool set_property(struct config *config, const char *name, struct slice value, const char *where,
                         char error[CONFIG_ERROR_BYTES]) {
    /* Never a warning instead: each of these is something that exactly-once relies on or that follows from another
     * option. */
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

/* ---- assignments */

/* What stands where a name should may be a piece of a secret, so only what looks like a name is shown. All names of
 * ours and of librdkafka's are lower-case. */
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

/* The order tells the most helpful thing first: a name of Java's clients has an answer of its own, also behind
 * "kafka.", and only what is left is unknown. A kafka.* value is not trimmed: blanks may end a password. */
bool config_set_value(struct config *config, const char *name, struct slice value, const char *where,
                      char error[CONFIG_ERROR_BYTES]) {
    const struct option *option = option_find(name);
    bool is_kafka = strncmp(name, KAFKA_PREFIX, sizeof KAFKA_PREFIX - 1) == 0 && is_showable(name);
    char instead[CONFIG_ERROR_BYTES / 2];
    if (memchr(value.data, '\0', value.len) != NULL) {
        return fail(error, "%s: a NUL byte in the value", where);
    }
    if (option == NULL && is_showable(name) && java_instead(name, instead, sizeof instead)) {
        return fail(error, "%s: '%s' is not how it is called here: %s", where, name, instead);
    }
    if (is_kafka) {
        return set_property(config, name + sizeof KAFKA_PREFIX - 1, value, where, error);
    }
    return option == NULL ? unknown(name, where, error) : set_option(config, option, config_trim(value), where, error);
}

/* ---- the whole */

void config_init(struct config *config) {
    char error[CONFIG_ERROR_BYTES];
    *config = (struct config){0};
    for (size_t i = 0; i < OPTION_COUNT_ALL; i++) {
        const struct option *option = &OPTIONS[i];
        /* Defaults pass through the checks like any other value, so a wrong row ends every program that is built with
         * assertions. */
        bool is_set =
            *option->initial == '\0' || set_option(config, option, slice_of(option->initial), "default", error);
        assert(is_set);
        (void)is_set;
    }
}

void config_release(struct config *config) {
    for (size_t i = 0; i < OPTION_COUNT_ALL; i++) {
        if (option_is_text(&OPTIONS[i])) {
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

/* Records in the input would be read back as events, and dead letters would breed themselves. */
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

/* A name that is the same in the next life lets that one fence this one at once; a random one costs a wait for the
 * transaction's time-out after a crash, but two workers never share it by accident. */
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

/* What a worker takes beside its state was measured as 136 MiB (bench/README.md: most of it waits in librdkafka, which
 * takes no more for a larger state); the eighth is for what the allocator cannot use. */
uint64_t config_state_bytes(uint64_t memory_limit) {
    const uint64_t otherwise = UINT64_C(4) << 30, beside = UINT64_C(128) << 20;
    if (memory_limit == 0) {
        return otherwise;
    }
    uint64_t share = memory_limit - memory_limit / 8, least = memory_limit / 4;
    return share > beside + least ? share - beside : least;
}

/* A list of nothing but commas and blanks names nobody: not set. */
static bool is_given(const struct config *config, const char *name) {
    const char *value = config_property(config, name);
    return value != NULL && value[strspn(value, ", \t\r\n")] != '\0';
}

bool config_finish(struct config *config, char error[CONFIG_ERROR_BYTES]) {
    /* librdkafka's mock cluster, which runs in the process, needs no address. */
    bool has_cluster = is_given(config, "bootstrap.servers") || is_given(config, "metadata.broker.list") ||
                       is_given(config, "test.mock.num.brokers");
    if (!has_cluster) {
        return fail(error,
                    "kafka.bootstrap.servers is not set: the cluster's addresses, such as broker-1:9092,broker-2:9092 "
                    "(in the file, as CARAVAN_KAFKA_BOOTSTRAP_SERVERS, or with -b)");
    }
    /* Only here, since the memory limit belongs to the machine that runs it and not to the table of defaults. */
    if (config->state_bytes_max == 0) {
        config->state_bytes_max = config_state_bytes(memory_limit_bytes(""));
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

/* Compared as text, the one form that all types have. */
unsigned config_changed_count(const struct config *config) {
    struct config fresh;
    struct buffer now = {0}, before = {0};
    unsigned count = (unsigned)config->property_count;
    config_init(&fresh);
    for (size_t i = 0; i < OPTION_COUNT_ALL; i++) {
        buffer_clear(&now);
        buffer_clear(&before);
        option_write_value(config, &OPTIONS[i], &now);
        option_write_value(&fresh, &OPTIONS[i], &before);
        /* What config_finish settled was not changed by anybody. */
        count += (config->given >> i & 1) != 0 && !slice_equal(buffer_slice(&now), buffer_slice(&before));
    }
    config_release(&fresh);
    buffer_release(&now);
    buffer_release(&before);
    return count;
}
