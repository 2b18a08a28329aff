/* Buckets that grow with the value, eight for each power of two: what is read from one is at most an eighth too large,
 * from a millisecond to days, and adding is a shift and not a search. */
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
    /* The last one takes what is beyond all of them. */
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
    /* A producer's clock may be ahead of ours. */
    int64_t value = ms < 0 ? 0 : ms;
    histogram->counts[bucket_of((uint64_t)value)] += count;
    histogram->count += count;
    histogram->sum_ms += (uint64_t)value * count;
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
            /* Never above what was seen. */
            return edge < histogram->max_ms ? edge : histogram->max_ms;
        }
    }
    return histogram->max_ms;
}

uint64_t histogram_count_up_to(const struct histogram *histogram, int64_t ms) {
    /* Whole buckets alone: one that reaches beyond `ms` does not count, so this is never too many. */
    uint64_t count = 0;
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS && upper_edge(i) <= ms; i++) {
        count += histogram->counts[i];
    }
    return count;
}

struct histogram histogram_since(const struct histogram *now, const struct histogram *before) {
    struct histogram since = {.count = now->count - before->count, .sum_ms = now->sum_ms - before->sum_ms};
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        since.counts[i] = now->counts[i] - before->counts[i];
        /* What the greatest value since then was is not kept; the highest bucket that grew bounds it. */
        if (since.counts[i] > 0) {
            since.max_ms = upper_edge(i) < now->max_ms ? upper_edge(i) : now->max_ms;
        }
    }
    return since;
}

struct histogram histogram_sum(const struct histogram *a, const struct histogram *b) {
    struct histogram sum = *a;
    sum.count += b->count;
    sum.sum_ms += b->sum_ms;
    sum.max_ms = b->max_ms > a->max_ms ? b->max_ms : a->max_ms;
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        sum.counts[i] += b->counts[i];
    }
    return sum;
}
