#include "config/options.h"

#include <string.h>

#include "config/config.h"

#define FIELD(member) offsetof(struct config, member)
#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define SECOND UINT64_C(1000)
#define DAY (86400 * SECOND)

const struct option OPTIONS[] = {
    {"group", OPTION_NAME, FIELD(group), "caravan", NULL, 1, 200,
     "Consumer group of all workers that share the input."},
    {"topic.input", OPTION_NAME, FIELD(topics[CONFIG_TOPIC_INPUT]), "rail.manifest-events", NULL, 1, 249,
     "Events in, keyed by train."},
    {"topic.clearances", OPTION_NAME, FIELD(topics[CONFIG_TOPIC_CLEARANCES]), "rail.clearances", NULL, 1, 249,
     "One record a train."},
    {"topic.traffic", OPTION_NAME, FIELD(topics[CONFIG_TOPIC_TRAFFIC]), "rail.traffic", NULL, 1, 249,
     "Totals by port, date and partition."},
    {"topic.dead_letters", OPTION_NAME, FIELD(topics[CONFIG_TOPIC_DEAD_LETTERS]), "rail.dead-letters", NULL, 1, 249,
     "Rejected messages, bytes untouched, the reason in headers."},
    {"topic.checkpoints", OPTION_NAME, FIELD(topics[CONFIG_TOPIC_CHECKPOINTS]), "rail.checkpoints", NULL, 1, 249,
     "The workers' own: the facts of each train at one offset."},
    {"topic.throughput", OPTION_NAME, FIELD(topics[CONFIG_TOPIC_THROUGHPUT]), "rail.throughput", NULL, 1, 249,
     "Counters of each worker."},
    {"worker.id", OPTION_NAME, FIELD(worker_id), "", NULL, 1, 128,
     "Names this worker: transactional.id is GROUP-ID. Default: kafka.group.instance.id, else random for each life. "
     "Two workers "
     "with one id fence each other."},
    {"merge.policy", OPTION_CHOICE, FIELD(merge_policy), "auto", "auto applied never", 0, 0,
     "Which live waybills merge into one declaration."},
    {"clearance.require", OPTION_CHOICE, FIELD(require_level), "summary", "none summary full", 0, 0,
     "The declaration step that a train must have reached to be cleared."},
    {"rules.change", OPTION_SWITCH, FIELD(rules_accept), "refuse", "refuse accept", 0, 0,
     "What to do when merge.policy or clearance.require differ from what the group was running: stop, or derive every "
     "record anew."},
    {"emit", OPTION_SWITCH, FIELD(emit_always), "ready", "ready always", 0, 0,
     "Records of arrived trains only, or of every train."},
    {"retention.days", OPTION_DAYS, FIELD(retention_days), "75", NULL, 1, 36500,
     "Trains older than this, counted in event time, are dropped."},
    {"limits.message_bytes", OPTION_BYTES, FIELD(message_bytes_max), "1MiB", NULL, 1, 64 * MIB,
     "A larger message goes to dead letters (TOO_LARGE)."},
    {"limits.train_bytes", OPTION_BYTES, FIELD(train_bytes_max), "8MiB", NULL, 1, GIB,
     "An event that would make a train's live events larger goes to dead letters (LIMIT_EXCEEDED)."},
    {"state.bytes_max", OPTION_BYTES, FIELD(state_bytes_max), "4GiB", NULL, MIB, 1024 * GIB,
     "Above this much state the worker stops reading until the limit is higher or other workers take partitions."},
    {"checkpoint.bytes", OPTION_BYTES, FIELD(checkpoint_bytes), "256MiB", NULL, 1, 1024 * GIB,
     "At most this much input (message values of one partition) is read again at a restart."},
    {"checkpoint.age", OPTION_DURATION, FIELD(checkpoint_age_ms), "6h", NULL, 1, 365 * DAY,
     "No event waits longer for its checkpoint; the input's retention must exceed it."},
    {"commit.interval", OPTION_DURATION, FIELD(commit_interval_ms), "100ms", NULL, 1, 60 * SECOND,
     "How often what was read is committed, when there is something to commit."},
    {"counters.interval", OPTION_DURATION, FIELD(counters_interval_ms), "10s", NULL, 100, DAY,
     "How often a throughput record goes out."},
    {"shutdown.timeout", OPTION_DURATION, FIELD(shutdown_timeout_ms), "20s", NULL, 0, 3600 * SECOND,
     "After SIGTERM: how long an orderly stop may write checkpoints; then it stops without them."},
    {"pipeline.lanes", OPTION_LANES, FIELD(lanes), "1", NULL, 1, 64,
     "Threads that decode and merge; each owns its share of the partitions."},
    {"pipeline.seen_entries", OPTION_COUNT, FIELD(seen_entries), "65536", NULL, 0, UINT64_C(1) << 28,
     "Events a partition remembers, to drop repeats before decoding them; 0 turns that off."},
    {"log.level", OPTION_CHOICE, FIELD(log_level), "info", "error warning info debug", 0, 0,
     "Log lines below this are dropped."},
};
const size_t OPTION_COUNT_ALL = sizeof OPTIONS / sizeof OPTIONS[0];

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
