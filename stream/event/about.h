/* Which yyjson runs under this program, for `caravan --version`. Apart from json.h, which cannot stand beside jansson's
 * header. Any thread. */
#ifndef CARAVAN_EVENT_ABOUT_H
#define CARAVAN_EVENT_ABOUT_H

#include "base/buffer.h"

/* Appends "yyjson VERSION", without an end of line. */
void event_about(struct buffer *out);

#endif
