/* Records and traffic rows as canonical JSON (RFC 8785 but for numbers, which are exact plain decimals; contract
 * 5.14), written in one pass with keys in their sorted order. Pure. */
#ifndef CARAVAN_ENCODE_RECORD_JSON_H
#define CARAVAN_ENCODE_RECORD_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/hash.h"
#include "base/slice.h"
#include "record/record.h"
#include "record/totals.h"

/* Appends the record with its digest; returns the digest. `expired`: the last record of a train dropped by retention
 * (contract 7.4). */
struct hash128 encode_record(const struct record *record, bool expired, struct buffer *out);

/* Appends a traffic row (contract 6.5). */
void encode_traffic(struct slice port, struct slice date, int32_t partition, const struct totals *totals,
                    struct buffer *out);

#endif
