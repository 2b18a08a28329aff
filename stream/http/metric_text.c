/* The text is made anew for each scrape, from one view, so all samples of a scrape are of one moment. Counters of a
 * client library would be read one by one while the worker goes on. */
#include "http/metric_text.h"

#include <inttypes.h>
#include <string.h>

/* Edges of the histogram's own buckets, so that each count is exact (base/histogram.h): two for each power of two up to
 * 12 s, then one, up to 262 s. A bucket's bound is part of its series' name, so that other bounds break graphs over
 * time. */
static const int64_t BOUNDS_MS[] = {1,    3,    7,    11,    15,    23,    31,    47,     63,    95,
                                    127,  191,  255,  383,   511,   767,   1023,  1535,   2047,  3071,
                                    4095, 6143, 8191, 12287, 16383, 32767, 65535, 131071, 262143};

void metric_family(struct metric_text *text, const char *name, enum metric_kind kind, const char *help) {
    static const char *const kinds[] = {"counter", "gauge", "histogram"};
    text->name = name;
    buffer_printf(text->out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kinds[kind]);
}

static void put_name(struct metric_text *text, const char *suffix, const char *labels) {
    buffer_printf(text->out, *labels == '\0' ? "%s%s%s " : "%s%s{%s} ", text->name, suffix, labels);
}

void metric_count(struct metric_text *text, const char *labels, uint64_t value) {
    put_name(text, "", labels);
    buffer_printf(text->out, "%" PRIu64 "\n", value);
}

void metric_signed(struct metric_text *text, const char *labels, int64_t value) {
    put_name(text, "", labels);
    buffer_printf(text->out, "%" PRId64 "\n", value);
}

/* Always three digits, and no double in between: a sum of milliseconds stays exact however long it grows. */
static void put_thousandths(struct metric_text *text, uint64_t value) {
    buffer_printf(text->out, "%" PRIu64 ".%03u\n", value / 1000, (unsigned)(value % 1000));
}

void metric_thousandths(struct metric_text *text, const char *labels, int64_t value) {
    put_name(text, "", labels);
    if (value < 0) {
        buffer_append_byte(text->out, '-');
    }
    put_thousandths(text, value < 0 ? (uint64_t)0 - (uint64_t)value : (uint64_t)value);
}

void metric_histogram(struct metric_text *text, const char *labels, const struct histogram *histogram) {
    /* The format wants cumulative buckets, of which the last, +Inf, equals _count. */
    const char *comma = *labels == '\0' ? "" : ",";
    for (size_t i = 0; i < sizeof BOUNDS_MS / sizeof BOUNDS_MS[0]; i++) {
        unsigned ms = (unsigned)BOUNDS_MS[i];
        buffer_printf(text->out, "%s_bucket{%s%sle=\"%u.%03u\"} %" PRIu64 "\n", text->name, labels, comma, ms / 1000,
                      ms % 1000, histogram_count_up_to(histogram, BOUNDS_MS[i]));
    }
    buffer_printf(text->out, "%s_bucket{%s%sle=\"+Inf\"} %" PRIu64 "\n", text->name, labels, comma, histogram->count);
    put_name(text, "_sum", labels);
    put_thousandths(text, histogram->sum_ms);
    put_name(text, "_count", labels);
    buffer_printf(text->out, "%" PRIu64 "\n", histogram->count);
}

/* Backslash, quote and line feed are all that the format escapes; the rest of a name stands as it is. */
void metric_label(struct buffer *labels, const char *name, const char *value) {
    buffer_printf(labels, "%s%s=\"", labels->len == 0 ? "" : ",", name);
    for (; *value != '\0'; value++) {
        if (*value == '\\' || *value == '"') {
            buffer_append_byte(labels, '\\');
        }
        if (*value == '\n') {
            buffer_append_text(labels, "\\n");
        } else {
            buffer_append_byte(labels, *value);
        }
    }
    buffer_append_byte(labels, '"');
}
