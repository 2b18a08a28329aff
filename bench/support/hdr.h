/* Latencies in microseconds in buckets a hundredth and less of their value wide, whatever their size: quantiles of
 * milliseconds and of minutes are equally exact. Plain values; one owner. */
#ifndef CARAVAN_BENCH_HDR_H
#define CARAVAN_BENCH_HDR_H

#include <stdint.h>

enum { HDR_STEPS = 128, HDR_BUCKETS = HDR_STEPS * 40 };

struct hdr { /* all zero: empty */
    uint64_t counts[HDR_BUCKETS];
    uint64_t count;
    int64_t max_us;
};

/* Negative ones count as 0. */
void hdr_add(struct hdr *hdr, int64_t us);
/* The upper edge of the bucket below which `part` (0 < part <= 1) of the samples lie, at most max_us; 0 when empty. */
int64_t hdr_quantile(const struct hdr *hdr, double part);

#endif
