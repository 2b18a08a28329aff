/* The data of an event, by the rows of its type (types.c). Internal to event/. */
#ifndef CARAVAN_EVENT_DECODE_DATA_H
#define CARAVAN_EVENT_DECODE_DATA_H

#include "event/field.h"

/* By event->type, which is that of the field's context: fills the event's train, data and registers from the message's
 * member `data`. */
bool decode_data(const struct field *data, struct event *event);

#endif
