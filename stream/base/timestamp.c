#include "base/timestamp.h"

#include <time.h>

enum { YEAR_MIN = 2000, YEAR_MAX = 2099 };

/* `count` digits at `at` as a number, or -1. */
static int digits(struct slice text, size_t at, size_t count) {
    if (at + count > text.len) {
        return -1;
    }
    int value = 0;
    for (size_t i = at; i < at + count; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return -1;
        }
        value = value * 10 + (text.data[i] - '0');
    }
    return value;
}

static bool is_byte(struct slice text, size_t at, char c) {
    return at < text.len && text.data[at] == c;
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar: whole years since year 0 counted from 1 March, so that
 * the leap day is the last one of its year. */
static int32_t days_of_civil(int year, int month, int day) {
    int y = month <= 2 ? year - 1 : year;
    int since_march = month <= 2 ? month + 9 : month - 3;
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

/* The date at the start of `text`, whatever its year. */
static bool parse_civil(struct slice text, int *year, int32_t *out_days) {
    int month = digits(text, 5, 2);
    int day = digits(text, 8, 2);
    *year = digits(text, 0, 4);
    if (*year < 0 || month < 1 || month > 12 || !is_byte(text, 4, '-') || !is_byte(text, 7, '-')) {
        return false;
    }
    if (day < 1 || day > days_in_month(*year, month)) {
        return false;
    }
    *out_days = days_of_civil(*year, month, day);
    return true;
}

bool date_parse(struct slice text, int32_t *out_days) {
    int year;
    return text.len == DATE_TEXT_BYTES && parse_civil(text, &year, out_days) && year >= YEAR_MIN && year <= YEAR_MAX;
}

/* Fraction digits behind a point at *at, truncated to milliseconds; 0 when there is no point, -1 when it is wrong. */
static int parse_fraction(struct slice text, size_t *at) {
    if (!is_byte(text, *at, '.')) {
        return 0;
    }
    size_t start = ++*at;
    int ms = 0;
    while (digits(text, *at, 1) >= 0) {
        if (*at - start < 3) {
            ms = ms * 10 + digits(text, *at, 1);
        }
        ++*at;
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
    int hours = digits(text, at + 1, 2);
    int minutes = digits(text, at + 4, 2);
    bool plus = is_byte(text, at, '+');
    if (text.len != at + 6 || (!plus && !is_byte(text, at, '-')) || !is_byte(text, at + 3, ':')) {
        return false;
    }
    *out_minutes = (plus ? 1 : -1) * (hours * 60 + minutes);
    return hours >= 0 && hours <= 23 && minutes >= 0 && minutes <= 59;
}

bool timestamp_parse(struct slice text, int64_t *out_ms) {
    int year;
    int32_t days;
    int hour = digits(text, 11, 2);
    int minute = digits(text, 14, 2);
    int second = digits(text, 17, 2);
    if (!parse_civil(text, &year, &days) || !is_byte(text, 10, 'T') || !is_byte(text, 13, ':') ||
        !is_byte(text, 16, ':')) {
        return false;
    }
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
        return false;
    }
    size_t at = 19;
    int offset_minutes;
    int ms = parse_fraction(text, &at);
    if (ms < 0 || !parse_offset(text, at, &offset_minutes)) {
        return false;
    }
    int64_t seconds = (int64_t)days * 86400 + hour * 3600 + minute * 60 + second - (int64_t)offset_minutes * 60;
    int64_t least = (int64_t)days_of_civil(YEAR_MIN, 1, 1) * 86400;
    int64_t beyond = (int64_t)days_of_civil(YEAR_MAX + 1, 1, 1) * 86400;
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
