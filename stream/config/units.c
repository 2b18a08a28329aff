/* Sizes and times with their units. */
#include "config/config.h"

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

static const uint64_t VALUE_MAX = UINT64_C(1) << 62;

static bool read_digits(struct slice *text, uint64_t *out) {
    size_t n = 0;
    uint64_t value = 0;
    while (n < text->len && text->data[n] >= '0' && text->data[n] <= '9') {
        value = value * 10 + (uint64_t)(text->data[n] - '0');
        if (value > VALUE_MAX) {
            return false;
        }
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
