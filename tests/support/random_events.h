/* Random valid events of one train (BUILDER_TRAIN), dense in conflicts: few waybills, containers, applications, times,
 * sources and ids, so that registers are written again and again and every rule of the merge has work. A function of
 * the seed alone. */
#ifndef CARAVAN_TESTS_RANDOM_EVENTS_H
#define CARAVAN_TESTS_RANDOM_EVENTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

struct random {
    uint64_t state; /* any value */
};

uint64_t random_next(struct random *random);
/* 0 <= result < bound; bound > 0. */
size_t random_below(struct random *random, size_t bound);
/* Puts 0 ... count-1 into random order. */
void random_order(struct random *random, size_t *order, size_t count);

/* Appends the JSON text of one event of any type. */
void random_event(struct random *random, struct buffer *out);

#endif
