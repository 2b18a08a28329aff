#include "partition/partition_motion.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "partition/partition_keep.h"

struct motion {
    struct link moving; /* in partition->moving */
    struct train_entry *entry;
    struct kept *kept;
    struct record_text *text;
    size_t bytes; /* as counted in partition->moving_bytes */
};

/* So many events at one barrier are a backlog's, which soon has the train whole: to keep its record would cost as much
 * as to derive it, and be used once or twice. */
enum { CHANGES_MANY = 12 };

bool motion_is_worth(const struct partition *partition, const struct train_entry *entry) {
    bool seen_before = entry->emitted || entry->summary.state == SUMMARY_KNOWN;
    bool bit_by_bit = seen_before && entry->changes < CHANGES_MANY;
    return entry->motion != NULL || (bit_by_bit && partition->moving_bytes_max > 0);
}

static void begin(struct partition *partition, struct train_entry *entry) {
    struct motion *motion = alloc_zeroed(1, sizeof *motion);
    motion->entry = entry;
    motion->kept = kept_new(entry->train, partition->options.rules);
    motion->text = record_text_new();
    entry->motion = motion;
}

static void count(struct partition *partition, struct motion *motion, size_t bytes) {
    partition->moving_bytes += bytes - motion->bytes;
    motion->bytes = bytes;
}

const struct record *motion_write(struct partition *partition, struct train_entry *entry, struct record_whole *whole) {
    if (entry->motion == NULL) {
        begin(partition, entry);
    }
    struct motion *motion = entry->motion;
    struct kept_record kept = kept_update(motion->kept, &partition->scratch);
    record_text_write(motion->text, &kept, &partition->encoded, whole);
    count(partition, motion, sizeof *motion + kept_bytes(motion->kept) + record_text_bytes(motion->text));
    list_remove(&motion->moving);
    list_append(&partition->moving, &motion->moving);
    return kept.record;
}

void motion_settle(struct partition *partition) {
    while (partition->moving_bytes > partition->moving_bytes_max) {
        motion_end(partition, LIST_OWNER(list_first(&partition->moving), struct motion, moving)->entry);
    }
}

void motion_end(struct partition *partition, struct train_entry *entry) {
    struct motion *motion = entry->motion;
    if (motion != NULL) {
        count(partition, motion, 0);
        list_remove(&motion->moving);
        kept_free(motion->kept);
        record_text_free(motion->text);
        free(motion);
        entry->motion = NULL;
    }
}

void partition_keep(struct partition *partition, size_t bytes_max) {
    partition->moving_bytes_max = bytes_max;
    motion_settle(partition);
}

size_t partition_kept_bytes(const struct partition *partition) {
    return partition->moving_bytes;
}
