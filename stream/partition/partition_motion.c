#include "partition/partition_motion.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "partition/partition_keep.h"

struct motion {
    struct link moving; /* in partition->moving */
    struct train_entry *entry;
    struct kept *kept;
    struct record_text *text;
    size_t bytes;  /* as counted in partition->moving_bytes */
    uint64_t used; /* the partition's clock at the barrier that used it last */
};

/* So many events at one barrier are a backlog's, which soon has the train whole: to keep its record would cost as much
 * as to derive it, and be used once or twice. */
enum { CHANGES_MANY = 12 };

/* Most trains do not change any more once they are through, and memory for what is kept of the next ones is dearer than
 * the deriving that it saves. After how long a train is through follows from those that were taken for it and then
 * changed after all: each of them makes the age greater, each drop a little less, so that one of eight comes back.
 * Counted in messages of the partition, of which an epoch of a backlog takes a hundred times as many as another one,
 * and a train changes as often among so many in either; an epoch counts too, for as many as a small one takes. */
enum {
    EPOCH_MESSAGES = 256,
    AGE_FIRST = 64 * EPOCH_MESSAGES,
    AGE_LEAST = 16 * EPOCH_MESSAGES,
    AGE_MOST = 1 << 30,
    AGE_RISE = 32,
    AGE_FALL = 256
};

static uint64_t clock_of(const struct partition *partition) {
    return partition->epoch * EPOCH_MESSAGES + (uint64_t)partition->position;
}

bool motion_is_worth(const struct partition *partition, const struct train_entry *entry) {
    bool seen_before = entry->emitted || entry->summary.state == SUMMARY_KNOWN;
    bool bit_by_bit = seen_before && entry->changes < CHANGES_MANY;
    return entry->motion != NULL || (bit_by_bit && partition->moving_bytes_max > 0);
}

static void note_return(struct partition *partition, struct train_entry *entry) {
    if (entry->rested && partition->moving_age < AGE_MOST) {
        partition->moving_age += partition->moving_age / AGE_RISE;
    }
    entry->rested = false;
}

static void begin(struct partition *partition, struct train_entry *entry) {
    struct motion *motion = alloc_zeroed(1, sizeof *motion);
    motion->entry = entry;
    motion->kept = kept_new(entry->train, partition->options.rules);
    motion->text = record_text_new();
    entry->motion = motion;
    note_return(partition, entry);
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
    motion->used = clock_of(partition);
    return kept.record;
}

/* The one used longest ago; NULL when there is none. */
static struct motion *oldest(const struct partition *partition) {
    struct link *first = list_first(&partition->moving);
    return first == NULL ? NULL : LIST_OWNER(first, struct motion, moving);
}

void motion_settle(struct partition *partition) {
    while (partition->moving_bytes > partition->moving_bytes_max) {
        motion_end(partition, oldest(partition)->entry);
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

static void drop_rested(struct partition *partition) {
    uint64_t now = clock_of(partition);
    for (struct motion *motion; (motion = oldest(partition)) != NULL && now - motion->used > partition->moving_age;) {
        motion->entry->rested = true;
        motion_end(partition, motion->entry);
        if (partition->moving_age > AGE_LEAST) {
            partition->moving_age -= partition->moving_age / AGE_FALL;
        }
    }
}

void motion_init(struct partition *partition) {
    list_init(&partition->moving);
    partition->moving_age = AGE_FIRST;
}

void partition_keep(struct partition *partition, size_t bytes_max) {
    partition->moving_bytes_max = bytes_max;
    motion_settle(partition);
    drop_rested(partition);
}

size_t partition_kept_bytes(const struct partition *partition) {
    return partition->moving_bytes;
}
