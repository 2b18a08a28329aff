/* Dates and times by arithmetic on days. strptime takes more than contract 1.5 does and knows no fractions, so the form
 * is judged here byte by byte. */
#include "base/timestamp.h"

#include <endian.h>
#include <time.h>

enum { DAY_SECONDS = 86400 };

/* Eight bytes looked at as one word: where digits and where other bytes have to be. */
struct form {
    uint64_t digits; /* a mask of the bytes that are digits */
    uint64_t others; /* what the rest is */
};

/* "dddd-dd-" and "dd:dd:dd" */
static const struct form YEAR_MONTH = {UINT64_C(0x00ffff00ffffffff), UINT64_C(0x2d00002d00000000)};
static const struct form CLOCK = {UINT64_C(0xffff00ffff00ffff), UINT64_C(0x00003a00003a0000)};

/* True when eight bytes have the form. Byte i of *pairs is then the number that the digits i and i + 1 are. */
static bool read_form(const char *at, struct form form, uint64_t *pairs) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
    word = le64toh(word);
    uint64_t digits = (word ^ UINT64_C(0x3030303030303030)) & form.digits;
    /* What is above nine gets its highest bit by this, or has it. */
    uint64_t above = (digits + UINT64_C(0x7676767676767676)) | digits;
    *pairs = digits * 10 + (digits >> 8);
    return (word & ~form.digits) == form.others && (above & UINT64_C(0x8080808080808080)) == 0;
}

static int pair_of(uint64_t pairs, int at) {
    return (int)(pairs >> (8 * at) & 0xff);
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Two digits at `at` as a number, or -1. */
static int two_digits(struct slice text, size_t at) {
    if (at + 2 > text.len || !is_digit(text.data[at]) || !is_digit(text.data[at + 1])) {
        return -1;
    }
    return (text.data[at] - '0') * 10 + (text.data[at + 1] - '0');
}

static bool is_byte(struct slice text, size_t at, char c) {
    return at < text.len && text.data[at] == c;
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar: whole years since year 0 counted from 1 March, so that
 * the leap day is the last one of its year. */
static int32_t days_of_civil(int year, int month, int day) {
    int y = month <= 2 ? year - 1 : year;
    int since_march = month <= 2 ? month + 9 : month - 3;
    /* From March on the months have 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31 days: 153 in five, which this line
     * counts up. 719468 days lie between 0000-03-01 and 1970-01-01. */
    int day_of_year = (153 * since_march + 2) / 5 + day - 1;
    return y * 365 + y / 4 - y / 100 + y / 400 + day_of_year - 719468;
}

static bool is_leap(int year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* The date at the start of `text`, which has DATE_TEXT_BYTES at least, whatever its year. */
static bool parse_civil(struct slice text, int32_t *out_days) {
    uint64_t pairs;
    bool good = read_form(text.data, YEAR_MONTH, &pairs);
    int year = pair_of(pairs, 0) * 100 + pair_of(pairs, 2);
    int month = pair_of(pairs, 5);
    int day = two_digits(text, 8);
    if (!good || year < 1 || month < 1 || month > 12 || day < 1 || (day > 28 && day > days_in_month(year, month))) {
        return false;
    }
    *out_days = days_of_civil(year, month, day);
    return true;
}

bool date_parse_any(struct slice text, int32_t *out_days) {
    return text.len == DATE_TEXT_BYTES && parse_civil(text, out_days);
}

bool date_parse(struct slice text, int32_t *out_days) {
    return date_parse_any(text, out_days) && *out_days >= DATE_MIN && *out_days <= DATE_MAX;
}

/* Fraction digits behind a point at *at, truncated to milliseconds; 0 when there is no point, -1 when it is wrong. */
static int parse_fraction(struct slice text, size_t *at) {
    if (!is_byte(text, *at, '.')) {
        return 0;
    }
    size_t start = ++*at;
    int ms = 0;
    for (; *at < text.len && is_digit(text.data[*at]); ++*at) {
        if (*at - start < 3) {
            ms = ms * 10 + (text.data[*at] - '0');
        }
    }
    size_t count = *at - start;
    for (size_t i = count; i < 3; i++) {
        ms *= 10;
    }
    return count >= 1 && count <= 9 ? ms : -1;
}

/* The offset from UTC that ends `text` at `at`, in minutes. */
static bool parse_offset(struct slice text, size_t at, int *out_minutes) {
    if (is_byte(text, at, 'Z')) {
        *out_minutes = 0;
        return text.len == at + 1;
    }
    int hours = two_digits(text, at + 1);
    int minutes = two_digits(text, at + 4);
    bool plus = is_byte(text, at, '+');
    if (text.len != at + 6 || (!plus && !is_byte(text, at, '-')) || !is_byte(text, at + 3, ':')) {
        return false;
    }
    *out_minutes = (plus ? 1 : -1) * (hours * 60 + minutes);
    return hours >= 0 && hours <= 23 && minutes >= 0 && minutes <= 59;
}

bool timestamp_parse(struct slice text, int64_t *out_ms) {
    enum { T_AT = DATE_TEXT_BYTES, CLOCK_BYTES = 8 };
    int32_t days;
    uint64_t pairs;
    size_t at = T_AT + 1 + CLOCK_BYTES;
    if (text.len <= at || text.data[T_AT] != 'T' || !parse_civil(text, &days) ||
        !read_form(text.data + T_AT + 1, CLOCK, &pairs)) {
        return false;
    }
    int hour = pair_of(pairs, 0);
    int minute = pair_of(pairs, 3);
    int second = pair_of(pairs, 6);
    if (hour > 23 || minute > 59 || second > 59) {
        return false;
    }
    int offset_minutes;
    int ms = parse_fraction(text, &at);
    if (ms < 0 || !parse_offset(text, at, &offset_minutes)) {
        return false;
    }
    /* In UTC before the years are judged: only the instant counts for them. */
    int64_t seconds = (int64_t)days * DAY_SECONDS + hour * 3600 + minute * 60 + second - (int64_t)offset_minutes * 60;
    int64_t least = (int64_t)DATE_MIN * DAY_SECONDS;
    int64_t beyond = (int64_t)(DATE_MAX + 1) * DAY_SECONDS;
    *out_ms = seconds * 1000 + ms;
    return seconds >= least && seconds < beyond;
}

static void put(char *out, int value, int count) {
    for (int i = count - 1; i >= 0; i--, value /= 10) {
        out[i] = (char)('0' + value % 10);
    }
}

void date_write(int32_t days, char out[DATE_TEXT_BYTES]) {
    int32_t shifted = days + 719468; /* since 0000-03-01 */
    /* The way back: 400 years have 146097 days. Within them the leap days are taken out (one in 1461 days, but for
     * three of four centuries), so that 365 divides the rest into years. */
    int32_t era = shifted / 146097;
    int32_t day_of_era = shifted - era * 146097;
    int32_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int32_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int32_t since_march = (5 * day_of_year + 2) / 153;
    int32_t month = since_march < 10 ? since_march + 3 : since_march - 9;
    put(out, year_of_era + era * 400 + (month <= 2), 4);
    out[4] = '-';
    put(out + 5, month, 2);
    out[7] = '-';
    put(out + 8, day_of_year - (153 * since_march + 2) / 5 + 1, 2);
}

int32_t date_of(int64_t ms) {
    int64_t days = ms / TIMESTAMP_DAY_MS;
    return (int32_t)(ms % TIMESTAMP_DAY_MS < 0 ? days - 1 : days);
}

void timestamp_write(int64_t ms, char out[TIMESTAMP_TEXT_BYTES]) {
    int32_t days = date_of(ms);
    int in_day = (int)(ms - days * TIMESTAMP_DAY_MS);
    date_write(days, out);
    out[10] = 'T';
    put(out + 11, in_day / 3600000, 2);
    out[13] = ':';
    put(out + 14, in_day / 60000 % 60, 2);
    out[16] = ':';
    put(out + 17, in_day / 1000 % 60, 2);
    out[19] = '.';
    put(out + 20, in_day % 1000, 3);
    out[23] = 'Z';
}

static int64_t read_clock_ns(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t clock_wall_ms(void) {
    return read_clock_ns(CLOCK_REALTIME) / 1000000;
}

int64_t clock_steady_ns(void) {
    return read_clock_ns(CLOCK_MONOTONIC);
}

int64_t clock_steady_ms(void) {
    return clock_steady_ns() / 1000000;
}

struct moment clock_now(void) {
    return (struct moment){clock_wall_ms(), clock_steady_ms()};
}
