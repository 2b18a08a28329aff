/* An event in binary mode (contract 2.20): attributes beside the value, in headers, and the value that is its data.
 * Headers are noted one by one; nothing is copied, so they and the value must outlive the struct. Knows nothing of
 * Kafka. Pure: any thread. */
#ifndef CARAVAN_EVENT_BINARY_H
#define CARAVAN_EVENT_BINARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/slice.h"

/* Attributes of the envelope (contract 2.4), in the order in which they are told; `data` is no header. */
enum {
    ENVELOPE_SPECVERSION,
    ENVELOPE_ID,
    ENVELOPE_SOURCE,
    ENVELOPE_TYPE,
    ENVELOPE_TIME,
    ENVELOPE_DATA,
    ENVELOPE_DATACONTENTTYPE,
    ENVELOPE_COUNT
};

struct binary {
    struct slice value;                      /* the message's; data NULL: null */
    struct slice attributes[ENVELOPE_COUNT]; /* as the header spells them; data NULL: none, or a null one */
    uint8_t headers[ENVELOPE_COUNT];         /* how many there are of each; more than two count as two */
};

/* True for the header that makes a message one in binary mode, whatever it holds. Names compare byte for byte. */
bool binary_is_mark(struct slice name);
/* Begins with `value` and no header. */
void binary_init(struct binary *binary, struct slice value);
/* Notes a header; one that carries no attribute of 2.4 is ignored. */
void binary_note(struct binary *binary, struct slice name, struct slice value);

/* The XXH3-128 and the length of what the contract calls the message value: type, source, id and time, 0x1F behind
 * each, and the value. */
struct hash128 binary_hash(const struct binary *binary);
size_t binary_bytes(const struct binary *binary);

/* "ce_id" and so on; NULL for `data`. Static. */
const char *binary_header_name(int attribute);

#endif
