/* Settings are texts as brokers take them: retention in milliseconds (604800000 is a week, 2592000000 are 30 days),
 * sizes in bytes (33554432 are 32 MiB, 8388608 are 8 MiB). */
#include "config/topics.h"

#include <assert.h>

const struct topic TOPICS[CONFIG_TOPIC_COUNT] = {
    /* The log that everything is read from again. LogAppendTime, since a producer's wrong clock must not pass the check
     * for events from the future (contract 7.5). */
    [CONFIG_TOPIC_INPUT] = {.partitions = TOPIC_LIKE_INPUT,
                            .cleanup = TOPIC_NOT_COMPACT,
                            .is_fault = true,
                            .otherwise = " deletes events that a restart needs; set it to delete",
                            .settings = {{"cleanup.policy", "delete"},
                                         {"message.timestamp.type", "LogAppendTime"},
                                         {"retention.ms", "604800000"}}},
    [CONFIG_TOPIC_CLEARANCES] = {.partitions = TOPIC_LIKE_INPUT,
                                 .cleanup = TOPIC_COMPACT,
                                 .otherwise = ": readers expect the last record of every train; compact is recommended",
                                 .message_bytes_max = 33554432,
                                 .settings = {{"cleanup.policy", "compact"}, {"max.message.bytes", "33554432"}}},
    /* A restart looks whether it is empty, so what is in it must stay. Rows are small whatever it takes. */
    [CONFIG_TOPIC_TRAFFIC] = {.partitions = TOPIC_LIKE_INPUT,
                              .cleanup = TOPIC_COMPACT_ALONE,
                              .is_fault = true,
                              .otherwise = " must be compact alone, or what a restart needs is deleted",
                              .settings = {{"cleanup.policy", "compact"}, {"max.message.bytes", "33554432"}}},
    /* Whoever made the message gave it a key or none, so compaction would refuse some. Its size is the input's matter:
     * `create` adds room for our headers. */
    [CONFIG_TOPIC_DEAD_LETTERS] = {.partitions = TOPIC_ANY,
                                   .cleanup = TOPIC_NOT_COMPACT,
                                   .is_fault = true,
                                   .otherwise = " refuses messages without a key; set it to delete",
                                   .settings = {{"cleanup.policy", "delete"}, {"retention.ms", "2592000000"}}},
    /* Read as a whole at each restart, so it is kept short; tombstones must outlive the longest restart. */
    [CONFIG_TOPIC_CHECKPOINTS] = {.partitions = TOPIC_LIKE_INPUT,
                                  .cleanup = TOPIC_COMPACT_ALONE,
                                  .is_fault = true,
                                  .otherwise = " must be compact alone, or what a restart needs is deleted",
                                  .message_bytes_max = 8388608,
                                  .settings = {{"cleanup.policy", "compact"},
                                               {"max.message.bytes", "8388608"},
                                               {"segment.bytes", "67108864"},
                                               {"min.cleanable.dirty.ratio", "0.2"},
                                               {"delete.retention.ms", "86400000"}}},
    [CONFIG_TOPIC_THROUGHPUT] = {.partitions = TOPIC_ONE,
                                 .cleanup = TOPIC_CLEANUP_FREE,
                                 .settings = {{"cleanup.policy", "delete"}, {"retention.ms", "604800000"}}},
};

enum config_topic topic_of_output(enum output_topic output) {
    static const enum config_topic topics[OUTPUT_TOPIC_COUNT] = {
        [OUTPUT_CLEARANCES] = CONFIG_TOPIC_CLEARANCES,
        [OUTPUT_TRAFFIC] = CONFIG_TOPIC_TRAFFIC,
        [OUTPUT_DEAD_LETTERS] = CONFIG_TOPIC_DEAD_LETTERS,
        [OUTPUT_CHECKPOINTS] = CONFIG_TOPIC_CHECKPOINTS,
    };
    assert(output < OUTPUT_TOPIC_COUNT);
    return topics[output];
}
