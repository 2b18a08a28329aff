/* A ring of ck between one thread that pushes and one that pops, a bell for who finds it empty and one for who finds it
 * full: two busy threads never meet in the kernel. */
#include "flow/ring.h"

#include <assert.h>
#include <ck_ring.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/alloc.h"

/* ck's fences are assembly, which ThreadSanitizer cannot see: this file is built without it and says itself what
 * a push makes visible to a pop. */
#ifdef CARAVAN_TSAN
void __tsan_acquire(void *address);
void __tsan_release(void *address);
#define MADE_VISIBLE(address) __tsan_release(address)
#define SEES(address) __tsan_acquire(address)
#else
#define MADE_VISIBLE(address) ((void)(address))
#define SEES(address) ((void)(address))
#endif

enum { SLOTS_MAX = 1 << 20 };

struct ring {
    struct ck_ring ring;
    struct ck_ring_buffer *slots;
    struct bell *bell; /* the consumer's */
    struct bell *room; /* the producer's */
};

struct ring *ring_new(unsigned slots, struct bell *bell) {
    assert(slots > 0 && slots < SLOTS_MAX);
    unsigned size = 4;
    while (size <= slots) { /* a ck_ring holds one less than its size */
        size *= 2;
    }
    struct ring *ring = alloc_zeroed(1, sizeof *ring);
    ring->slots = alloc_zeroed(size, sizeof *ring->slots);
    ring->bell = bell;
    ring->room = bell_new();
    ck_ring_init(&ring->ring, size);
    return ring;
}

void ring_free(struct ring *ring) {
    assert(ck_ring_size(&ring->ring) == 0);
    bell_free(ring->room);
    free(ring->slots);
    free(ring);
}

static bool try_push(struct ring *ring, void *item) {
    return ck_ring_enqueue_spsc(&ring->ring, ring->slots, item);
}

void ring_push(struct ring *ring, void *item) {
    assert(item != NULL);
    MADE_VISIBLE(ring);
    while (!try_push(ring, item)) {
        bell_arm(ring->room);
        if (try_push(ring, item)) {
            break;
        }
        bell_sleep(ring->room, -1);
    }
    bell_ring(ring->bell);
}

unsigned ring_depth(const struct ring *ring) {
    return ck_ring_size(&ring->ring);
}

void *ring_poll(struct ring *ring) {
    void *item = NULL;
    if (!ck_ring_dequeue_spsc(&ring->ring, ring->slots, &item)) {
        return NULL;
    }
    SEES(ring);
    bell_ring(ring->room);
    return item;
}

void *ring_pop(struct ring *ring, int timeout_ms) {
    /* First without the bell: a busy consumer never touches it. */
    void *item = ring_poll(ring);
    bool again = true;
    while (item == NULL && again) {
        bell_arm(ring->bell);
        item = ring_poll(ring);
        if (item == NULL) {
            bell_sleep(ring->bell, timeout_ms);
            item = ring_poll(ring);
        }
        /* A bell may serve several rings, so a sleep may end for another one's item; with a time-out the caller looks
         * what is left of it and comes again. */
        again = timeout_ms < 0;
    }
    return item;
}
