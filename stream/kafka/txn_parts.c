/* Which parts of an epoch may go out. Two answers count: the worker's, whether an assignment is in force, and the
 * group's committed texts, whether anybody else has been here (exactly-once.md E4, E7 and E12). */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/log.h"
#include "kafka/transaction_internal.h"

enum { COMMITTED_TIMEOUT_MS = 1000, PAUSE_MS = 100 };

/* ---- which parts are ours */

typedef void visit_part(struct kafka_transaction *txn, const struct output_offset *part, void *context);

static void for_each_part(struct kafka_transaction *txn, visit_part *visit, void *context) {
    for (size_t box = 0; box < txn->epoch.outbox_count; box++) {
        const struct outbox *outbox = txn->epoch.outboxes[box];
        for (size_t i = 0; i < outbox->offset_count; i++) {
            visit(txn, &outbox->offsets[i], context);
        }
    }
}

static bool is_out(const struct kafka_transaction *txn, const struct output_offset *part) {
    return txn->epoch.is_out[part->partition];
}

static void grow_to(struct kafka_transaction *txn, const struct output_offset *part, void *context) {
    struct txn_epoch *epoch = &txn->epoch;
    (void)context;
    if (part->partition >= epoch->partition_count) {
        size_t before = (size_t)epoch->partition_count, count = (size_t)part->partition + 1;
        epoch->is_out = alloc_resize(epoch->is_out, count, sizeof *epoch->is_out);
        txn->witnesses = alloc_resize(txn->witnesses, count, sizeof *txn->witnesses);
        /* No assignment has the number 0, so none of these is a witness. */
        memset(txn->witnesses + before, 0, (count - before) * sizeof *txn->witnesses);
        txn->kept = alloc_resize(txn->kept, count, sizeof *txn->kept);
        memset(txn->kept + before, 0, (count - before) * sizeof *txn->kept);
        epoch->partition_count = (int32_t)count;
    }
}

static void mark_in(struct kafka_transaction *txn, const struct output_offset *part, void *context) {
    (void)context;
    assert(is_out(txn, part)); /* one part a partition */
    txn->epoch.is_out[part->partition] = false;
}

void txn_parts_begin(struct kafka_transaction *txn) {
    for_each_part(txn, grow_to, NULL);
    memset(txn->epoch.is_out, true, (size_t)txn->epoch.partition_count * sizeof *txn->epoch.is_out);
    for_each_part(txn, mark_in, NULL);
}

static void drop_if_lost(struct kafka_transaction *txn, const struct output_offset *part, void *context) {
    size_t *dropped = context;
    /* Once out, out: a part that was left out of one attempt must not come back in the next (exactly-once.md E4). */
    if (!is_out(txn, part) && !txn->hooks.is_ours(txn->hooks.context, part->partition, part->assignment)) {
        txn->epoch.is_out[part->partition] = true;
        txn->stats.voided_parts++;
        ++*dropped;
    }
}

size_t txn_parts_drop_lost(struct kafka_transaction *txn) {
    size_t dropped = 0;
    for_each_part(txn, drop_if_lost, &dropped);
    return dropped;
}

bool txn_parts_any(const struct kafka_transaction *txn) {
    for (size_t box = 0; box < txn->epoch.outbox_count; box++) {
        const struct outbox *outbox = txn->epoch.outboxes[box];
        for (size_t i = 0; i < outbox->offset_count; i++) {
            if (!is_out(txn, &outbox->offsets[i])) {
                return true;
            }
        }
    }
    return false;
}

/* ---- what is committed. No two texts of a partition are equal, so a text says which commit was the last one. */

enum told { TOLD_BEFORE, TOLD_THIS, TOLD_OTHER, TOLD_LOST, TOLD_STOPPED };

static bool wait_a_little(struct kafka_transaction *txn) {
    nanosleep(&(struct timespec){0, PAUSE_MS * 1000000L}, NULL);
    return !txn->hooks.is_stopping(txn->hooks.context);
}

bool txn_is_before(struct slice previous, int64_t offset, struct slice text) {
    /* The first commit of a partition follows nothing at all. */
    return (offset < 0 && previous.len == 0) || (offset >= 0 && slice_equal(text, previous));
}

static enum told compare(const struct output_offset *part, int64_t offset, struct slice text) {
    if (offset == part->offset && slice_equal(text, part->metadata)) {
        return TOLD_THIS;
    }
    return txn_is_before(part->previous, offset, text) ? TOLD_BEFORE : TOLD_OTHER;
}

/* Asks until the broker has answered. */
static enum told ask(struct kafka_transaction *txn, const struct output_offset *part) {
    for (;;) {
        struct kafka_committed committed = {0};
        bool answered =
            kafka_source_committed(txn->source, part->partition, COMMITTED_TIMEOUT_MS, &committed, txn->error);
        enum told told = answered ? compare(part, committed.offset, buffer_slice(&committed.text)) : TOLD_LOST;
        buffer_release(&committed.text);
        if (answered) {
            return told;
        }
        kafka_trouble(&txn->troubles, "commit", (rd_kafka_resp_err_t)txn->error->code, txn->error->text);
        /* Who lost the partition need not know: its part is void either way. */
        if (!txn->hooks.is_ours(txn->hooks.context, part->partition, part->assignment)) {
            return TOLD_LOST;
        }
        if (!wait_a_little(txn)) {
            return TOLD_STOPPED;
        }
    }
}

/* Somebody else has committed since this life's last commit: what it holds of the partition is worth nothing. */
static void disown(struct kafka_transaction *txn, const struct output_offset *part) {
    log_line(LOG_WARNING, "commit",
             "partition %" PRId32 ": what is committed is not what this worker committed last, so another one had the "
             "partition meanwhile: restored anew",
             part->partition);
    txn->hooks.disown(txn->hooks.context, part->partition, part->assignment);
}

struct inquiry {
    bool all;         /* also parts that the generation has a witness for */
    bool is_answered; /* nothing more is to be asked */
    enum txn_parts result;
};

static void inquire(struct kafka_transaction *txn, const struct output_offset *part, void *context) {
    struct inquiry *inquiry = context;
    struct txn_witness *witness = &txn->witnesses[part->partition];
    /* Committed in this generation already: nobody else can have had the partition since, for that takes a later
     * one. */
    bool witnessed = witness->assignment == part->assignment && witness->generation == txn->member.generation;
    if (inquiry->is_answered || is_out(txn, part) || (witnessed && !inquiry->all)) {
        return;
    }
    switch (ask(txn, part)) {
    case TOLD_BEFORE: *witness = (struct txn_witness){part->assignment, txn->member.generation}; break;
    /* One part is enough: all of an epoch are in or none (exactly-once.md E1). */
    case TOLD_THIS:
        inquiry->result = TXN_PARTS_IN;
        inquiry->is_answered = true;
        break;
    case TOLD_OTHER: disown(txn, part); break;
    case TOLD_LOST: break; /* txn_parts_drop_lost finds it */
    case TOLD_STOPPED:
        inquiry->result = TXN_PARTS_STOPPED;
        inquiry->is_answered = true;
        break;
    }
}

static enum txn_parts inquire_all(struct kafka_transaction *txn, bool all) {
    struct inquiry inquiry = {.all = all, .result = TXN_PARTS_NOT_IN};
    for_each_part(txn, inquire, &inquiry);
    /* Those that were disowned above too. */
    txn_parts_drop_lost(txn);
    return inquiry.result;
}

enum txn_parts txn_parts_verify(struct kafka_transaction *txn) {
    return txn->settling ? TXN_PARTS_NOT_IN : inquire_all(txn, false);
}

enum txn_parts txn_parts_outcome(struct kafka_transaction *txn) {
    return inquire_all(txn, true);
}

static void give_up(struct kafka_transaction *txn, const struct output_offset *part, void *context) {
    (void)context;
    if (!is_out(txn, part)) {
        /* The source thread finds it void in its next turn, and restores it (worker_restore_stale). */
        txn->hooks.disown(txn->hooks.context, part->partition, part->assignment);
    }
}

void txn_parts_give_up(struct kafka_transaction *txn) {
    for_each_part(txn, give_up, NULL);
    txn_parts_drop_lost(txn);
}

static void keep(struct txn_kept *kept, const struct output_offset *part) {
    kept->offset = part->offset;
    buffer_clear(&kept->text);
    buffer_append_slice(&kept->text, part->metadata);
    buffer_clear(&kept->previous);
    buffer_append_slice(&kept->previous, part->previous);
}

static void note_witness(struct kafka_transaction *txn, const struct output_offset *part, void *context) {
    (void)context;
    if (!is_out(txn, part)) {
        txn->witnesses[part->partition] = (struct txn_witness){part->assignment, txn->member.generation};
        keep(&txn->kept[part->partition], part);
    }
}

void txn_parts_committed(struct kafka_transaction *txn) {
    for_each_part(txn, note_witness, NULL);
}

void txn_parts_release(struct kafka_transaction *txn) {
    for (int32_t i = 0; i < txn->epoch.partition_count; i++) {
        buffer_release(&txn->kept[i].text);
        buffer_release(&txn->kept[i].previous);
    }
    free(txn->kept);
    free(txn->witnesses);
    free(txn->epoch.is_out);
}
