/* The messages that property tests of decoding begin with: every example, random events of all types, and what the
 * generator makes, damaged ones too. */
#ifndef CARAVAN_TESTS_MESSAGES_H
#define CARAVAN_TESTS_MESSAGES_H

#include <stddef.h>

#include "base/buffer.h"
#include "event/json.h"
#include "support/random_events.h"

enum { MESSAGES_RANDOM_EVENTS = 300, MESSAGES_BYTES_MAX = 16 * 1024 /* longer ones are left out */ };

struct messages {
    struct buffer *items;
    size_t count;
};

/* The same at each call. */
void messages_make(struct messages *messages);
void messages_release(struct messages *messages);
/* One of them. */
struct slice messages_pick(const struct messages *messages, struct random *random);

/* Appends the value written otherwise: members in another order, here and there white space, a member that nobody
 * knows, one that is null where it may be, and every fourth string with escapes. */
void messages_rewrite(const struct json_value *value, struct random *random, struct buffer *out);

#endif
