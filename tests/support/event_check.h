/* What holds for every struct event that decode_event gives (contract 1 and 2), checked from the struct alone and
 * in other words than the decoder's. */
#ifndef CARAVAN_TESTS_EVENT_CHECK_H
#define CARAVAN_TESTS_EVENT_CHECK_H

#include "event/event.h"

/* NULL when all of it holds; otherwise the condition that does not. Static text. */
const char *event_check(const struct event *event);

#endif
