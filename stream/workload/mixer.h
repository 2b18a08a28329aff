/* Puts lines into another order. ORDER_WINDOW holds `window` lines: each new one takes the place of a random one, which
 * goes out; so memory is bounded, and a line moves ahead by less than the window. ORDER_ALL holds all lines. The other
 * orders let lines pass. One owner. */
#ifndef CARAVAN_WORKLOAD_MIXER_H
#define CARAVAN_WORKLOAD_MIXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"
#include "workload/options.h"
#include "workload/rng.h"

/* Where lines go: `take` returns false to stop the workload. */
struct workload_sink {
    bool (*take)(void *context, struct slice line);
    void *context;
};

struct mixer {
    struct workload_sink sink;
    struct rng rng;
    enum workload_order order;
    uint64_t window;
    struct buffer *slots; /* ORDER_WINDOW */
    size_t slot_count;
    struct buffer text; /* ORDER_ALL */
    struct slice_span {
        size_t offset, len;
    } * spans;
    size_t span_count, span_capacity;
};

void mixer_init(struct mixer *mixer, const struct workload_options *options, struct workload_sink sink);
void mixer_release(struct mixer *mixer);
/* False once the sink said so. */
bool mixer_put(struct mixer *mixer, struct slice line);
/* Lets go of all that is held. */
bool mixer_finish(struct mixer *mixer);

#endif
