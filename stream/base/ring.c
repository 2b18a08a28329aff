#include "base/ring.h"

#include <assert.h>
#include <ck_ring.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

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

enum { SLOTS_MAX = 1 << 20, FULL_WAIT_NS = 50000 };

struct bell {
    atomic_bool armed;
    pthread_mutex_t mutex;
    pthread_cond_t rung;
};

struct ring {
    struct ck_ring ring;
    struct ck_ring_buffer *slots;
    struct bell *bell;
};

struct bell *bell_new(void) {
    struct bell *bell = alloc_zeroed(1, sizeof *bell);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&bell->mutex, NULL);
    pthread_cond_init(&bell->rung, &attributes);
    pthread_condattr_destroy(&attributes);
    return bell;
}

void bell_free(struct bell *bell) {
    pthread_cond_destroy(&bell->rung);
    pthread_mutex_destroy(&bell->mutex);
    free(bell);
}

void bell_ring(struct bell *bell) {
    atomic_thread_fence(memory_order_seq_cst);
    if (atomic_load(&bell->armed)) {
        pthread_mutex_lock(&bell->mutex);
        atomic_store(&bell->armed, false);
        pthread_cond_signal(&bell->rung);
        pthread_mutex_unlock(&bell->mutex);
    }
}

void bell_arm(struct bell *bell) {
    atomic_store(&bell->armed, true);
    atomic_thread_fence(memory_order_seq_cst);
}

void bell_sleep(struct bell *bell, int timeout_ms) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&bell->mutex);
    int status = 0;
    while (atomic_load(&bell->armed) && status != ETIMEDOUT) {
        status = timeout_ms < 0 ? pthread_cond_wait(&bell->rung, &bell->mutex)
                                : pthread_cond_timedwait(&bell->rung, &bell->mutex, &until);
    }
    atomic_store(&bell->armed, false);
    pthread_mutex_unlock(&bell->mutex);
}

struct ring *ring_new(unsigned slots, struct bell *bell) {
    assert(slots > 0 && slots < SLOTS_MAX);
    unsigned size = 4;
    while (size <= slots) { /* a ck_ring holds one less than its size */
        size *= 2;
    }
    struct ring *ring = alloc_zeroed(1, sizeof *ring);
    ring->slots = alloc_zeroed(size, sizeof *ring->slots);
    ring->bell = bell;
    ck_ring_init(&ring->ring, size);
    return ring;
}

void ring_free(struct ring *ring) {
    assert(ck_ring_size(&ring->ring) == 0);
    free(ring->slots);
    free(ring);
}

void ring_push(struct ring *ring, void *item) {
    assert(item != NULL);
    MADE_VISIBLE(ring);
    while (!ck_ring_enqueue_spsc(&ring->ring, ring->slots, item)) {
        nanosleep(&(struct timespec){.tv_nsec = FULL_WAIT_NS}, NULL);
    }
    bell_ring(ring->bell);
}

void *ring_poll(struct ring *ring) {
    void *item = NULL;
    if (!ck_ring_dequeue_spsc(&ring->ring, ring->slots, &item)) {
        return NULL;
    }
    SEES(ring);
    return item;
}

void *ring_pop(struct ring *ring, int timeout_ms) {
    void *item = ring_poll(ring);
    bool again = true;
    while (item == NULL && again) {
        bell_arm(ring->bell);
        item = ring_poll(ring);
        if (item == NULL) {
            bell_sleep(ring->bell, timeout_ms);
            item = ring_poll(ring);
        }
        again = timeout_ms < 0;
    }
    return item;
}
