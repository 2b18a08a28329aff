/* One message of an output topic, for a person or for a machine. One owner. */
#ifndef CARAVAN_COMMANDS_TAIL_PRINT_H
#define CARAVAN_COMMANDS_TAIL_PRINT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/arena.h"
#include "config/config.h"
#include "flow/message.h"

struct json_parser;

struct tail_style { /* all zero: for people */
    bool json;
    struct json_parser *parser; /* kept from message to message */
    struct arena scratch;
};

void tail_style_release(struct tail_style *style);

/* Prints and flushes. A value that is not what its topic holds is shown as far as it can be, with a word
 * about it. */
void tail_print(FILE *to, enum config_topic topic, struct tail_style *style, const struct message *message);

#endif
