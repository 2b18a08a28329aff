/* Records and traffic rows as canonical JSON (RFC 8785 but for numbers, which are exact plain decimals; spec section
 * 5), written in one pass with keys in their sorted order. Pure. */
#ifndef CARAVAN_ENCODE_RECORD_JSON_H
#define CARAVAN_ENCODE_RECORD_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/hash.h"
#include "base/slice.h"
#include "core/record.h"
#include "core/totals.h"

/* Appends the record with its digest; returns the digest. `expired`: the last record of a train dropped by retention
 * (spec section 7). */
struct hash128 encode_record(const struct record *record, bool expired, struct buffer *out);

/* Appends a traffic row (spec section 6). */
void encode_traffic(struct slice port, struct slice date, int32_t partition, const struct totals *totals,
                    struct buffer *out);

/* Appends a JSON string with RFC 8785's minimal escapes; `text` is valid UTF-8. */
void encode_string(struct slice text, struct buffer *out);

#endif
