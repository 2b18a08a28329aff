/* caravan explain TYPE: the members of an event type, from the rows that decode it. */
#ifndef CARAVAN_COMMANDS_EXPLAIN_TYPE_H
#define CARAVAN_COMMANDS_EXPLAIN_TYPE_H

#include "commands/paper.h"
#include "event/kinds.h"

void explain_type(struct paper *paper, enum event_type type);

#endif
