#include "worker/guard.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/timestamp.h"

static sem_t told;
static atomic_int code;
static atomic_bool is_told;
static _Atomic int64_t told_ms;
static int64_t patience_ms;

static void wait_until(int64_t until_ms) {
    for (int64_t left_ms; (left_ms = until_ms - clock_steady_ms()) > 0;) {
        nanosleep(&(struct timespec){(time_t)(left_ms / 1000), (long)(left_ms % 1000) * 1000000}, NULL);
    }
}

static void *guard_main(void *context) {
    (void)context;
    /* A semaphore, since guard_tell is called in a signal handler, where hardly anything else may be. */
    while (sem_wait(&told) != 0 && errno == EINTR) {
    }
    wait_until(guard_deadline_ms() + GUARD_GRACE_MS);
    log_line(LOG_WARNING, "worker", "leaving while the Kafka client still waits for something; nothing is lost");
    /* No exit handlers: they would wait for the threads that hang. Nothing is lost, as by a kill (exactly-once.md,
     * "When the process dies"). */
    _exit(atomic_load(&code));
}

void guard_start(int64_t timeout_ms) {
    pthread_t thread;
    patience_ms = timeout_ms;
    atomic_store(&is_told, false);
    atomic_store(&told_ms, INT64_MAX);
    sem_init(&told, 0, 0);
    if (pthread_create(&thread, NULL, guard_main, NULL) != 0) {
        abort();
    }
    /* Nobody waits for it: it sleeps until the process ends, or ends it. */
    pthread_detach(thread);
}

void guard_tell(int exit_code) {
    if (!atomic_exchange(&is_told, true)) {
        atomic_store(&code, exit_code);
        /* The first word counts: a second reason gives no second patience. */
        atomic_store(&told_ms, clock_steady_ms());
        sem_post(&told);
    }
}

int64_t guard_deadline_ms(void) {
    int64_t from_ms = atomic_load(&told_ms);
    return from_ms == INT64_MAX ? INT64_MAX : from_ms + patience_ms;
}
