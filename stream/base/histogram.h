/* Latencies in milliseconds, counted in buckets an eighth of a power of two wide: quantiles within 12.5 %. Plain
 * values; one owner. */
#ifndef CARAVAN_BASE_HISTOGRAM_H
#define CARAVAN_BASE_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_BUCKETS = 8 * 40 };

struct histogram { /* all zero: empty */
    uint64_t counts[HISTOGRAM_BUCKETS];
    uint64_t count;
    uint64_t sum_ms; /* of all samples */
    int64_t max_ms;
};

/* `count` samples of `ms` (negative ones count as 0; those beyond 2^39 ms share a bucket). */
void histogram_add(struct histogram *histogram, int64_t ms, uint64_t count);
/* The upper edge of the bucket below which `part` (0 < part <= 1) of the samples lie, at most max_ms; 0 when empty. */
int64_t histogram_quantile(const struct histogram *histogram, double part);
/* How many samples are at most `ms`: exact where `ms` is the greatest value of a bucket, as 2^n - 1 and 3 * 2^n - 1
 * are. */
uint64_t histogram_count_up_to(const struct histogram *histogram, int64_t ms);
/* The samples of `now` that were not in `before`, an earlier state of it. Their max_ms is known to a bucket's width. */
struct histogram histogram_since(const struct histogram *now, const struct histogram *before);
/* The samples of both. */
struct histogram histogram_sum(const struct histogram *a, const struct histogram *b);

#endif
