/* Messages that are almost right: seeded changes to a text, such as a broken line, a bad encoder or a hostile producer
 * would make. */
#ifndef CARAVAN_TESTS_MUTATE_H
#define CARAVAN_TESTS_MUTATE_H

#include "base/buffer.h"
#include "support/random_events.h"

enum { MUTATE_BYTES_MAX = 64 * 1024 };

/* Changes `text` in one to four ways: a byte flipped, put in or taken out; cut at either end; a piece of itself or of
 * `other` put in; a token of JSON, an escape, a lone surrogate, a piece that is not UTF-8, or brackets some deep put
 * in; a member's name or value replaced by another's. Cuts it to MUTATE_BYTES_MAX. */
void mutate(struct random *random, struct slice other, struct buffer *text);

#endif
