/* From a message's bytes to a struct event: size, JSON, envelope, type and data checks of contract 1, 2 (2.1 first) and
 * 8, in that order. Knows nothing of keys, clocks, trains or Kafka. A decoder
 * belongs to one thread; it keeps its parser's memory from message to message. */
#ifndef CARAVAN_EVENT_DECODE_H
#define CARAVAN_EVENT_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "event/binary.h"
#include "event/event.h"
#include "event/reject.h"

struct decoder;

/* How messages of the usual shape are decoded, in one pass over the bytes; all others, and every reject, are the
 * general decoder's (yyjson). All ways give the same events. */
enum decode_path { DECODE_GENERAL, DECODE_PORTABLE, DECODE_SSE2, DECODE_AVX2, DECODE_NEON, DECODE_PATH_COUNT };

/* Whether this processor has what the path needs. Any thread. */
bool decode_path_runs(enum decode_path path);

/* `message_bytes_max`: limits.message_bytes, above which a message is TOO_LARGE. Decodes by the best path here. */
struct decoder *decoder_new(size_t message_bytes_max);
/* By `path`, which runs here. */
struct decoder *decoder_new_by(size_t message_bytes_max, enum decode_path path);
void decoder_free(struct decoder *decoder);
/* Changes the limit, from the next message on. */
void decoder_limit(struct decoder *decoder, size_t message_bytes_max);
/* How many messages were taken without the general decoder. */
uint64_t decoder_recognised(const struct decoder *decoder);

/* Decodes `message` (data NULL: a null value). True: *event is filled, all but `hash`; its memory is the arena's and,
 * for strings without escapes, the decoder's or the message's: valid until the next call on this decoder or until the
 * arena is reset. False: *reject says why. Time is linear in the message (a 1 MiB hostile message costs
 * milliseconds). */
bool decode_event(struct decoder *decoder, struct slice message, struct arena *arena, struct event *event,
                  struct reject *reject);

/* The same for an event in binary mode (contract 2.20): the value's own limit, JSON and depth, then the headers as the
 * envelope; pointers are those of the structured form. Strings of *event may be the headers' own. */
bool decode_binary(struct decoder *decoder, const struct binary *binary, struct arena *arena, struct event *event,
                   struct reject *reject);
/* True when the headers pass the checks of the envelope: then two messages of one hash are judged alike, though the
 * hash covers neither `specversion` nor `content-type`, nor a header that stands there twice. Takes a little of the
 * arena. */
bool decode_headers_alone(const struct binary *binary, struct arena *arena);

#endif
