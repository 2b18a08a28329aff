#include "partition/partition.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/timestamp.h"
#include "partition/partition_emit.h"
#include "partition/partition_join.h"
#include "partition/partition_keep.h"
#include "partition/partition_motion.h"
#include "partition/partition_reading.h"
#include "partition/partition_trains.h"

/* ---- life */

struct partition *partition_new(const struct partition_options *options) {
    struct partition *partition = alloc_zeroed(1, sizeof *partition);
    partition->options = *options;
    /* Another one for each life of a partition: who writes the keys cannot aim at one chain of a table. */
    partition->seed = hash_random_seed();
    list_init(&partition->trains);
    list_init(&partition->changed);
    list_init(&partition->touched);
    list_init(&partition->unknown);
    motion_init(partition);
    journal_init(&partition->journal);
    partition->seen = seen_new(options->seen_entries);
    partition->commons = commons_new();
    partition->stream_time_ms = COMMIT_TEXT_NO_TIME;
    partition->horizon_days = COMMIT_TEXT_NO_DATE;
    partition->position = -1;
    for (size_t i = 0; i <= PARTITION_AHEAD; i++) {
        partition->expected[i].offset = -1;
    }
    partition->committed = -1;
    /* Without a commit what is configured is in force; a restore puts the committed text in its place. */
    partition->text = (struct commit_text){.stream_time_ms = COMMIT_TEXT_NO_TIME,
                                           .horizon_days = COMMIT_TEXT_NO_DATE,
                                           .oldest_wall_ms = COMMIT_TEXT_NO_TIME,
                                           .limits = options->limits,
                                           .rules = commit_rules_of(&options->rules)};
    return partition;
}

void partition_free(struct partition *partition) {
    restore_release(partition);
    trains_release(partition);
    commons_free(partition->commons);
    seen_free(partition->seen);
    arena_release(&partition->scratch);
    buffer_release(&partition->encoded);
    buffer_release(&partition->told);
    free(partition);
}

/* ---- what is rejected here */

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

/* ---- one message */

static void note_change(struct partition *partition, struct train_entry *entry, const struct event *event) {
    /* Whether a record may go out is needed before the record is derived: it decides what the epoch is expected to
     * put out (emit_expect). The barrier derives and knows better. */
    entry->arrived = entry->arrived || event->type == EVENT_ARRIVED;
    if (!list_has(&entry->changed)) {
        list_append(&partition->changed, &entry->changed);
    }
    if (!list_has(&entry->row->touched)) {
        list_append(&partition->touched, &entry->row->touched);
        partition->pending_bytes += ROW_BYTES;
    }
    emit_expect(partition, entry, event->message_bytes);
}

struct offer {
    struct partition *partition;
    const struct reading *reading;
    const struct message *message; /* the reading's */
    const struct partition_sink *sink;
    struct reject *reject;
    struct train_entry *near; /* joining's */
};

/* The train's limit is the last check: whatever is rejected before it leaves the train untouched. */
static enum offer_result join_offer(struct offer *offer, const struct event *event) {
    struct partition *partition = offer->partition;
    const struct joining joining = {.event = event,
                                    .message = offer->message,
                                    .since = offer->reading->intake->now,
                                    .near = offer->near};
    struct train_entry *entry;
    switch (partition_join(partition, &joining, &entry)) {
    case JOIN_ACCEPTED:
        if (!partition->options.file_mode) {
            note_change(partition, entry, event);
        }
        return OFFER_ACCEPTED;
    case JOIN_DUPLICATE: return OFFER_DUPLICATE;
    case JOIN_STALE: return OFFER_STALE;
    case JOIN_LIMIT: break;
    }
    reject_limit(partition, offer->reject);
    return OFFER_REJECTED;
}

/* Stream time and horizon after an event that passed all checks before TOO_LATE (contract 7.1, 7.2). */
static void advance(struct offer *offer, int64_t time_ms) {
    struct partition *partition = offer->partition;
    /* By the largest time ever seen, whatever is late now: T never goes back, so no restore and no other order of
     * the same events has another horizon at the end. */
    if (time_ms > partition->stream_time_ms) {
        partition->stream_time_ms = time_ms;
    }
    int32_t horizon = date_of(partition->stream_time_ms) - partition->options.limits.retention_days;
    if (horizon > partition->horizon_days) {
        partition->horizon_days = horizon;
        /* Here and not at the barrier: what comes next for a train before H must find it gone, as a restore from any
         * commit would (contract 7.2). */
        emit_expired(partition, horizon, offer->sink);
    }
}

/* TIME_IN_FUTURE, TOO_LATE, the train's limit. `event` NULL: a repeat of one that passed them all, which moves nothing.
 */
static enum offer_result judge(struct offer *offer, const struct judged *judged, const struct event *event) {
    struct partition *partition = offer->partition;
    if (partition->options.file_mode) {
        return event == NULL ? OFFER_DUPLICATE : join_offer(offer, event);
    }
    /* Before TOO_LATE, and it moves nothing: one clock that is wrong would else expire every train (contract 7.5). */
    if (partition_is_future(offer->message, judged, offer->reject)) {
        return OFFER_REJECTED;
    }
    /* A repeat is judged like its first, by what the table kept of it: the horizon may have passed it by since. */
    enum offer_result result = OFFER_DUPLICATE;
    if (partition_is_late(partition, judged)) {
        reject_late(partition, judged, offer->reject);
        result = OFFER_REJECTED;
    } else if (event != NULL) {
        result = join_offer(offer, event);
    }
    if (event != NULL) {
        /* After the join: an event is judged by the horizon before it (contract 7.3), and a late one moves T too. */
        advance(offer, judged->time_ms);
    }
    return result;
}

/* The key says nearly always which train it is, and what a join needs of that one comes while the event is decoded. */
static void expect_join(struct offer *offer) {
    if (offer->message->key.data != NULL) {
        offer->near = trains_find(offer->partition, offer->message->key);
    }
    if (offer->near != NULL) {
        train_expect_join(offer->near->train);
    }
}

static enum offer_result decode_and_judge(struct offer *offer, struct hash128 hash, struct hash128 mark) {
    struct partition *partition = offer->partition;
    struct event event;
    expect_join(offer);
    if (!partition->options.file_mode) {
        /* The text's limit, not the configured one: what was rejected is rejected again by redo (restore.md R6). */
        decoder_limit(offer->reading->intake->decoder, (size_t)partition->text.limits.message_bytes);
    }
    if (!reading_decode(offer->reading, &event, offer->reject) ||
        partition_has_key_mismatch(partition, offer->message, &event, offer->reject)) {
        return OFFER_REJECTED;
    }
    event.hash = hash;
    struct judged judged = {event.time_ms, event.train_date_days};
    enum offer_result result = judge(offer, &judged, &event);
    if (result != OFFER_REJECTED) {
        /* Only what is valid enters: a reject goes to the dead letters each time that it comes. */
        seen_put(partition->seen, &(struct seen_entry){mark, event.time_ms, event.train_date_days});
    }
    return result;
}

/* Of a rejected message the value alone: its attributes may be anything (contract 2.20). */
static void count(struct counters *counters, enum offer_result result, const struct reading *reading,
                  const struct reject *reject) {
    counters->events++;
    counters->bytes += result == OFFER_REJECTED ? reading->message->value.len : reading_bytes(reading);
    switch (result) {
    case OFFER_ACCEPTED: counters->accepted++; break;
    case OFFER_DUPLICATE: counters->duplicate++; break;
    case OFFER_STALE: counters->stale++; break;
    case OFFER_REJECTED: counters->rejected[reject->reason]++; break;
    }
}

static struct expected *expected_at(struct partition *partition, const struct message *message) {
    static_assert(((PARTITION_AHEAD + 1) & PARTITION_AHEAD) == 0, "the last bits of an offset say where");
    return &partition->expected[message->offset & PARTITION_AHEAD];
}

/* The hash is that of structured mode, as nearly all messages are: of one in binary mode nothing is taken over. The key
 * is part of the mark: the same value under another key may be a KEY_MISMATCH. */
static void expect_first(struct partition *partition, const struct message *message, struct expected *expected) {
    expected->offset = message->offset;
    expected->data = message->value.data;
    expected->hash = hash_of(message->value);
    expected->mark = seen_mark(partition->seen, expected->hash, message->key);
    seen_expect(partition->seen, expected->mark);
}

/* For a repeat nobody looks for its train. */
static void expect_train(struct partition *partition, const struct message *message, struct expected *expected) {
    expected->repeated = seen_expect_found(partition->seen, expected->mark);
    if (!expected->repeated) {
        expected->train = trains_hash(partition, message->key);
    }
}

void partition_expect(struct partition *partition, const struct message *message, unsigned ahead) {
    struct expected *expected = expected_at(partition, message);
    if (ahead == PARTITION_AHEAD) {
        expect_first(partition, message, expected);
        return;
    }
    if (expected->offset != message->offset) {
        return;
    }
    if (ahead == partition_nearer(PARTITION_AHEAD)) {
        expect_train(partition, message, expected);
    }
    if (!expected->repeated) {
        trains_expect(partition, expected->train, ahead);
    }
}

/* Who a message is, and what the table of seen ones knows it by: as expected, or put into *unexpected. */
static const struct expected *identify(struct partition *partition, const struct reading *reading,
                                       struct expected *unexpected) {
    const struct message *message = reading->message;
    struct expected *expected = expected_at(partition, message);
    bool is_it = expected->offset == message->offset && expected->data == message->value.data;
    expected->offset = -1;
    if (!reading->is_binary && is_it) {
        return expected;
    }
    unexpected->hash = reading_hash(reading);
    unexpected->mark = seen_mark(partition->seen, reading_mark(reading, unexpected->hash), message->key);
    return unexpected;
}

enum offer_result partition_offer(struct partition *partition, const struct message *message,
                                  const struct partition_intake *intake, const struct partition_sink *sink,
                                  struct reject *reject) {
    assert(!partition_is_changing(partition));
    assert(partition->options.file_mode || message->offset >= partition->position);
    struct reading reading;
    reading_begin(&reading, message, intake);
    struct offer offer = {partition, &reading, message, sink, reject, NULL};
    struct expected unexpected;
    const struct expected *who = identify(partition, &reading, &unexpected);
    struct seen_entry seen;
    enum offer_result result;
    if (reading_has_mark(&reading) && seen_find(partition->seen, who->mark, &seen)) {
        result = judge(&offer, &(struct judged){seen.time_ms, seen.train_date_days}, NULL);
    } else {
        result = decode_and_judge(&offer, who->hash, who->mark);
    }
    /* Rejected and stale ones count too: F is measured in bytes that a restore would read again. */
    journal_pass(&partition->journal, reading_bytes(&reading));
    partition->position = message->offset + 1;
    count(sink->counters, result, &reading, reject);
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
    return partition->train_count;
}

void partition_by_status(const struct partition *partition, uint64_t counts[STATUS_COUNT]) {
    counts[STATUS_OPEN] = partition->sum.open;
    counts[STATUS_CLEARED] = partition->sum.cleared;
    counts[STATUS_HELD] = partition->sum.held;
    counts[STATUS_INCOMPLETE] = partition->sum.incomplete;
}

size_t partition_pending_bytes(const struct partition *partition) {
    return partition->pending_bytes;
}

bool partition_owes(const struct partition *partition) {
    return partition->owes;
}

bool partition_is_behind(const struct partition *partition) {
    return partition->journal.count > 0;
}

size_t partition_memory_bytes(const struct partition *partition) {
    return sizeof *partition + trains_bytes(partition) + seen_memory_bytes(partition->seen) + partition->parts_bytes +
           commons_bytes(partition->commons) + arena_bytes(&partition->scratch) + partition->encoded.capacity;
}

uint64_t partition_empty_bytes(uint64_t seen_entries) {
    return sizeof(struct partition) + sizeof(struct commons) + seen_bytes_of(seen_entries);
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
        visit(context, LIST_OWNER(at, struct train_entry, all)->train);
    }
}
