#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/printable.h"
#include "base/timestamp.h"
#include "checkpoint/codec.h"
#include "partition/partition_join.h"
#include "partition/partition_trains.h"
#include "partition/partition_reading.h"

enum { QUOTE_BYTES = 81 }; /* of what a sentence quotes, with the NUL */

/* A checkpoint of several parts of which some are still to come. They wait outside the train: facts of one that is
 * never whole must not be joined. */
struct parts {
    uint32_t count, present;
    struct slice items[]; /* copies; data NULL: not here yet */
};

#define OR_RESET "or start the group over with `caravan reset`"

/* Writes "partition N: ..." and returns false. */
static bool refuse(const struct partition *partition, char error[PARTITION_ERROR_BYTES], const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool refuse(const struct partition *partition, char error[PARTITION_ERROR_BYTES], const char *format, ...) {
    /* The worker's log has many partitions: each refusal says which. */
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

static bool refuse_text(const struct partition *partition, int64_t committed, const char *shown,
                        char error[PARTITION_ERROR_BYTES]) {
    return refuse(partition, error,
                  "the committed offset %" PRId64
                  " carries \"%s\", which is not a text of this program for that offset; "
                  "somebody moved the group's offsets or shares its name. Put offset and metadata back, use another "
                  "group, " OR_RESET ".",
                  committed, shown);
}

static bool check_rules(const struct partition *partition, const struct commit_text *text,
                        char error[PARTITION_ERROR_BYTES]) {
    struct commit_rules ours = commit_rules_of(&partition->options.rules);
    /* Two workers under different rules would write records that contradict each other, so this is asked before
     * anything is read, and the way to change them is said. */
    if (partition->options.accept_rules || (!text->rules_changing && commit_rules_equal(&text->rules, &ours))) {
        return true;
    }
    char list[80] = "";
    if (text->rules.recognised != ours.recognised) {
        snprintf(list, sizeof list, " and another list of what is recognised (its hash is %016" PRIx64 ")",
                 text->rules.recognised);
    }
    if (text->rules_changing) {
        return refuse(partition, error,
                      "a change of merge.policy, clearance.require or recognised began and did not end. Start with "
                      "rules.change=accept to finish it with what is configured now (%s %s), " OR_RESET ".",
                      MERGE_POLICY_NAMES[ours.merge], REQUIRE_LEVEL_NAMES[ours.require]);
    }
    return refuse(
        partition, error,
        "its records were derived under merge.policy=%s clearance.require=%s%s, configured are %s and %s. Configure "
        "the former again, or start every worker with the new ones and rules.change=accept (all records are renewed).",
        MERGE_POLICY_NAMES[text->rules.merge], REQUIRE_LEVEL_NAMES[text->rules.require], list,
        MERGE_POLICY_NAMES[ours.merge], REQUIRE_LEVEL_NAMES[ours.require]);
}

/* What is in the log of another topic has nothing to do with what was committed, not even its offsets. */
static bool check_input_id(const struct partition *partition, const struct commit_text *text,
                           char error[PARTITION_ERROR_BYTES]) {
    const char *ours = partition->options.input_id;
    /* A cluster that tells no id (before 2.8) never refuses for that. */
    if (*text->input_id == '\0' || *ours == '\0' || strcmp(text->input_id, ours) == 0) {
        return true;
    }
    return refuse(partition, error,
                  "the input topic is not the one that was committed: its id is %s now and was %s, so it was deleted "
                  "and made anew. Point topic.input at the former one if it is still there under another name, or take "
                  "the new one from its beginning: with `caravan reset`, which forgets what this group knew, or in a "
                  "new group with output topics of its own.",
                  ours, text->input_id);
}

/* Reads the text that stands at `committed`; false with a refusal when it cannot be gone on from. */
static bool read_text(const struct partition *partition, int64_t committed, struct slice metadata,
                      struct commit_text *text, char error[PARTITION_ERROR_BYTES]) {
    char shown[QUOTE_BYTES];
    enum commit_text_result result = commit_text_parse(metadata, text);
    /* It may be anybody's: whoever commits in this group writes what he likes. */
    printable_cut(metadata, shown, sizeof shown);
    if (result == COMMIT_TEXT_FIRST_VERSION) {
        return refuse(partition, error,
                      "the committed text \"%s\" is of version 1, from which this version cannot go on: its records "
                      "and checks were others. Go on with the version that wrote it, " OR_RESET
                      " (it reads the whole input again, as far as it is kept).",
                      shown);
    }
    /* Where F is C nothing is judged again, so a text of another version is a good place to begin. */
    if (result == COMMIT_TEXT_OTHER_VERSION && text->redo_offset != committed) {
        return refuse(
            partition, error,
            "the committed text \"%s\" is of another version than %d, and events before the committed offset %" PRId64
            " must be read again by its checks. Start the version that wrote it, stop it in an orderly way (that "
            "brings its fifth field to the offset), then this one; " OR_RESET ".",
            shown, COMMIT_TEXT_VERSION, committed);
    }
    /* No text of ours has these: F behind C, or a W without anything to wait for. */
    if (result == COMMIT_TEXT_NOT_ONE || text->redo_offset > committed ||
        (text->redo_offset == committed) != (text->oldest_wall_ms == COMMIT_TEXT_NO_TIME)) {
        return refuse_text(partition, committed, shown, error);
    }
    return true;
}

bool partition_restore_begin(struct partition *partition, int64_t committed, struct slice metadata,
                             char error[PARTITION_ERROR_BYTES]) {
    struct commit_text text;
    if (!read_text(partition, committed, metadata, &text, error) || !check_input_id(partition, &text, error) ||
        !check_rules(partition, &text, error)) {
        return false;
    }
    struct commit_rules ours = commit_rules_of(&partition->options.rules);
    partition->text = text;
    buffer_clear(&partition->told);
    buffer_append_slice(&partition->told, metadata);
    /* T and H stand still during redo: they are already what they were at C (restore.md R6). */
    partition->stream_time_ms = text.stream_time_ms;
    partition->horizon_days = text.horizon_days;
    partition->committed = committed;
    partition->position = committed;
    partition->limits_changing = !same_limits(&text.limits, &partition->options.limits);
    partition->rules_changing = text.rules_changing || !commit_rules_equal(&text.rules, &ours);
    /* From the first commit on its text has the stars: records of both rules are out there until the last one. */
    partition->text.rules_changing = partition->rules_changing;
    return true;
}

int64_t partition_redo_offset(const struct partition *partition) {
    return partition->text.redo_offset;
}

/* ---- checkpoints */

static void parts_drop(struct partition *partition, struct train_entry *entry) {
    if (entry->parts == NULL) {
        return;
    }
    partition->parts_bytes -= sizeof *entry->parts + entry->parts->count * sizeof(struct slice);
    for (uint32_t i = 0; i < entry->parts->count; i++) {
        partition->parts_bytes -= entry->parts->items[i].len;
        free((char *)entry->parts->items[i].data);
    }
    free(entry->parts);
    entry->parts = NULL;
}

void restore_release(struct partition *partition) {
    for (struct link *at = list_first(&partition->trains); at != NULL; at = list_next(&partition->trains, at)) {
        parts_drop(partition, LIST_OWNER(at, struct train_entry, all));
    }
}

/* From here on the train's newest checkpoint is another one, of which nothing is known yet. */
static void parts_begin(struct partition *partition, struct train_entry *entry, uint32_t count, int64_t offset) {
    parts_drop(partition, entry);
    /* Also the facts of the older checkpoint: the newer one has all of them that still live, and a fact that died
     * since would come back. */
    trains_empty(partition, entry);
    entry->part_count = count;
    entry->checkpoint_offset = offset;
    entry->parts = alloc_zeroed(1, sizeof *entry->parts + count * sizeof(struct slice));
    entry->parts->count = count;
    partition->parts_bytes += sizeof *entry->parts + count * sizeof(struct slice);
}

static bool unpack(struct partition *partition, struct train_entry *entry, struct slice facts) {
    struct join_effect effect;
    bool whole = train_unpack(entry->train, facts, &effect);
    trains_count(partition, &effect);
    /* No train is checkpointed without live events, so an empty one is damage. */
    return whole && train_live_events(entry->train) > 0;
}

static bool unpack_parts(struct partition *partition, struct train_entry *entry) {
    struct buffer facts = {0};
    for (uint32_t i = 0; i < entry->parts->count; i++) {
        buffer_append_slice(&facts, entry->parts->items[i]);
    }
    parts_drop(partition, entry);
    bool whole = unpack(partition, entry, buffer_slice(&facts));
    buffer_release(&facts);
    return whole;
}

/* False when the facts are damaged. */
static bool take_part(struct partition *partition, struct train_entry *entry, const struct codec_part *part) {
    if (part->part_count == 1) {
        parts_drop(partition, entry);
        trains_empty(partition, entry);
        entry->part_count = 1;
        entry->checkpoint_offset = part->offset;
        return unpack(partition, entry, part->facts);
    }
    /* Parts of two checkpoints of one train may both lie in the log before compaction; those of the later L follow
     * all of the earlier (restore.md R4). */
    if (entry->checkpoint_offset != part->offset || entry->part_count != part->part_count) {
        parts_begin(partition, entry, part->part_count, part->offset);
    }
    if (entry->parts == NULL || entry->parts->items[part->part].data != NULL) {
        return true; /* the same part again */
    }
    /* Copied: the message goes back to the client after this call. */
    entry->parts->items[part->part] = (struct slice){alloc_copy(part->facts.data, part->facts.len), part->facts.len};
    partition->parts_bytes += part->facts.len;
    return ++entry->parts->present < entry->parts->count || unpack_parts(partition, entry);
}

static bool refuse_checkpoint(const struct partition *partition, struct slice key, const char *what,
                              char error[PARTITION_ERROR_BYTES]) {
    char shown[QUOTE_BYTES];
    printable_cut(key, shown, sizeof shown);
    return refuse(partition, error,
                  "the checkpoint message with the key \"%s\" %s. Put the checkpoints topic back from a copy, " OR_RESET
                  " (it reads the whole input again, as far as it is kept).",
                  shown, what);
}

/* A null value: not for a part that the newest checkpoint has, unless a newer one follows. */
static void take_null(struct partition *partition, struct slice train_key, uint32_t part) {
    struct train_entry *entry = trains_find(partition, train_key);
    /* Nulls beyond it only clear away what an older and longer checkpoint left. */
    if (entry != NULL && part < entry->part_count) {
        parts_begin(partition, entry, entry->part_count, entry->checkpoint_offset);
    }
}

static struct train_entry *entry_of(struct partition *partition, struct slice train_key) {
    struct train_entry *entry = trains_find(partition, train_key);
    return entry != NULL ? entry
                         : trains_add(partition, train_new_in(partition->commons, train_key, partition->seed), true);
}

bool partition_restore_checkpoint(struct partition *partition, struct slice key, struct slice value,
                                  char error[PARTITION_ERROR_BYTES]) {
    struct slice train_key;
    uint32_t number;
    int32_t date_days;
    if (key.data == NULL || !codec_parse_key(key, &train_key, &number) || !train_key_parse(train_key, &date_days)) {
        return refuse_checkpoint(partition, key, "is not one of this program", error);
    }
    /* It expired before C; its null may lie behind an open transaction, or not be compacted yet. */
    if (partition_is_late(partition, &(struct judged){.date_days = date_days})) {
        return true;
    }
    if (value.data == NULL) {
        take_null(partition, train_key, number);
        return true;
    }
    struct codec_part part;
    switch (codec_parse(key, value, &part)) {
    case CODEC_OK: break;
    case CODEC_OTHER_VERSION:
        return refuse_checkpoint(partition, key, "is of a version that this program cannot read", error);
    case CODEC_DAMAGED: return refuse_checkpoint(partition, key, "is damaged", error);
    }
    /* A checkpoint goes out with a commit at its L or later (restore.md R5), so the offset was moved back. */
    if (part.offset > partition->committed) {
        return refuse_checkpoint(partition, key,
                                 "stands at an offset above the committed one (somebody moved the group's offsets)",
                                 error);
    }
    return take_part(partition, entry_of(partition, train_key), &part) ||
           refuse_checkpoint(partition, key, "is damaged", error);
}

void partition_restore_unsettled(struct partition *partition, struct slice key, struct slice value) {
    const struct commit_text *text = &partition->text;
    char passed_over[PARTITION_ERROR_BYTES];
    struct slice train_key;
    uint32_t number;
    if (!partition_restore_checkpoint(partition, key, value, passed_over) ||
        !codec_parse_key(key, &train_key, &number)) {
        return;
    }
    struct train_entry *entry = trains_find(partition, train_key);
    if (entry != NULL) {
        /* As if nothing from F on were in it; without a W the time of the stream is one that is not far from it. */
        int64_t since_ms = text->oldest_wall_ms == COMMIT_TEXT_NO_TIME ? text->stream_time_ms : text->oldest_wall_ms;
        journal_join(&partition->journal, &entry->journal, text->redo_offset,
                     (struct moment){since_ms, JOURNAL_EARLIER_LIFE});
    }
}

bool partition_restore_checkpoints_end(struct partition *partition, char error[PARTITION_ERROR_BYTES]) {
    for (struct link *at = list_first(&partition->trains); at != NULL; at = list_next(&partition->trains, at)) {
        const struct train_entry *entry = LIST_OWNER(at, struct train_entry, all);
        /* Compaction never takes the last message of a key, so a part that is missing was deleted. */
        if (entry->parts != NULL) {
            char what[80];
            snprintf(what, sizeof what, "has a checkpoint of which only %" PRIu32 " of %" PRIu32 " parts are there",
                     entry->parts->present, entry->parts->count);
            return refuse_checkpoint(partition, train_key(entry->train), what, error);
        }
    }
    /* Before redo adds to them. */
    partition->restored_facts = partition->live_events;
    return true;
}

/* ---- redo */

void partition_redo(struct partition *partition, const struct message *message, const struct partition_intake *intake) {
    assert(message->offset >= partition->text.redo_offset && message->offset < partition->committed);
    struct event event;
    struct reject reject;
    struct reading reading;
    reading_begin(&reading, message, intake);
    partition->restored_events++;
    decoder_limit(intake->decoder, (size_t)partition->text.limits.message_bytes);
    /* Every check of a live event, under the text's limits. A reject is no dead letter here: that went out with the
     * commit that it belongs to. */
    if (reading_decode(&reading, &event, &reject) && !partition_has_key_mismatch(partition, message, &event, &reject)) {
        struct judged judged = {event.time_ms, event.train_date_days};
        struct train_entry *entry = trains_find(partition, event.train_key);
        /* L is the first offset that the checkpoint does not have (restore.md R4). */
        bool in_checkpoint = entry != NULL && message->offset < entry->checkpoint_offset;
        if (!in_checkpoint && !partition_is_late(partition, &judged) &&
            !partition_is_future(message, &judged, &reject)) {
            event.hash = reading_hash(&reading);
            /* W of the text stands for each train: none of them waits for longer, so no bound on age is missed
             * (restore.md R10). */
            const struct joining joining = {.event = &event,
                                            .message = message,
                                            .since = {partition->text.oldest_wall_ms, JOURNAL_EARLIER_LIFE},
                                            .restoring = true};
            partition_join(partition, &joining, &entry);
        }
    }
    journal_pass(&partition->journal, reading_bytes(&reading));
}

bool partition_restore_end(struct partition *partition, char error[PARTITION_ERROR_BYTES]) {
    const struct commit_text *text = &partition->text;
    /* The proof: the same live events, by number and by the sum of their hashes, as at the commit (restore.md R7). */
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
    const struct train_entry *const *x = a;
    const struct train_entry *const *y = b;
    return slice_compare(train_key((*x)->train), train_key((*y)->train));
}

static void dump_train(const struct train_entry *entry, struct buffer *out) {
    buffer_append_slice(out, train_key(entry->train));
    buffer_printf(out, " parts %" PRIu32 " since %" PRId64 "\n", entry->part_count,
                  list_has(&entry->journal.link) ? entry->journal.offset : -1);
    train_pack(entry->train, out);
    buffer_append_byte(out, '\n');
}

void partition_dump(const struct partition *partition, struct buffer *out) {
    char sum[HASH_HEX_BYTES];
    hash_write(partition->hash_sum, sum);
    buffer_printf(out, "T %" PRId64 " H %" PRId32 " N %" PRIu64 " S %.*s\n", partition->stream_time_ms,
                  partition->horizon_days, partition->live_events, HASH_HEX_BYTES, sum);
    const struct train_entry **all = alloc_zeroed(partition->train_count, sizeof(const struct train_entry *));
    size_t count = 0;
    for (struct link *at = list_first(&partition->trains); at != NULL; at = list_next(&partition->trains, at)) {
        all[count++] = LIST_OWNER(at, struct train_entry, all);
    }
    qsort(all, count, sizeof(const struct train_entry *), by_key);
    for (size_t i = 0; i < count; i++) {
        dump_train(all[i], out);
    }
    free(all);
}
