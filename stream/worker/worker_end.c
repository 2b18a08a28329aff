/* How a worker comes to its end: signals, errors, and which reason stands. */
#include <signal.h>
#include <unistd.h>

#include "base/timestamp.h"
#include "worker/guard.h"
#include "worker/worker_internal.h"

atomic_int worker_signals;
static _Atomic int64_t woken_ms; /* of the last SIGCONT; 0: none */

static void on_signal(int number) {
    /* Whoever asks twice does not want to wait. Nothing is lost: what is not decided the next life finds out. */
    if (atomic_fetch_add(&worker_signals, 1) > 0) {
        _exit(128 + number);
    }
    /* Here and not where the signal is noticed: the source thread may hang in the client. */
    guard_tell(WORKER_STOPPED);
}

static void on_continue(int number) {
    (void)number;
    /* A process that stood still may have lost its session and its transaction unheard: the commit looks at this
     * before it blames another life. */
    atomic_store(&woken_ms, clock_steady_ms());
}

void worker_catch_signals(void) {
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    atomic_store(&worker_signals, 0);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    action.sa_handler = on_continue;
    sigaction(SIGCONT, &action, NULL);
}

void worker_end_with(struct worker *worker, enum worker_end end) {
    /* The first reason is what went wrong; what follows follows from it. */
    if (!worker->ended) {
        worker->ended = true;
        worker->end = end;
        guard_tell((int)end);
    }
}

enum worker_end worker_end_of(const struct kafka_error *error, enum worker_end otherwise) {
    if (error->misconfigured) { /* also permanent */
        return WORKER_MISCONFIGURED;
    }
    if (error->permanent) {
        return WORKER_BLOCKED;
    }
    /* An error that ends a client though it is not permanent: somebody fenced it. */
    return error->fatal ? WORKER_FENCED : otherwise;
}

int64_t worker_woken_ms(void) {
    return atomic_load(&woken_ms);
}
