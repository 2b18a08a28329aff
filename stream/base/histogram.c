#include "base/histogram.h"

enum { PARTS = 8, PARTS_BITS = 3 };

/* Values below 8 have a bucket each; above, eight for each power of two. */
static unsigned bucket_of(uint64_t value) {
    if (value < PARTS) {
        return (unsigned)value;
    }
    unsigned power = 63u - (unsigned)__builtin_clzll(value);
    unsigned part = (unsigned)(value >> (power - PARTS_BITS)) & (PARTS - 1);
    unsigned bucket = (power - PARTS_BITS + 1) * PARTS + part;
    return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

/* The greatest value of a bucket. */
static int64_t upper_edge(unsigned bucket) {
    if (bucket < PARTS) {
        return bucket;
    }
    unsigned shift = bucket / PARTS - 1;
    return ((int64_t)(PARTS + bucket % PARTS + 1) << shift) - 1;
}

void histogram_add(struct histogram *histogram, int64_t ms, uint64_t count) {
    int64_t value = ms < 0 ? 0 : ms;
    histogram->counts[bucket_of((uint64_t)value)] += count;
    histogram->count += count;
    if (count > 0 && value > histogram->max_ms) {
        histogram->max_ms = value;
    }
}

int64_t histogram_quantile(const struct histogram *histogram, double part) {
    double wanted = part * (double)histogram->count;
    uint64_t below = 0;
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS && histogram->count > 0; i++) {
        below += histogram->counts[i];
        if ((double)below >= wanted) {
            int64_t edge = upper_edge(i);
            return edge < histogram->max_ms ? edge : histogram->max_ms;
        }
    }
    return histogram->max_ms;
}
