/* The data of each event type. Internal to event/. `data` is an object; `path` is its place. */
#ifndef CARAVAN_EVENT_DECODE_DATA_H
#define CARAVAN_EVENT_DECODE_DATA_H

#include "event/fields.h"

/* Fills event->train_key, event->train_date_days and event->data by event->type. */
bool decode_data(struct fields_context *ctx, const struct json_value *data, const struct fields_path *path,
                 struct event *event);

/* By type; `values` are the members of data behind `train` in the order of that type's table in decode_data.c. */
bool decode_transmitted(struct fields_context *ctx, const struct json_value *const *values,
                        const struct fields_path *path, struct event_transmitted *out);
bool decode_composed(struct fields_context *ctx, const struct json_value *const *values, const struct fields_path *path,
                     struct event_composed *out);

#endif
