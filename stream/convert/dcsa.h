/* DCSA Track & Trace equipment events, as of 2.2 (flat) and 3.0 (in parts), as tracking events
 * (schemas/convert/dcsa.md). */
#ifndef CARAVAN_CONVERT_DCSA_H
#define CARAVAN_CONVERT_DCSA_H

#include <stdint.h>

#include "convert/convert.h"
#include "event/json.h"

/* Takes a document that begins on `line`: an array of events, an object with `events`, or one event. */
void dcsa_take(struct convert *convert, const struct json_value *document, uint64_t line);

#endif
