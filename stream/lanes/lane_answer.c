/* A lane's answers to questions (questions.h): between two orders, and at barriers. */
#include <string.h>

#include "base/printable.h"
#include "base/timestamp.h"
#include "lanes/lane.h"

enum { AT_A_TIME = 16 /* questions between two orders, so that orders do not wait */ };

/* The number of the epoch that the lane fills, as lanes_collect counts. */
static uint64_t filling(const struct lane *lane) {
    return lane->epoch + 1;
}

/* ---- one train */

/* False: it changed since the last decided epoch. */
static bool find_train(struct lane *lane, struct question_part *part, uint64_t decided) {
    const struct slice key = slice_of(part->question->key);
    for (size_t i = 0; i < lane->owned_count; i++) {
        const struct partition *partition = lane->owned[i].partition;
        enum partition_copied copied =
            partition == NULL ? PARTITION_NO_TRAIN : partition_copy(partition, key, decided, &part->out);
        if (copied != PARTITION_NO_TRAIN) {
            part->found = copied == PARTITION_COPIED;
            part->partition = partition_number(partition);
            return part->found;
        }
    }
    return true;
}

/* ---- a list */

struct pick {
    const struct train *train;
    const struct train_summary *summary;
    int32_t partition;
};

/* The trains with the smallest keys: a heap whose top has the largest of them. */
struct picks {
    const struct question_filter *filter;
    int32_t partition;
    size_t count;
    struct pick heap[QUESTION_LINES_MAX];
};

/* A lane may hold far more trains than a page shows, so the best of them are kept in a heap of that size instead of
 * sorting all. */
static bool is_above(const struct pick *a, const struct pick *b) {
    return slice_compare(train_key(a->train), train_key(b->train)) > 0;
}

static void swap(struct pick *a, struct pick *b) {
    struct pick other = *a;
    *a = *b;
    *b = other;
}

static void sink_top(struct picks *picks) {
    for (size_t at = 0, child; (child = 2 * at + 1) < picks->count; at = child) {
        child += child + 1 < picks->count && is_above(&picks->heap[child + 1], &picks->heap[child]);
        if (!is_above(&picks->heap[child], &picks->heap[at])) {
            return;
        }
        swap(&picks->heap[child], &picks->heap[at]);
    }
}

static void add(struct picks *picks, const struct pick *pick) {
    if (picks->count < picks->filter->limit) {
        size_t at = picks->count++;
        picks->heap[at] = *pick;
        for (; at > 0 && is_above(&picks->heap[at], &picks->heap[(at - 1) / 2]); at = (at - 1) / 2) {
            swap(&picks->heap[at], &picks->heap[(at - 1) / 2]);
        }
    } else if (is_above(&picks->heap[0], pick)) {
        picks->heap[0] = *pick;
        sink_top(picks);
    }
}

static bool is_text(const char *wanted, struct slice text) {
    return *wanted == '\0' || slice_equal(slice_of(wanted), text);
}

static bool is_wanted(const struct question_filter *filter, const struct train *train,
                      const struct train_summary *summary) {
    bool is_known = summary->state == SUMMARY_KNOWN;
    return (filter->status < 0 || (is_known && summary->status == filter->status)) &&
           (filter->reason < 0 || (is_known && (summary->reasons >> filter->reason & 1) != 0)) &&
           is_text(filter->port, train_port(train)) && is_text(filter->date, train_date(train)) &&
           is_text(filter->number, train_number(train)) && slice_compare(train_key(train), slice_of(filter->after)) > 0;
}

static void look_at(void *context, const struct train *train, const struct train_summary *summary) {
    struct picks *picks = context;
    if (is_wanted(picks->filter, train, summary)) {
        add(picks, &(struct pick){train, summary, picks->partition});
    }
}

/* The lines come by key: the heap gives its largest first, so they are written from the end. */
static void write_lines(struct picks *picks, struct buffer *out) {
    size_t bytes = picks->count * sizeof(struct question_line);
    struct question_line *lines = (struct question_line *)(void *)buffer_reserve(out, bytes);
    out->len += bytes;
    while (picks->count > 0) {
        const struct pick *top = &picks->heap[0];
        struct question_line *line = &lines[--picks->count];
        struct slice key = train_key(top->train);
        *line = (struct question_line){.partition = top->partition, .summary = *top->summary};
        memcpy(line->key, key.data, key.len < QUESTION_KEY_BYTES ? key.len : QUESTION_KEY_BYTES - 1);
        picks->heap[0] = picks->heap[picks->count];
        sink_top(picks);
    }
}

static void list_trains(struct lane *lane, struct question_part *part, uint64_t decided) {
    struct picks picks = {.filter = &part->question->filter};
    for (size_t i = 0; i < lane->owned_count; i++) {
        if (lane->owned[i].partition != NULL) {
            picks.partition = partition_number(lane->owned[i].partition);
            partition_summaries(lane->owned[i].partition, decided, look_at, &picks);
        }
    }
    write_lines(&picks, &part->out);
}

/* ---- rejects */

void lane_note_reject(struct lane *lane, const struct message *message, const struct reject *reject) {
    if (lane->rejects != NULL) {
        struct question_reject *note = &lane->rejects[lane->reject_count++ % QUESTION_REJECTS_MAX];
        note->epoch = filling(lane);
        note->partition = message->partition;
        note->offset = message->offset;
        note->timestamp_ms = message->timestamp_ms;
        note->reject = *reject;
        printable_cut(message->key, note->key, sizeof note->key);
    }
}

static void tell_rejects(struct lane *lane, struct question_part *part, uint64_t decided) {
    size_t kept = lane->reject_count < QUESTION_REJECTS_MAX ? lane->reject_count : QUESTION_REJECTS_MAX;
    /* The newest first. Those of an epoch that is not decided are not told: it may still turn out void. */
    for (size_t i = 1; i <= kept; i++) {
        const struct question_reject *note = &lane->rejects[(lane->reject_count - i) % QUESTION_REJECTS_MAX];
        if (note->epoch <= decided) {
            buffer_append(&part->out, note, sizeof *note);
        }
    }
}

/* ---- the lane's turn */

static void answer(struct lane *lane, struct question_part *part) {
    struct questions *questions = lane->lanes->options.questions;
    uint64_t decided = questions_decided(questions);
    int64_t began_ns = clock_steady_ns();
    switch (part->question->kind) {
    case QUESTION_TRAIN:
        /* What changed since cannot be told before that is committed: the part waits for the barrier, and its answer
         * for the epoch that this one closes. */
        if (!find_train(lane, part, decided)) {
            *lane->asked_end = part;
            lane->asked_end = &part->next;
            return;
        }
        break;
    case QUESTION_LIST: list_trains(lane, part, decided); break;
    case QUESTION_REJECTS: tell_rejects(lane, part, decided); break;
    }
    part->took_ns = (uint64_t)(clock_steady_ns() - began_ns);
    questions_answer(questions, lane->number, part);
}

bool lane_answer_some(struct lane *lane) {
    struct questions *questions = lane->lanes->options.questions;
    struct question_part *part = NULL;
    for (int i = 0; questions != NULL && i < AT_A_TIME && (part = questions_next(questions, lane->number)) != NULL;
         i++) {
        answer(lane, part);
    }
    return part != NULL;
}

void lane_answer_waiting(struct lane *lane, bool ending) {
    struct question_part *next;
    for (struct question_part *part = lane->asked; part != NULL; part = next) {
        next = part->next;
        /* At the end no epoch will be decided any more: the answer is that there is none. */
        if (!ending) {
            find_train(lane, part, UINT64_MAX);
            part->holds_from = filling(lane);
        }
        questions_answer(lane->lanes->options.questions, lane->number, part);
    }
    lane->asked = NULL;
    lane->asked_end = &lane->asked;
}
