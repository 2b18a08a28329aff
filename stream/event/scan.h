/* The quick way from a message to a struct event: one pass over the bytes along the rows of its type, without a tree
 * of values between. It takes what producers usually write (members in any order, strings with or without escapes,
 * other members with anything in them) and answers "not recognised" to everything that it does not know to be right:
 * then the general decoder (decode.h) looks, which alone says what is wrong. What both take is the same event.
 * Internal to event/. A scanner belongs to one thread. */
#ifndef CARAVAN_EVENT_SCAN_H
#define CARAVAN_EVENT_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "event/decode.h"
#include "event/event.h"

struct scanner;

/* `path` is one that runs here (decode_path_runs) and not DECODE_GENERAL. `seed` as a decoder's. */
struct scanner *scanner_new(enum decode_path path, uint64_t seed);
void scanner_free(struct scanner *scanner);
/* True: *event is filled, all but `hash`, and points into the scanner's copy of the message or into the arena: valid
 * until the next call on this scanner or until the arena is reset. False: not recognised; *event means nothing. */
bool scan_event(struct scanner *scanner, struct slice message, struct arena *arena, struct event *event);

#endif
