/* A dead letter, for a person or as a JSON object (jansson: apart from event/json.h, whose names differ). One owner. */
#ifndef CARAVAN_COMMANDS_TAIL_LETTER_H
#define CARAVAN_COMMANDS_TAIL_LETTER_H

#include <stdbool.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/message.h"
#include "base/slice.h"

/* Prints why, where, key and value (cut for people, whole as JSON; bytes that are not UTF-8 as hexadecimal under
 * NAME_hex). Resets `scratch`. */
void tail_letter_print(FILE *to, bool json, struct arena *scratch, const struct message *message);
/* Bytes as far as they can be shown on a line, and a line's end. */
void tail_letter_put_shown(FILE *to, struct slice bytes);

#endif
