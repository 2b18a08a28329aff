/* What a row says, for a person: the words behind `caravan explain TYPE` and the sentences of rejects. Pure. */
#ifndef CARAVAN_EVENT_SHAPE_TEXT_H
#define CARAVAN_EVENT_SHAPE_TEXT_H

#include "base/buffer.h"
#include "event/shape.h"

/* Appends the bytes of a token's classes, each behind a space: " A-Z 0-9 -". */
void shape_write_classes(unsigned classes, struct buffer *out);
/* Appends what a member's value must be: "text of 1 to 32 bytes", "exit, entry or transit". Of objects and lists only
 * how many; their members are rows of their own. */
void shape_write_rule(const struct shape_member *member, struct buffer *out);

#endif
