/* What a partition is made of, for the partition*.c files only: who else wants something of a partition calls
 * partition.h.
 *
 *   partition_trains.c   trains held, their rows, days and sums: who is in, by key and by date
 *   partition_emit.c     records, traffic rows, checkpoints and the last words of expired trains
 *   partition.c          one live message
 *   partition_barrier.c  the end of an epoch; changed configuration
 *   partition_restore.c  the way back */
#ifndef CARAVAN_PIPELINE_PARTITION_STATE_H
#define CARAVAN_PIPELINE_PARTITION_STATE_H

#include "base/list.h"
#include "base/table.h"
#include "checkpoint/journal.h"
#include "core/record.h"
#include "core/seen.h"
#include "core/totals.h"
#include "event/event.h"
#include "pipeline/partition.h"

struct parts; /* partition_restore.c: a checkpoint that is not whole yet */

/* A train and what the partition knows of it. */
struct held {
    struct table_node node; /* in partition->by_key */
    struct link all;        /* in partition->trains */
    struct link in_row;     /* in row->trains; unused in file mode */
    struct link changed;    /* in partition->changed: since the last barrier */
    struct journal_entry journal;
    struct train *train;
    struct row *row;           /* NULL in file mode */
    uint32_t part_count;       /* of its newest checkpoint, 0: none */
    int64_t checkpoint_offset; /* L of that; used by restore only */
    struct parts *parts;       /* restore: not NULL while that checkpoint is not whole */
    /* From here on valid once row->known. */
    bool arrived;
    bool emitted;          /* a record has gone out, or would have in an earlier life */
    struct hash128 digest; /* of that record */
    struct totals share;   /* its part of row->sum; zero before its first barrier */
};

/* A traffic row: the trains of a port and date. */
struct row {
    struct table_node node; /* in partition->by_port */
    struct link in_day;     /* in day->rows */
    struct link touched;    /* in partition->touched: a train of it changed since the last barrier */
    struct link trains;     /* head */
    struct day *day;
    char port[PLACE_BYTES];
    bool known;   /* sum and shares are; not so for a restored row before its first change */
    bool emitted; /* `last` has gone out, or did in an earlier life */
    struct totals sum, last;
};

struct day {
    int32_t date_days;
    struct link rows; /* head */
};

struct partition {
    struct partition_options options;
    uint64_t seed;
    struct table by_key;  /* held, by train key */
    struct table by_port; /* rows, by port and date */
    struct link trains;   /* head: every held */
    struct link changed;  /* head */
    struct link touched;  /* head */
    struct day **days;    /* sorted by date; years 2000-2099, so at most 36525 */
    size_t day_count, day_capacity;
    struct journal journal;
    struct seen *seen;
    uint64_t live_events;
    struct hash128 hash_sum;
    size_t train_bytes; /* memory of the trains */
    size_t held_count, row_count;
    int64_t stream_time_ms; /* T */
    int32_t horizon_days;   /* H */
    int64_t position;       /* behind the last message offered, or the last C; -1 before both */
    int64_t committed;      /* C of `text`; -1: no commit yet */
    struct commit_text text;
    bool limits_changing, rules_changing; /* text's are not yet the configured ones */
    struct link *renewed; /* rules_changing: the train whose record was renewed last, NULL before the first */
    size_t parts_bytes;   /* restore: memory of checkpoints that are not whole */
    uint64_t restored_facts, restored_events;
    struct arena scratch;  /* of one derived record */
    struct buffer encoded; /* of one output */
};

/* Where a call puts what goes out. */
struct exit_door {
    struct outbox *outbox;
    struct counters *counters;
};

/* ---- partition_trains.c */

/* NULL when there is none. */
struct held *trains_find(const struct partition *partition, struct slice key);
/* Takes a train that is not held, counts its live events in, and gives it its row. A row that is new because of it is
 * known unless `restoring`. */
struct held *trains_add(struct partition *partition, struct train *train, bool restoring);
/* Counts its live events out and frees it; its row stays. */
void trains_remove(struct partition *partition, struct held *held);
/* The sums after a join or unpack. */
void trains_count(struct partition *partition, const struct join_effect *effect);
/* Replaces the train's state by an empty one (restore). */
void trains_empty(struct partition *partition, struct held *held);
/* A row without trains goes, and its day with the last row. */
void trains_remove_row(struct partition *partition, struct row *row);
/* The oldest day with a train, NULL when there is none. */
struct day *trains_first_day(const struct partition *partition);
void trains_release(struct partition *partition);
size_t trains_bytes(const struct partition *partition);

/* ---- partition_emit.c */

/* Before the first change of one of the row's trains in this life: derives what each train's record and share were, and
 * the sum. `except`: the train that is that change because it is new, else NULL. */
void emit_learn(struct partition *partition, struct row *row, const struct held *except);
/* The changed trains: shares, and records that differ from the last. */
void emit_changed(struct partition *partition, struct exit_door *door);
/* The touched rows that differ from what they were. */
void emit_touched(struct partition *partition, struct exit_door *door);
/* Drops every day before `horizon_days`, with the last record and row that are due. */
void emit_expired(struct partition *partition, int32_t horizon_days, struct exit_door *door);
/* A train's record and share under other rules than before; true when a record went out. */
bool emit_renewed(struct partition *partition, struct held *held, struct exit_door *door);
/* Every row, whatever it was. */
void emit_all_rows(struct partition *partition, struct exit_door *door);
/* A train's checkpoint at `offset`; returns its bytes. */
uint64_t emit_checkpoint(struct partition *partition, struct held *held, int64_t offset, struct exit_door *door);

/* ---- partition_restore.c */

/* Frees what an unfinished restore holds beside the trains. */
void restore_release(struct partition *partition);

#endif
