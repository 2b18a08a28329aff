/* The report `periodic`: what one party moved over the trains of some days, the lines of all its declarations merged
 * into one declaration for each direction (deliver first, declare together). Lines merge as within one declaration
 * (contract 5.5); trains that have not arrived have delivered nothing and do not count. Pure. One owner. */
#ifndef CARAVAN_REPORT_PERIODIC_H
#define CARAVAN_REPORT_PERIODIC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "event/json.h"
#include "report/report_form.h"

struct periodic;

struct periodic_days { /* of trains, since 1970-01-01, both included */
    int32_t from, to;
};

/* `party`: the code of the declarations' acting party, borrowed. */
struct periodic *periodic_new(const char *party, struct periodic_days days);
void periodic_free(struct periodic *periodic);
/* Takes a record; a later one of the same train replaces it. NULL, or what is wrong with it. */
const char *periodic_take(struct periodic *periodic, const struct json_value *record);
/* No train of these days brought anything for the party. */
bool periodic_is_empty(const struct periodic *periodic);
/* Appends the report: text, CSV or JSON. */
void periodic_write(struct periodic *periodic, enum report_form form, struct buffer *out);

#endif
