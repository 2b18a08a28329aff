#include "partition/partition_inspect.h"

#include "partition/partition_trains.h"

static const struct train_summary *summary_of(const struct train_entry *entry, uint64_t decided) {
    return entry->summary.epoch <= decided ? &entry->summary : &entry->summary_before;
}

void partition_summaries(const struct partition *partition, uint64_t decided,
                         void (*visit)(void *context, const struct train *train, const struct train_summary *summary),
                         void *context) {
    for (struct link *at = list_first(&partition->trains); at != NULL; at = list_next(&partition->trains, at)) {
        const struct train_entry *entry = LIST_OWNER(at, struct train_entry, all);
        const struct train_summary *summary = summary_of(entry, decided);
        if (summary->state != SUMMARY_NONE) {
            visit(context, entry->train, summary);
        }
    }
}

enum partition_copied partition_copy(const struct partition *partition, struct slice train_key, uint64_t decided,
                                     struct buffer *facts) {
    const struct train_entry *entry = trains_find(partition, train_key);
    if (entry == NULL || (decided != UINT64_MAX && summary_of(entry, decided)->state == SUMMARY_NONE)) {
        return PARTITION_NO_TRAIN;
    }
    if (decided != UINT64_MAX && (list_has(&entry->changed) || entry->summary.epoch > decided)) {
        return PARTITION_CHANGED;
    }
    train_pack(entry->train, facts);
    return PARTITION_COPIED;
}
