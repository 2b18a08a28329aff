#include <stdio.h>

#include "base/timestamp.h"
#include "checkpoint/codec.h"
#include "encode/record_json.h"
#include "pipeline/partition_state.h"

enum { SCRATCH_KEEP_BYTES = 1024 * 1024 };

static const struct totals OPEN_SHARE = {.trains = 1, .open = 1};

static const struct record *derive(struct partition *partition, const struct held *held) {
    arena_reset(&partition->scratch, SCRATCH_KEEP_BYTES);
    return record_derive(held->train, partition->options.rules, &partition->scratch);
}

/* What was put since the outbox stood as `before`. */
static void count_outputs(struct exit_door *door, const struct outbox *before) {
    door->counters->outputs += door->outbox->output_count - before->output_count;
    door->counters->output_bytes += door->outbox->bytes - before->bytes;
}

static void put(struct partition *partition, struct exit_door *door, enum output_topic topic, struct slice key,
                struct slice value) {
    struct outbox before = *door->outbox;
    outbox_put(door->outbox, &(struct output){.topic = topic,
                                              .input_partition = partition->options.number,
                                              .key = outbox_keep(door->outbox, key),
                                              .value = outbox_keep(door->outbox, value)});
    count_outputs(door, &before);
}

/* ---- records */

static bool lets_out(const struct partition *partition, bool arrived) {
    return arrived || partition->options.emit == EMIT_ALWAYS;
}

static struct hash128 encode(struct partition *partition, const struct record *record, bool expired) {
    buffer_clear(&partition->encoded);
    return encode_record(record, expired, &partition->encoded);
}

static void put_record(struct partition *partition, struct held *held, struct hash128 digest, struct exit_door *door) {
    held->emitted = true;
    held->digest = digest;
    door->counters->records++;
    door->counters->record_bytes += partition->encoded.len;
    put(partition, door, OUTPUT_CLEARANCES, train_key(held->train), buffer_slice(&partition->encoded));
}

/* Unless it is the one that went out last. */
static void put_record_if_new(struct partition *partition, struct held *held, const struct record *record,
                              struct exit_door *door) {
    if (lets_out(partition, record->arrived)) {
        struct hash128 digest = encode(partition, record, false);
        if (!held->emitted || !hash_equal(digest, held->digest)) {
            put_record(partition, held, digest, door);
        }
    }
}

static void replace_share(struct held *held, const struct totals *share) {
    totals_subtract(&held->row->sum, &held->share);
    totals_add(&held->row->sum, share);
    held->share = *share;
}

static void learn_train(struct partition *partition, struct held *held) {
    const struct record *record = derive(partition, held);
    struct totals share = totals_of(record);
    replace_share(held, &share);
    held->arrived = record->arrived;
    held->emitted = lets_out(partition, record->arrived);
    if (held->emitted) {
        held->digest = encode(partition, record, false);
    }
}

void emit_learn(struct partition *partition, struct row *row, const struct held *except) {
    for (struct link *at = list_first(&row->trains); at != NULL; at = list_next(&row->trains, at)) {
        struct held *held = LIST_OWNER(at, struct held, in_row);
        if (held != except) {
            learn_train(partition, held);
        }
    }
    row->known = true;
    row->emitted = true;
    row->last = row->sum;
}

static void settle(struct partition *partition, struct held *held, struct exit_door *door) {
    if (!lets_out(partition, held->arrived)) { /* nothing of its record is needed */
        replace_share(held, &OPEN_SHARE);
        return;
    }
    const struct record *record = derive(partition, held);
    struct totals share = totals_of(record);
    replace_share(held, &share);
    put_record_if_new(partition, held, record, door);
}

void emit_changed(struct partition *partition, struct exit_door *door) {
    while (!list_empty(&partition->changed)) {
        struct held *held = LIST_OWNER(list_first(&partition->changed), struct held, changed);
        settle(partition, held, door);
        list_remove(&held->changed);
    }
}

bool emit_renewed(struct partition *partition, struct held *held, struct exit_door *door) {
    learn_train(partition, held);
    if (held->emitted) {
        put_record(partition, held, held->digest, door);
    }
    return held->emitted;
}

/* ---- traffic */

static void put_row(struct partition *partition, struct row *row, struct exit_door *door) {
    char date[DATE_TEXT_BYTES];
    char key[PLACE_BYTES + 1 + DATE_TEXT_BYTES + 1 + 11 + 1];
    date_write(row->day->date_days, date);
    int len = snprintf(key, sizeof key, "%.*s|%.*s|%d", PLACE_BYTES, row->port, DATE_TEXT_BYTES, date,
                       partition->options.number);
    buffer_clear(&partition->encoded);
    encode_traffic((struct slice){row->port, PLACE_BYTES}, (struct slice){date, sizeof date}, partition->options.number,
                   &row->sum, &partition->encoded);
    put(partition, door, OUTPUT_TRAFFIC, (struct slice){key, (size_t)len}, buffer_slice(&partition->encoded));
    row->emitted = true;
    row->last = row->sum;
}

static void put_row_if_new(struct partition *partition, struct row *row, struct exit_door *door) {
    if (!row->emitted || !totals_equal(&row->sum, &row->last)) {
        put_row(partition, row, door);
    }
}

void emit_touched(struct partition *partition, struct exit_door *door) {
    while (!list_empty(&partition->touched)) {
        struct row *row = LIST_OWNER(list_first(&partition->touched), struct row, touched);
        put_row_if_new(partition, row, door);
        list_remove(&row->touched);
    }
}

void emit_all_rows(struct partition *partition, struct exit_door *door) {
    for (size_t i = 0; i < partition->day_count; i++) {
        struct link *rows = &partition->days[i]->rows;
        for (struct link *at = list_first(rows); at != NULL; at = list_next(rows, at)) {
            struct row *row = LIST_OWNER(at, struct row, in_day);
            row->known = true;
            put_row(partition, row, door);
        }
    }
}

/* ---- checkpoints */

uint64_t emit_checkpoint(struct partition *partition, struct held *held, int64_t offset, struct exit_door *door) {
    uint64_t bytes = 0;
    struct outbox before = *door->outbox;
    held->part_count = codec_put(door->outbox, partition->options.number, held->train, offset, held->part_count,
                                 partition->options.checkpoint_part_bytes_max, &bytes);
    door->counters->checkpoints++;
    door->counters->checkpoint_bytes += bytes;
    count_outputs(door, &before);
    return bytes;
}

/* ---- expiry */

static void expire(struct partition *partition, struct held *held, struct exit_door *door) {
    const struct record *record = derive(partition, held);
    bool changed = list_has(&held->changed);
    if (changed) {
        struct totals share = totals_of(record);
        replace_share(held, &share);
    }
    if (record->status != STATUS_CLEARED) {
        put_record(partition, held, encode(partition, record, true), door);
    } else if (changed) {
        put_record_if_new(partition, held, record, door);
    }
    struct outbox before = *door->outbox;
    codec_put_gone(door->outbox, partition->options.number, train_key(held->train), held->part_count);
    count_outputs(door, &before);
    door->counters->expired_trains++;
    trains_remove(partition, held);
}

static void expire_row(struct partition *partition, struct row *row, struct exit_door *door) {
    while (!list_empty(&row->trains)) {
        expire(partition, LIST_OWNER(list_first(&row->trains), struct held, in_row), door);
    }
    if (list_has(&row->touched)) {
        put_row_if_new(partition, row, door);
    }
    trains_remove_row(partition, row);
}

void emit_expired(struct partition *partition, int32_t horizon_days, struct exit_door *door) {
    for (struct day *day; (day = trains_first_day(partition)) != NULL && day->date_days < horizon_days;) {
        expire_row(partition, LIST_OWNER(list_first(&day->rows), struct row, in_day), door);
    }
}
