/* The last N that a filter wants, from a log that can only be read forwards. So each partition is read in pieces that
 * end where the log ended at the start: the first is as long as N and some spare, each next one eight times as long and
 * read anew from its beginning, until N were found or the log begins. What is read twice is less than a seventh of the
 * last piece, unless the log's beginning cuts that one; and who asks without a filter seldom needs a second piece. Held
 * are N messages a partition at most, in a ring. */
#include "commands/tail_last.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "kafka/reader.h"
#include "kafka/source.h"

enum { WAIT_MS = 500, GROWTH = 8, SPARE_OFFSETS = 64 /* commit markers, messages that compaction took */ };

struct found { /* the newest wanted messages of a partition, a ring */
    struct message *messages;
    uint64_t count; /* so many were found; of them the last `limit` are here */
    int64_t from;   /* where this piece begins */
    bool is_open;   /* it is being read */
};

static void drop(struct found *found, uint64_t limit) {
    uint64_t held = found->count < limit ? found->count : limit;
    for (uint64_t i = found->count - held; i < found->count; i++) {
        kafka_message_release(&found->messages[i % limit]);
    }
    found->count = 0;
}

static void keep(struct found *found, uint64_t limit, struct message *message) {
    if (found->count >= limit) {
        kafka_message_release(&found->messages[found->count % limit]);
    }
    found->messages[found->count++ % limit] = *message;
}

/* The pieces of this round: of partitions that may have more. False when there is none left. What an earlier piece
 * found is dropped: the longer one has it too. */
static bool plan(struct tail_read *read, struct found *all, int64_t window) {
    bool any = false;
    for (int32_t i = 0; i < read->count; i++) {
        struct tail_log *log = &read->logs[i];
        struct found *found = &all[i];
        bool is_read = read->partition < 0 || read->partition == i;
        found->is_open = is_read && found->count < read->last && found->from > log->low;
        if (found->is_open) {
            drop(found, read->last);
            found->from = log->end - log->low > window ? log->end - window : log->low;
            any = true;
        }
    }
    return any;
}

static bool assign(struct tail_read *read, const struct found *all, int32_t *open, struct kafka_error *error) {
    struct kafka_reader_start *starts = alloc_zeroed((size_t)read->count, sizeof *starts);
    *open = 0;
    for (int32_t i = 0; i < read->count; i++) {
        if (all[i].is_open) {
            starts[(*open)++] = (struct kafka_reader_start){i, all[i].from};
        }
    }
    bool good = kafka_reader_assign(read->reader, read->name, starts, (size_t)*open, error);
    free(starts);
    return good;
}

/* A partition is read when there is nothing more in it now, or what comes was not there at the start. A position below
 * the piece is of the assignment before, on its way when the new one was made: it closes nothing. */
static bool take(struct tail_read *read, struct found *all, struct message *message, bool is_message) {
    struct found *found = &all[message->partition];
    int64_t end = read->logs[message->partition].end;
    bool is_over = !is_message || message->offset + 1 >= end;
    if (is_message && found->is_open && message->offset < end && read->is_wanted(read->context, message)) {
        keep(found, read->last, message);
    } else if (is_message) {
        kafka_message_release(message);
    }
    bool closed = found->is_open && is_over && (is_message || message->offset >= found->from);
    found->is_open = found->is_open && !closed;
    return closed;
}

static bool read_pieces(struct tail_read *read, struct found *all, struct kafka_error *error) {
    int32_t open;
    if (!assign(read, all, &open, error)) {
        return false;
    }
    while (open > 0 && !read->is_over(read->context)) {
        struct message message;
        enum kafka_read what = kafka_reader_next(read->reader, WAIT_MS, &message, error);
        if (what == KAFKA_READ_ERROR) {
            return false;
        }
        if (what != KAFKA_READ_NOTHING) {
            open -= take(read, all, &message, what == KAFKA_READ_MESSAGE);
        }
    }
    return true;
}

/* Partitions have no common order but the clock that stamped their messages. Equal timestamps stay in the order of
 * their partition, so that two calls print the same. */
static int by_time(const void *left, const void *right) {
    const struct message *a = left, *b = right;
    if (a->timestamp_ms != b->timestamp_ms) {
        return a->timestamp_ms < b->timestamp_ms ? -1 : 1;
    }
    if (a->partition != b->partition) {
        return a->partition < b->partition ? -1 : 1;
    }
    return (a->offset > b->offset) - (a->offset < b->offset);
}

/* Each partition has up to N, of which the N newest of all are wanted. */
static void show(struct tail_read *read, struct found *all) {
    size_t count = 0;
    struct message *messages = alloc_zeroed((size_t)read->count * read->last, sizeof *messages);
    for (int32_t i = 0; i < read->count; i++) {
        uint64_t held = all[i].count < read->last ? all[i].count : read->last;
        for (uint64_t k = all[i].count - held; k < all[i].count; k++) {
            messages[count++] = all[i].messages[k % read->last];
        }
    }
    qsort(messages, count, sizeof *messages, by_time);
    for (size_t i = 0; i < count; i++) {
        if (i + read->last >= count && !read->is_over(read->context)) {
            read->take(read->context, &messages[i]);
        }
        kafka_message_release(&messages[i]);
    }
    free(messages);
}

bool tail_last(struct tail_read *read, struct kafka_error *error) {
    struct found *all = alloc_zeroed((size_t)read->count, sizeof *all);
    for (int32_t i = 0; i < read->count; i++) {
        all[i].messages = alloc_zeroed(read->last, sizeof *all[i].messages);
        all[i].from = read->logs[i].end;
    }
    bool good = true;
    for (int64_t window = (int64_t)read->last + SPARE_OFFSETS;
         good && !read->is_over(read->context) && plan(read, all, window);) {
        good = read_pieces(read, all, error);
        /* The window may exceed any log: `plan` cuts it at the log's beginning. */
        window = window < INT64_MAX / GROWTH ? window * GROWTH : window;
    }
    if (good) {
        show(read, all);
    }
    for (int32_t i = 0; i < read->count; i++) {
        if (!good) {
            drop(&all[i], read->last);
        }
        free(all[i].messages);
        /* Reading goes on at the end of the start: nothing is shown twice and nothing between is missed. */
        read->logs[i].next = read->logs[i].end;
    }
    free(all);
    return good;
}
