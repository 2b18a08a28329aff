/* What a lane waits for most is memory: so messages are looked for there while those before them are taken. */
#include "lanes/lane.h"
#include "partition/partition_keep.h"

struct owned *lane_owner(const struct lane *lane, const struct message *message) {
    return (size_t)message->partition < lane->owned_count ? &lane->owned[message->partition] : NULL;
}

void lane_look_ahead(const struct lane *lane, const struct message_batch *batch) {
    for (unsigned ahead = PARTITION_AHEAD; ahead > 0; ahead = partition_nearer(ahead)) {
        if (lane->taken + ahead >= batch->count) {
            continue;
        }
        const struct message *message = &batch->messages[lane->taken + ahead];
        const struct owned *next = lane_owner(lane, message);
        if (next != NULL && next->partition != NULL) {
            partition_expect(next->partition, message, ahead);
        }
    }
}
