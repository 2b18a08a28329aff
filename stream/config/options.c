/* Bounds are where something ends to work, not where it ends to be wise: a topic's name has 249 characters at most in
 * Kafka, a path 4095 in Linux. Times are in milliseconds, sizes in bytes. */
#include "config/options.h"

#include <string.h>

#include "config/config.h"

#define FIELD(member) offsetof(struct config, member)
#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define SECOND UINT64_C(1000)
#define DAY (86400 * SECOND)

/* The order is that of --help and schemas/options.md: who and where, rules, limits, state, timing, the rest. The help
 * is one paragraph, since it stands in a table's cell too. */
const struct option OPTIONS[] = {
    {"group", OPTION_NAME, FIELD(group), "caravan", NULL, 1, 200,
     "Consumer group of all workers that share the input."},
#define TOPIC_OPTION(suffix, option, initial, help)                                                                    \
    {option, OPTION_NAME, FIELD(topics[CONFIG_TOPIC_##suffix]), initial, NULL, 1, 249, help},
    CONFIG_TOPIC_MAP(TOPIC_OPTION)
#undef TOPIC_OPTION
        {"worker.id", OPTION_NAME, FIELD(worker_id), "", NULL, 1, 128,
         "Names this worker: transactional.id is GROUP-ID, or GROUP~ID where the group's name has a '-', so that no "
         "two groups share one. Default: kafka.group.instance.id, else random for each life. Two workers of a group "
         "with one id fence each other."},
    /* Choices in the order of enum merge_policy and enum require_level (record/rules.h). */
    {"merge.policy", OPTION_CHOICE, FIELD(merge_policy), "auto", "auto applied never", 0, 0,
     "Which live waybills merge into one declaration."},
    {"clearance.require", OPTION_CHOICE, FIELD(require_level), "summary", "none summary full release", 0, 0,
     "What of the goods' declarations a train needs to be cleared: nothing, a summary, the full one, or its release."},
    {"recognised", OPTION_LIST, FIELD(recognised), "", NULL, 0, 0,
     "What is recognised of other customs: control:CC:KIND, whose passes close controls of that kind, and "
     "aeo:CC:YYYY-MM-DD, since when the country's authorised operators are ours. Entries stand apart by commas or "
     "blanks; "
     "several lines of a file add up."},
    {"rules.change", OPTION_SWITCH, FIELD(rules_accept), "refuse", "refuse accept", 0, 0,
     "What to do when merge.policy, clearance.require or recognised differ from what the group was running: stop, or "
     "derive every record anew."},
    {"emit", OPTION_SWITCH, FIELD(emit_always), "ready", "ready always", 0, 0,
     "Records of arrived trains only, or of every train."},
    {"retention.days", OPTION_DAYS, FIELD(retention_days), "75", NULL, 1, 36500,
     "Trains older than this, counted in event time, are dropped."},
    {"limits.message_bytes", OPTION_BYTES, FIELD(message_bytes_max), "1MiB", NULL, 1, 64 * MIB,
     "A larger message goes to dead letters (TOO_LARGE)."},
    {"limits.train_bytes", OPTION_BYTES, FIELD(train_bytes_max), "8MiB", NULL, 1, GIB,
     "An event that would make a train's live events larger goes to dead letters (LIMIT_EXCEEDED)."},
    /* Empty: config_finish settles it, once the machine that it runs on is known. */
    {"state.bytes_max", OPTION_BYTES, FIELD(state_bytes_max), "", NULL, MIB, 1024 * GIB,
     "Above this much state, with what waits to be committed, the worker stops reading; if it is the state alone, "
     "until the limit is higher or other workers take partitions. Records of trains that change often are kept in at "
     "most a quarter of it, as long as there is room. Default: what the control group's memory limit leaves (seven "
     "eighths less 128MiB, at least a quarter); 4GiB where there is none."},
    {"checkpoint.bytes", OPTION_BYTES, FIELD(checkpoint_bytes), "256MiB", NULL, 1, 1024 * GIB,
     "At most this much input (message values of one partition) is read again at a restart."},
    {"checkpoint.age", OPTION_DURATION, FIELD(checkpoint_age_ms), "6h", NULL, 1, 365 * DAY,
     "No event waits longer for its checkpoint: from half of it on, checkpoints are spread over commits. The input's "
     "retention must exceed it."},
    {"commit.interval", OPTION_DURATION, FIELD(commit_interval_ms), "100ms", NULL, 1, 60 * SECOND,
     "How often what was read is committed, when there is something to commit."},
    {"counters.interval", OPTION_DURATION, FIELD(counters_interval_ms), "10s", NULL, 100, DAY,
     "How often a throughput record goes out."},
    {"shutdown.timeout", OPTION_DURATION, FIELD(shutdown_timeout_ms), "20s", NULL, 0, 3600 * SECOND,
     "After SIGTERM: how long an orderly stop may write checkpoints; then it stops without them."},
    /* A partition belongs to one lane, so more lanes than partitions are of no use. */
    {"pipeline.lanes", OPTION_LANES, FIELD(lanes), "1", NULL, 1, 64,
     "Threads that decode and merge; each owns its share of the partitions."},
    {"pipeline.seen_entries", OPTION_COUNT, FIELD(seen_entries), "65536", NULL, 0, UINT64_C(1) << 28,
     "Events a partition remembers, to drop repeats before decoding them; 0 turns that off."},
    {"http.listen", OPTION_ADDRESS, FIELD(http_listen), CONFIG_HTTP_LISTEN, NULL, 0, 0,
     "Where /metrics, /healthz, /readyz, /v1 and the status page are; empty: nowhere. Where the default one is taken, "
     "a "
     "worker says so and runs without."},
    /* A file and not the token itself: command lines and environments are shown to many. */
    {"http.token_file", OPTION_PATH, FIELD(http_token_file), "", NULL, 0, 4095,
     "A file with a token that all but /healthz, /readyz and the page's frame ask for (`Authorization: Bearer "
     "TOKEN`)."},
    {"http.ready_within", OPTION_DURATION, FIELD(http_ready_ms), "30s", NULL, SECOND, DAY,
     "/readyz says no when a commit that is due, or an answer of the brokers, is older than this."},
    {"sign.key", OPTION_PATH, FIELD(sign_key_file), "", NULL, 0, 4095,
     "A file with an Ed25519 private key in PEM: every clearance is signed with it in its header caravan-signature."},
    /* Choices in the order of enum log_level and enum log_format (base/log.h). */
    {"log.level", OPTION_CHOICE, FIELD(log_level), "info", "error warning|warn info debug", 0, 0,
     "Log lines below this are dropped. A worker reads it again at SIGHUP. `warn` is `warning`."},
    {"log.format", OPTION_CHOICE, FIELD(log_format), "text", "text logfmt json", 0, 0,
     "Log lines for people, as name=value pairs, or as a JSON object each."},
};
const size_t OPTION_COUNT_ALL = sizeof OPTIONS / sizeof OPTIONS[0];
_Static_assert(sizeof OPTIONS / sizeof OPTIONS[0] <= 64, "config.given has a bit a row");

/* Most of these, set otherwise, would not fail but count events twice, skip some or lose records: so they are refused,
 * and the operator is told why. */
static const struct owned_property OWNED[] = {
    {"group.id", "the option is called group"},
    {"transactional.id", "it is made of group and worker.id, so that a worker fences its own older life and no other"},
    {"enable.idempotence", "transactions need it"},
    {"enable.auto.commit", "offsets are committed with the records, in one transaction"},
    {"auto.commit.enable", "offsets are committed with the records, in one transaction"},
    {"enable.auto.offset.store", "offsets are committed with the records, in one transaction"},
    {"isolation.level", "aborted messages must never be counted"},
    {"auto.offset.reset", "a position out of range must stop the worker, not skip events"},
    {"enable.partition.eof", "the worker needs to know where a partition ends"},
    {"allow.auto.create.topics", "a broker would make topics with other settings than caravan topics create"},
    {"partitioner", "keys must go where Java producers put them"},
    {"delivery.report.only.error", "the worker needs to know which message failed"},
    {"message.timeout.ms", "it follows from transaction.timeout.ms"},
    {"delivery.timeout.ms", "it follows from transaction.timeout.ms"},
};

const struct option *option_find(const char *name) {
    for (size_t i = 0; i < OPTION_COUNT_ALL; i++) {
        if (strcmp(OPTIONS[i].name, name) == 0) {
            return &OPTIONS[i];
        }
    }
    return NULL;
}

const struct owned_property *owned_property_find(const char *name) {
    for (size_t i = 0; i < sizeof OWNED / sizeof OWNED[0]; i++) {
        if (strcmp(OWNED[i].name, name) == 0) {
            return &OWNED[i];
        }
    }
    return NULL;
}

/* Hides rather too much: a harmless value that is not shown costs a question, a password in a log cannot be taken back.
 * By parts of names and not by a list, which a new release of librdkafka would make incomplete. */
bool config_is_secret(const char *name) {
    static const char *const marks[] = {"password",           "secret", "jaas", "token", "credential", ".key", "_key",
                                        "oauthbearer.config", "private"};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (strcasestr(name, marks[i]) != NULL) {
            return true;
        }
    }
    return false;
}
