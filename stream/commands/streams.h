/* The three standard streams, for every command at once: closed ones at the start, and at the end a standard output
 * that was not taken. */
#ifndef CARAVAN_COMMANDS_STREAMS_H
#define CARAVAN_COMMANDS_STREAMS_H

#include <stdbool.h>

/* Occupies standard streams that are closed, so that no file opened later becomes one of them. Using standard input or
 * output is still an error then (EBADF); what goes to standard error is dropped. */
void streams_open(void);
/* True once standard output has refused something: nothing more needs writing. */
bool streams_broken(void);
/* True when whoever read standard output (a pipe) has gone, though nothing was written since. */
bool streams_reader_gone(void);
/* Closes standard output. Returns `code`, or COMMANDS_FAILED after a sentence when not all of it was taken; dies of
 * SIGPIPE, quietly, when its reader has gone. */
int streams_close(int code);

/* Where standard input is a terminal, a word on standard error that the command waits for `what`, so that nobody takes
 * it for hanging. */
void streams_say_waiting(const char *command, const char *what);

#endif
