/* The option table as text: --help, documentation, the effective values. All of it is made from the rows, so that no
 * page can tell of an option that is not there or of a default that is another. */
#include <inttypes.h>
#include <string.h>

#include "config/options.h"

/* Of a terminal that nobody has widened. */
enum { COLUMNS = 80 };

static void write_scalar(const struct option *option, uint64_t value, struct buffer *out) {
    if (option->type == OPTION_BYTES) {
        option_write_bytes(value, out);
    } else if (option->type == OPTION_DURATION) {
        option_write_duration(value, out);
    } else {
        buffer_printf(out, "%" PRIu64, value);
    }
}

/* "auto applied never" as "auto, applied or never"; of several spellings the first. */
static void write_choices(const char *choices, struct buffer *out) {
    for (const char *word = choices; *word != '\0';) {
        size_t len = strcspn(word, " ");
        bool is_last = word[len] == '\0';
        if (word != choices) {
            buffer_append_text(out, is_last ? " or " : ", ");
        }
        buffer_append(out, word, strcspn(word, " |"));
        word += len + !is_last;
    }
}

/* For a list and a name the help says the rest: what an entry looks like does not fit into a column. */
void option_write_range(const struct option *option, struct buffer *out) {
    switch (option->type) {
    case OPTION_NAME: buffer_append_text(out, "name"); break;
    case OPTION_ADDRESS: buffer_append_text(out, "address:port or nothing"); break;
    case OPTION_PATH: buffer_append_text(out, "file or nothing"); break;
    case OPTION_LIST: buffer_append_text(out, "list"); break;
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

/* Words, broken at 80 columns, behind an indent. A word is never broken: names of options and addresses are copied from
 * here. */
static void write_wrapped(const char *text, struct buffer *out) {
    static const char indent[] = "      ";
    size_t column = 0;
    for (const char *word = text; *word != '\0';) {
        size_t len = strcspn(word, " ");
        if (column == 0 || column + 1 + len > COLUMNS) {
            buffer_printf(out, "%s%s", column == 0 ? "" : "\n", indent);
            column = sizeof indent - 1;
        } else {
            buffer_append_byte(out, ' ');
            column++;
        }
        buffer_append(out, word, len);
        column += len;
        word += len + (word[len] == ' ');
    }
    buffer_append_byte(out, '\n');
}

void config_help(struct buffer *out) {
    for (size_t i = 0; i < OPTION_COUNT_ALL; i++) {
        const struct option *option = &OPTIONS[i];
        buffer_printf(out, "  %s = ", option->name);
        option_write_range(option, out);
        buffer_printf(out, "%s%s%s\n", *option->initial == '\0' ? "" : "  [", option->initial,
                      *option->initial == '\0' ? "" : "]");
        write_wrapped(option->help, out);
    }
    buffer_append_text(out, "  kafka.NAME = value\n");
    write_wrapped(KAFKA_HELP, out);
}

/* No cell may hold a '|'; of choices with two spellings, which have one, write_choices shows the first. */
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

/* The other way round than store_scalar of config.c. */
static uint64_t load_scalar(const void *field, enum option_type type) {
    switch (type) {
    case OPTION_DAYS: return (uint64_t) * (const int32_t *)field;
    case OPTION_LANES: return *(const uint32_t *)field;
    case OPTION_DURATION: return (uint64_t) * (const int64_t *)field;
    default: return *(const uint64_t *)field;
    }
}

/* A switch has its two choices in the order false, true. */
static void write_choice(const char *choices, int index, struct buffer *out) {
    const char *word = choices;
    for (; index > 0; index--) {
        word += strcspn(word, " ") + 1;
    }
    buffer_append(out, word, strcspn(word, " |"));
}

void option_write_value(const struct config *config, const struct option *option, struct buffer *out) {
    const void *field = (const char *)config + option->field;
    const char *name;
    switch (option->type) {
    case OPTION_NAME:
    case OPTION_ADDRESS:
    case OPTION_PATH:
    case OPTION_LIST:
        name = *(char *const *)field;
        /* NULL is a text that nobody set, and reads like an empty one. */
        buffer_append_text(out, name == NULL ? "" : name);
        break;
    case OPTION_CHOICE: write_choice(option->choices, *(const int *)field, out); break;
    case OPTION_SWITCH: write_choice(option->choices, *(const bool *)field, out); break;
    default: write_scalar(option, load_scalar(field, option->type), out);
    }
}

/* Options themselves hold no secret: tokens and keys are named by their files. kafka.* may. */
void config_describe(const struct config *config, struct buffer *out) {
    for (size_t i = 0; i < OPTION_COUNT_ALL; i++) {
        buffer_printf(out, "%s = ", OPTIONS[i].name);
        option_write_value(config, &OPTIONS[i], out);
        buffer_append_byte(out, '\n');
    }
    for (size_t i = 0; i < config->property_count; i++) {
        const struct config_property *property = &config->properties[i];
        buffer_printf(out, "kafka.%s = %s\n", property->name,
                      config_is_secret(property->name) ? "***" : property->value);
    }
}
