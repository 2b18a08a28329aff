#include "checkpoint/commit_text.h"

#include <inttypes.h>
#include <string.h>

#include "base/timestamp.h"

enum { EVENT_YEAR_FIRST_DAY = 10957, EVENT_YEAR_LAST_DAY = 47481 }; /* 2000-01-01, 2099-12-31 */

/* ---- writing */

static void write_time(int64_t ms, struct buffer *out) {
    if (ms == COMMIT_TEXT_NO_TIME) {
        buffer_append_text(out, " -");
    } else {
        buffer_printf(out, " %" PRId64, ms);
    }
}

static void write_horizon(int32_t days, struct buffer *out) {
    if (days == COMMIT_TEXT_NO_DATE) {
        buffer_append_text(out, " -");
        return;
    }
    char date[DATE_TEXT_BYTES];
    date_write(days, date);
    buffer_append_byte(out, ' ');
    buffer_append(out, date, sizeof date);
}

void commit_text_write(const struct commit_text *text, struct buffer *out) {
    char sum[HASH_HEX_BYTES];
    buffer_printf(out, "%d %" PRIu64, COMMIT_TEXT_VERSION, text->number);
    write_time(text->stream_time_ms, out);
    write_horizon(text->horizon_days, out);
    buffer_printf(out, " %" PRId64, text->redo_offset);
    write_time(text->oldest_wall_ms, out);
    hash_write(text->hash_sum, sum);
    buffer_printf(out, " %" PRIu64 " %.*s", text->live_events, HASH_HEX_BYTES, sum);
    buffer_printf(out, " %" PRIu64 " %" PRIu64 " %" PRId32, text->limits.message_bytes, text->limits.train_bytes,
                  text->limits.retention_days);
    buffer_printf(out, " %s %s", text->rules_changing ? "*" : MERGE_POLICY_NAMES[text->rules.merge],
                  text->rules_changing ? "*" : REQUIRE_LEVEL_NAMES[text->rules.require]);
}

/* ---- reading */

struct fields {
    struct slice rest;
    bool ended; /* the last field is out */
};

/* The bytes up to the next space or the end; empty when there is no further field. */
static struct slice next_field(struct fields *fields) {
    struct slice field = {fields->rest.data, 0};
    if (fields->ended) {
        return field;
    }
    while (field.len < fields->rest.len && field.data[field.len] != ' ') {
        field.len++;
    }
    fields->ended = field.len == fields->rest.len;
    size_t skipped = field.len + !fields->ended;
    fields->rest.data += skipped;
    fields->rest.len -= skipped;
    return field;
}

/* A decimal as written: digits, no superfluous zero in front, at most `max`. */
static bool read_decimal(struct slice field, uint64_t max, uint64_t *out) {
    uint64_t value = 0;
    for (size_t i = 0; i < field.len; i++) {
        unsigned digit = (unsigned)(unsigned char)field.data[i] - '0';
        if (digit > 9 || value > (max - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    *out = value;
    return field.len == 1 || (field.len > 1 && field.data[0] != '0');
}

static bool read_offset(struct slice field, int64_t *out) {
    uint64_t value;
    if (!read_decimal(field, INT64_MAX, &value)) {
        return false;
    }
    *out = (int64_t)value;
    return true;
}

static bool read_time(struct slice field, int64_t *out) {
    if (slice_equal(field, SLICE("-"))) {
        *out = COMMIT_TEXT_NO_TIME;
        return true;
    }
    return read_offset(field, out);
}

/* The digits of a date's year, month or day; -1 when one is not a digit. */
static int read_part(struct slice field, size_t at, size_t count) {
    int value = 0;
    for (size_t i = at; i < at + count; i++) {
        if (field.data[i] < '0' || field.data[i] > '9') {
            return -1;
        }
        value = value * 10 + (field.data[i] - '0');
    }
    return value;
}

/* Any date with a four-digit year (a horizon lies up to retention.days before the years of events): counted here, and
 * right when date_write writes the same again. */
static bool read_date(struct slice field, int32_t *out) {
    enum { DAYS_TO_1970 = 719528, YEAR_MAX = 9998 /* so that no wrong day can reach a year of five digits */ };
    static const int before_month[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    if (field.len != DATE_TEXT_BYTES) {
        return false;
    }
    int year = read_part(field, 0, 4);
    int month = read_part(field, 5, 2);
    int day = read_part(field, 8, 2);
    if (year < 0 || year > YEAR_MAX || month < 1 || month > 12 || day < 1) {
        return false;
    }
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    int leap_days = (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400 + (leap && month > 2);
    *out = year * 365 + leap_days + before_month[month - 1] + day - 1 - DAYS_TO_1970;
    char again[DATE_TEXT_BYTES];
    date_write(*out, again);
    return memcmp(again, field.data, sizeof again) == 0;
}

static bool read_horizon(struct slice field, int32_t *out) {
    if (slice_equal(field, SLICE("-"))) {
        *out = COMMIT_TEXT_NO_DATE;
        return true;
    }
    return read_date(field, out);
}

static bool read_rules(struct slice merge, struct slice require, struct commit_text *out) {
    out->rules_changing = slice_equal(merge, SLICE("*")) && slice_equal(require, SLICE("*"));
    return out->rules_changing ||
           (rules_parse_merge(merge, &out->rules.merge) && rules_parse_require(require, &out->rules.require));
}

static bool read_limits(struct fields *fields, struct commit_limits *out) {
    uint64_t days;
    if (!read_decimal(next_field(fields), UINT64_MAX, &out->message_bytes) ||
        !read_decimal(next_field(fields), UINT64_MAX, &out->train_bytes) ||
        !read_decimal(next_field(fields), INT32_MAX, &days)) {
        return false;
    }
    out->retention_days = (int32_t)days;
    return true;
}

/* T lies in the years of events, and there is a horizon from the first of them on. */
static bool is_stream_time(const struct commit_text *text) {
    if (text->stream_time_ms == COMMIT_TEXT_NO_TIME) {
        return text->horizon_days == COMMIT_TEXT_NO_DATE;
    }
    return text->horizon_days != COMMIT_TEXT_NO_DATE &&
           text->stream_time_ms >= EVENT_YEAR_FIRST_DAY * TIMESTAMP_DAY_MS &&
           text->stream_time_ms < (EVENT_YEAR_LAST_DAY + 1) * TIMESTAMP_DAY_MS;
}

/* Everything behind the version. */
static bool read_rest(struct fields *fields, struct commit_text *out) {
    *out = (struct commit_text){0};
    if (!read_decimal(next_field(fields), UINT64_MAX, &out->number) || out->number == 0 ||
        !read_time(next_field(fields), &out->stream_time_ms) || !read_horizon(next_field(fields), &out->horizon_days) ||
        !read_offset(next_field(fields), &out->redo_offset) || !read_time(next_field(fields), &out->oldest_wall_ms) ||
        !read_decimal(next_field(fields), UINT64_MAX, &out->live_events) ||
        !hash_parse(next_field(fields), &out->hash_sum) || !read_limits(fields, &out->limits)) {
        return false;
    }
    struct slice merge = next_field(fields);
    struct slice require = next_field(fields);
    return fields->ended && fields->rest.len == 0 && read_rules(merge, require, out) && is_stream_time(out);
}

enum commit_text_result commit_text_parse(struct slice bytes, struct commit_text *out) {
    struct fields fields = {.rest = bytes};
    uint64_t version;
    if (bytes.len == 0 || !read_decimal(next_field(&fields), UINT64_MAX, &version) || fields.ended) {
        return COMMIT_TEXT_NOT_ONE;
    }
    bool whole = read_rest(&fields, out);
    if (version != COMMIT_TEXT_VERSION) {
        out->redo_offset = whole ? out->redo_offset : COMMIT_TEXT_NO_OFFSET;
        return COMMIT_TEXT_OTHER_VERSION;
    }
    return whole ? COMMIT_TEXT_OK : COMMIT_TEXT_NOT_ONE;
}
