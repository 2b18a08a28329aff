/* Which of several names a mistyped one may have meant. Pure. */
#ifndef CARAVAN_CONFIG_NEAREST_H
#define CARAVAN_CONFIG_NEAREST_H

#include <stddef.h>

/* Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`; names longer than 127 bytes count
 * as far away. */
size_t nearest_distance(const char *a, const char *b);

struct nearest { /* zero-initialised: none seen yet */
    const char *name;
    size_t distance;
};

/* Keeps `candidate` (borrowed) when it is the closest to `name` so far and close enough to be meant: at most a third of
 * `name` differs. */
void nearest_offer(struct nearest *nearest, const char *name, const char *candidate);

#endif
