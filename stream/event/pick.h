/* Reading a record's JSON for people: a record of another version may lack what is asked for, and then it shows as
 * empty. Pure. */
#ifndef CARAVAN_EVENT_PICK_H
#define CARAVAN_EVENT_PICK_H

#include <stdbool.h>

#include "event/json.h"

/* The member, or NULL. */
const struct json_value *pick(const struct json_value *object, const char *name);
/* A string, or a number as written; empty for anything else. */
struct slice pick_text_of(const struct json_value *value);
struct slice pick_text(const struct json_value *object, const char *name);
bool pick_flag(const struct json_value *object, const char *name);
/* Of an array or an object; nothing to walk when it is absent. */
struct json_walk pick_walk(const struct json_value *object, const char *name);
size_t pick_count(const struct json_value *object, const char *name);

#endif
