/* The worker's configuration: properties file, environment, --set; one option table (options.c) behind parsing, --help,
 * documentation and errors. A value is set by the last of: default, file, environment, --set. Not thread-safe while
 * being read in; immutable afterwards. */
#ifndef CARAVAN_CONFIG_CONFIG_H
#define CARAVAN_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

enum config_topic {
    CONFIG_TOPIC_INPUT,
    CONFIG_TOPIC_CLEARANCES,
    CONFIG_TOPIC_TRAFFIC,
    CONFIG_TOPIC_DEAD_LETTERS,
    CONFIG_TOPIC_CHECKPOINTS,
    CONFIG_TOPIC_THROUGHPUT,
    CONFIG_TOPIC_COUNT
};

struct config_property { /* kafka.NAME = VALUE, handed to librdkafka as NAME */
    char *name, *value;
    char *where; /* file:line or the like, for errors */
};

struct config {
    char *group;                        /* group */
    char *topics[CONFIG_TOPIC_COUNT];   /* topic.input, topic.clearances, ... */
    char *worker_id;                    /* worker.id: kafka.group.instance.id, else random for each life */
    int merge_policy;                   /* merge.policy: enum merge_policy of core/rules.h */
    int require_level;                  /* clearance.require: enum require_level */
    bool rules_accept;                  /* rules.change = refuse | accept */
    bool emit_always;                   /* emit = ready | always */
    int32_t retention_days;             /* retention.days */
    uint64_t message_bytes_max;         /* limits.message_bytes */
    uint64_t train_bytes_max;           /* limits.train_bytes */
    uint64_t state_bytes_max;           /* state.bytes_max */
    uint64_t checkpoint_bytes;          /* checkpoint.bytes */
    int64_t checkpoint_age_ms;          /* checkpoint.age */
    int64_t commit_interval_ms;         /* commit.interval */
    int64_t counters_interval_ms;       /* counters.interval */
    int64_t shutdown_timeout_ms;        /* shutdown.timeout */
    uint32_t lanes;                     /* pipeline.lanes */
    uint64_t seen_entries;              /* pipeline.seen_entries, a partition */
    int log_level;                      /* log.level: enum log_level of base/log.h */
    struct config_property *properties; /* kafka.* */
    size_t property_count;
};

enum { CONFIG_ERROR_BYTES = 512 };

/* Defaults. Release with config_release. */
void config_init(struct config *config);
void config_release(struct config *config);

/* Reads `name = value` lines of a file ('#' and '!' begin comments; blanks around name and value are dropped; of
 * several lines with one name the last counts). False: `error` names file:line, what is wrong, and the nearest right
 * name or the allowed values. Secrets never appear in an error. */
bool config_read_file(struct config *config, const char *path, char error[CONFIG_ERROR_BYTES]);
/* CARAVAN_MERGE_POLICY sets merge.policy; CARAVAN_KAFKA_BOOTSTRAP_SERVERS sets kafka.bootstrap.servers. `environment`
 * is like environ. An unknown CARAVAN_ name is an error, unless it is one of the scripts' own (CARAVAN_TEST_...,
 * CARAVAN_ONLY, see environment.c) or one that Kubernetes sets for a service (..._SERVICE_HOST, ..._PORT_...). */
bool config_read_environment(struct config *config, char **environment, char error[CONFIG_ERROR_BYTES]);
/* One `name=value`, as --set gives it; `where` names the place in errors. */
bool config_set(struct config *config, const char *assignment, const char *where, char error[CONFIG_ERROR_BYTES]);
/* What only the whole can tell: required values, contradictions; settles worker_id. After all reads. */
bool config_finish(struct config *config, char error[CONFIG_ERROR_BYTES]);

/* The value of kafka.NAME, or NULL. */
const char *config_property(const struct config *config, const char *name);
/* True when the value of an option of this name (with or without "kafka.") must not be shown: passwords, secrets, keys,
 * tokens. */
bool config_is_secret(const char *name);

/* Every option with type, range, default and help: as text for --help and as a Markdown table for schemas/README.md. */
void config_help(struct buffer *out);
void config_markdown(struct buffer *out);
/* The effective configuration, a line an option, secrets as "***": for the log at start. */
void config_describe(const struct config *config, struct buffer *out);

/* For commands that take units too: "256MiB", "6h", "100ms" (B KiB MiB GiB TiB; ms s min h d). False for a number
 * without a unit (0 needs none), another unit, or more than 2^62. */
bool config_parse_bytes(struct slice text, uint64_t *out);
bool config_parse_duration(struct slice text, int64_t *out_ms);

#endif
