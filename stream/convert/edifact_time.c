/* Put together as RFC 3339 and read by base/timestamp.h, which knows the calendar. */
#include "convert/edifact_time.h"

#include <stdio.h>
#include <string.h>

#include "base/timestamp.h"

enum { DATE_DIGITS = 8, MINUTE_DIGITS = 12, SECOND_DIGITS = 14, ZONED_BYTES = 17 };

static bool are_digits(struct slice text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
    }
    return text.len > 0;
}

/* CCYYMMDDHHMM or CCYYMMDDHHMMSS and +hh:mm or -hh:mm. */
static bool parse(struct slice digits, const char zone[7], int64_t *out_ms) {
    char text[32];
    if (!are_digits(digits) || (digits.len != MINUTE_DIGITS && digits.len != SECOND_DIGITS)) {
        return false;
    }
    const char *d = digits.data, *seconds = digits.len == SECOND_DIGITS ? d + MINUTE_DIGITS : "00";
    snprintf(text, sizeof text, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s%s", d, d + 4, d + 6, d + 8, d + 10, seconds, zone);
    return timestamp_parse(slice_of(text), out_ms);
}

static bool parse_in(struct slice digits, int zone_minutes, int64_t *out_ms) {
    unsigned minutes = (unsigned)(zone_minutes < 0 ? -zone_minutes : zone_minutes);
    char zone[16];
    snprintf(zone, sizeof zone, "%c%02u:%02u", zone_minutes < 0 ? '-' : '+', minutes / 60 % 24, minutes % 60);
    return parse(digits, zone, out_ms);
}

static struct slice front(struct slice text, size_t len) {
    return (struct slice){text.data, text.len < len ? text.len : len};
}

static bool is_utc(struct slice zone) {
    return slice_equal(zone, SLICE("UTC")) || slice_equal(zone, SLICE("GMT")) || slice_equal(zone, SLICE("Z"));
}

bool edifact_time(struct slice value, struct slice format, int zone_minutes, int64_t *out_ms) {
    if (slice_equal(format, SLICE("203")) || slice_equal(format, SLICE("204"))) {
        return parse_in(value, zone_minutes, out_ms);
    }
    if (slice_equal(format, SLICE("205")) && value.len == ZONED_BYTES) {
        const char *z = value.data + MINUTE_DIGITS;
        char zone[7] = {z[0], z[1], z[2], ':', z[3], z[4], '\0'};
        return parse(front(value, MINUTE_DIGITS), zone, out_ms);
    }
    size_t digits = slice_equal(format, SLICE("303"))   ? MINUTE_DIGITS
                    : slice_equal(format, SLICE("304")) ? SECOND_DIGITS
                                                        : 0;
    if (digits == 0 || value.len <= digits || !is_utc((struct slice){value.data + digits, value.len - digits})) {
        return false;
    }
    return parse_in(front(value, digits), 0, out_ms);
}

bool edifact_unb_time(struct slice date, struct slice time, int zone_minutes, int64_t *out_ms) {
    char text[32];
    if (date.len + time.len >= sizeof text - 2) {
        return false;
    }
    /* Two digits of a year were enough until 2002; events are of this century (contract 1.5). */
    int len = snprintf(text, sizeof text, "%s%.*s%.*s", date.len == DATE_DIGITS ? "" : "20", (int)date.len,
                       date.data == NULL ? "" : date.data, (int)time.len, time.data == NULL ? "" : time.data);
    return parse_in((struct slice){text, (size_t)len}, zone_minutes, out_ms);
}

bool edifact_date(struct slice value, char out[10]) {
    char text[16];
    int32_t days;
    if (value.len < DATE_DIGITS || !are_digits(front(value, DATE_DIGITS))) {
        return false;
    }
    snprintf(text, sizeof text, "%.4s-%.2s-%.2s", value.data, value.data + 4, value.data + 6);
    memcpy(out, text, DATE_TEXT_BYTES);
    return date_parse((struct slice){out, DATE_TEXT_BYTES}, &days);
}
