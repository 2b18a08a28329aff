/* The handler runs on whichever thread the kernel picks, at any point of it: all that it reads is atomic, and what it
 * calls is async-signal-safe (signal-safety(7)). */
#include "base/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

enum { DIE_OF_IT = -1 };

static atomic_int end_code = DIE_OF_IT;
static atomic_bool held;
static atomic_int waiting; /* the signal that came while held; 0: none */
static _Atomic(void (*)(void)) cleanup_function;

/* Whoever waits for this process is to see that a signal ended it, so it is raised once more with its own action; while
 * its handler runs it is blocked, and let through first. */
static _Noreturn void die_of(int number) {
    sigset_t one;
    signal(number, SIG_DFL);
    sigemptyset(&one);
    sigaddset(&one, number);
    sigprocmask(SIG_UNBLOCK, &one, NULL);
    raise(number);
    _exit(128 + number); /* process 1 */
}

static _Noreturn void end_program(int number) {
    void (*cleanup)(void) = atomic_load(&cleanup_function);
    int code = atomic_load(&end_code);
    if (cleanup != NULL) {
        cleanup();
    }
    if (code != DIE_OF_IT) {
        _exit(code);
    }
    die_of(number);
}

static void on_signal(int number) {
    /* A second signal ends a held program too: who sends one again does not want to wait. */
    int none = 0;
    if (!atomic_load(&held) || !atomic_compare_exchange_strong(&waiting, &none, number)) {
        end_program(number);
    }
}

void signals_install(void) {
    static const int endings[] = {SIGTERM, SIGINT, SIGHUP};
    /* SA_RESTART: while a signal is held, the call under way goes on as if none had come. */
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART}, before;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        sigaction(endings[i], NULL, &before);
        if (endings[i] != SIGHUP || before.sa_handler != SIG_IGN) {
            sigaction(endings[i], &action, NULL);
        }
    }
    signal(SIGPIPE, SIG_IGN);
}

void signals_set_code(int code) {
    atomic_store(&end_code, code);
}

void signals_set_cleanup(void (*cleanup)(void)) {
    atomic_store(&cleanup_function, cleanup);
}

void signals_hold(void) {
    atomic_store(&held, true);
}

void signals_let_go(void) {
    atomic_store(&held, false);
    /* In this order: a signal that came between a look and the release would be kept for nobody. */
    int number = atomic_exchange(&waiting, 0);
    if (number != 0) {
        end_program(number);
    }
}

_Noreturn void signals_die_of_pipe(void) {
    die_of(SIGPIPE);
}
