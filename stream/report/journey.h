/* The report `journey`: every train that a container rode, where it was last seen, its seals, tallies and alerts, and
 * what does not fit together. Pure. One owner.
 *
 * Findings, each about a ride:
 *   held-twice     it is on this train while an earlier one still had it: that one had not arrived, or arrived on a
 * later day than this one is dated; unless the two are linked, or are one train (number and date) at two ports
 *   seal-differs   its seal is another than on the ride before that shows one
 *   never-arrived  the train has not arrived */
#ifndef CARAVAN_REPORT_JOURNEY_H
#define CARAVAN_REPORT_JOURNEY_H

#include <stdbool.h>

#include "base/buffer.h"
#include "event/json.h"
#include "report/report_form.h"

struct journey;

/* `container` is borrowed. */
struct journey *journey_new(const char *container);
void journey_free(struct journey *journey);
/* Takes a record; a later one of the same train replaces it. NULL, or what is wrong with it. */
const char *journey_take(struct journey *journey, const struct json_value *record);
/* No record names the container. */
bool journey_is_empty(const struct journey *journey);
/* Appends the report: text, CSV or JSON. */
void journey_write(struct journey *journey, enum report_form form, struct buffer *out);

#endif
