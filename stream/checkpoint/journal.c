/* A list in the order in which trains first changed after their checkpoints. So the head alone tells F and W, and each
 * operation takes the same short time however many trains wait. */
#include "checkpoint/journal.h"

enum { CLOCK_SET_MS = 1000 /* the wall clock went another way than the steady one: it was set, not slowed */ };

void journal_init(struct journal *journal) {
    *journal = (struct journal){.earlier_ms = JOURNAL_EARLIER_LIFE};
    list_init(&journal->entries);
}

void journal_pass(struct journal *journal, size_t value_bytes) {
    journal->bytes += value_bytes;
}

void journal_join(struct journal *journal, struct journal_entry *entry, int64_t offset, struct moment since) {
    /* Its first change after its checkpoint is in already: F must not move behind that one. */
    if (list_has(&entry->link)) {
        return;
    }
    entry->offset = offset;
    entry->since = since;
    /* How far back F is in bytes is the difference to now: one count for all entries. */
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

struct journal_entry *journal_head(const struct journal *journal) {
    struct link *first = list_first(&journal->entries);
    return first == NULL ? NULL : LIST_OWNER(first, struct journal_entry, link);
}

int64_t journal_redo(const struct journal *journal, int64_t position) {
    const struct journal_entry *head = journal_head(journal);
    return head == NULL ? position : head->offset;
}

/* How long an entry has waited. Of one from an earlier life the wall clock tells once, then the steady one goes on. */
static int64_t waited_ms(struct journal *journal, const struct journal_entry *entry, struct moment now) {
    if (entry->since.steady_ms != JOURNAL_EARLIER_LIFE) {
        return now.steady_ms - entry->since.steady_ms;
    }
    /* Once for all of them: they share the text's W, and the wall clock may be set between two looks. */
    if (journal->earlier_ms == JOURNAL_EARLIER_LIFE) {
        int64_t waited = now.wall_ms - entry->since.wall_ms;
        /* A clock that was put back meanwhile would have them wait less than nothing. */
        journal->earlier_ms = now.steady_ms - (waited > 0 ? waited : 0);
    }
    return now.steady_ms - journal->earlier_ms;
}

int64_t journal_oldest_ms(struct journal *journal, struct moment now) {
    struct journal_entry *head = journal_head(journal);
    if (head == NULL) {
        return INT64_MIN;
    }
    int64_t began_ms = now.wall_ms - waited_ms(journal, head, now);
    if (began_ms < head->since.wall_ms - CLOCK_SET_MS) {
        head->since.wall_ms = began_ms; /* put back since: by the old time the next life would wait too long */
    }
    return head->since.wall_ms;
}

enum journal_due journal_due(struct journal *journal, const struct journal_bounds *bounds, struct moment now) {
    const struct journal_entry *head = journal_head(journal);
    if (head == NULL) {
        return JOURNAL_RESTS;
    }
    /* The bound in bytes first: it is what the time of a restore hangs on. */
    if (journal->bytes - head->bytes > bounds->bytes) {
        return JOURNAL_BEYOND;
    }
    int64_t waited = waited_ms(journal, head, now);
    if (waited > bounds->age_ms) {
        return JOURNAL_LATE;
    }
    /* From half of the time on, so that what is due spreads over many commits. */
    return waited >= bounds->age_ms / 2 ? JOURNAL_DUE : JOURNAL_RESTS;
}
