#include "pipeline/partition.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/timestamp.h"
#include "pipeline/partition_checks.h"

/* ---- life */

struct partition *partition_new(const struct partition_options *options) {
    struct partition *partition = alloc_zeroed(1, sizeof *partition);
    partition->options = *options;
    partition->seed = hash_random_seed();
    list_init(&partition->trains);
    list_init(&partition->changed);
    list_init(&partition->touched);
    journal_init(&partition->journal);
    partition->seen = seen_new(options->seen_entries);
    partition->stream_time_ms = COMMIT_TEXT_NO_TIME;
    partition->horizon_days = COMMIT_TEXT_NO_DATE;
    partition->position = -1;
    partition->committed = -1;
    partition->text = (struct commit_text){.stream_time_ms = COMMIT_TEXT_NO_TIME,
                                           .horizon_days = COMMIT_TEXT_NO_DATE,
                                           .oldest_wall_ms = COMMIT_TEXT_NO_TIME,
                                           .limits = options->limits,
                                           .rules = options->rules};
    return partition;
}

void partition_free(struct partition *partition) {
    restore_release(partition);
    trains_release(partition);
    seen_free(partition->seen);
    arena_release(&partition->scratch);
    buffer_release(&partition->encoded);
    free(partition);
}

/* ---- checks */

bool partition_is_misnamed(const struct partition *partition, const struct message *message, const struct event *event,
                           struct reject *reject) {
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

static void reject_late(const struct partition *partition, const struct judged *judged, struct reject *reject) {
    char date[DATE_TEXT_BYTES];
    char horizon[DATE_TEXT_BYTES];
    date_write(judged->date_days, date);
    date_write(partition->horizon_days, horizon);
    reject_set(reject, REJECT_TOO_LATE, "/data/train/date",
               "The train of %.*s is dated before the horizon %.*s and no longer held (retention.days).",
               DATE_TEXT_BYTES, date, DATE_TEXT_BYTES, horizon);
}

static void reject_limit(const struct partition *partition, struct reject *reject) {
    reject_set(reject, REJECT_LIMIT_EXCEEDED, "",
               "The train would hold more than %llu bytes of live events (limits.train_bytes).",
               (unsigned long long)partition->text.limits.train_bytes);
}

/* ---- joining */

static size_t train_bytes_max(const struct partition *partition) {
    uint64_t limit = partition->text.limits.train_bytes;
    return partition->options.file_mode || limit > SIZE_MAX ? SIZE_MAX : (size_t)limit;
}

static enum join_result join_new(struct partition *partition, const struct event *event, const struct message *message,
                                 bool restoring, struct held **held) {
    struct join_effect effect;
    struct train *train = train_new(event->train_key, partition->seed);
    enum join_result result = train_join(train, event, (uint64_t)message->offset, train_bytes_max(partition), &effect);
    if (result == JOIN_LIMIT) {
        train_free(train);
        return result;
    }
    *held = trains_add(partition, train, restoring);
    if (!restoring && !partition->options.file_mode && !(*held)->row->known) {
        emit_learn(partition, (*held)->row, *held);
    }
    return result;
}

static enum join_result join_held(struct partition *partition, const struct event *event, const struct message *message,
                                  bool restoring, struct held *held) {
    struct join_effect effect;
    if (!restoring && !partition->options.file_mode && !held->row->known && !train_has(held->train, event->hash)) {
        emit_learn(partition, held->row, NULL);
    }
    enum join_result result =
        train_join(held->train, event, (uint64_t)message->offset, train_bytes_max(partition), &effect);
    trains_count(partition, &effect);
    return result;
}

enum join_result partition_join(struct partition *partition, const struct event *event, const struct message *message,
                                int64_t wall_ms, bool restoring, struct held **held) {
    *held = trains_find(partition, event->train_key);
    enum join_result result = *held == NULL ? join_new(partition, event, message, restoring, held)
                                            : join_held(partition, event, message, restoring, *held);
    if (result == JOIN_ACCEPTED && !partition->options.file_mode) {
        journal_join(&partition->journal, &(*held)->journal, message->offset, wall_ms);
    }
    return result;
}

static void note_change(struct partition *partition, struct held *held, const struct event *event) {
    held->arrived = held->arrived || event->type == EVENT_ARRIVED;
    if (!list_has(&held->changed)) {
        list_append(&partition->changed, &held->changed);
    }
    if (!list_has(&held->row->touched)) {
        list_append(&partition->touched, &held->row->touched);
    }
}

/* ---- one message */

struct offer {
    struct partition *partition;
    const struct message *message;
    int64_t wall_ms;
    struct exit_door door;
    struct reject *reject;
};

static enum offer_result join_offer(struct offer *offer, const struct event *event) {
    struct partition *partition = offer->partition;
    struct held *held;
    switch (partition_join(partition, event, offer->message, offer->wall_ms, false, &held)) {
    case JOIN_ACCEPTED:
        if (!partition->options.file_mode) {
            note_change(partition, held, event);
        }
        return OFFER_ACCEPTED;
    case JOIN_DUPLICATE:
        return OFFER_DUPLICATE;
    case JOIN_STALE:
        return OFFER_STALE;
    case JOIN_LIMIT:
        break;
    }
    reject_limit(partition, offer->reject);
    return OFFER_REJECTED;
}

/* Stream time and horizon after an event that passed all checks before TOO_LATE (spec section 7). */
static void advance(struct offer *offer, int64_t time_ms) {
    struct partition *partition = offer->partition;
    if (time_ms > partition->stream_time_ms) {
        partition->stream_time_ms = time_ms;
    }
    int32_t horizon = date_of(partition->stream_time_ms) - partition->options.limits.retention_days;
    if (horizon > partition->horizon_days) {
        partition->horizon_days = horizon;
        emit_expired(partition, horizon, &offer->door);
    }
}

/* TIME_IN_FUTURE, TOO_LATE, the train's limit. `event` NULL: a repeat of one that passed them all, which moves nothing.
 */
static enum offer_result judge(struct offer *offer, const struct judged *judged, const struct event *event) {
    struct partition *partition = offer->partition;
    if (partition->options.file_mode) {
        return event == NULL ? OFFER_DUPLICATE : join_offer(offer, event);
    }
    if (partition_is_future(offer->message, judged, offer->reject)) {
        return OFFER_REJECTED;
    }
    enum offer_result result = OFFER_DUPLICATE;
    if (partition_is_late(partition, judged)) {
        reject_late(partition, judged, offer->reject);
        result = OFFER_REJECTED;
    } else if (event != NULL) {
        result = join_offer(offer, event);
    }
    if (event != NULL) {
        advance(offer, judged->time_ms);
    }
    return result;
}

static enum offer_result decode_and_judge(struct offer *offer, struct hash128 hash, struct hash128 mark,
                                          struct decoder *decoder, struct arena *scratch) {
    struct partition *partition = offer->partition;
    struct event event;
    if (!partition->options.file_mode) {
        decoder_limit(decoder, (size_t)partition->text.limits.message_bytes);
    }
    if (!decode_event(decoder, offer->message->value, scratch, &event, offer->reject) ||
        partition_is_misnamed(partition, offer->message, &event, offer->reject)) {
        return OFFER_REJECTED;
    }
    event.hash = hash;
    struct judged judged = {event.time_ms, event.train_date_days};
    enum offer_result result = judge(offer, &judged, &event);
    if (result != OFFER_REJECTED) {
        seen_put(partition->seen, &(struct seen_entry){mark, event.time_ms, event.train_date_days});
    }
    return result;
}

static void count(struct counters *counters, enum offer_result result, const struct message *message,
                  const struct reject *reject) {
    counters->events++;
    counters->bytes += message->value.len;
    switch (result) {
    case OFFER_ACCEPTED:
        counters->accepted++;
        break;
    case OFFER_DUPLICATE:
        counters->duplicate++;
        break;
    case OFFER_STALE:
        counters->stale++;
        break;
    case OFFER_REJECTED:
        counters->rejected[reject->reason]++;
        break;
    }
}

enum offer_result partition_offer(struct partition *partition, const struct message *message, int64_t wall_ms,
                                  struct decoder *decoder, struct arena *scratch, struct outbox *outbox,
                                  struct counters *counters, struct reject *reject) {
    assert(!partition_is_changing(partition));
    assert(partition->options.file_mode || message->offset >= partition->position);
    struct offer offer = {partition, message, wall_ms, {outbox, counters}, reject};
    struct hash128 hash = hash_of(message->value);
    struct hash128 mark = seen_mark(partition->seen, hash, message->key);
    struct seen_entry entry;
    enum offer_result result;
    if (seen_find(partition->seen, mark, &entry)) {
        result = judge(&offer, &(struct judged){entry.time_ms, entry.train_date_days}, NULL);
    } else {
        result = decode_and_judge(&offer, hash, mark, decoder, scratch);
    }
    journal_pass(&partition->journal, message->value.len);
    partition->position = message->offset + 1;
    count(counters, result, message, reject);
    return result;
}

/* ---- figures */

int32_t partition_number(const struct partition *partition) {
    return partition->options.number;
}

uint64_t partition_live_events(const struct partition *partition) {
    return partition->live_events;
}

struct hash128 partition_hash_sum(const struct partition *partition) {
    return partition->hash_sum;
}

size_t partition_train_count(const struct partition *partition) {
    return partition->held_count;
}

size_t partition_memory_bytes(const struct partition *partition) {
    return sizeof *partition + trains_bytes(partition) + seen_memory_bytes(partition->seen) + partition->parts_bytes +
           arena_bytes(&partition->scratch) + partition->encoded.capacity;
}

uint64_t partition_restored_facts(const struct partition *partition) {
    return partition->restored_facts;
}

uint64_t partition_restored_events(const struct partition *partition) {
    return partition->restored_events;
}

const struct commit_text *partition_text(const struct partition *partition) {
    return &partition->text;
}

bool partition_is_changing(const struct partition *partition) {
    return partition->limits_changing || partition->rules_changing;
}

void partition_each(const struct partition *partition, void (*visit)(void *context, const struct train *train),
                    void *context) {
    for (struct link *at = list_first(&partition->trains); at != NULL; at = list_next(&partition->trains, at)) {
        visit(context, LIST_OWNER(at, struct held, all)->train);
    }
}
