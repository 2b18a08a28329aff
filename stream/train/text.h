/* How products and descriptions compare (contract 5.3). Pure. */
#ifndef CARAVAN_TRAIN_TEXT_H
#define CARAVAN_TRAIN_TEXT_H

#include <stddef.h>

#include "base/slice.h"

/* Writes `raw` with ASCII letters in lower case, without leading and trailing spaces, runs of spaces (U+0020 only) as
 * one, to `out`, which has room for raw.len bytes. Returns the length. */
size_t text_normalise(struct slice raw, char *out);

#endif
