/* One word: whether somebody sleeps, or is about to. On Linux the kernel keeps the sleeper by that word itself (futex),
 * so a bell that is not armed costs its ringers no system call, and no lock is ever held by a thread that the scheduler
 * has put aside. Elsewhere a condition variable does the same. */
#include "flow/bell.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "base/alloc.h"

#if defined(__linux__) && !defined(CARAVAN_PORTABLE_BELL)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#else
#include <pthread.h>
#endif

enum { QUIET, ARMED };

/* Absolute, on the clock that nobody sets: a sleep that is interrupted goes on to the same end. */
static struct timespec end_of(int timeout_ms) {
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += timeout_ms / 1000;
    end.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    if (end.tv_nsec >= 1000000000) {
        end.tv_sec++;
        end.tv_nsec -= 1000000000;
    }
    return end;
}

static bool is_over(const struct timespec *end) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec > end->tv_sec || (now.tv_sec == end->tv_sec && now.tv_nsec >= end->tv_nsec);
}

#if defined(__linux__) && !defined(CARAVAN_PORTABLE_BELL)

struct bell {
    _Atomic uint32_t state;
};

static void wake(struct bell *bell) {
    /* Between the exchange and this the sleeper may have gone its way and even armed again: then it wakes for nothing,
     * sees that it is armed, and sleeps on. */
    if (atomic_exchange(&bell->state, QUIET) == ARMED) {
        syscall(SYS_futex, &bell->state, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    }
}

/* Until woken, or for whatever other reason: the caller looks. `end` NULL: no end. */
static void wait_once(struct bell *bell, const struct timespec *end) {
    /* The kernel compares once more before it sleeps, so a ring since the caller's look is not lost. The one of its
     * calls that takes an absolute time. */
    syscall(SYS_futex, &bell->state, FUTEX_WAIT_BITSET_PRIVATE, ARMED, end, NULL, FUTEX_BITSET_MATCH_ANY);
}

static void open_waiting(struct bell *bell) {
    (void)bell;
}

static void close_waiting(struct bell *bell) {
    (void)bell;
}

static void begin_waiting(struct bell *bell) {
    (void)bell;
}

static void end_waiting(struct bell *bell) {
    (void)bell;
}

#else

struct bell {
    _Atomic uint32_t state;
    pthread_mutex_t mutex;
    pthread_cond_t rung;
};

static void wake(struct bell *bell) {
    /* The word changes under the lock only, so no ring falls between the sleeper's look and its wait. */
    pthread_mutex_lock(&bell->mutex);
    atomic_store(&bell->state, QUIET);
    pthread_cond_signal(&bell->rung);
    pthread_mutex_unlock(&bell->mutex);
}

static void wait_once(struct bell *bell, const struct timespec *end) {
    if (end == NULL) {
        pthread_cond_wait(&bell->rung, &bell->mutex);
    } else {
        pthread_cond_timedwait(&bell->rung, &bell->mutex, end);
    }
}

static void open_waiting(struct bell *bell) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&bell->mutex, NULL);
    pthread_cond_init(&bell->rung, &attributes);
    pthread_condattr_destroy(&attributes);
}

static void close_waiting(struct bell *bell) {
    pthread_cond_destroy(&bell->rung);
    pthread_mutex_destroy(&bell->mutex);
}

static void begin_waiting(struct bell *bell) {
    pthread_mutex_lock(&bell->mutex);
}

static void end_waiting(struct bell *bell) {
    pthread_mutex_unlock(&bell->mutex);
}

#endif

struct bell *bell_new(void) {
    struct bell *bell = alloc_zeroed(1, sizeof *bell);
    open_waiting(bell);
    return bell;
}

void bell_free(struct bell *bell) {
    close_waiting(bell);
    free(bell);
}

void bell_ring(struct bell *bell) {
    /* With the fence in bell_arm: either the ringer sees that the bell is armed, or the sleeper sees the item when it
     * looks once more. Without both, an item could come between the look and the sleep, and nobody would wake up. */
    atomic_thread_fence(memory_order_seq_cst);
    if (atomic_load_explicit(&bell->state, memory_order_relaxed) == ARMED) {
        wake(bell);
    }
}

void bell_arm(struct bell *bell) {
    atomic_store_explicit(&bell->state, ARMED, memory_order_relaxed);
    atomic_thread_fence(memory_order_seq_cst);
}

void bell_sleep(struct bell *bell, int timeout_ms) {
    struct timespec end = end_of(timeout_ms < 0 ? 0 : timeout_ms);
    begin_waiting(bell);
    while (atomic_load(&bell->state) == ARMED && (timeout_ms < 0 || !is_over(&end))) {
        wait_once(bell, timeout_ms < 0 ? NULL : &end);
    }
    atomic_store(&bell->state, QUIET);
    end_waiting(bell);
}
