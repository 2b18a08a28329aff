/* The metadata of a committed offset (spec section 7), to the letter:
 *   1 K T H F W N S message_bytes train_bytes retention_days merge require
 * Pure. */
#ifndef CARAVAN_CHECKPOINT_COMMIT_TEXT_H
#define CARAVAN_CHECKPOINT_COMMIT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/hash.h"
#include "base/slice.h"
#include "core/rules.h"

enum { COMMIT_TEXT_VERSION = 1 };

#define COMMIT_TEXT_NO_TIME INT64_MIN   /* T or W: none */
#define COMMIT_TEXT_NO_DATE INT32_MIN   /* H: none */
#define COMMIT_TEXT_NO_OFFSET INT64_MIN /* F: another version's text that cannot be read any further */

struct commit_limits {
    uint64_t message_bytes, train_bytes;
    int32_t retention_days;
};

struct commit_text {
    uint64_t number;         /* K */
    int64_t stream_time_ms;  /* T */
    int32_t horizon_days;    /* H, days since 1970 */
    int64_t redo_offset;     /* F */
    int64_t oldest_wall_ms;  /* W */
    uint64_t live_events;    /* N */
    struct hash128 hash_sum; /* S */
    struct commit_limits limits;
    bool rules_changing; /* merge and require are `* *` */
    struct rules rules;  /* else these */
};

void commit_text_write(const struct commit_text *text, struct buffer *out);

enum commit_text_result { COMMIT_TEXT_OK, COMMIT_TEXT_OTHER_VERSION, COMMIT_TEXT_NOT_ONE };
/* Strict: what commit_text_write would not write is NOT_ONE; a decimal other than 1 in front and a space behind is
 * OTHER_VERSION, and then *out is filled where the rest reads like this version's, else its redo_offset is
 * COMMIT_TEXT_NO_OFFSET. */
enum commit_text_result commit_text_parse(struct slice bytes, struct commit_text *out);

#endif
