/* Questions about trains from one asking thread (http/desk) to the lanes, and the answers back: through a lock-free
 * ring a lane each way. A lane answers between its orders, with copies; nobody waits for anybody.
 *
 * A question goes to every lane, as a part each, since a lane alone knows its partitions. An answer is as of the last
 * commit, or of a later one: it may name an epoch that must be decided before it is told (`holds_from`). */
#ifndef CARAVAN_LANES_QUESTIONS_H
#define CARAVAN_LANES_QUESTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "event/event.h"
#include "event/reject.h"
#include "flow/ring.h"
#include "partition/partition_inspect.h"

enum {
    QUESTIONS_MAX = 512,       /* on the way at a time */
    QUESTION_LINES_MAX = 500,  /* of one list */
    QUESTION_REJECTS_MAX = 32, /* that a lane remembers */
    QUESTION_KEY_BYTES = 64    /* of a train's key, with its NUL */
};

enum question_kind { QUESTION_TRAIN, QUESTION_LIST, QUESTION_REJECTS };

/* Which trains a list has: all that are asked for must hold. */
struct question_filter {
    int status;                     /* enum record_status; -1: any */
    int reason;                     /* enum record_reason; -1: any */
    char port[PLACE_BYTES + 1];     /* "": any */
    char date[11];                  /* "": any */
    char number[18];                /* "": any */
    char after[QUESTION_KEY_BYTES]; /* keys above this one only */
    size_t limit;                   /* 1-QUESTION_LINES_MAX */
};

struct question_line { /* of a list */
    char key[QUESTION_KEY_BYTES];
    int32_t partition;
    struct train_summary summary;
};

struct question_reject { /* of the messages that were sent to dead letters last */
    uint64_t epoch;      /* that carries it */
    int32_t partition;
    int64_t offset, timestamp_ms;
    struct reject reject;
    char key[QUESTION_KEY_BYTES]; /* as far as it fits; made fit to be shown */
};

/* One lane's part. The lane's from the asking until it is answered. */
struct question_part {
    struct question *question;
    struct question_part *next; /* of those that wait for a barrier */
    uint64_t holds_from;        /* epoch; 0: at once */
    uint64_t took_ns;           /* of the lane's time */
    bool found;                 /* QUESTION_TRAIN: this lane has it */
    int32_t partition;          /* and there */
    struct buffer out;          /* facts as train_pack packs them; or lines by key; or rejects, the newest first */
};

/* The asker's; free with question_free once it is answered. */
struct question {
    enum question_kind kind;
    char key[QUESTION_KEY_BYTES];  /* QUESTION_TRAIN */
    struct question_filter filter; /* QUESTION_LIST */
    void *context;                 /* the asker's */
    unsigned part_count, answered;
    struct question_part parts[];
};

struct questions;

struct questions *questions_new(unsigned lanes);
/* No thread asks or answers any more. Frees what was never answered. */
void questions_free(struct questions *questions);

/* ---- the asking thread */

/* All but parts are zero. */
struct question *question_new(const struct questions *questions, enum question_kind kind);
void question_free(struct question *question);
/* Sends it to every lane; false when QUESTIONS_MAX are on the way (then it is still the caller's). */
bool questions_ask(struct questions *questions, struct question *question);
/* The next one that every lane has answered; NULL when there is none now. */
struct question *questions_answered(struct questions *questions);
/* The last epoch that is decided. */
uint64_t questions_decided(const struct questions *questions);
/* Rung when a lane has answered and when an epoch is decided. */
struct bell *questions_bell(const struct questions *questions);

/* ---- a lane */

/* The bell that a new question rings; the lane must sleep on it. */
struct bell *questions_lane_bell(const struct questions *questions, unsigned lane);
struct question_part *questions_next(struct questions *questions, unsigned lane);
void questions_answer(struct questions *questions, unsigned lane, struct question_part *part);

/* ---- the collector of epochs */

void questions_decide(struct questions *questions, uint64_t epoch);

#endif
