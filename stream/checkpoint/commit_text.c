/* The line of contract 7.10, written and read field by field. The reader takes exactly what the writer writes, so that
 * a commit has one text and texts can be compared as bytes. */
#include "checkpoint/commit_text.h"

#include <inttypes.h>
#include <string.h>

#include "base/timestamp.h"

static const char HEX_DIGITS[] = "0123456789abcdef";

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

struct commit_rules commit_rules_of(const struct rules *rules) {
    /* The list by its hash: it may be long, and a broker takes 4096 bytes of metadata. */
    return (struct commit_rules){rules->merge, rules->require, hash64_of(rules->recognised)};
}

bool commit_rules_equal(const struct commit_rules *a, const struct commit_rules *b) {
    return a->merge == b->merge && a->require == b->require && a->recognised == b->recognised;
}

static void write_rules(const struct commit_text *text, struct buffer *out) {
    /* A change of rules is under way: it must not look done, nor undone, to the next life (contract 7.14). */
    if (text->rules_changing) {
        buffer_append_text(out, " * * *");
    } else {
        buffer_printf(out, " %s %s %016" PRIx64, MERGE_POLICY_NAMES[text->rules.merge],
                      REQUIRE_LEVEL_NAMES[text->rules.require], text->rules.recognised);
    }
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
    write_rules(text, out);
    buffer_printf(out, " %s", *text->input_id == '\0' ? "-" : text->input_id);
}

/* ---- reading */

struct fields {
    struct slice rest;
    bool ended; /* the last field is out */
};

/* The bytes up to the next space or the end; empty when there is no further field. */
static struct slice next_field(struct fields *fields) {
    struct slice field = {fields->rest.data, 0};
    /* An empty field is taken by none of the readers, so a line that is too short is refused there. */
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
        /* The bound before the step, so nothing overflows. */
        if (digit > 9 || value > (max - digit) / 10) {
            return false;
        }
        value = value * 10 + digit;
    }
    *out = value;
    /* One spelling a number: texts are compared as bytes (exactly-once.md E12). */
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

static bool read_horizon(struct slice field, int32_t *out) {
    if (slice_equal(field, SLICE("-"))) {
        *out = COMMIT_TEXT_NO_DATE;
        return true;
    }
    return date_parse_any(field, out);
}

static bool read_hash(struct slice field, uint64_t *out) {
    *out = 0;
    for (size_t i = 0; i < field.len; i++) {
        const char *digit = memchr(HEX_DIGITS, field.data[i], sizeof HEX_DIGITS - 1);
        if (digit == NULL) {
            return false;
        }
        *out = *out << 4 | (uint64_t)(digit - HEX_DIGITS);
    }
    return field.len == 16;
}

static bool read_rules(struct fields *fields, struct commit_text *out) {
    struct slice merge = next_field(fields);
    struct slice require = next_field(fields);
    struct slice recognised = next_field(fields);
    /* All three or none (contract 7.14). */
    out->rules_changing =
        slice_equal(merge, SLICE("*")) && slice_equal(require, SLICE("*")) && slice_equal(recognised, SLICE("*"));
    return out->rules_changing ||
           (rules_parse_merge(merge, &out->rules.merge) && rules_parse_require(require, &out->rules.require) &&
            read_hash(recognised, &out->rules.recognised));
}

/* 22 digits hold 132 bits, and the last 4 of them are none of the id. */
static bool read_id(struct slice field, char out[COMMIT_TEXT_ID_BYTES + 1]) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    static const char last_digits[] = "AQgw";
    if (slice_equal(field, SLICE("-"))) {
        return true;
    }
    for (size_t i = 0; i < field.len; i++) {
        if (memchr(digits, field.data[i], sizeof digits - 1) == NULL) {
            return false;
        }
    }
    if (field.len != COMMIT_TEXT_ID_BYTES ||
        memchr(last_digits, field.data[field.len - 1], sizeof last_digits - 1) == NULL) {
        return false;
    }
    memcpy(out, field.data, field.len);
    return true;
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
    return text->horizon_days != COMMIT_TEXT_NO_DATE && text->stream_time_ms >= DATE_MIN * TIMESTAMP_DAY_MS &&
           text->stream_time_ms < (DATE_MAX + 1) * TIMESTAMP_DAY_MS;
}

/* Everything behind the version. */
static bool read_rest(struct fields *fields, struct commit_text *out) {
    *out = (struct commit_text){0};
    /* K counts from 1. What stands between two fields is exactly one space, since that ends a field. */
    if (!read_decimal(next_field(fields), UINT64_MAX, &out->number) || out->number == 0 ||
        !read_time(next_field(fields), &out->stream_time_ms) || !read_horizon(next_field(fields), &out->horizon_days) ||
        !read_offset(next_field(fields), &out->redo_offset) || !read_time(next_field(fields), &out->oldest_wall_ms) ||
        !read_decimal(next_field(fields), UINT64_MAX, &out->live_events) ||
        !hash_parse(next_field(fields), &out->hash_sum) || !read_limits(fields, &out->limits) ||
        !read_rules(fields, out) || !read_id(next_field(fields), out->input_id)) {
        return false;
    }
    return fields->ended && fields->rest.len == 0 && is_stream_time(out);
}

enum commit_text_result commit_text_parse(struct slice bytes, struct commit_text *out) {
    struct fields fields = {.rest = bytes};
    uint64_t version;
    if (bytes.len == 0 || !read_decimal(next_field(&fields), UINT64_MAX, &version) || fields.ended) {
        return COMMIT_TEXT_NOT_ONE;
    }
    /* Its records and checks were others: nothing else of it is looked at. */
    if (version == 1) {
        return COMMIT_TEXT_FIRST_VERSION;
    }
    bool whole = read_rest(&fields, out);
    if (version != COMMIT_TEXT_VERSION) {
        /* A later version may have more fields, and then tells nothing here; one of the same form tells F, which is
         * enough where F is C. */
        out->redo_offset = whole ? out->redo_offset : COMMIT_TEXT_NO_OFFSET;
        return COMMIT_TEXT_OTHER_VERSION;
    }
    return whole ? COMMIT_TEXT_OK : COMMIT_TEXT_NOT_ONE;
}
