#include "pipeline/partition_state.h"

struct barrier {
    struct partition *partition;
    int64_t position, wall_ms;
    bool drain;
    struct exit_door door;
};

/* Checkpoints what is due; how many. */
static struct journal_plan checkpoint_due(struct barrier *barrier, enum journal_mode mode) {
    struct partition *partition = barrier->partition;
    struct journal_bounds bounds = {partition->options.checkpoint_bytes, partition->options.checkpoint_age_ms,
                                    partition->options.checkpoint_epoch_bytes_max};
    struct journal_plan plan =
        journal_plan(&partition->journal, &bounds, barrier->drain ? JOURNAL_ALL : mode, barrier->wall_ms);
    for (struct journal_entry *entry; (entry = journal_next(&partition->journal, &plan)) != NULL;) {
        struct held *held = LIST_OWNER(entry, struct held, journal);
        uint64_t bytes = emit_checkpoint(partition, held, barrier->position, &barrier->door);
        journal_took(&partition->journal, &plan, entry, bytes);
    }
    return plan;
}

/* Limits and rules of the text stay as they are: what is in force since F. */
static void commit(struct barrier *barrier, uint64_t assignment) {
    struct partition *partition = barrier->partition;
    struct commit_text *text = &partition->text;
    text->number++;
    text->stream_time_ms = partition->stream_time_ms;
    text->horizon_days = partition->horizon_days;
    text->redo_offset = journal_redo(&partition->journal, barrier->position);
    text->oldest_wall_ms = journal_oldest_ms(&partition->journal);
    text->live_events = partition->live_events;
    text->hash_sum = partition->hash_sum;
    buffer_clear(&partition->encoded);
    commit_text_write(text, &partition->encoded);
    outbox_put_offset(barrier->door.outbox, &(struct output_offset){.partition = partition->options.number,
                                                                    .assignment = assignment,
                                                                    .offset = barrier->position,
                                                                    .commit_number = text->number,
                                                                    .metadata = buffer_slice(&partition->encoded)});
    partition->position = barrier->position;
    partition->committed = barrier->position;
}

/* ---- changed configuration (spec section 7) */

static struct link *next_to_renew(const struct partition *partition) {
    return partition->renewed == NULL ? list_first(&partition->trains)
                                      : list_next(&partition->trains, partition->renewed);
}

/* Renews records until this commit has enough bytes; true when there is none left. */
static bool renew(struct barrier *barrier, uint64_t bytes_max) {
    struct partition *partition = barrier->partition;
    uint64_t before = barrier->door.counters->record_bytes;
    struct link *next;
    while ((next = next_to_renew(partition)) != NULL && barrier->door.counters->record_bytes - before <= bytes_max) {
        emit_renewed(partition, LIST_OWNER(next, struct held, all), &barrier->door);
        partition->renewed = next;
    }
    return next == NULL;
}

/* One step: a commit that brings F nearer to C and carries renewed records, or the last one, which writes what is
 * configured. */
static void change(struct barrier *barrier) {
    struct partition *partition = barrier->partition;
    struct journal_plan plan = checkpoint_due(barrier, JOURNAL_STEADY);
    uint64_t budget = partition->options.checkpoint_epoch_bytes_max;
    bool renewed =
        !partition->rules_changing || renew(barrier, plan.done_bytes < budget ? budget - plan.done_bytes : 0);
    if (!renewed || partition->journal.count > 0) {
        return;
    }
    if (partition->rules_changing) {
        emit_all_rows(partition, &barrier->door);
    }
    partition->text.limits = partition->options.limits;
    partition->text.rules = partition->options.rules;
    partition->text.rules_changing = false;
    partition->limits_changing = false;
    partition->rules_changing = false;
    partition->renewed = NULL;
}

bool partition_barrier(struct partition *partition, int64_t position, int64_t wall_ms, uint64_t assignment, bool drain,
                       struct outbox *outbox, struct counters *counters) {
    if (partition->options.file_mode) {
        return false;
    }
    assert(position >= partition->position && position >= 0);
    struct barrier barrier = {partition, position, wall_ms, drain, {outbox, counters}};
    if (partition_is_changing(partition)) {
        change(&barrier);
        commit(&barrier, assignment);
        return true;
    }
    emit_changed(partition, &barrier.door);
    emit_touched(partition, &barrier.door);
    size_t checkpoints = checkpoint_due(&barrier, JOURNAL_DUE).done;
    if (checkpoints == 0 && position == partition->committed) {
        return false;
    }
    commit(&barrier, assignment);
    return true;
}
