/* The option table: the one place that knows every option's name, type, range, default and meaning. Parsing, --help,
 * the documentation and errors are all made from it. Only config/ includes this. */
#ifndef CARAVAN_CONFIG_OPTIONS_H
#define CARAVAN_CONFIG_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "config/config.h"

enum option_type {
    OPTION_NAME,     /* char *: a Kafka name; at most `max` of [A-Za-z0-9._-] */
    OPTION_CHOICE,   /* int: the index in `choices` */
    OPTION_SWITCH,   /* bool: the index in `choices`, of two */
    OPTION_DAYS,     /* int32_t */
    OPTION_LANES,    /* uint32_t */
    OPTION_COUNT,    /* uint64_t, no unit */
    OPTION_BYTES,    /* uint64_t, with a unit */
    OPTION_DURATION, /* int64_t in ms, with a unit */
    OPTION_ADDRESS,  /* char *: an IP address and a port (config/address.h), or empty */
    OPTION_PATH,     /* char *: a file, or empty */
    OPTION_LIST      /* char *: entries of recognised.h */
};

struct option {
    const char *name;
    enum option_type type;
    size_t field;        /* offset in struct config */
    const char *initial; /* the default, as one would write it; "" for none */
    const char *choices; /* "auto applied never", for CHOICE and SWITCH; "a|b" are two spellings of one */
    uint64_t min, max;   /* both inclusive, in the field's unit; of a name: its length */
    const char *help;
};

extern const struct option OPTIONS[];
extern const size_t OPTION_COUNT_ALL;

/* True when its field is a char *. */
static inline bool option_is_text(const struct option *option) {
    return option->type == OPTION_NAME || option->type == OPTION_ADDRESS || option->type == OPTION_PATH ||
           option->type == OPTION_LIST;
}

/* Where values come from, each over the ones before it. */
enum config_from { CONFIG_FROM_DEFAULTS, CONFIG_FROM_FILE, CONFIG_FROM_ENVIRONMENT, CONFIG_FROM_ASSIGNMENTS };

/* The option of this name, or NULL. */
const struct option *option_find(const char *name);

/* Appends what values are allowed, as a person reads it: "1B to 64MiB", "auto, applied or never". */
void option_write_range(const struct option *option, struct buffer *out);
/* Appends the value that `config` has, as one would write it. */
void option_write_value(const struct config *config, const struct option *option, struct buffer *out);
/* Appends a number in the largest unit that shows it exactly. */
void option_write_bytes(uint64_t bytes, struct buffer *out);
void option_write_duration(uint64_t ms, struct buffer *out);

/* Sets one value by its name; as config_set. */
bool config_set_value(struct config *config, const char *name, struct slice value, const char *where,
                      char error[CONFIG_ERROR_BYTES]);

/* Without the blanks at both ends, or at the beginning. */
struct slice config_trim(struct slice text);
struct slice config_trim_left(struct slice text);

/* A kafka.* name that Caravan sets itself, and why. */
struct owned_property {
    const char *name;
    const char *reason;
};

/* NULL when `name` (without "kafka.") is the operator's to set. */
const struct owned_property *owned_property_find(const char *name);

#endif
