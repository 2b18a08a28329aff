/* Sizes and times with their units. A number without a unit is refused, since the next reader would take 100 for
 * seconds where it was milliseconds; 0 is the same in every unit. Factors are whole, so no value is rounded on its way
 * in or out. */
#include <ctype.h>
#include <inttypes.h>

#include "config/options.h"

struct unit {
    const char *name;
    uint64_t factor;
};

static const struct unit BYTE_UNITS[] = {{"B", 1},
                                         {"KiB", UINT64_C(1) << 10},
                                         {"MiB", UINT64_C(1) << 20},
                                         {"GiB", UINT64_C(1) << 30},
                                         {"TiB", UINT64_C(1) << 40},
                                         {NULL, 0}};
static const struct unit TIME_UNITS[] = {{"ms", 1},      {"s", 1000},     {"min", 60000},
                                         {"h", 3600000}, {"d", 86400000}, {NULL, 0}};

/* Fits an int64_t, in which times are kept. */
static const uint64_t VALUE_MAX = UINT64_C(1) << 62;

static bool read_digits(struct slice *text, uint64_t *out) {
    size_t n = 0;
    uint64_t value = 0;
    while (n < text->len && text->data[n] >= '0' && text->data[n] <= '9') {
        if (value > VALUE_MAX / 10) { /* looked at before: ten times as much may wrap round to something small */
            return false;
        }
        value = value * 10 + (uint64_t)(text->data[n] - '0');
        n++;
    }
    text->data += n;
    text->len -= n;
    *out = value;
    return n > 0;
}

static bool read_with_unit(struct slice text, const struct unit *units, uint64_t *out) {
    uint64_t value;
    if (!read_digits(&text, &value)) {
        return false;
    }
    while (text.len > 0 && text.data[0] == ' ') {
        text.data++;
        text.len--;
    }
    if (text.len == 0) {
        *out = 0;
        return value == 0;
    }
    /* Capitals count: there is no unit "mib", and who writes "M" may mean minutes. */
    for (; units->name != NULL; units++) {
        if (slice_equal(text, slice_of(units->name))) {
            *out = value * units->factor;
            return value <= VALUE_MAX / units->factor;
        }
    }
    return false;
}

bool config_parse_bytes(struct slice text, uint64_t *out) {
    return read_with_unit(text, BYTE_UNITS, out);
}

bool config_parse_duration(struct slice text, int64_t *out_ms) {
    uint64_t value;
    if (!read_with_unit(text, TIME_UNITS, &value)) {
        return false;
    }
    *out_ms = (int64_t)value;
    return true;
}

/* In the largest unit that shows it exactly. Units go up, so the last one that divides is the largest. 0 is shown in
 * the smallest. */
static void write_with_unit(uint64_t value, const struct unit *units, struct buffer *out) {
    const struct unit *shown = units;
    for (; units->name != NULL; units++) {
        if (value != 0 && value % units->factor == 0) {
            shown = units;
        }
    }
    buffer_printf(out, "%" PRIu64 "%s", value / shown->factor, shown->name);
}

void option_write_bytes(uint64_t bytes, struct buffer *out) {
    write_with_unit(bytes, BYTE_UNITS, out);
}

void option_write_duration(uint64_t ms, struct buffer *out) {
    write_with_unit(ms, TIME_UNITS, out);
}

struct slice config_trim_left(struct slice text) {
    while (text.len > 0 && isspace((unsigned char)text.data[0])) {
        text.data++;
        text.len--;
    }
    return text;
}

struct slice config_trim(struct slice text) {
    text = config_trim_left(text);
    while (text.len > 0 && isspace((unsigned char)text.data[text.len - 1])) {
        text.len--;
    }
    return text;
}
