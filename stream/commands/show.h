/* A record as a person reads a clearance. */
#ifndef CARAVAN_COMMANDS_SHOW_H
#define CARAVAN_COMMANDS_SHOW_H

#include <stdbool.h>
#include <stdio.h>

#include "base/slice.h"

/* Prints one record (its canonical JSON, without LF). False, nothing printed, when it is not a rail.clearance.v1
 * record. */
bool show_print(FILE *to, struct slice record_json);
/* The same in short: without lines of goods, without containers, a line for each declaration. */
bool show_print_brief(FILE *to, struct slice record_json);

#endif
