/* Metrics in Prometheus' text format 0.0.4: families with HELP and TYPE, their samples below them. Names and units are
 * the caller's: base units, `_total` behind what only grows. Pure. */
#ifndef CARAVAN_HTTP_METRIC_TEXT_H
#define CARAVAN_HTTP_METRIC_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/histogram.h"

struct metric_text {
    struct buffer *out;
    const char *name; /* of the family that samples belong to now */
};

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

/* Begins a family. Static texts; `help` is one sentence. */
void metric_family(struct metric_text *text, const char *name, enum metric_kind kind, const char *help);

/* One sample of the family. `labels` is `name="value",…` without the braces, "" for none; values that come from outside
 * go through metric_label. */
void metric_count(struct metric_text *text, const char *labels, uint64_t value);
/* A number of thousandths: milliseconds as seconds. */
void metric_thousandths(struct metric_text *text, const char *labels, int64_t value);
void metric_signed(struct metric_text *text, const char *labels, int64_t value);
/* Buckets, sum and count of latencies, in seconds: cumulative, at fixed bounds that are edges of the histogram's own
 * buckets, so that each count is exact. */
void metric_histogram(struct metric_text *text, const char *labels, const struct histogram *histogram);

/* Appends `name="value"` with what the format escapes escaped; a comma in front where it is not the first. */
void metric_label(struct buffer *labels, const char *name, const char *value);

#endif
