/* The files that a command writes. None may be one that it reads or another that it writes. A regular file is written
 * beside its place, under a name of its own, and takes the place when it is whole: what was there survives a failure or
 * a signal (but where its folder takes no other file, it is written itself). Pipes, devices and open descriptors ("-",
 * /dev/stdout, /dev/fd/N) are written as they are. Called from the main thread, before any other is started. */
#ifndef CARAVAN_COMMANDS_OUTPUTS_H
#define CARAVAN_COMMANDS_OUTPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/buffer.h"

enum { OUTPUTS_MAX = 8 }; /* of one command */

struct output_file {
    const char *option; /* as a person types it, "--rejects"; NULL: the command's main output, not named by an option */
    const char *path;   /* as given; "-": standard output; NULL: not wanted, then it is passed over */
    FILE *file;         /* to write to, from outputs_open to outputs_close; NULL when not wanted */
    bool is_terminal;
    int trouble;  /* errno of the first write that failed; 0: none */
    char *target; /* where it goes once it is whole; NULL: it is written there already */
    char *temporary;
};

/* Opens all of them, or none: then a sentence is on stderr and the exit code is returned (COMMANDS_USAGE for files that
 * collide, COMMANDS_FAILED); COMMANDS_OK else. `inputs` are the paths that the command reads ("-": standard input).
 * Takes fields `option` and `path`; the rest is zero before. */
int outputs_open(const char *command, struct output_file *outputs, size_t count, const char *const *inputs,
                 size_t input_count);
/* Writes and empties `line`, one JSON text and a LF. Its bytes stay what they are, but on a terminal, where what would
 * steer it is escaped: the same JSON (base/printable.h). */
void output_write_json(struct output_file *output, struct buffer *line);
/* True once writing failed, also by others who print to `file`: nothing more needs writing. */
bool output_broken(struct output_file *output);
/* Closes all. With `keep`, and if every byte was taken, they are in their places then; else no regular file has
 * changed. False after a sentence (on standard output the end of the program tells it) when something was not taken. */
bool outputs_close(const char *command, struct output_file *outputs, size_t count, bool keep);

#endif
