#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/timestamp.h"
#include "checkpoint/codec.h"
#include "pipeline/partition_checks.h"

/* A checkpoint of several parts of which some are still to come. */
struct parts {
    uint32_t count, present;
    struct slice items[]; /* copies; data NULL: not here yet */
};

#define OR_RESET "or start the group over with `caravan reset`"

/* Writes "partition N: ..." and returns false. */
static bool refuse(const struct partition *partition, char error[PARTITION_ERROR_BYTES], const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool refuse(const struct partition *partition, char error[PARTITION_ERROR_BYTES], const char *format, ...) {
    int len = snprintf(error, PARTITION_ERROR_BYTES, "partition %" PRId32 ": ", partition->options.number);
    va_list args;
    va_start(args, format);
    vsnprintf(error + len, PARTITION_ERROR_BYTES - (size_t)len, format, args);
    va_end(args);
    return false;
}

/* ---- the text */

static bool same_limits(const struct commit_limits *a, const struct commit_limits *b) {
    return a->message_bytes == b->message_bytes && a->train_bytes == b->train_bytes &&
           a->retention_days == b->retention_days;
}

static bool same_rules(const struct rules *a, const struct rules *b) {
    return a->merge == b->merge && a->require == b->require;
}

/* Bytes from outside as they may stand in a sentence: cut, and '?' for what is not printable. */
static void quote(struct slice bytes, char out[81]) {
    size_t len = bytes.len < 80 ? bytes.len : 80;
    for (size_t i = 0; i < len; i++) {
        out[i] = bytes.data[i] >= ' ' && bytes.data[i] <= '~' ? bytes.data[i] : '?';
    }
    out[len] = '\0';
}

static bool refuse_text(const struct partition *partition, int64_t committed, struct slice metadata,
                        char error[PARTITION_ERROR_BYTES]) {
    char text[81];
    quote(metadata, text);
    return refuse(partition, error,
                  "the committed offset %" PRId64
                  " carries \"%s\", which is not a text of this program for that offset; "
                  "somebody moved the group's offsets or shares its name. Put offset and metadata back, use another "
                  "group, " OR_RESET ".",
                  committed, text);
}

static bool check_rules(const struct partition *partition, const struct commit_text *text,
                        char error[PARTITION_ERROR_BYTES]) {
    const struct rules *ours = &partition->options.rules;
    if (partition->options.accept_rules || (!text->rules_changing && same_rules(&text->rules, ours))) {
        return true;
    }
    if (text->rules_changing) {
        return refuse(
            partition, error,
            "a change of merge.policy or clearance.require began and did not end. Start with rules.change=accept to "
            "finish it with what is configured now (%s %s), " OR_RESET ".",
            MERGE_POLICY_NAMES[ours->merge], REQUIRE_LEVEL_NAMES[ours->require]);
    }
    return refuse(
        partition, error,
        "its records were derived under merge.policy=%s clearance.require=%s, configured are %s and %s. Configure the "
        "former again, or start every worker with the new ones and rules.change=accept (all records are renewed).",
        MERGE_POLICY_NAMES[text->rules.merge], REQUIRE_LEVEL_NAMES[text->rules.require],
        MERGE_POLICY_NAMES[ours->merge], REQUIRE_LEVEL_NAMES[ours->require]);
}

bool partition_restore_begin(struct partition *partition, int64_t committed, struct slice metadata,
                             char error[PARTITION_ERROR_BYTES]) {
    struct commit_text text;
    enum commit_text_result result = commit_text_parse(metadata, &text);
    if (result == COMMIT_TEXT_OTHER_VERSION && text.redo_offset != committed) {
        char shown[81];
        quote(metadata, shown);
        return refuse(
            partition, error,
            "the committed text \"%s\" is of another version than %d, and events before the committed offset %" PRId64
            " must be read again by its checks. Start the version that wrote it, stop it in an orderly way (that "
            "brings "
            "its fifth field to the offset), then this one; " OR_RESET ".",
            shown, COMMIT_TEXT_VERSION, committed);
    }
    if (result == COMMIT_TEXT_NOT_ONE || text.redo_offset > committed ||
        (text.redo_offset == committed) != (text.oldest_wall_ms == COMMIT_TEXT_NO_TIME)) {
        return refuse_text(partition, committed, metadata, error);
    }
    if (!check_rules(partition, &text, error)) {
        return false;
    }
    partition->text = text;
    partition->stream_time_ms = text.stream_time_ms;
    partition->horizon_days = text.horizon_days;
    partition->committed = committed;
    partition->position = committed;
    partition->limits_changing = !same_limits(&text.limits, &partition->options.limits);
    partition->rules_changing = text.rules_changing || !same_rules(&text.rules, &partition->options.rules);
    partition->text.rules_changing = partition->rules_changing;
    return true;
}

int64_t partition_redo_offset(const struct partition *partition) {
    return partition->text.redo_offset;
}

/* ---- checkpoints */

static void parts_drop(struct partition *partition, struct held *held) {
    if (held->parts == NULL) {
        return;
    }
    partition->parts_bytes -= sizeof *held->parts + held->parts->count * sizeof(struct slice);
    for (uint32_t i = 0; i < held->parts->count; i++) {
        partition->parts_bytes -= held->parts->items[i].len;
        free((char *)held->parts->items[i].data);
    }
    free(held->parts);
    held->parts = NULL;
}

void restore_release(struct partition *partition) {
    for (struct link *at = list_first(&partition->trains); at != NULL; at = list_next(&partition->trains, at)) {
        parts_drop(partition, LIST_OWNER(at, struct held, all));
    }
}

/* From here on the train's newest checkpoint is another one, of which nothing is known yet. */
static void parts_begin(struct partition *partition, struct held *held, uint32_t count, int64_t offset) {
    parts_drop(partition, held);
    trains_empty(partition, held);
    held->part_count = count;
    held->checkpoint_offset = offset;
    held->parts = alloc_zeroed(1, sizeof *held->parts + count * sizeof(struct slice));
    held->parts->count = count;
    partition->parts_bytes += sizeof *held->parts + count * sizeof(struct slice);
}

static bool unpack(struct partition *partition, struct held *held, struct slice facts) {
    struct join_effect effect;
    bool whole = train_unpack(held->train, facts, &effect);
    trains_count(partition, &effect);
    return whole && train_live_events(held->train) > 0;
}

static bool unpack_parts(struct partition *partition, struct held *held) {
    struct buffer facts = {0};
    for (uint32_t i = 0; i < held->parts->count; i++) {
        buffer_append_slice(&facts, held->parts->items[i]);
    }
    parts_drop(partition, held);
    bool whole = unpack(partition, held, buffer_slice(&facts));
    buffer_release(&facts);
    return whole;
}

/* False when the facts are damaged. */
static bool take_part(struct partition *partition, struct held *held, const struct codec_part *part) {
    if (part->part_count == 1) {
        parts_drop(partition, held);
        trains_empty(partition, held);
        held->part_count = 1;
        held->checkpoint_offset = part->offset;
        return unpack(partition, held, part->facts);
    }
    if (held->checkpoint_offset != part->offset || held->part_count != part->part_count) {
        parts_begin(partition, held, part->part_count, part->offset);
    }
    if (held->parts == NULL || held->parts->items[part->part].data != NULL) {
        return true; /* the same part again */
    }
    held->parts->items[part->part] = (struct slice){alloc_copy(part->facts.data, part->facts.len), part->facts.len};
    partition->parts_bytes += part->facts.len;
    return ++held->parts->present < held->parts->count || unpack_parts(partition, held);
}

/* Splits "number|date|port"; false when it is not a train's key. */
static bool date_of_key(struct slice key, int32_t *date_days) {
    enum { TAIL_BYTES = 1 + DATE_TEXT_BYTES + 1 + PLACE_BYTES };
    if (key.len <= TAIL_BYTES || key.len > TRAIN_KEY_BYTES_MAX) {
        return false;
    }
    const char *tail = key.data + key.len - TAIL_BYTES;
    return tail[0] == '|' && tail[1 + DATE_TEXT_BYTES] == '|' &&
           date_parse((struct slice){tail + 1, DATE_TEXT_BYTES}, date_days);
}

static bool refuse_checkpoint(const struct partition *partition, struct slice key, const char *what,
                              char error[PARTITION_ERROR_BYTES]) {
    char shown[81];
    quote(key, shown);
    return refuse(partition, error,
                  "the checkpoint message with the key \"%s\" %s. Put the checkpoints topic back from a copy, " OR_RESET
                  " (it reads the whole input again, as far as it is kept).",
                  shown, what);
}

/* A null value: not for a part that the newest checkpoint has, unless a newer one follows. */
static void take_null(struct partition *partition, struct slice train_key, uint32_t part) {
    struct held *held = trains_find(partition, train_key);
    if (held != NULL && part < held->part_count) {
        parts_begin(partition, held, held->part_count, held->checkpoint_offset);
    }
}

static struct held *held_of(struct partition *partition, struct slice train_key) {
    struct held *held = trains_find(partition, train_key);
    return held != NULL ? held : trains_add(partition, train_new(train_key, partition->seed), true);
}

bool partition_restore_checkpoint(struct partition *partition, struct slice key, struct slice value,
                                  char error[PARTITION_ERROR_BYTES]) {
    struct slice train_key;
    uint32_t number;
    int32_t date_days;
    if (key.data == NULL || !codec_parse_key(key, &train_key, &number) || !date_of_key(train_key, &date_days)) {
        return refuse_checkpoint(partition, key, "is not one of this program", error);
    }
    if (partition_is_late(partition, &(struct judged){.date_days = date_days})) {
        return true;
    }
    if (value.data == NULL) {
        take_null(partition, train_key, number);
        return true;
    }
    struct codec_part part;
    switch (codec_parse(key, value, &part)) {
    case CODEC_OK:
        break;
    case CODEC_OTHER_VERSION:
        return refuse_checkpoint(partition, key, "is of a version that this program cannot read", error);
    case CODEC_DAMAGED:
        return refuse_checkpoint(partition, key, "is damaged", error);
    }
    if (part.offset > partition->committed) {
        return refuse_checkpoint(partition, key,
                                 "stands at an offset above the committed one (somebody moved the group's offsets)",
                                 error);
    }
    return take_part(partition, held_of(partition, train_key), &part) ||
           refuse_checkpoint(partition, key, "is damaged", error);
}

bool partition_restore_checkpoints_end(struct partition *partition, char error[PARTITION_ERROR_BYTES]) {
    for (struct link *at = list_first(&partition->trains); at != NULL; at = list_next(&partition->trains, at)) {
        const struct held *held = LIST_OWNER(at, struct held, all);
        if (held->parts != NULL) {
            char what[80];
            snprintf(what, sizeof what, "has a checkpoint of which only %" PRIu32 " of %" PRIu32 " parts are there",
                     held->parts->present, held->parts->count);
            return refuse_checkpoint(partition, train_key(held->train), what, error);
        }
    }
    partition->restored_facts = partition->live_events;
    return true;
}

/* ---- redo */

void partition_redo(struct partition *partition, const struct message *message, struct decoder *decoder,
                    struct arena *scratch) {
    assert(message->offset >= partition->text.redo_offset && message->offset < partition->committed);
    struct event event;
    struct reject reject;
    partition->restored_events++;
    decoder_limit(decoder, (size_t)partition->text.limits.message_bytes);
    if (decode_event(decoder, message->value, scratch, &event, &reject) &&
        !partition_is_misnamed(partition, message, &event, &reject)) {
        struct judged judged = {event.time_ms, event.train_date_days};
        struct held *held = trains_find(partition, event.train_key);
        bool in_checkpoint = held != NULL && message->offset < held->checkpoint_offset;
        if (!in_checkpoint && !partition_is_late(partition, &judged) &&
            !partition_is_future(message, &judged, &reject)) {
            event.hash = hash_of(message->value);
            partition_join(partition, &event, message, partition->text.oldest_wall_ms, true, &held);
        }
    }
    journal_pass(&partition->journal, message->value.len);
}

bool partition_restore_end(struct partition *partition, char error[PARTITION_ERROR_BYTES]) {
    const struct commit_text *text = &partition->text;
    if (partition->live_events == text->live_events && hash_equal(partition->hash_sum, text->hash_sum)) {
        return true;
    }
    char found[HASH_HEX_BYTES];
    char expected[HASH_HEX_BYTES];
    hash_write(partition->hash_sum, found);
    hash_write(text->hash_sum, expected);
    return refuse(partition, error,
                  "the restored state has %" PRIu64 " live events with the sum %.*s, the commit had %" PRIu64
                  " with %.*s: input or "
                  "checkpoints were changed. Put them back from a copy, " OR_RESET
                  " (it reads the whole input again, as far as it is kept).",
                  partition->live_events, HASH_HEX_BYTES, found, text->live_events, HASH_HEX_BYTES, expected);
}

/* ---- inspection */

static int by_key(const void *a, const void *b) {
    const struct held *const *x = a;
    const struct held *const *y = b;
    return slice_compare(train_key((*x)->train), train_key((*y)->train));
}

static void dump_train(const struct held *held, struct buffer *out) {
    buffer_append_slice(out, train_key(held->train));
    buffer_printf(out, " parts %" PRIu32 " since %" PRId64 "\n", held->part_count,
                  list_has(&held->journal.link) ? held->journal.offset : -1);
    train_pack(held->train, out);
    buffer_append_byte(out, '\n');
}

void partition_dump(const struct partition *partition, struct buffer *out) {
    char sum[HASH_HEX_BYTES];
    hash_write(partition->hash_sum, sum);
    buffer_printf(out, "T %" PRId64 " H %" PRId32 " N %" PRIu64 " S %.*s\n", partition->stream_time_ms,
                  partition->horizon_days, partition->live_events, HASH_HEX_BYTES, sum);
    const struct held **all = alloc_zeroed(partition->held_count, sizeof(const struct held *));
    size_t count = 0;
    for (struct link *at = list_first(&partition->trains); at != NULL; at = list_next(&partition->trains, at)) {
        all[count++] = LIST_OWNER(at, struct held, all);
    }
    qsort(all, count, sizeof(const struct held *), by_key);
    for (size_t i = 0; i < count; i++) {
        dump_train(all[i], out);
    }
    free(all);
}
