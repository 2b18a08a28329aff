#include "base/decimal.h"

#include <assert.h>

enum { DIGITS_MAX = 39, PLACES_MAX = 18 };

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Appends the digits from *at on to *value; returns how many there were. */
static int read_digits(struct slice text, size_t *at, int most, uint64_t *value) {
    int count = 0;
    while (*at < text.len && is_digit(text.data[*at])) {
        if (++count > most) {
            break;
        }
        *value = *value * 10 + (uint64_t)(text.data[(*at)++] - '0');
    }
    return count;
}

bool decimal_parse(struct slice text, int whole_digits, int places, uint64_t *out) {
    assert(whole_digits + places <= PLACES_MAX);
    uint64_t value = 0;
    size_t at = 0;
    int whole = read_digits(text, &at, whole_digits, &value);
    if (whole == 0 || whole > whole_digits || (whole > 1 && text.data[0] == '0')) {
        return false;
    }
    int fraction = 0;
    if (at < text.len && text.data[at] == '.') {
        at++;
        fraction = read_digits(text, &at, places, &value);
        if (fraction == 0 || fraction > places) {
            return false;
        }
    }
    for (; fraction < places; fraction++) {
        value *= 10;
    }
    *out = value;
    return at == text.len;
}

bool decimal_parse_signed(struct slice text, int whole_digits, int places, int64_t *out) {
    bool minus = text.len > 0 && text.data[0] == '-';
    struct slice rest = minus ? (struct slice){text.data + 1, text.len - 1} : text;
    uint64_t magnitude;
    if (!decimal_parse(rest, whole_digits, places, &magnitude)) {
        return false;
    }
    *out = minus ? -(int64_t)magnitude : (int64_t)magnitude;
    return true;
}

/* The last digit of *value, which loses it. Most values fit 64 bits, where dividing is far cheaper. */
static int take_digit(uint128 *value) {
    if (*value <= UINT64_MAX) {
        uint64_t small = (uint64_t)*value;
        *value = small / 10;
        return (int)(small % 10);
    }
    int digit = (int)(*value % 10);
    *value /= 10;
    return digit;
}

void decimal_write(struct buffer *out, uint128 value, int places) {
    assert(places >= 0 && places <= PLACES_MAX);
    char digits[DIGITS_MAX + PLACES_MAX + 2];
    size_t at = sizeof digits;
    bool fraction = false; /* a digit that counts stands behind the point */
    for (int written = 0; value != 0 || written <= places; written++) {
        int digit = take_digit(&value);
        if (written == places && fraction) {
            digits[--at] = '.';
        }
        fraction = fraction || digit != 0;
        if (fraction || written >= places) {
            digits[--at] = (char)('0' + digit);
        }
    }
    buffer_append(out, digits + at, sizeof digits - at);
}

void decimal_write_signed(struct buffer *out, int64_t value, int places) {
    if (value < 0) {
        buffer_append_byte(out, '-');
    }
    decimal_write(out, value < 0 ? (uint128)0 - (uint128)value : (uint128)value, places);
}
