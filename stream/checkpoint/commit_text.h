/* The metadata of a committed offset (contract 7.10), to the letter:
 *   2 K T H F W N S message_bytes train_bytes retention_days merge require recognised I
 * Pure. */
#ifndef CARAVAN_CHECKPOINT_COMMIT_TEXT_H
#define CARAVAN_CHECKPOINT_COMMIT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/hash.h"
#include "base/slice.h"
#include "record/rules.h"

enum { COMMIT_TEXT_VERSION = 2, COMMIT_TEXT_ID_BYTES = 22 };

#define COMMIT_TEXT_NO_TIME INT64_MIN   /* T or W: none */
#define COMMIT_TEXT_NO_DATE INT32_MIN   /* H: none */
#define COMMIT_TEXT_NO_OFFSET INT64_MIN /* F: another version's text that cannot be read any further */

struct commit_limits {
    uint64_t message_bytes, train_bytes;
    int32_t retention_days;
};

struct commit_rules {
    enum merge_policy merge;
    enum require_level require;
    uint64_t recognised; /* XXH3-64 of its text */
};

struct commit_text {
    uint64_t number;         /* contract 7.K */
    int64_t stream_time_ms;  /* 7.T */
    int32_t horizon_days;    /* 7.H, days since 1970 */
    int64_t redo_offset;     /* 7.F */
    int64_t oldest_wall_ms;  /* 7.W */
    uint64_t live_events;    /* 7.N */
    struct hash128 hash_sum; /* 7.S */
    struct commit_limits limits;
    bool rules_changing;       /* they are `* * *` */
    struct commit_rules rules; /* else these */
    /* 7.I: the input topic's id, URL-safe base64 of 128 bits; "": the cluster does not tell it. */
    char input_id[COMMIT_TEXT_ID_BYTES + 1];
};

struct commit_rules commit_rules_of(const struct rules *rules);
bool commit_rules_equal(const struct commit_rules *a, const struct commit_rules *b);

void commit_text_write(const struct commit_text *text, struct buffer *out);

enum commit_text_result { COMMIT_TEXT_OK, COMMIT_TEXT_FIRST_VERSION, COMMIT_TEXT_OTHER_VERSION, COMMIT_TEXT_NOT_ONE };
/* Strict: what commit_text_write would not write is NOT_ONE. A decimal other than 2 in front and a space behind is
 * another version: 1, which can never be gone on from; or OTHER_VERSION, and then *out is filled where the rest reads
 * like this version's, else its redo_offset is COMMIT_TEXT_NO_OFFSET. */
enum commit_text_result commit_text_parse(struct slice bytes, struct commit_text *out);

#endif
