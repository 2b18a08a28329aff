/* The topics of a deployment (contract 6.1, schemas/topics.md), each described once: its option, how it is made, what
 * is checked, what goes there. Static; any thread. */
#ifndef CARAVAN_CONFIG_TOPICS_H
#define CARAVAN_CONFIG_TOPICS_H

#include <stdbool.h>
#include <stdint.h>

#include "flow/outbox.h"

/* X(enum suffix, option, its default, its help), in the order in which topics are made and checked: the others are
 * measured by the input. */
#define CONFIG_TOPIC_MAP(X)                                                                                            \
    X(INPUT, "topic.input", "rail.manifest-events", "Events in, keyed by train.")                                      \
    X(CLEARANCES, "topic.clearances", "rail.clearances", "One record a train.")                                        \
    X(TRAFFIC, "topic.traffic", "rail.traffic", "Totals by port, date and partition.")                                 \
    X(DEAD_LETTERS, "topic.dead_letters", "rail.dead-letters",                                                         \
      "Rejected messages, bytes untouched, the reason in headers.")                                                    \
    X(CHECKPOINTS, "topic.checkpoints", "rail.checkpoints",                                                            \
      "The workers' own: the facts of each train at one offset.")                                                      \
    X(THROUGHPUT, "topic.throughput", "rail.throughput", "Counters of each worker.")

enum config_topic {
#define CONFIG_TOPIC_ENUM(suffix, option, initial, help) CONFIG_TOPIC_##suffix,
    CONFIG_TOPIC_MAP(CONFIG_TOPIC_ENUM)
#undef CONFIG_TOPIC_ENUM
        CONFIG_TOPIC_COUNT
};

enum topic_partitions {
    TOPIC_LIKE_INPUT, /* as many as the input: a message goes to the partition that its events came from */
    TOPIC_ANY,        /* whatever there is; as many as the input when it is made */
    TOPIC_ONE         /* whatever there is; one when it is made */
};

enum topic_cleanup {
    TOPIC_CLEANUP_FREE,
    TOPIC_NOT_COMPACT,
    TOPIC_COMPACT, /* alone or with delete */
    TOPIC_COMPACT_ALONE
};

struct topic_setting {
    const char *name, *value;
};

enum { TOPIC_SETTINGS_MAX = 5 };

struct topic {
    enum topic_partitions partitions;
    enum topic_cleanup cleanup; /* what is checked */
    bool is_fault;              /* another cleanup.policy is wrong; else only not what is recommended */
    const char *otherwise;      /* what is then said behind "cleanup.policy=VALUE" */
    int64_t message_bytes_max;  /* recommended; 0: nothing is */
    struct topic_setting settings[TOPIC_SETTINGS_MAX + 1]; /* what it is made with; ends with a NULL name */
};

extern const struct topic TOPICS[CONFIG_TOPIC_COUNT];

/* Where an outbox's messages go. */
enum config_topic topic_of_output(enum output_topic output);

#endif
