/* Which lane a line without a key belongs to: a cheap look at its text for the train's key. Pure. */
#ifndef CARAVAN_FILES_ROUTE_H
#define CARAVAN_FILES_ROUTE_H

#include <stdbool.h>

#include "base/slice.h"
#include "event/event.h"

/* Fills `key` with "number|date|port" as the text of `message` has them and returns its length; 0 when the text is not
 * plain enough to be sure without decoding it (escapes, more than one member named train, an unusual shape). A message
 * that is a valid event and for which this is not 0 has exactly this train key. */
size_t route_scan(struct slice message, char key[TRAIN_KEY_BYTES_MAX]);

#endif
