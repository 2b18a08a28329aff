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
#include "config/topics.h"

/* The default of http.listen. */
#define CONFIG_HTTP_LISTEN "127.0.0.1:8480"

struct config_property { /* kafka.NAME = VALUE, handed to librdkafka as NAME */
    char *name, *value;
    char *where; /* file:line or the like, for errors */
};

struct config {
    char *group;                        /* group */
    char *topics[CONFIG_TOPIC_COUNT];   /* topic.input, topic.clearances, ... */
    char *worker_id;                    /* worker.id: kafka.group.instance.id, else random for each life */
    int merge_policy;                   /* merge.policy: enum merge_policy of record/rules.h */
    int require_level;                  /* clearance.require: enum require_level */
    char *recognised;                   /* recognised: as recognised.h joins it; NULL: nothing */
    bool rules_accept;                  /* rules.change = refuse | accept */
    bool emit_always;                   /* emit = ready | always */
    int32_t retention_days;             /* retention.days */
    uint64_t message_bytes_max;         /* limits.message_bytes */
    uint64_t train_bytes_max;           /* limits.train_bytes */
    uint64_t state_bytes_max;           /* state.bytes_max; 0 before config_finish: not set */
    uint64_t checkpoint_bytes;          /* checkpoint.bytes */
    int64_t checkpoint_age_ms;          /* checkpoint.age */
    int64_t commit_interval_ms;         /* commit.interval */
    int64_t counters_interval_ms;       /* counters.interval */
    int64_t shutdown_timeout_ms;        /* shutdown.timeout */
    uint32_t lanes;                     /* pipeline.lanes */
    uint64_t seen_entries;              /* pipeline.seen_entries, a partition */
    char *http_listen;                  /* http.listen: as address_parse reads it; "" for nowhere */
    char *http_token_file;              /* http.token_file; NULL or "" for none */
    int64_t http_ready_ms;              /* http.ready_within */
    char *sign_key_file;                /* sign.key; NULL or "" for none */
    int log_level;                      /* log.level: enum log_level of base/log.h */
    int log_format;                     /* log.format: enum log_format of base/log.h */
    struct config_property *properties; /* kafka.* */
    size_t property_count;
    int reading, recognised_from; /* which of file, environment, --set is read, and set the list */
    uint64_t given;               /* bit i: row i of the option table was set by somebody */
    const char *command;          /* which command it is for, in the client id; NULL: none. Borrowed */
};

enum { CONFIG_ERROR_BYTES = 512 };

/* Defaults. Release with config_release. */
void config_init(struct config *config);
void config_release(struct config *config);

/* Reads `name = value` lines of a file ('#' and '!' begin comments; blanks around the name and before the value are
 * dropped, those behind a kafka.* value are part of it; a UTF-8 byte order mark is passed over; two lines with one name
 * are an error, but those of a list add up). False: `error` names file:line, what is wrong, and the nearest right name
 * or the allowed values. Secrets never appear in an error. */
bool config_read_file(struct config *config, const char *path, char error[CONFIG_ERROR_BYTES]);
/* CARAVAN_MERGE_POLICY sets merge.policy; CARAVAN_KAFKA_BOOTSTRAP_SERVERS sets kafka.bootstrap.servers, both as
 * written; an empty one sets nothing. `environment` is like environ. An unknown CARAVAN_ name is an error, unless it is
 * CARAVAN_CONFIG, one of the scripts' own (CARAVAN_TEST_..., CARAVAN_ONLY, see environment.c) or one that Kubernetes
 * sets for a service (..._SERVICE_HOST, ..._PORT_...). */
bool config_read_environment(struct config *config, char **environment, char error[CONFIG_ERROR_BYTES]);
/* One `name=value`, as --set gives it; `where` names the place in errors. */
bool config_set(struct config *config, const char *assignment, const char *where, char error[CONFIG_ERROR_BYTES]);
/* What only the whole can tell: required values, contradictions; settles worker_id and state_bytes_max. After all
 * reads.
 */
bool config_finish(struct config *config, char error[CONFIG_ERROR_BYTES]);

/* state.bytes_max where nobody set it, under this memory limit (0: none). */
uint64_t config_state_bytes(uint64_t memory_limit);

/* The value of kafka.NAME, or NULL. */
const char *config_property(const struct config *config, const char *name);
/* True when the value of an option of this name (with or without "kafka.") must not be shown: passwords, secrets, keys,
 * tokens. */
bool config_is_secret(const char *name);

/* Every option with type, range, default and help: text for --help, and a Markdown table for schemas/options.md. */
void config_help(struct buffer *out);
void config_markdown(struct buffer *out);
/* The effective configuration, a line an option, secrets as "***". */
void config_describe(const struct config *config, struct buffer *out);
/* How many options somebody set to something else than their defaults, kafka.* too. */
unsigned config_changed_count(const struct config *config);

/* For commands that take units too: "256MiB", "6h", "100ms" (B KiB MiB GiB TiB; ms s min h d). False for a number
 * without a unit (0 needs none), another unit, or more than 2^62. */
bool config_parse_bytes(struct slice text, uint64_t *out);
bool config_parse_duration(struct slice text, int64_t *out_ms);

#endif
