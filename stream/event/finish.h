/* The rules of contract 2 that stand over several members, and the members that are made and not read: what no row of
 * types.c can tell. `fields` are the members' in the order of the rows; `out` is the shape's struct. Whoever returns
 * false has filled the message's reject, unless `fields` is NULL: then only the answer is asked for (scan.h). Internal
 * to event/. */
#ifndef CARAVAN_EVENT_FINISH_H
#define CARAVAN_EVENT_FINISH_H

#include "event/field.h"

bool finish_waybill(struct field_context *context, const struct field *fields, void *out);
bool finish_goods(struct field_context *context, const struct field *fields, void *out);
bool finish_container(struct field_context *context, const struct field *fields, void *out);
bool finish_control(struct field_context *context, const struct field *fields, void *out);
bool finish_link(struct field_context *context, const struct field *fields, void *out);
bool finish_tracked(struct field_context *context, const struct field *fields, void *out);

/* What facts promise beside their rows: a control that its text begins with an authority, behind which there is a ref
 * unless it is of the train; a link that its text is a train's key; a tracking event a seal where it writes one. */
bool holds_control(const union event_data *data, struct slice text);
bool holds_link(const union event_data *data, struct slice text);
bool holds_tracked(const union event_data *data, struct slice text);

#endif
