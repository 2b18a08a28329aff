#include <stdio.h>

#include "base/timestamp.h"
#include "checkpoint/codec.h"
#include "encode/record_json.h"
#include "partition/partition_emit.h"
#include "sign/sign.h"
#include "partition/partition_motion.h"
#include "partition/partition_trains.h"

/* A record repeats of an event what is worth telling, once in a container and once in a declaration: seldom a quarter
 * of its bytes, and hardly more than twice as many when every claim contradicts another. */
enum { SCRATCH_KEEP_BYTES = 1024 * 1024, RECORD_BYTES_MIN = 1024, RECORD_BYTES_PER_BYTE = 2 };

static const struct totals OPEN_SHARE = {.trains = 1, .open = 1};

static const struct record *derive(struct partition *partition, const struct train_entry *entry) {
    arena_reset(&partition->scratch, SCRATCH_KEEP_BYTES);
    return record_derive(entry->train, partition->options.rules, &partition->scratch);
}

/* What was put since the outbox stood as `before`. */
static void count_outputs(const struct partition_sink *sink, const struct outbox *before) {
    sink->counters->outputs += sink->outbox->output_count - before->output_count;
    sink->counters->output_bytes += sink->outbox->bytes - before->bytes;
}

/* What a record or row says of itself: its kind and, of a record, who vouches for it. */
static size_t headers_of(struct partition *partition, struct outbox *outbox, const struct output *output,
                         const struct message_header **out) {
    static const struct message_header content_type = MESSAGE_CONTENT_TYPE("application/json");
    const struct sign_key *key = partition->options.sign_key;
    *out = &content_type;
    if (key == NULL || output->topic != OUTPUT_CLEARANCES) {
        return 1;
    }
    struct message_header *headers = arena_zeroed(&outbox->memory, 2, sizeof *headers);
    char *text = arena_take(&outbox->memory, SIGN_TEXT_BYTES);
    sign_write(key, output->value, text);
    headers[0] = content_type;
    headers[1] = (struct message_header){SLICE(SIGN_HEADER), {text, SIGN_TEXT_BYTES}};
    *out = headers;
    return 2;
}

/* `value` is in the outbox's memory. */
static void put_kept(struct partition *partition, const struct partition_sink *sink, enum output_topic topic,
                     struct slice key, struct slice value) {
    /* Counted by what the outbox says it grew by: the budget and state.bytes_max go by the same bytes. */
    struct outbox before = *sink->outbox;
    struct output output = {.topic = topic,
                            .input_partition = partition->options.number,
                            .key = outbox_keep(sink->outbox, key),
                            .value = value};
    output.header_count = headers_of(partition, sink->outbox, &output, &output.headers);
    outbox_put(sink->outbox, &output);
    count_outputs(sink, &before);
}

static void put(struct partition *partition, const struct partition_sink *sink, enum output_topic topic,
                struct slice key, struct slice value) {
    put_kept(partition, sink, topic, key, outbox_keep(sink->outbox, value));
}

/* ---- records */

static bool lets_out(const struct partition *partition, bool arrived) {
    return arrived || partition->options.emit == EMIT_ALWAYS;
}

size_t emit_expected(const struct train_entry *entry) {
    return RECORD_BYTES_MIN + RECORD_BYTES_PER_BYTE * train_live_bytes(entry->train);
}

void emit_expect(struct partition *partition, struct train_entry *entry, size_t value_bytes) {
    entry->changes++;
    /* Added up from the last record's length: to derive it for each event would cost what deriving once a commit
     * saves. */
    size_t before = entry->expected_bytes == 0 ? RECORD_BYTES_MIN : entry->expected_bytes;
    entry->expected_bytes = before + RECORD_BYTES_PER_BYTE * value_bytes;
    /* What is not let out puts nothing out, however much it changes. */
    if (lets_out(partition, entry->arrived)) {
        partition->pending_bytes += entry->expected_bytes - entry->pending_bytes;
        entry->pending_bytes = entry->expected_bytes;
    }
}

static struct hash128 encode(struct partition *partition, struct train_entry *entry, const struct record *record,
                             bool expired) {
    buffer_clear(&partition->encoded);
    struct hash128 digest = encode_record(record, expired, &partition->encoded);
    /* From here on it is known how long its record is. */
    entry->expected_bytes = partition->encoded.len;
    return digest;
}

static void put_record(struct partition *partition, struct train_entry *entry, struct hash128 digest,
                       const struct partition_sink *sink) {
    entry->emitted = true;
    entry->digest = digest;
    sink->counters->records++;
    sink->counters->record_bytes += partition->encoded.len;
    put(partition, sink, OUTPUT_CLEARANCES, train_key(entry->train), buffer_slice(&partition->encoded));
}

/* Unless it is the one that went out last. */
static void put_record_if_new(struct partition *partition, struct train_entry *entry, const struct record *record,
                              const struct partition_sink *sink) {
    if (lets_out(partition, record->arrived)) {
        struct hash128 digest = encode(partition, entry, record, false);
        /* A change need not show in the record. Then nothing is sent: who reads the topic sees changes only
         * (contract 6.2). */
        if (!entry->emitted || !hash_equal(digest, entry->digest)) {
            put_record(partition, entry, digest, sink);
        }
    }
}

/* The same of a record that lies in parts, which go straight into the outbox. */
static void put_whole_if_new(struct partition *partition, struct train_entry *entry, const struct record_whole *whole,
                             const struct partition_sink *sink) {
    entry->expected_bytes = whole->bytes;
    if (entry->emitted && hash_equal(whole->digest, entry->digest)) {
        return;
    }
    entry->emitted = true;
    entry->digest = whole->digest;
    sink->counters->records++;
    sink->counters->record_bytes += whole->bytes;
    char *bytes = outbox_take(sink->outbox, whole->bytes);
    record_whole_copy(whole, bytes);
    put_kept(partition, sink, OUTPUT_CLEARANCES, train_key(entry->train), (struct slice){bytes, whole->bytes});
}

static void replace_share(struct partition *partition, struct train_entry *entry, const struct totals *share) {
    /* A row is kept as a sum, so that a change costs its one train and not all of the row's. */
    totals_subtract(&entry->row->sum, &entry->share);
    totals_add(&entry->row->sum, share);
    totals_subtract(&partition->sum, &entry->share);
    totals_add(&partition->sum, share);
    entry->share = *share;
}

_Static_assert((int)REASON_COUNT <= 16 && (int)ALERT_COUNT <= 16, "a summary has sixteen bits for each");

static uint16_t alerts_of(const struct record *record) {
    unsigned bits = 0;
    for (size_t i = 0; i < record->alert_count; i++) {
        bits |= 1u << record->alerts[i].kind;
    }
    return (uint16_t)bits;
}

/* How the train stands from the barrier of `epoch` on; `record` NULL: it is open, and nobody made one. */
static void summarise(struct train_entry *entry, const struct record *record, uint64_t epoch) {
    if (entry->summary.epoch != epoch) {
        entry->summary_before = entry->summary;
    }
    entry->summary = (struct train_summary){.epoch = epoch, .status = STATUS_OPEN, .state = SUMMARY_KNOWN};
    if (record != NULL) {
        entry->summary.arrived_at_ms = record->arrived ? record->arrived_at_ms : 0;
        entry->summary.waybills = (uint32_t)record->totals.waybills;
        entry->summary.containers = (uint32_t)record->totals.containers;
        entry->summary.teu = (uint32_t)record->totals.teu;
        entry->summary.reasons = (uint16_t)record->reasons;
        entry->summary.alerts = alerts_of(record);
        entry->summary.status = (uint8_t)record->status;
    }
}

/* `epoch` 0: as it was restored. */
static void learn_train(struct partition *partition, struct train_entry *entry, uint64_t epoch) {
    const struct record *record = derive(partition, entry);
    struct totals share = totals_of(record);
    summarise(entry, record, epoch);
    replace_share(partition, entry, &share);
    entry->arrived = record->arrived;
    /* What is let out has gone out, with the commit that was restored or an earlier one (restore.md R12). */
    entry->emitted = lets_out(partition, record->arrived);
    if (entry->emitted) {
        entry->digest = encode(partition, entry, record, false);
    } else {
        entry->expected_bytes = emit_expected(entry);
    }
}

void emit_learn(struct partition *partition, struct row *row, const struct train_entry *except) {
    for (struct link *at = list_first(&row->trains); at != NULL; at = list_next(&row->trains, at)) {
        struct train_entry *entry = LIST_OWNER(at, struct train_entry, in_row);
        if (entry != except) {
            learn_train(partition, entry, 0);
        }
    }
    /* The row of that commit: what it sums to now is what went out last. */
    trains_know_row(row);
    row->emitted = true;
    row->last = row->sum;
}

void emit_learn_some(struct partition *partition) {
    struct link *first = list_first(&partition->unknown);
    if (first != NULL && partition->options.learn) {
        emit_learn(partition, LIST_OWNER(first, struct row, unknown), NULL);
    }
}

static void settle(struct partition *partition, struct train_entry *entry, const struct partition_sink *sink) {
    if (!lets_out(partition, entry->arrived)) { /* nothing of its record is needed */
        replace_share(partition, entry, &OPEN_SHARE);
        summarise(entry, NULL, partition->epoch);
        return;
    }
    struct record_whole whole;
    bool moving = motion_is_worth(partition, entry);
    const struct record *record = moving ? motion_write(partition, entry, &whole) : derive(partition, entry);
    struct totals share = totals_of(record);
    replace_share(partition, entry, &share);
    summarise(entry, record, partition->epoch);
    if (moving) {
        put_whole_if_new(partition, entry, &whole, sink);
    } else {
        put_record_if_new(partition, entry, record, sink);
    }
    motion_settle(partition);
}

void emit_changed(struct partition *partition, const struct partition_sink *sink) {
    while (!list_empty(&partition->changed)) {
        struct train_entry *entry = LIST_OWNER(list_first(&partition->changed), struct train_entry, changed);
        settle(partition, entry, sink);
        list_remove(&entry->changed);
        partition->pending_bytes -= entry->pending_bytes;
        entry->pending_bytes = 0;
        entry->changes = 0;
    }
}

/* Learning derives and encodes under the configured rules, which is all that renewing needs; it is sent whether it
 * changed or not, since what went out was derived under others. */
bool emit_renewed(struct partition *partition, struct train_entry *entry, const struct partition_sink *sink) {
    learn_train(partition, entry, partition->epoch);
    if (entry->emitted) {
        put_record(partition, entry, entry->digest, sink);
    }
    return entry->emitted;
}

/* ---- traffic */

static void put_row(struct partition *partition, struct row *row, const struct partition_sink *sink) {
    char date[DATE_TEXT_BYTES];
    char key[PLACE_BYTES + 1 + DATE_TEXT_BYTES + 1 + 11 + 1];
    date_write(row->day->date_days, date);
    int len = snprintf(key, sizeof key, "%.*s|%.*s|%d", PLACE_BYTES, row->port, DATE_TEXT_BYTES, date,
                       partition->options.number);
    buffer_clear(&partition->encoded);
    encode_traffic((struct slice){row->port, PLACE_BYTES}, (struct slice){date, sizeof date}, partition->options.number,
                   &row->sum, &partition->encoded);
    put(partition, sink, OUTPUT_TRAFFIC, (struct slice){key, (size_t)len}, buffer_slice(&partition->encoded));
    row->emitted = true;
    row->last = row->sum;
}

static void put_row_if_new(struct partition *partition, struct row *row, const struct partition_sink *sink) {
    if (!row->emitted || !totals_equal(&row->sum, &row->last)) {
        put_row(partition, row, sink);
    }
}

void emit_touched(struct partition *partition, const struct partition_sink *sink) {
    while (!list_empty(&partition->touched)) {
        struct row *row = LIST_OWNER(list_first(&partition->touched), struct row, touched);
        put_row_if_new(partition, row, sink);
        list_remove(&row->touched);
        partition->pending_bytes -= ROW_BYTES;
    }
}

void emit_all_rows(struct partition *partition, const struct partition_sink *sink) {
    for (size_t i = 0; i < partition->day_count; i++) {
        struct link *rows = &partition->days[i]->rows;
        for (struct link *at = list_first(rows); at != NULL; at = list_next(rows, at)) {
            struct row *row = LIST_OWNER(at, struct row, in_day);
            trains_know_row(row);
            put_row(partition, row, sink);
        }
    }
}

/* ---- checkpoints */

static struct codec_sink checkpoints_of(const struct partition *partition, const struct partition_sink *sink) {
    return (struct codec_sink){sink->outbox, partition->options.number, partition->options.checkpoint_part_bytes_max};
}

uint64_t emit_checkpoint(struct partition *partition, struct train_entry *entry, int64_t offset,
                         const struct partition_sink *sink) {
    uint64_t bytes = 0;
    struct outbox before = *sink->outbox;
    const struct codec_sink checkpoints = checkpoints_of(partition, sink);
    entry->part_count = codec_put(&checkpoints, entry->train, offset, entry->part_count, &bytes);
    sink->counters->checkpoints++;
    sink->counters->checkpoint_bytes += bytes;
    count_outputs(sink, &before);
    return bytes;
}

/* ---- expiry */

static void expire(struct partition *partition, struct train_entry *entry, const struct partition_sink *sink) {
    /* Derived while it is whole: from here on nobody can. */
    const struct record *record = derive(partition, entry);
    bool changed = list_has(&entry->changed);
    if (changed) {
        struct totals share = totals_of(record);
        replace_share(partition, entry, &share);
    }
    /* One that was not cleared is told a last time, with the reason; a cleared one has had its last word, unless it
     * changed since the last barrier. */
    if (record->status != STATUS_CLEARED) {
        put_record(partition, entry, encode(partition, entry, record, true), sink);
    } else if (changed) {
        put_record_if_new(partition, entry, record, sink);
    }
    struct outbox before = *sink->outbox;
    const struct codec_sink checkpoints = checkpoints_of(partition, sink);
    /* With the same commit as the horizon that drops it: a restore from the commit before still finds both. */
    codec_put_gone(&checkpoints, train_key(entry->train), entry->part_count);
    count_outputs(sink, &before);
    sink->counters->expired_trains++;
    trains_remove(partition, entry);
}

static void expire_row(struct partition *partition, struct row *row, const struct partition_sink *sink) {
    while (!list_empty(&row->trains)) {
        expire(partition, LIST_OWNER(list_first(&row->trains), struct train_entry, in_row), sink);
    }
    if (list_has(&row->touched)) {
        put_row_if_new(partition, row, sink);
    }
    trains_remove_row(partition, row);
}

void emit_expired(struct partition *partition, int32_t horizon_days, const struct partition_sink *sink) {
    for (struct day *day; (day = trains_first_day(partition)) != NULL && day->date_days < horizon_days;) {
        expire_row(partition, LIST_OWNER(list_first(&day->rows), struct row, in_day), sink);
    }
}
