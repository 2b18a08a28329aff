/* How signals end the program: SIGTERM, SIGINT and SIGHUP at once, wherever it waits. One handler for all commands,
 * because process 1 of a container has no default action. A reader that goes away is an error of the write (SIGPIPE is
 * ignored). `caravan run` takes SIGTERM and SIGINT over once it has something to bring to an end (worker/worker.c).
 * Called from the main thread. */
#ifndef CARAVAN_BASE_SIGNALS_H
#define CARAVAN_BASE_SIGNALS_H

/* At the start of the program, before any thread. A SIGHUP that nohup ignores stays ignored. */
void signals_install(void);
/* The exit code with which a signal ends the program from now on. Without it the process dies of the signal, so that a
 * shell sees that; process 1, which cannot, exits with 128 + N. */
void signals_set_code(int code);
/* Called by the handler before the end, so it must be async-signal-safe; it may be called more than once. */
void signals_set_cleanup(void (*cleanup)(void));
/* Between the two a first signal waits for signals_let_go; a second one ends the program. */
void signals_hold(void);
void signals_let_go(void);
/* Dies of SIGPIPE, as a program does that never heard of it: quietly. */
_Noreturn void signals_die_of_pipe(void);

#endif
