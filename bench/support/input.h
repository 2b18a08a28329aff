/* The events that a bench runs over: a file of keyed lines (KEY, TAB, event), as `caravan generate --keyed` writes
 * them, in memory. Ends the program's run with a sentence on standard error where a file cannot be read. */
#ifndef CARAVAN_BENCH_INPUT_H
#define CARAVAN_BENCH_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "flow/message.h"
#include "partition/partition_keep.h"

struct input {
    struct buffer bytes;
    struct message *messages; /* offsets count from 0 */
    size_t count, capacity, value_bytes;
};

/* *input is empty (zero). False when the file cannot be read or has no event; the reason is printed. */
bool input_read(struct input *input, const char *path);
void input_release(struct input *input);
/* Before message `at` is offered: tells the partition which ones come behind it, as a lane does. */
void input_look_ahead(const struct input *input, size_t at, struct partition *partition);

#endif
