/* The envelope of an event, in either mode: attributes found in a JSON object or in headers, and what each must be
 * (contract 2.4, 2.20). Internal to event/. Whoever returns false has filled the message's reject. */
#ifndef CARAVAN_EVENT_ENVELOPE_H
#define CARAVAN_EVENT_ENVELOPE_H

#include "event/binary.h"
#include "event/field.h"

/* Structured mode: the attributes are members of `root`. Fills id, source, time and type of *event; *data is the
 * member. */
bool envelope_of_object(const struct field *root, struct field *data, struct event *event);
/* Binary mode: `root` is the value, which becomes *data, a member of no object. */
bool envelope_of_headers(const struct field *root, const struct binary *binary, struct field *data,
                         struct event *event);

/* Whether the headers pass, whatever the type and the value are. */
bool envelope_headers_alone(const struct field *root, const struct binary *binary);

#endif
