/* What the two JSON forms have in common: a list of events in a document, and tracking events (contract 2.15) made of
 * them. */
#ifndef CARAVAN_CONVERT_TRACKING_H
#define CARAVAN_CONVERT_TRACKING_H

#include <stdbool.h>

#include "base/slice.h"
#include "convert/convert.h"
#include "event/json.h"
#include "event/kinds.h"

/* Absent members have data NULL. */
struct tracking_event {
    struct slice id;   /* of the source's event; absent: made of what the event says */
    struct slice part; /* what tells the events of one source event apart; sorts as they shall (contract 3.1) */
    struct slice source, time;
    struct slice container;
    enum tracking what;
    struct slice place, seal, wagon;
    struct slice latitude, longitude; /* decimal degrees */
};

/* Whether the container is on a train that the caller asks for. */
bool tracking_is_wanted(const struct convert *convert, struct slice container);
/* Writes one event of the input that was begun. */
void tracking_put(struct convert *convert, const struct tracking_event *event);

/* Reads one event of a document; between convert_begin and convert_end. */
typedef void tracking_reader(struct convert *convert, const struct json_value *event);

/* Reads each element of an array, or `value` itself where it is none, as an input of its own. `path` is the JSON
 * Pointer to it. */
void tracking_each(struct convert *convert, const struct json_value *value, const char *path, uint64_t line,
                   tracking_reader *read);

#endif
