/* EPCIS 2.0 events in JSON and JSON-LD that name containers, as tracking events (schemas/convert/epcis.md). */
#ifndef CARAVAN_CONVERT_EPCIS_H
#define CARAVAN_CONVERT_EPCIS_H

#include <stdint.h>

#include "convert/convert.h"
#include "event/json.h"

/* Takes a document that begins on `line`: a document or a query's answer, a list of events, or one event. */
void epcis_take(struct convert *convert, const struct json_value *document, uint64_t line);

#endif
