/* Two readers and two writers: one pair for the plain forms, which nearly all numbers have and which fit 64 bits, and
 * one for any spelling and 128 bits. Nothing goes through floating point: contract 1.3 and 1.4 want the exact value. */
#include "base/decimal.h"

#include <assert.h>
#include <string.h>

enum {
    /* Digits and places of what decimal_parse reads come to 18 together, and 10^18 fits 64 bits. */
    PLACES_MAX = 18,
    KEPT_DIGITS_MAX = 19 /* all of them fit 64 bits */
};

#define EXPONENT_MAX INT64_C(1000000000000) /* no message is long enough to bring such a one back */

/* digits x 10^exponent, and when `more` is set a little above that. */
struct number {
    bool minus, more;
    int count; /* of the digits; neither the first nor the last is 0, but for 0 itself, which has none */
    uint64_t digits;
    int64_t exponent;
};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Zeros wait until a digit that counts comes behind them. */
struct reading {
    struct number *number;
    int64_t zeros;
};

static void take_read(struct reading *reading, char c) {
    struct number *number = reading->number;
    if (c == '0') {
        reading->zeros += number->count > 0;
        return;
    }
    if (number->more || number->count + reading->zeros >= KEPT_DIGITS_MAX) {
        /* What is left out stands behind the kept digits as if these ended in zeros. */
        number->more = true;
        reading->zeros++;
        return;
    }
    for (; reading->zeros > 0; reading->zeros--) {
        number->digits *= 10;
        number->count++;
    }
    number->digits = number->digits * 10 + (uint64_t)(c - '0');
    number->count++;
}

/* The digits from *at on; how many there were. */
static size_t read_digits(struct slice text, size_t *at, struct reading *reading) {
    size_t from = *at;
    while (*at < text.len && is_digit(text.data[*at])) {
        take_read(reading, text.data[(*at)++]);
    }
    return *at - from;
}

/* Behind `e`: a sign and digits. */
static bool read_exponent(struct slice text, size_t *at, int64_t *exponent) {
    bool minus = *at < text.len && text.data[*at] == '-';
    *at += *at < text.len && (minus || text.data[*at] == '+');
    size_t from = *at;
    int64_t value = 0;
    /* Held at a bound instead of wrapping: however long the exponent is, the text is a number (contract 1.3). */
    for (; *at < text.len && is_digit(text.data[*at]); ++*at) {
        value = value < EXPONENT_MAX ? value * 10 + (text.data[*at] - '0') : EXPONENT_MAX;
    }
    *exponent = minus ? -value : value;
    return *at > from;
}

/* By the grammar of RFC 8259. */
static bool read_number(struct slice text, struct number *number) {
    struct reading reading = {number, 0};
    int64_t exponent = 0;
    *number = (struct number){.minus = text.len > 0 && text.data[0] == '-'};
    size_t at = number->minus;
    size_t first = at;
    size_t whole = read_digits(text, &at, &reading);
    if (whole == 0 || (whole > 1 && text.data[first] == '0')) {
        return false;
    }
    size_t fraction = 0;
    if (at < text.len && text.data[at] == '.') {
        at++;
        fraction = read_digits(text, &at, &reading);
        if (fraction == 0) {
            return false;
        }
    }
    if (at < text.len && (text.data[at] == 'e' || text.data[at] == 'E')) {
        at++;
        if (!read_exponent(text, &at, &exponent)) {
            return false;
        }
    }
    /* Zeros held back and digits left out stand behind `digits`, and each of them raises the exponent; the digits of
     * the fraction lower it. */
    number->exponent = exponent - (int64_t)fraction + reading.zeros;
    return at == text.len;
}

static uint64_t times_power(uint64_t value, int64_t exponent) {
    for (; exponent > 0; exponent--) {
        value *= 10;
    }
    return value;
}

/* As nearly all senders write a number: digits, perhaps a point and digits, few enough for `whole_digits` and `places`.
 * False where the text is anything else, which read_number then judges. */
static bool read_plain(struct slice text, int whole_digits, int places, uint64_t *out) {
    uint64_t value = 0;
    size_t at = 0;
    while (at < text.len && is_digit(text.data[at])) {
        value = value * 10 + (uint64_t)(text.data[at++] - '0');
    }
    int left = places;
    if (at == 0 || at > (size_t)whole_digits || (at > 1 && text.data[0] == '0')) {
        return false;
    }
    if (at + 1 < text.len && text.data[at] == '.') {
        for (at++; at < text.len && left > 0 && is_digit(text.data[at]); left--) {
            value = value * 10 + (uint64_t)(text.data[at++] - '0');
        }
    }
    *out = times_power(value, left);
    return at == text.len;
}

bool decimal_parse(struct slice text, int whole_digits, int places, uint64_t *out) {
    assert(whole_digits + places <= PLACES_MAX);
    struct number number;
    if (read_plain(text, whole_digits, places, out)) {
        return true;
    }
    if (!read_number(text, &number)) {
        return false;
    }
    *out = 0;
    if (number.count == 0) {
        return true;
    }
    int64_t shift = number.exponent + places;
    /* Zeros at the end went into the exponent, so 1.500 has no digit too many here: what stands behind `places` counts.
     * -0 came back above. */
    if (number.minus || number.more || shift < 0 || number.count + shift > whole_digits + places) {
        return false;
    }
    *out = times_power(number.digits, shift);
    return true;
}

bool decimal_parse_cut(struct slice text, int limit, int places, int64_t *out) {
    assert(limit < 1000 && places <= DECIMAL_DEGREE_PLACES);
    struct number number;
    if (!read_number(text, &number)) {
        return false;
    }
    *out = 0;
    if (number.count == 0) {
        return true;
    }
    /* Four digits before the point are above any limit; without them what follows fits 64 bits. */
    if (number.count + number.exponent > 3) {
        return false;
    }
    uint64_t value = number.digits;
    bool rest = number.more;
    int64_t shift = number.exponent + places;
    value = times_power(value, shift);
    /* The exponent may be far below 0: with nothing left no further step changes anything. */
    for (; shift < 0 && value > 0; shift++) {
        rest = rest || value % 10 != 0;
        value /= 10;
    }
    uint64_t most = times_power((uint64_t)limit, places);
    *out = number.minus ? -(int64_t)value : (int64_t)value;
    return value < most || (value == most && !rest);
}

bool decimal_parse_sum(struct slice text, int places, uint128 *out) {
    enum { SUM_DIGITS_MAX = 38 }; /* 10^38 is below 2^127 */
    assert(places >= 0 && places <= PLACES_MAX);
    int digits = 0, behind = -1; /* behind the point; -1: before it */
    *out = 0;
    /* `behind` is below `places` also while it is -1: before the point SUM_DIGITS_MAX alone is the bound. */
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '.' && behind < 0 && i > 0 && i + 1 < text.len) {
            behind = 0;
        } else if (is_digit(text.data[i]) && digits < SUM_DIGITS_MAX && behind < places) {
            *out = *out * 10 + (unsigned)(text.data[i] - '0');
            digits++;
            behind += behind >= 0;
        } else {
            return false;
        }
    }
    /* Zeros that are not written count as digits too; where that makes too many, the wrapped value is refused below. */
    for (int i = behind < 0 ? 0 : behind; i < places; i++) {
        *out *= 10;
        digits++;
    }
    return text.len > 0 && digits <= SUM_DIGITS_MAX;
}

/* ---- writing */

/* The last digit of *value, which loses it. Dividing is far cheaper once it fits 64 bits. */
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

/* Two digits of a value below 100. */
static inline char *put_pair(char *to, unsigned value) {
    static const char PAIRS[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
                                "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
                                "8081828384858687888990919293949596979899";
    memcpy(to, PAIRS + 2 * (size_t)value, 2);
    return to + 2;
}

/* Four digits of a value below 10,000. */
static inline char *put_four(char *to, unsigned value) {
    return put_pair(put_pair(to, value / 100), value % 100);
}

/* Of a value below 10,000, without zeros in front. */
static inline char *put_few(char *to, unsigned value) {
    if (value < 10) {
        *to = (char)('0' + value);
        return to + 1;
    }
    if (value < 100) {
        return put_pair(to, value);
    }
    if (value < 1000) {
        *to = (char)('0' + value / 100);
        return put_pair(to + 1, value % 100);
    }
    return put_four(to, value);
}

/* Front to back, four digits at a time: the whole part of nearly every number is one or two such pieces. */
static char *put_more(char *to, uint64_t value) {
    if (value >= 100000000) {
        to = put_more(to, value / 100000000);
        value %= 100000000;
        return put_four(put_four(to, (unsigned)value / 10000), (unsigned)value % 10000);
    }
    return value < 10000 ? put_few(to, (unsigned)value)
                         : put_four(put_few(to, (unsigned)value / 10000), (unsigned)value % 10000);
}

static inline char *put_whole(char *to, uint64_t value) {
    return value < 10000 ? put_few(to, (unsigned)value) : put_more(to, value);
}

/* Of a fraction in which some digit counts. */
static char *cut_zeros(char *end) {
    while (end[-1] == '0') {
        end--;
    }
    return end;
}

/* Money and masses, of which records are full: most have two digits behind the point, or one, or none. */
static char *put_millionths(char *to, uint64_t value) {
    static_assert(DECIMAL_MASS_PLACES == 6 && DECIMAL_MONEY_PLACES == 6, "places of what is written here");
    unsigned fraction = (unsigned)(value % 1000000);
    to = put_whole(to, value / 1000000);
    if (fraction == 0) {
        return to;
    }
    *to = '.';
    char *end = put_pair(to + 1, fraction / 10000);
    if (fraction % 10000 == 0) {
        return end[-1] == '0' ? end - 1 : end;
    }
    return cut_zeros(put_four(end, fraction % 10000));
}

/* Any number that fits 64 bits. This and what is larger is rare, and kept apart: within decimal_put they would have
 * each call save registers that only they use. */
__attribute__((noinline)) static char *put_small(char *to, uint64_t value, int places) {
    uint64_t power = times_power(1, places);
    uint64_t fraction = value % power;
    to = put_whole(to, value / power);
    if (fraction == 0) {
        return to;
    }
    *to = '.';
    char *end = to + 1 + places;
    for (char *at = end; at > to + 1; fraction /= 10) {
        *--at = (char)('0' + fraction % 10);
    }
    return cut_zeros(end);
}

__attribute__((noinline)) static char *put_large(char *to, uint128 value, int places) {
    char digits[DECIMAL_TEXT_BYTES];
    size_t at = sizeof digits;
    bool fraction = false; /* a digit that counts stands behind the point */
    /* From the last digit on: zeros at the end of the fraction are passed over until a digit counts, and one digit
     * before the point is always written. */
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
    memcpy(to, digits + at, sizeof digits - at);
    return to + (sizeof digits - at);
}

char *decimal_put(char *to, uint128 value, int places) {
    assert(places >= 0 && places <= PLACES_MAX);
    if (value > UINT64_MAX) {
        return put_large(to, value, places);
    }
    switch (places) {
    case 0: return put_whole(to, (uint64_t)value);
    case DECIMAL_MASS_PLACES: return put_millionths(to, (uint64_t)value);
    default: return put_small(to, (uint64_t)value, places);
    }
}

void decimal_write(struct buffer *out, uint128 value, int places) {
    char *to = buffer_reserve(out, DECIMAL_TEXT_BYTES);
    out->len += (size_t)(decimal_put(to, value, places) - to);
}
