/* What any thread may read and set of the lanes. Each figure is right for itself and none waits for another: they bound
 * memory and show how far the lanes are, and order nothing. */
#include "lanes/lane.h"

size_t lane_state_bytes(const struct lane *lane) {
    return atomic_load_explicit(&lane->state_bytes, memory_order_relaxed);
}

void lanes_set_budget(struct lanes *lanes, size_t bytes) {
    atomic_store_explicit(&lanes->budget_bytes, bytes, memory_order_relaxed);
}

bool lanes_are_full(const struct lanes *lanes) {
    bool full = false;
    for (unsigned i = 0; i < lanes->options.count; i++) {
        full = full || atomic_load_explicit(&lanes->lanes[i].full, memory_order_relaxed);
    }
    return full;
}

struct lanes_load lanes_load(const struct lanes *lanes, unsigned number) {
    const struct lane *lane = &lanes->lanes[number];
    return (struct lanes_load){
        .busy_ns = atomic_load_explicit(&lane->busy_ns, memory_order_relaxed),
        .obeyed = atomic_load_explicit(&lane->obeyed, memory_order_relaxed),
        .waiting = ring_depth(lane->orders),
    };
}

size_t lanes_queued_bytes(const struct lanes *lanes) {
    return atomic_load_explicit(&lanes->queued_bytes, memory_order_relaxed);
}

size_t lanes_state_bytes(const struct lanes *lanes) {
    size_t bytes = 0;
    for (unsigned i = 0; i < lanes->options.count; i++) {
        bytes += lane_state_bytes(&lanes->lanes[i]);
    }
    return bytes;
}

size_t lanes_kept_bytes(const struct lanes *lanes) {
    size_t bytes = 0;
    for (unsigned i = 0; i < lanes->options.count; i++) {
        bytes += atomic_load_explicit(&lanes->lanes[i].kept_bytes, memory_order_relaxed);
    }
    return bytes;
}

size_t lanes_memory_bytes(const struct lanes *lanes) {
    size_t bytes = atomic_load_explicit(&lanes->in_flight_bytes, memory_order_relaxed);
    for (unsigned i = 0; i < lanes->options.count; i++) {
        bytes += atomic_load_explicit(&lanes->lanes[i].open_bytes, memory_order_relaxed);
    }
    return bytes + lanes_state_bytes(lanes) + lanes_kept_bytes(lanes);
}

void lanes_spare(struct lanes *lanes, bool sparing) {
    atomic_store_explicit(&lanes->sparing, sparing, memory_order_relaxed);
}
