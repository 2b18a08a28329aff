/* One valid event, decoded (contract 2). Plain values; every slice points into the message or into the arena that
 * decode_event was given and is valid as long as both. No JSON here. */
#ifndef CARAVAN_EVENT_EVENT_H
#define CARAVAN_EVENT_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/slice.h"
#include "event/data.h"
#include "event/kinds.h"
#include "event/register.h"

/* Of contract 2.4; a fact's header has a byte for the length of an id and two for a source's. */
enum { EVENT_ID_BYTES_MAX = 128, EVENT_SOURCE_BYTES_MAX = 256, EVENT_TYPE_BYTES_MAX = 64 };

struct event {
    enum event_type type;
    struct slice id, source;
    int64_t time_ms;
    struct slice train_key;  /* "number|YYYY-MM-DD|PORT" */
    int32_t train_date_days; /* since 1970-01-01 */
    struct hash128 hash;     /* of the whole message value; set by whoever has it (partition), not by decode */
    size_t message_bytes;    /* length of the message value (in binary mode as contract 2.20 has it) */
    struct event_registers registers;
    union event_data data;
};

/* Builds the key of a train whose parts have their forms; its bytes are the arena's. */
struct slice event_train_key(const struct event_train *train, struct arena *arena);

#endif
