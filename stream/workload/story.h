/* The story of a planned train as messages: the events that make its plan true, and noise that cannot change it
 * (copies, messages that are invalid). One owner. */
#ifndef CARAVAN_WORKLOAD_STORY_H
#define CARAVAN_WORKLOAD_STORY_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "event/reject.h"
#include "workload/options.h"
#include "workload/plan.h"

struct story_message {
    int64_t time_ms;    /* when it is sent, for the order of the story */
    size_t offset, len; /* the line in `text`, with its LF */
};

/* What was emitted, for the truth file. */
struct story_counts {
    uint64_t events;     /* valid messages, each once */
    uint64_t duplicates; /* byte-identical copies of valid messages */
    uint64_t rejects[REJECT_REASON_COUNT];
};

/* Zero-initialised is empty; kept from train to train for its memory. */
struct story {
    struct buffer text;
    struct story_message *messages;
    size_t count, capacity;
};

void story_release(struct story *story);

/* Replaces the story by that of `plan`, in the order of time; adds to `counts`. */
void story_tell(struct story *story, const struct workload_options *options, const struct plan *plan,
                struct story_counts *counts);

#endif
