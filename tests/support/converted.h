/* A text converted: what came out, for tests of the room convert/. */
#ifndef CARAVAN_TESTS_CONVERTED_H
#define CARAVAN_TESTS_CONVERTED_H

#include <stdbool.h>

#include "base/buffer.h"
#include "convert/conversion.h"

struct converted {
    struct buffer events;  /* lines */
    struct buffer rejects; /* "LINE POINTER REASON: message" and a LF each */
    struct buffer values;  /* of the rejects, a LF behind each */
    struct convert_counts counts;
};

/* All given, and UTC. */
struct convert_options converted_options(void);
/* Converts one file, fed in pieces of `piece` bytes (0: as a whole). Release what is in it by converted_release. */
struct converted converted(enum conversion_form form, struct slice text, const struct convert_options *options,
                           size_t piece);
bool converted_has(const struct buffer *where, const char *text);
void converted_release(struct converted *converted);

#endif
