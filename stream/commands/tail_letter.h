/* A dead letter, for a person or as a JSON object (jansson: apart from event/json.h, whose names differ). One owner. */
#ifndef CARAVAN_COMMANDS_TAIL_LETTER_H
#define CARAVAN_COMMANDS_TAIL_LETTER_H

#include <stdbool.h>
#include <stdio.h>

#include "base/slice.h"
#include "flow/message.h"

/* Prints why, where, key and value (cut for people, whole as JSON; bytes that are not UTF-8 as hexadecimal under
 * NAME_hex). `headers` are the message's; only ours, the last ones, are believed (flow/letter.h). */
void tail_letter_print(FILE *to, bool json, const struct message *message, const struct message_header *headers,
                       size_t count);
/* The same for a message of the input, with all of its headers. */
void tail_input_print(FILE *to, bool json, const struct message *message, const struct message_header *headers,
                      size_t count);
/* Bytes as far as they can be shown on a line, and a line's end. */
void tail_letter_put_shown(FILE *to, struct slice bytes);

#endif
