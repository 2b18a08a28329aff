/* Which trains have changed since their checkpoint, in the order in which they first did: the head says from where the
 * input must be read again (F) and how long the oldest change has waited (W), and at a commit whether it is due
 * (contract 7.13). How many go with one commit is for the caller to say. Knows nothing of trains: entries live inside
 * their owners. Pure; single owner. */
#ifndef CARAVAN_CHECKPOINT_JOURNAL_H
#define CARAVAN_CHECKPOINT_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "base/timestamp.h"

/* As steady_ms of a change that an earlier life processed: how long ago only the wall clock can tell. */
#define JOURNAL_EARLIER_LIFE INT64_MIN

/* Zero-initialised is a valid entry that is not in. */
struct journal_entry {
    struct link link;
    int64_t offset;      /* of the first change after the checkpoint */
    struct moment since; /* when that was processed */
    uint64_t bytes;      /* message values before it, on the journal's count */
};

struct journal {
    struct link entries;
    size_t count;
    uint64_t bytes;     /* of all message values that went by */
    int64_t earlier_ms; /* steady clock: from when entries of an earlier life have waited; set when first asked */
};

void journal_init(struct journal *journal);

/* A message's value went by: call it after the joins of that message. */
void journal_pass(struct journal *journal, size_t value_bytes);
/* Joins the tail; does nothing for an entry that is in. Entries of an earlier life come first and have one `since`. */
void journal_join(struct journal *journal, struct journal_entry *entry, int64_t offset, struct moment since);
/* Does nothing for an entry that is not in. */
void journal_leave(struct journal *journal, struct journal_entry *entry);

/* The entry that has waited longest, NULL without entries. */
struct journal_entry *journal_head(const struct journal *journal);
/* F: the head's offset, `position` (C) without entries. */
int64_t journal_redo(const struct journal *journal, int64_t position);
/* W: when the head was processed, by the wall clock as it goes now; INT64_MIN without entries. */
int64_t journal_oldest_ms(struct journal *journal, struct moment now);

struct journal_bounds {
    uint64_t bytes; /* F stays within so many bytes of message values behind C */
    int64_t age_ms; /* no entry gets older */
};

/* What the bounds say of the head. Ages are told by the steady clock within a life, so that a wall clock that is set
 * neither hides one nor makes everything old at once. */
enum journal_due {
    JOURNAL_RESTS,
    JOURNAL_DUE,   /* half of the age is over: time to spread what is to come */
    JOURNAL_LATE,  /* all of it is */
    JOURNAL_BEYOND /* more bytes than the bound lie behind it */
};
enum journal_due journal_due(struct journal *journal, const struct journal_bounds *bounds, struct moment now);

#endif
