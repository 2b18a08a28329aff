#include "partition/partition_join.h"

#include "base/timestamp.h"
#include "partition/partition_emit.h"
#include "partition/partition_trains.h"

/* ---- checks */

bool partition_has_key_mismatch(const struct partition *partition, const struct message *message,
                                const struct event *event, struct reject *reject) {
    /* The key is what brings all events of a train into one partition; one under another key may be missing
     * elsewhere (contract 2.2). */
    if (!partition->options.check_key || (message->key.data != NULL && slice_equal(message->key, event->train_key))) {
        return false;
    }
    reject_set(reject, REJECT_KEY_MISMATCH, "",
               message->key.data == NULL ? "The message has no key; its train is %.*s."
                                         : "The message's key is not that of its train, %.*s.",
               (int)event->train_key.len, event->train_key.data);
    return true;
}

bool partition_is_future(const struct message *message, const struct judged *judged, struct reject *reject) {
    /* Measured against the message's timestamp, which redo reads again, and not against a clock: it is judged the
     * same in every life. */
    if (message->timestamp_ms == MESSAGE_NO_TIMESTAMP || judged->time_ms - TIMESTAMP_DAY_MS <= message->timestamp_ms) {
        return false;
    }
    char time[TIMESTAMP_TEXT_BYTES];
    timestamp_write(judged->time_ms, time);
    reject_set(reject, REJECT_TIME_IN_FUTURE, "/time",
               "The event's time %.*s is more than 24 h ahead of its Kafka timestamp.", TIMESTAMP_TEXT_BYTES, time);
    return true;
}

bool partition_is_late(const struct partition *partition, const struct judged *judged) {
    return partition->horizon_days != COMMIT_TEXT_NO_DATE && judged->date_days < partition->horizon_days;
}

/* ---- joining */

static size_t train_bytes_max(const struct partition *partition) {
    /* As message_bytes: the limit in force since F, until a commit carries another one (contract 7.14). */
    uint64_t limit = partition->text.limits.train_bytes;
    return partition->options.file_mode || limit > SIZE_MAX ? SIZE_MAX : (size_t)limit;
}

static enum join_result join(const struct partition *partition, struct train *train, const struct joining *joining,
                             struct join_effect *effect) {
    return train_join(train, joining->event, (uint64_t)joining->message->offset, train_bytes_max(partition), effect);
}

/* What has gone out for the row must be known before it changes; the redo of a restore changes nothing that has gone
 * out, and there are no rows in file mode (restore.md R12). */
static bool must_learn(const struct partition *partition, const struct row *row, const struct joining *joining) {
    return !joining->restoring && !partition->options.file_mode && !row->known;
}

static enum join_result join_new(struct partition *partition, const struct joining *joining,
                                 struct train_entry **entry) {
    struct join_effect effect;
    struct train *train = train_new_in(partition->commons, joining->event->train_key, partition->seed);
    enum join_result result = join(partition, train, joining, &effect);
    /* It is not kept: even without an event it would have a record and a row. */
    if (result == JOIN_LIMIT) {
        train_free(train);
        return result;
    }
    *entry = trains_add(partition, train, joining->restoring);
    /* Without the new train, which has put out nothing yet. */
    if (must_learn(partition, (*entry)->row, joining)) {
        emit_learn(partition, (*entry)->row, *entry);
    }
    return result;
}

static enum join_result join_entry(struct partition *partition, const struct joining *joining,
                                   struct train_entry *entry) {
    struct join_effect effect;
    /* Before the join changes it. A duplicate changes nothing, so nothing need be learnt for it: a restart over a
     * log full of repeats would else derive every train. */
    if (must_learn(partition, entry->row, joining) && !train_has(entry->train, joining->event->hash)) {
        emit_learn(partition, entry->row, NULL);
    }
    enum join_result result = join(partition, entry->train, joining, &effect);
    trains_count(partition, &effect);
    return result;
}

enum join_result partition_join(struct partition *partition, const struct joining *joining,
                                struct train_entry **entry) {
    struct slice key = joining->event->train_key;
    *entry = joining->near != NULL && slice_equal(train_key(joining->near->train), key) ? joining->near
                                                                                        : trains_find(partition, key);
    enum join_result result =
        *entry == NULL ? join_new(partition, joining, entry) : join_entry(partition, joining, *entry);
    /* Stale and duplicate ones change no fact, so a checkpoint without them is as good (restore.md R10). */
    if (result == JOIN_ACCEPTED && !partition->options.file_mode) {
        journal_join(&partition->journal, &(*entry)->journal, joining->message->offset, joining->since);
    }
    return result;
}
