/* Which messages `caravan tail` shows. One owner. */
#ifndef CARAVAN_COMMANDS_TAIL_WANTED_H
#define CARAVAN_COMMANDS_TAIL_WANTED_H

#include <stdbool.h>

#include "commands/tail_print.h"
#include "config/config.h"
#include "flow/message.h"

struct tail_wanted {    /* NULL: whatever it is */
    const char *train;  /* number|date|port, or the number alone */
    const char *port;   /* of the train, or of the row */
    const char *status; /* of a clearance */
    const char *reason; /* of a dead letter; or one of a clearance's, or what it has an alert of */
};

/* False after a sentence when one of them says nothing about this topic. */
bool tail_wanted_fits(const struct tail_wanted *wanted, enum config_topic topic, const char *topic_word);
/* `style` lends its parser and memory. */
bool tail_is_wanted(const struct tail_wanted *wanted, enum config_topic topic, struct tail_style *style,
                    const struct message *message);

#endif
