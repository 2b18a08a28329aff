#include "checkpoint/journal.h"

void journal_init(struct journal *journal) {
    *journal = (struct journal){0};
    list_init(&journal->entries);
}

void journal_pass(struct journal *journal, size_t value_bytes) {
    journal->bytes += value_bytes;
}

void journal_join(struct journal *journal, struct journal_entry *entry, int64_t offset, int64_t wall_ms) {
    if (list_has(&entry->link)) {
        return;
    }
    entry->offset = offset;
    entry->wall_ms = wall_ms;
    entry->bytes = journal->bytes;
    list_append(&journal->entries, &entry->link);
    journal->count++;
}

void journal_leave(struct journal *journal, struct journal_entry *entry) {
    if (list_has(&entry->link)) {
        list_remove(&entry->link);
        journal->count--;
    }
}

static struct journal_entry *head_of(const struct journal *journal) {
    struct link *first = list_first(&journal->entries);
    return first == NULL ? NULL : LIST_OWNER(first, struct journal_entry, link);
}

int64_t journal_redo(const struct journal *journal, int64_t position) {
    const struct journal_entry *head = head_of(journal);
    return head == NULL ? position : head->offset;
}

int64_t journal_oldest_ms(const struct journal *journal) {
    const struct journal_entry *head = head_of(journal);
    return head == NULL ? INT64_MIN : head->wall_ms;
}

/* How many entries the age asks for now, so that at an even pace of commits the last is done at seven eighths of it. */
static size_t quota_of(const struct journal *journal, const struct journal_bounds *bounds, int64_t now_ms) {
    const struct journal_entry *head = head_of(journal);
    if (head == NULL) {
        return 0;
    }
    int64_t left_ms = bounds->age_ms - bounds->age_ms / 8 - (now_ms - head->wall_ms);
    int64_t step_ms = journal->planned_ms == 0 ? 0 : now_ms - journal->planned_ms;
    if (left_ms <= step_ms) {
        return journal->count;
    }
    if (step_ms <= 0) {
        return 0;
    }
    return (size_t)((double)journal->count * (double)step_ms / (double)left_ms) + 1;
}

struct journal_plan journal_plan(struct journal *journal, const struct journal_bounds *bounds, enum journal_mode mode,
                                 int64_t now_ms) {
    struct journal_entry *head = head_of(journal);
    if (head != NULL && head->wall_ms > now_ms) {
        head->wall_ms = now_ms; /* the wall clock was put back: count from here */
    }
    struct journal_plan plan = {.bounds = *bounds,
                                .mode = mode,
                                .now_ms = now_ms,
                                .quota = quota_of(journal, bounds, now_ms)};
    journal->planned_ms = now_ms;
    return plan;
}

static bool is_due(const struct journal *journal, const struct journal_plan *plan, const struct journal_entry *head) {
    if (plan->mode == JOURNAL_ALL || journal->bytes - head->bytes > plan->bounds.bytes) {
        return true;
    }
    bool within_epoch = plan->done_bytes < plan->bounds.epoch_bytes || plan->done == 0;
    bool half_way = plan->now_ms - head->wall_ms >= plan->bounds.age_ms / 2;
    return (within_epoch && (half_way || plan->mode == JOURNAL_STEADY)) || (half_way && plan->done < plan->quota);
}

struct journal_entry *journal_next(struct journal *journal, const struct journal_plan *plan) {
    struct journal_entry *head = head_of(journal);
    return head != NULL && is_due(journal, plan, head) ? head : NULL;
}

void journal_took(struct journal *journal, struct journal_plan *plan, struct journal_entry *entry,
                  uint64_t checkpoint_bytes) {
    plan->done++;
    plan->done_bytes += checkpoint_bytes;
    journal_leave(journal, entry);
}
