/* Checkpoints of trains as messages (contract 6.3, 7.11): key = train key, 0x1F, part number in decimal from 0; value =
 * a header (magic, version, L, part number, part count, checksum over the whole part) and a slice of the packed train
 * (train/train.h train_pack). Pure. */
#ifndef CARAVAN_CHECKPOINT_CODEC_H
#define CARAVAN_CHECKPOINT_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "flow/outbox.h"
#include "train/train.h"

enum { CODEC_VERSION = 2, CODEC_PARTS_MAX = 1 << 20 /* of a train; a message that says more is damaged */ };

struct codec_sink { /* where checkpoints are put */
    struct outbox *outbox;
    int32_t partition;
    size_t part_bytes_max; /* of a value; >= 4096 */
};

/* Puts the train's checkpoint at offset L, in as many parts as it takes; parts from the new count up to `parts_before`
 * are put with a null value. Returns the number of parts (>= 1) and adds the value bytes to *bytes. */
uint32_t codec_put(const struct codec_sink *sink, const struct train *train, int64_t offset, uint32_t parts_before,
                   uint64_t *bytes);
/* Null for each of the parts that there are: the train is gone. */
void codec_put_gone(const struct codec_sink *sink, struct slice train_key, uint32_t parts);

struct codec_part {
    struct slice train_key;
    uint32_t part, part_count;
    int64_t offset;     /* L */
    struct slice facts; /* within the message */
};

enum codec_result { CODEC_OK, CODEC_OTHER_VERSION, CODEC_DAMAGED };
/* Reads one checkpoint message with a value. */
enum codec_result codec_parse(struct slice key, struct slice value, struct codec_part *out);
/* Splits a checkpoint's key; false when it is not one. */
bool codec_parse_key(struct slice key, struct slice *train_key, uint32_t *part);

#endif
