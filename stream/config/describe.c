/* The option table as text: --help, documentation, the effective values. */
#include <inttypes.h>
#include <string.h>

#include "config/options.h"

struct unit {
    uint64_t factor;
    const char *name;
};

static void write_unit(uint64_t value, const struct unit *units, struct buffer *out) {
    while (units->factor > 1 && (value == 0 || value % units->factor != 0)) {
        units++;
    }
    buffer_printf(out, "%" PRIu64 "%s", value / units->factor, units->name);
}

void option_write_bytes(uint64_t bytes, struct buffer *out) {
    static const struct unit units[] = {
        {UINT64_C(1) << 40, "TiB"}, {1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}, {1, "B"}};
    write_unit(bytes, units, out);
}

void option_write_duration(uint64_t ms, struct buffer *out) {
    static const struct unit units[] = {{86400000, "d"}, {3600000, "h"}, {60000, "min"}, {1000, "s"}, {1, "ms"}};
    write_unit(ms, units, out);
}

static void write_scalar(const struct option *option, uint64_t value, struct buffer *out) {
    if (option->type == OPTION_BYTES) {
        option_write_bytes(value, out);
    } else if (option->type == OPTION_DURATION) {
        option_write_duration(value, out);
    } else {
        buffer_printf(out, "%" PRIu64, value);
    }
}

/* "auto applied never" as "auto, applied or never". */
static void write_choices(const char *choices, struct buffer *out) {
    for (const char *word = choices; *word != '\0';) {
        size_t len = strcspn(word, " ");
        bool is_last = word[len] == '\0';
        if (word != choices) {
            buffer_append_text(out, is_last ? " or " : ", ");
        }
        buffer_append(out, word, len);
        word += len + !is_last;
    }
}

void option_write_range(const struct option *option, struct buffer *out) {
    switch (option->type) {
    case OPTION_NAME: buffer_append_text(out, "name"); break;
    case OPTION_CHOICE:
    case OPTION_SWITCH: write_choices(option->choices, out); break;
    default:
        write_scalar(option, option->min, out);
        buffer_append_text(out, " to ");
        write_scalar(option, option->max, out);
    }
}

static const char KAFKA_HELP[] =
    "Any setting of librdkafka: brokers, TLS, SASL and the rest, handed on as NAME. kafka.bootstrap.servers is needed.";

void config_help(struct buffer *out) {
    for (size_t i = 0; i < OPTION_COUNT_ALL; i++) {
        const struct option *option = &OPTIONS[i];
        buffer_printf(out, "  %s = ", option->name);
        option_write_range(option, out);
        buffer_printf(out, "%s%s%s\n      %s\n", *option->initial == '\0' ? "" : "  [", option->initial,
                      *option->initial == '\0' ? "" : "]", option->help);
    }
    buffer_printf(out, "  kafka.NAME = value\n      %s\n", KAFKA_HELP);
}

void config_markdown(struct buffer *out) {
    buffer_append_text(out, "| option | value | default | meaning |\n|---|---|---|---|\n");
    for (size_t i = 0; i < OPTION_COUNT_ALL; i++) {
        const struct option *option = &OPTIONS[i];
        buffer_printf(out, "| `%s` | ", option->name);
        option_write_range(option, out);
        buffer_printf(out, " | %s%s%s | %s |\n", *option->initial == '\0' ? "" : "`", option->initial,
                      *option->initial == '\0' ? "" : "`", option->help);
    }
    buffer_printf(out, "| `kafka.NAME` | | | %s |\n", KAFKA_HELP);
}

static uint64_t load_scalar(const void *field, enum option_type type) {
    switch (type) {
    case OPTION_DAYS: return (uint64_t) * (const int32_t *)field;
    case OPTION_LANES: return *(const uint32_t *)field;
    case OPTION_DURATION: return (uint64_t) * (const int64_t *)field;
    default: return *(const uint64_t *)field;
    }
}

static void write_choice(const char *choices, int index, struct buffer *out) {
    const char *word = choices;
    for (; index > 0; index--) {
        word += strcspn(word, " ") + 1;
    }
    buffer_append(out, word, strcspn(word, " "));
}

static void write_value(const struct config *config, const struct option *option, struct buffer *out) {
    const void *field = (const char *)config + option->field;
    const char *name;
    switch (option->type) {
    case OPTION_NAME:
        name = *(char *const *)field;
        buffer_append_text(out, name == NULL ? "" : name);
        break;
    case OPTION_CHOICE: write_choice(option->choices, *(const int *)field, out); break;
    case OPTION_SWITCH: write_choice(option->choices, *(const bool *)field, out); break;
    default: write_scalar(option, load_scalar(field, option->type), out);
    }
}

void config_describe(const struct config *config, struct buffer *out) {
    for (size_t i = 0; i < OPTION_COUNT_ALL; i++) {
        buffer_printf(out, "%s = ", OPTIONS[i].name);
        write_value(config, &OPTIONS[i], out);
        buffer_append_byte(out, '\n');
    }
    for (size_t i = 0; i < config->property_count; i++) {
        const struct config_property *property = &config->properties[i];
        buffer_printf(out, "kafka.%s = %s\n", property->name,
                      config_is_secret(property->name) ? "***" : property->value);
    }
}
