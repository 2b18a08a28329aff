/* From a message's bytes to a struct event: size, JSON, envelope, type and data checks of spec sections 1, 2 and 8, in
 * that order, in one pass over a parsed document. Knows nothing of keys, clocks, trains or Kafka.
 * A decoder belongs to one thread; it keeps its parser's memory from message to message. */
#ifndef CARAVAN_EVENT_DECODE_H
#define CARAVAN_EVENT_DECODE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "event/event.h"
#include "event/reject.h"

struct decoder;

/* `message_bytes_max`: limits.message_bytes, above which a message is TOO_LARGE. */
struct decoder *decoder_new(size_t message_bytes_max);
void decoder_free(struct decoder *decoder);
/* Changes the limit, from the next message on. */
void decoder_limit(struct decoder *decoder, size_t message_bytes_max);

/* Decodes `message` (data NULL: a null value). True: *event is filled, all but `hash`; its memory is the arena's and,
 * for strings without escapes, the decoder's or the message's: valid until the next call on this decoder or until the
 * arena is reset. False: *reject says why. Time is linear in the message (spec: a 1 MiB hostile message costs
 * milliseconds). */
bool decode_event(struct decoder *decoder, struct slice message, struct arena *arena, struct event *event,
                  struct reject *reject);

#endif
