/* What a live message (partition.c) and the way back (partition_restore.c) share: the checks of contract 7 and the
 * join. Internal to partition*.c. */
#ifndef CARAVAN_PARTITION_PARTITION_JOIN_H
#define CARAVAN_PARTITION_PARTITION_JOIN_H

#include "partition/partition_state.h"

/* What the checks of contract 7 need of an event. */
struct judged {
    int64_t time_ms;
    int32_t date_days;
};
/* True and *reject filled when an event is more than 24 h ahead of its message's timestamp. */
bool partition_is_future(const struct message *message, const struct judged *judged, struct reject *reject);
bool partition_is_late(const struct partition *partition, const struct judged *judged);
/* True and *reject filled when the message's key is not the event's train. */
bool partition_has_key_mismatch(const struct partition *partition, const struct message *message,
                                const struct event *event, struct reject *reject);

struct joining {
    const struct event *event; /* that passed the checks */
    const struct message *message;
    struct moment since; /* since when the train waits for a checkpoint, should this be its first change after one */
    bool restoring;      /* redo: nothing goes out */
    struct train_entry *near; /* the train that the message's key names, where it was looked for; NULL */
};
/* Joins an event to its train, which may be a new one, and notes the change in the journal; *entry is its train (NULL
 * after JOIN_LIMIT on a new one). */
enum join_result partition_join(struct partition *partition, const struct joining *joining, struct train_entry **entry);

#endif
