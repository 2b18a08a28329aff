/* The file of `caravan convert --trains`: which container is on which train. */
#ifndef CARAVAN_COMMANDS_CONVERT_TRAINS_H
#define CARAVAN_COMMANDS_CONVERT_TRAINS_H

#include <stdbool.h>

#include "base/arena.h"
#include "convert/convert.h"

/* All zero: not read. Released by convert_trains_release. */
struct convert_trains {
    struct convert_box *boxes; /* by container, distinct */
    size_t count, room;
    struct arena texts;
};

/* Takes a key NUMBER|DATE|PORT apart; false when it has not three parts, or is not UTF-8. Whether they are a train's
 * decoding says for each event. */
bool convert_trains_key(struct slice text, struct convert_train *train);
/* Reads lines of a container, spaces or a TAB, and a key; false after a sentence on standard error. */
bool convert_trains_read(struct convert_trains *trains, const char *path);
void convert_trains_release(struct convert_trains *trains);

#endif
