/* Which trains have changed since their checkpoint, in the order in which they first did: the head says from where the
 * input must be read again (F) and how long the oldest change has waited (W), and at a commit it says which trains are
 * due (spec section 7, bounds). Knows nothing of trains: entries live inside their owners. Pure; single owner. */
#ifndef CARAVAN_CHECKPOINT_JOURNAL_H
#define CARAVAN_CHECKPOINT_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/list.h"

/* Zero-initialised is a valid entry that is not in. */
struct journal_entry {
    struct link link;
    int64_t offset;  /* of the first change after the checkpoint */
    int64_t wall_ms; /* when that was processed */
    uint64_t bytes;  /* message values before it, on the journal's count */
};

struct journal {
    struct link entries;
    size_t count;
    uint64_t bytes;     /* of all message values that went by */
    int64_t planned_ms; /* the wall clock at the last plan; 0: none yet */
};

void journal_init(struct journal *journal);

/* A message's value went by: call it after the joins of that message. */
void journal_pass(struct journal *journal, size_t value_bytes);
/* Joins the tail; does nothing for an entry that is in. */
void journal_join(struct journal *journal, struct journal_entry *entry, int64_t offset, int64_t wall_ms);
/* Does nothing for an entry that is not in. */
void journal_leave(struct journal *journal, struct journal_entry *entry);

/* F: the head's offset, `position` (C) without entries. */
int64_t journal_redo(const struct journal *journal, int64_t position);
/* W: the head's wall clock, INT64_MIN without entries. */
int64_t journal_oldest_ms(const struct journal *journal);

enum journal_mode {
    JOURNAL_DUE,    /* what a bound asks for */
    JOURNAL_STEADY, /* all, but about epoch_bytes a commit */
    JOURNAL_ALL     /* all now */
};

struct journal_bounds {
    uint64_t bytes;       /* F stays within so many bytes of message values behind C */
    int64_t age_ms;       /* no entry gets older */
    uint64_t epoch_bytes; /* about so many checkpoint bytes a commit, unless a bound needs more */
};

/* The work of one commit. The age bound is met by steps: from half of it on entries are due, a share of them at each
 * commit, so that the last is done at seven eighths. So commits (or looks) must come more often than each eighth of
 * age_ms. */
struct journal_plan {
    struct journal_bounds bounds;
    enum journal_mode mode;
    int64_t now_ms;
    size_t quota;        /* entries that the age asks for */
    size_t done;         /* entries taken */
    uint64_t done_bytes; /* checkpoint bytes that the caller has put, by journal_took */
};

struct journal_plan journal_plan(struct journal *journal, const struct journal_bounds *bounds, enum journal_mode mode,
                                 int64_t now_ms);
/* The entry to checkpoint now (the head), NULL when this commit has enough. The caller makes its checkpoint and then
 * calls journal_took. */
struct journal_entry *journal_next(struct journal *journal, const struct journal_plan *plan);
/* The entry leaves; its checkpoint took so many bytes. */
void journal_took(struct journal *journal, struct journal_plan *plan, struct journal_entry *entry,
                  uint64_t checkpoint_bytes);

#endif
