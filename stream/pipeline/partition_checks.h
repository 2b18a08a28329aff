/* What a live message (partition.c) and the way back (partition_restore.c) share: the checks of spec section 7 and the
 * join. Internal to partition*.c. */
#ifndef CARAVAN_PIPELINE_PARTITION_CHECKS_H
#define CARAVAN_PIPELINE_PARTITION_CHECKS_H

#include "pipeline/partition_state.h"

/* What the checks of spec section 7 need of an event. */
struct judged {
    int64_t time_ms;
    int32_t date_days;
};
/* True and *reject filled when an event is more than 24 h ahead of its message's timestamp. */
bool partition_is_future(const struct message *message, const struct judged *judged, struct reject *reject);
bool partition_is_late(const struct partition *partition, const struct judged *judged);
/* True and *reject filled when the message's key is not the event's train. */
bool partition_is_misnamed(const struct partition *partition, const struct message *message, const struct event *event,
                           struct reject *reject);
/* Joins a checked event to its train, which may be a new one, and notes the change; *held is its train (NULL after
 * JOIN_LIMIT on a new one). */
enum join_result partition_join(struct partition *partition, const struct event *event, const struct message *message,
                                int64_t wall_ms, bool restoring, struct held **held);

#endif
