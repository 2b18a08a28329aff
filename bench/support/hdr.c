#include "support/hdr.h"

/* Values below 2 * HDR_STEPS have a bucket each; from there on every power of two has HDR_STEPS of them. */
static unsigned bucket_of(uint64_t us) {
    unsigned shift = 0;
    while (us >> shift >= 2 * HDR_STEPS) {
        shift++;
    }
    unsigned bucket = shift * HDR_STEPS + (unsigned)(us >> shift);
    return bucket < HDR_BUCKETS ? bucket : HDR_BUCKETS - 1;
}

static int64_t upper_edge(unsigned bucket) {
    unsigned shift = bucket < 2 * HDR_STEPS ? 0 : bucket / HDR_STEPS - 1;
    uint64_t value = bucket - shift * HDR_STEPS;
    return (int64_t)(((value + 1) << shift) - 1);
}

void hdr_add(struct hdr *hdr, int64_t us) {
    us = us < 0 ? 0 : us;
    hdr->counts[bucket_of((uint64_t)us)]++;
    hdr->count++;
    hdr->max_us = us > hdr->max_us ? us : hdr->max_us;
}

int64_t hdr_quantile(const struct hdr *hdr, double part) {
    uint64_t below = 0;
    for (unsigned i = 0; i < HDR_BUCKETS; i++) {
        below += hdr->counts[i];
        if (below > 0 && (double)below >= part * (double)hdr->count) {
            int64_t edge = upper_edge(i);
            return edge < hdr->max_us ? edge : hdr->max_us;
        }
    }
    return hdr->max_us;
}
