/* A parsed JSON value as text again: what a rejected part of a document is kept as. Members stand in their order,
 * numbers as they were written; white space and escapes that need not be are gone. Pure. */
#ifndef CARAVAN_CONVERT_JSON_TEXT_H
#define CARAVAN_CONVERT_JSON_TEXT_H

#include "base/buffer.h"
#include "event/json.h"

void json_text_put(struct buffer *out, const struct json_value *value);

#endif
