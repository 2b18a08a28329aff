/* Order is noise, too: the merge must find the same whatever this does. */
#include "workload/mixer.h"

#include <stdlib.h>

#include "base/alloc.h"

/* The mixer has a stream of its own: another order never changes what is told. */
enum { STREAM_MIXER = 3, SLOT_KEEP_BYTES = 16 * 1024 };

void mixer_init(struct mixer *mixer, const struct workload_options *options, struct workload_sink sink) {
    *mixer = (struct mixer){
        .sink = sink,
        .rng = rng_new(options->seed, STREAM_MIXER, 0),
        .order = options->order,
        .window = options->window,
    };
    if (mixer->order == ORDER_WINDOW) {
        mixer->slots = alloc_zeroed(mixer->window, sizeof *mixer->slots);
    }
}

void mixer_release(struct mixer *mixer) {
    for (size_t i = 0; mixer->slots != NULL && i < mixer->window; i++) {
        buffer_release(&mixer->slots[i]);
    }
    free(mixer->slots);
    buffer_release(&mixer->text);
    free(mixer->spans);
    *mixer = (struct mixer){0};
}

/* The line goes into a slot; what was there goes out. How long a line stays is left to chance, the window on average,
 * so that there is no bound on how far one may fall behind. */
static bool put_into_window(struct mixer *mixer, struct slice line) {
    bool full = mixer->slot_count == mixer->window;
    struct buffer *slot = &mixer->slots[full ? rng_below(&mixer->rng, mixer->window) : mixer->slot_count];
    bool going = !full || mixer->sink.take(mixer->sink.context, buffer_slice(slot));
    /* One oversized line must not make its slot large for ever: there may be many slots. */
    if (slot->capacity > SLOT_KEEP_BYTES) {
        buffer_release(slot);
    }
    buffer_clear(slot);
    buffer_append_slice(slot, line);
    mixer->slot_count += !full;
    return going;
}

/* As a whole in memory: only so can any message come anywhere. */
static bool keep(struct mixer *mixer, struct slice line) {
    if (mixer->span_count == mixer->span_capacity) {
        mixer->span_capacity = mixer->span_capacity == 0 ? 4096 : mixer->span_capacity * 2;
        mixer->spans = alloc_resize(mixer->spans, mixer->span_capacity, sizeof *mixer->spans);
    }
    mixer->spans[mixer->span_count++] = (struct slice_span){mixer->text.len, line.len};
    buffer_append_slice(&mixer->text, line);
    return true;
}

bool mixer_put(struct mixer *mixer, struct slice line) {
    switch (mixer->order) {
    case ORDER_WINDOW: return put_into_window(mixer, line);
    case ORDER_ALL: return keep(mixer, line);
    /* The story's order, or a train's own shuffle: made before lines come here. */
    default: return mixer->sink.take(mixer->sink.context, line);
    }
}

/* The shuffle of Fisher and Yates, given out as it is drawn. */
bool mixer_finish(struct mixer *mixer) {
    for (size_t left = mixer->span_count; left > 0; left--) {
        size_t drawn = rng_below(&mixer->rng, left);
        struct slice_span span = mixer->spans[drawn];
        mixer->spans[drawn] = mixer->spans[left - 1];
        if (!mixer->sink.take(mixer->sink.context, (struct slice){mixer->text.data + span.offset, span.len})) {
            return false;
        }
    }
    for (size_t left = mixer->slot_count; left > 0; left--) {
        size_t drawn = rng_below(&mixer->rng, left);
        struct buffer chosen = mixer->slots[drawn];
        mixer->slots[drawn] = mixer->slots[left - 1];
        /* Swapped and not overwritten, for mixer_release frees each slot's memory once. */
        mixer->slots[left - 1] = chosen;
        if (!mixer->sink.take(mixer->sink.context, buffer_slice(&chosen))) {
            return false;
        }
    }
    return true;
}
