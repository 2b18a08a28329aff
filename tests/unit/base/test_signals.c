/* How signals end a program: each case in a child of its own. */
#include <criterion/criterion.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/signals.h"

static int status_of(void (*child)(void)) {
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        child();
        _exit(99);
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    return status;
}

static void expect_signal(void (*child)(void), int number) {
    int status = status_of(child);
    cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == number, "status %x", (unsigned)status);
}

static void expect_code(void (*child)(void), int code) {
    int status = status_of(child);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == code, "status %x", (unsigned)status);
}

static void terminated(void) {
    signals_install();
    raise(SIGTERM);
}

static void with_a_code(void) {
    signals_install();
    signals_set_code(7);
    raise(SIGINT);
}

Test(signals, end_at_once) {
    expect_signal(terminated, SIGTERM);
    expect_code(with_a_code, 7);
}

static void clean(void) {
    if (write(STDOUT_FILENO, "", 0) == 0) {
        _exit(3);
    }
}

static void with_cleanup(void) {
    signals_install();
    signals_set_cleanup(clean);
    raise(SIGHUP);
}

Test(signals, clean_before_the_end) {
    expect_code(with_cleanup, 3);
}

static void held(void) {
    signals_install();
    signals_set_code(7);
    signals_hold();
    raise(SIGTERM);
    signals_set_code(8); /* still here */
    signals_let_go();
}

static void held_twice(void) {
    signals_install();
    signals_set_code(7);
    signals_hold();
    raise(SIGTERM);
    signals_set_code(8);
    raise(SIGTERM);
}

static void held_for_nothing(void) {
    signals_install();
    signals_hold();
    signals_let_go();
    _exit(5);
}

Test(signals, the_first_one_can_be_held) {
    expect_code(held, 8);
    expect_code(held_twice, 8);
    expect_code(held_for_nothing, 5);
}

static void hangup_of_nohup(void) {
    signal(SIGHUP, SIG_IGN);
    signals_install();
    raise(SIGHUP);
    _exit(5);
}

static void pipe_without_reader(void) {
    int ends[2];
    signals_install();
    if (pipe(ends) == 0 && close(ends[0]) == 0 && write(ends[1], "x", 1) < 0) {
        _exit(5);
    }
}

Test(signals, ignored_ones) {
    expect_code(hangup_of_nohup, 5);
    expect_code(pipe_without_reader, 5);
    expect_signal(signals_die_of_pipe, SIGPIPE);
}
