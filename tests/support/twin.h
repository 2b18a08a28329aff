/* The general decoder and each quick one, side by side: they say the same of every message, to the last byte of the
 * fact. */
#ifndef CARAVAN_TESTS_TWIN_H
#define CARAVAN_TESTS_TWIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "event/decode.h"

struct twin;

/* With every path that runs here. */
struct twin *twin_new(void);
void twin_free(struct twin *twin);
/* Decodes `message` by all; NULL when they agree, otherwise what differs, with the path: text of `twin`. The message
 * is given to each in memory of just its size, so that reading beyond it is seen under a sanitizer. */
const char *twin_compare(struct twin *twin, struct slice message);
/* Whether the message compared last is valid, and whether the quick ones took it themselves. */
bool twin_took(const struct twin *twin);
bool twin_recognised(const struct twin *twin);

#endif
