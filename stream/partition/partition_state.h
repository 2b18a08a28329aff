/* What a partition is made of, for the partition*.c files only: who else wants something of a partition calls
 * partition.h.
 *
 *   partition_trains.c   trains entry, their rows, days and sums: who is in, by key and by date (partition_trains.h)
 *   partition_motion.c   what is kept of trains that change again and again (partition_motion.h)
 *   partition_emit.c     records, traffic rows, checkpoints and the last words of expired trains (partition_emit.h)
 *   partition_reading.c  a message's mode and identity (partition_reading.h)
 *   partition.c          one live message
 *   partition_barrier.c  the end of an epoch; changed configuration
 *   partition_restore.c  the way back */
#ifndef CARAVAN_PARTITION_PARTITION_STATE_H
#define CARAVAN_PARTITION_PARTITION_STATE_H

#include "base/list.h"
#include "base/table.h"
#include "checkpoint/journal.h"
#include "event/event.h"
#include "partition/partition.h"
#include "partition/partition_inspect.h"
#include "partition/partition_keep.h"
#include "record/record.h"
#include "record/totals.h"
#include "train/commons.h"
#include "train/seen.h"

struct parts; /* partition_restore.c: a checkpoint that is not whole yet */

/* A train and what the partition knows of it. */
struct train_entry {
    struct table_node node; /* in partition->by_key */
    struct link all;        /* in partition->trains */
    struct link in_row;     /* in row->trains; unused in file mode */
    struct link changed;    /* in partition->changed: since the last barrier */
    struct journal_entry journal;
    struct train *train;
    struct motion *motion;     /* NULL: nothing is kept of its record */
    bool rested;               /* what was kept was dropped because it had not been used for long */
    struct row *row;           /* NULL in file mode */
    uint32_t part_count;       /* of its newest checkpoint, 0: none */
    uint32_t changes;          /* events that joined since the last barrier */
    int64_t checkpoint_offset; /* L of that; used by restore only */
    struct parts *parts;       /* restore: not NULL while that checkpoint is not whole */
    size_t pending_bytes;      /* of its record, in partition->pending_bytes; 0 unless changed */
    /* From here on valid once row->known. */
    size_t expected_bytes; /* of its record, at most about so many */
    bool arrived;
    bool emitted;          /* a record has gone out, or would have in an earlier life */
    struct hash128 digest; /* of that record */
    struct totals share;   /* its part of row->sum; zero before its first barrier */
    /* For partition_inspect.h: at its last barrier with a change, and before that one. */
    struct train_summary summary, summary_before;
};

/* A traffic row: the trains of a port and date. `known`: this life knows what has gone out for it. A row that begins
 * with a live event is known at once. One that comes with restored trains is not (what earlier lives sent is never read
 * back): right before its first change emit_learn derives each of its trains as it stood at the commit. Until then its
 * sum and last, and its trains' arrived, emitted, digest and share, mean nothing. */
struct row {
    struct table_node node; /* in partition->by_port */
    struct link in_day;     /* in day->rows */
    struct link touched;    /* in partition->touched: a train of it changed since the last barrier */
    struct link trains;     /* head */
    struct link unknown;    /* in partition->unknown while not known */
    struct day *day;
    char port[PLACE_BYTES];
    bool known;   /* see above */
    bool emitted; /* `last` has gone out, or did in an earlier life */
    struct totals sum, last;
};

struct day {
    int32_t date_days;
    struct link rows; /* head */
};

/* A message that is to be offered soon. */
struct expected {
    int64_t offset; /* -1: none */
    const char *data;
    struct hash128 hash, mark;
    /* Valid from the next nearer distance on: */
    bool repeated;  /* as it seems: the table of seen ones knows it */
    uint64_t train; /* unless repeated: trains_hash of its key */
};

struct partition {
    struct partition_options options;
    struct expected expected[PARTITION_AHEAD + 1]; /* by the last bits of the offset, the one that is being taken too */
    uint64_t seed;
    struct table by_key;          /* entry, by train key */
    struct table by_port;         /* rows, by port and date */
    struct link trains;           /* head: every train_entry */
    struct link changed, touched; /* heads */
    struct link unknown;          /* head: rows that are not known */
    struct day **days;            /* sorted by date; years 2000-2099, so at most 36525 */
    size_t day_count, day_capacity;
    struct journal journal;
    struct seen *seen;
    struct commons *commons; /* of its trains */
    uint64_t live_events;
    struct hash128 hash_sum;
    size_t train_bytes, train_count, row_count; /* bytes: memory of the trains */
    struct totals sum;                          /* of the trains' shares */
    uint64_t epoch;                             /* of the barrier that is being met, or was last */
    size_t pending_bytes;                       /* of records of `changed` and rows of `touched`, about */
    bool owes;                                  /* the last barrier had no room for what could not wait */
    int64_t stream_time_ms;                     /* T */
    int32_t horizon_days;                       /* H */
    int64_t position;                           /* behind the last message offered, or the last C; -1 before both */
    int64_t committed;                          /* C of `text`; -1: no commit yet */
    struct commit_text text;
    struct buffer told; /* `text` as it is committed, or will be before any later one; empty before the first */
    bool limits_changing, rules_changing; /* text's are not yet the configured ones */
    struct link *renewed; /* rules_changing: the train whose record was renewed last, NULL before the first */
    size_t parts_bytes;   /* restore: memory of checkpoints that are not whole */
    uint64_t restored_facts, restored_events;
    struct link moving;                    /* head: motions, the one used longest ago first */
    size_t moving_bytes, moving_bytes_max; /* their memory; what it may be */
    uint64_t moving_age;                   /* for how long one may be unused; partition_motion.c */
    struct arena scratch;                  /* of one derived record */
    struct buffer encoded;                 /* of one output */
};

/* ---- partition_restore.c */

/* Frees what an unfinished restore holds beside the trains. */
void restore_release(struct partition *partition);

#endif
