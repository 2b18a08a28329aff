#include <string.h>

#include "partition/partition_emit.h"

struct barrier {
    struct partition *partition;
    const struct partition_cut *cut;
    struct partition_room *room;
    const struct partition_sink *sink;
};

/* ---- checkpoints */

static bool has_room(struct partition_room *room, size_t limit, size_t expected_bytes) {
    /* `used` 0: the first always goes, however large its train is, else it would wait for ever and F with it. */
    bool has = limit > 0 && (room->used == 0 || (room->used < limit && expected_bytes <= limit - room->used));
    room->is_short = room->is_short || !has;
    return has;
}

/* What was expected counts when it was more: by that the next one is judged. */
static void use_room(struct partition_room *room, size_t expected_bytes, size_t bytes) {
    room->used += bytes > expected_bytes ? bytes : expected_bytes;
}

/* Checkpoints what is due, or `all`, as far as there is room; how many. */
static size_t checkpoint_due(struct barrier *barrier, bool all) {
    struct partition *partition = barrier->partition;
    struct partition_room *room = barrier->room;
    const struct journal_bounds bounds = {partition->options.checkpoint_bytes, partition->options.checkpoint_age_ms};
    struct journal_entry *head;
    enum journal_due due = JOURNAL_RESTS;
    size_t count = 0;
    while ((head = journal_head(&partition->journal)) != NULL) {
        struct train_entry *entry = LIST_OWNER(head, struct train_entry, journal);
        /* About; the next one is judged by what this one really took. */
        size_t expected = train_live_bytes(entry->train);
        due = journal_due(&partition->journal, &bounds, barrier->cut->now);
        size_t limit = all || due >= JOURNAL_LATE ? room->bytes : room->steady_bytes;
        if ((!all && due == JOURNAL_RESTS) || !has_room(room, limit, expected)) {
            break;
        }
        use_room(room, expected, emit_checkpoint(partition, entry, barrier->cut->position, barrier->sink));
        /* Before F is written below: this commit has the checkpoint (restore.md R11). */
        journal_leave(&partition->journal, head);
        count++;
    }
    /* Late alone is no reason to stop taking messages, as long as some went: only what is beyond the bound is, or
     * when nothing at all found room. */
    partition->owes = head != NULL && (due == JOURNAL_BEYOND || (due != JOURNAL_RESTS && room->used == 0));
    return count;
}

/* ---- the text */

/* Limits and rules of the text stay as they are: what is in force since F. */
static void commit(struct barrier *barrier) {
    struct partition *partition = barrier->partition;
    const struct partition_cut *cut = barrier->cut;
    struct commit_text *text = &partition->text;
    /* K grows with each commit, so that no two texts of a partition are equal: an unknown outcome is settled by
     * comparing them (exactly-once.md E12). */
    text->number++;
    text->stream_time_ms = partition->stream_time_ms;
    text->horizon_days = partition->horizon_days;
    text->redo_offset = journal_redo(&partition->journal, cut->position);
    /* Trains that wait with F at C are such of which a restore found a checkpoint that is not settled: nothing is
     * redone for them. */
    text->oldest_wall_ms =
        text->redo_offset == cut->position ? COMMIT_TEXT_NO_TIME : journal_oldest_ms(&partition->journal, cut->now);
    text->live_events = partition->live_events;
    text->hash_sum = partition->hash_sum;
    memcpy(text->input_id, partition->options.input_id, sizeof text->input_id);
    buffer_clear(&partition->encoded);
    commit_text_write(text, &partition->encoded);
    outbox_put_offset(barrier->sink->outbox, &(struct output_offset){.partition = partition->options.number,
                                                                     .assignment = cut->assignment,
                                                                     .offset = cut->position,
                                                                     .metadata = buffer_slice(&partition->encoded),
                                                                     .previous = buffer_slice(&partition->told)});
    /* Told before it is committed, which is right: state runs ahead by epochs that will be committed as they are, or
     * dropped with the partition (exactly-once.md E13). */
    buffer_clear(&partition->told);
    buffer_append_slice(&partition->told, buffer_slice(&partition->encoded));
    partition->position = cut->position;
    partition->committed = cut->position;
}

/* ---- changed configuration (contract 7.14) */

static struct link *next_to_renew(const struct partition *partition) {
    return partition->renewed == NULL ? list_first(&partition->trains)
                                      : list_next(&partition->trains, partition->renewed);
}

/* Renews records as far as there is room; true when there is none left. */
static bool renew(struct barrier *barrier) {
    struct partition *partition = barrier->partition;
    struct link *next;
    while ((next = next_to_renew(partition)) != NULL) {
        struct train_entry *entry = LIST_OWNER(next, struct train_entry, all);
        size_t expected = emit_expected(entry);
        if (!has_room(barrier->room, barrier->room->bytes, expected)) {
            return false;
        }
        if (emit_renewed(partition, entry, barrier->sink)) {
            use_room(barrier->room, expected, entry->expected_bytes);
        }
        partition->renewed = next;
    }
    return true;
}

/* One step: a commit that brings F nearer to C and carries renewed records, or the last one, which writes what is
 * configured. */
static void change(struct barrier *barrier) {
    struct partition *partition = barrier->partition;
    checkpoint_due(barrier, true);
    partition->owes = false; /* nothing is offered meanwhile */
    /* Checkpoints must be through before the text names what is configured: with F below C, redo would judge by limits
     * that did not hold then. And so must records: who reads the new rules in a text finds none of the old ones. */
    bool renewed = !partition->rules_changing || renew(barrier);
    if (!renewed || partition->journal.count > 0) {
        return;
    }
    /* Rows last, when every share in them is of the new rules. */
    if (partition->rules_changing) {
        emit_all_rows(partition, barrier->sink);
    }
    partition->text.limits = partition->options.limits;
    partition->text.rules = commit_rules_of(&partition->options.rules);
    partition->text.rules_changing = false;
    partition->limits_changing = false;
    partition->rules_changing = false;
    partition->renewed = NULL;
}

/* ---- the end of an epoch */

bool partition_barrier(struct partition *partition, const struct partition_cut *cut, struct partition_room *room,
                       const struct partition_sink *sink) {
    if (partition->options.file_mode) {
        return false;
    }
    assert(cut->position >= partition->position && cut->position >= 0);
    struct barrier barrier = {partition, cut, room, sink};
    partition->epoch = cut->epoch;
    if (partition_is_changing(partition)) {
        change(&barrier);
        commit(&barrier);
        return true;
    }
    /* Records before rows, which sum the shares that these bring up to date; checkpoints last, as far as there is
     * room left. */
    emit_changed(partition, sink);
    emit_touched(partition, sink);
    emit_learn_some(partition);
    assert(partition->pending_bytes == 0);
    /* A position that moved is a commit too, though nothing else happened: else a lag would stand behind markers and
     * aborted messages that never ends (contract 7.9). */
    if (checkpoint_due(&barrier, cut->drain) == 0 && cut->position == partition->committed) {
        return false;
    }
    commit(&barrier);
    return true;
}
