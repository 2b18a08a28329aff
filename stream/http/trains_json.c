/* Lanes give copies of packed facts and of summaries. All that is dear, to unpack, derive, sort and write, is done here
 * on the desk's thread, so that a look at a train costs its lane a copy. */
#include "http/trains_json.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "encode/json_put.h"
#include "encode/record_json.h"
#include "record/record.h"
#include "train/fact_registers.h"

/* ---- one train */

/* The key has its shape already (train_key_parse), so both bars are there, and none in its parts. */
void trains_put_name(struct slice train_key, struct buffer *out) {
    const char *date = memchr(train_key.data, '|', train_key.len);
    const char *port = memchr(date + 1, '|', train_key.len - (size_t)(date + 1 - train_key.data));
    JSON_PUT(out, "{");
    JSON_MEMBER(out, "number", text, ((struct slice){train_key.data, (size_t)(date - train_key.data)}));
    JSON_MEMBER(out, "date", text, ((struct slice){date + 1, (size_t)(port - date - 1)}));
    JSON_MEMBER(out, "port", text, ((struct slice){port + 1, train_key.len - (size_t)(port + 1 - train_key.data)}));
    JSON_PUT(out, "}");
}

/* NULL when the facts are damaged: a lane tells only of trains that hold some, so none is damage as well. The seed is
 * fresh, for registers are named by outsiders. */
static struct train *unpack(struct slice train_key, struct slice facts) {
    struct train *train = train_new(train_key, hash_random_seed());
    struct join_effect effect;
    if (!train_unpack(train, facts, &effect) || train_live_events(train) == 0) {
        train_free(train);
        return NULL;
    }
    return train;
}

/* Derived anew and not fetched: the same facts under the same rules are the same record to the last byte (contract
 * 0.3). */
bool trains_put_record(struct slice train_key, struct slice facts, struct rules rules, struct buffer *out) {
    struct train *train = unpack(train_key, facts);
    struct arena arena;
    if (train == NULL) {
        return false;
    }
    arena_init(&arena);
    encode_record(record_derive(train, rules, &arena), false, out);
    arena_release(&arena);
    train_free(train);
    return true;
}

struct told_fact {
    const struct fact *fact;
    size_t *registers; /* ours */
    size_t register_count;
};

struct told_facts {
    struct told_fact *facts;
    size_t count;
};

static void collect(void *context, const struct fact *fact, const size_t *registers, size_t register_count) {
    struct told_facts *told = context;
    struct told_fact *one = &told->facts[told->count++];
    one->fact = fact;
    one->register_count = register_count;
    /* A copy: the train lends them for this visit alone. */
    one->registers = alloc_zeroed(register_count, sizeof *registers);
    memcpy(one->registers, registers, register_count * sizeof *registers);
}

/* By the order of contract 3.1: what was said last stands first. */
static int newest_first(const void *a, const void *b) {
    return fact_compare(((const struct told_fact *)b)->fact, ((const struct told_fact *)a)->fact);
}

static void put_fact(struct buffer *out, const struct told_fact *told) {
    struct buffer name = {0};
    json_put_next(out);
    JSON_PUT(out, "{");
    JSON_NAME(out, "registers", "[");
    for (size_t i = 0; i < told->register_count; i++) {
        buffer_clear(&name);
        fact_register_name(told->fact, told->registers[i], &name);
        json_put_next(out);
        json_put_text(out, buffer_slice(&name));
    }
    JSON_PUT(out, "]");
    JSON_MEMBER(out, "time", time, fact_time_ms(told->fact));
    JSON_MEMBER(out, "source", text, fact_source(told->fact));
    JSON_MEMBER(out, "id", text, fact_id(told->fact));
    JSON_MEMBER(out, "hash", hash, fact_hash(told->fact));
    JSON_MEMBER(out, "offset", count, fact_origin(told->fact));
    JSON_PUT(out, "}");
    buffer_release(&name);
}

bool trains_put_facts(struct slice train_key, int32_t partition, struct slice facts, struct buffer *out) {
    struct train *train = unpack(train_key, facts);
    if (train == NULL) {
        return false;
    }
    struct told_facts told = {alloc_zeroed(train_live_events(train), sizeof *told.facts), 0};
    train_each(train, collect, &told);
    qsort(told.facts, told.count, sizeof *told.facts, newest_first);
    JSON_PUT(out, "{");
    JSON_NAME(out, "train", "");
    trains_put_name(train_key, out);
    JSON_MEMBER(out, "partition", count, (uint64_t)partition);
    JSON_NAME(out, "facts", "[");
    for (size_t i = 0; i < told.count; i++) {
        put_fact(out, &told.facts[i]);
        free(told.facts[i].registers);
    }
    JSON_PUT(out, "]}\n");
    free(told.facts);
    train_free(train);
    return true;
}

/* ---- lists */

/* The names of the bits that are set. */
static void put_names(struct buffer *out, unsigned bits, const char *const *names, unsigned count) {
    JSON_PUT(out, "[");
    for (unsigned i = 0; i < count; i++) {
        if ((bits >> i & 1) != 0) {
            json_put_next(out);
            json_put_text(out, slice_of(names[i]));
        }
    }
    JSON_PUT(out, "]");
}

static void put_line(struct buffer *out, const struct question_line *line) {
    const struct train_summary *summary = &line->summary;
    json_put_next(out);
    JSON_PUT(out, "{");
    JSON_NAME(out, "train", "");
    trains_put_name(slice_of(line->key), out);
    JSON_MEMBER(out, "partition", count, (uint64_t)line->partition);
    if (summary->state == SUMMARY_KNOWN) {
        JSON_MEMBER(out, "status", text, slice_of(STATUS_NAMES[summary->status]));
        JSON_NAME(out, "reasons", "");
        put_names(out, summary->reasons, REASON_NAMES, REASON_COUNT);
        JSON_NAME(out, "alerts", "");
        put_names(out, summary->alerts, ALERT_NAMES, ALERT_COUNT);
        JSON_MEMBER(out, "waybills", count, summary->waybills);
        JSON_MEMBER(out, "containers", count, summary->containers);
        JSON_MEMBER(out, "teu", decimal, summary->teu, 2);
    } else {
        JSON_NAME(out, "status", "\"unknown\"");
        JSON_NAME(out, "reasons", "[]");
        JSON_NAME(out, "alerts", "[]");
    }
    if (summary->arrived_at_ms > 0) {
        JSON_MEMBER(out, "arrived_at", time, summary->arrived_at_ms);
    }
    JSON_PUT(out, "}");
}

/* What all lanes said, behind each other: plain structs of one kind, which lie aligned, since a buffer's memory begins
 * at an address that fits any type. */
static struct buffer join_parts(const struct question *question) {
    struct buffer all = {0};
    for (unsigned i = 0; i < question->part_count; i++) {
        buffer_append_slice(&all, buffer_slice(&question->parts[i].out));
    }
    return all;
}

static int by_key(const void *a, const void *b) {
    return strcmp(((const struct question_line *)a)->key, ((const struct question_line *)b)->key);
}

void trains_put_list(const struct question *list, struct buffer *out) {
    struct buffer all = join_parts(list);
    struct question_line *lines = (struct question_line *)(void *)all.data;
    size_t count = all.len / sizeof *lines;
    /* Each lane gave its first `limit` lines by key, so the first `limit` of all are among them. A full page has `next`
     * even where nothing comes behind it: nobody has looked further. qsort may not be given the NULL of an empty
     * buffer. */
    size_t shown = count < list->filter.limit ? count : list->filter.limit;
    if (count > 0) {
        qsort(lines, count, sizeof *lines, by_key);
    }
    JSON_PUT(out, "{");
    JSON_NAME(out, "trains", "[");
    for (size_t i = 0; i < shown; i++) {
        put_line(out, &lines[i]);
    }
    JSON_PUT(out, "]");
    if (shown == list->filter.limit) {
        JSON_MEMBER(out, "next", text, slice_of(lines[shown - 1].key));
    }
    JSON_PUT(out, "}\n");
    buffer_release(&all);
}

/* ---- rejects */

/* By Kafka timestamp, as far as partitions can be compared at all; at the same one by offset, for an order that stays.
 */
static int newest_reject_first(const void *a, const void *b) {
    const struct question_reject *first = a, *second = b;
    int64_t difference = second->timestamp_ms - first->timestamp_ms;
    return difference != 0 ? (difference > 0) - (difference < 0)
                           : (second->offset > first->offset) - (second->offset < first->offset);
}

static void put_reject(struct buffer *out, const struct question_reject *reject) {
    json_put_next(out);
    JSON_PUT(out, "{");
    JSON_MEMBER(out, "reason", text, slice_of(reject_name(reject->reject.reason)));
    JSON_MEMBER(out, "pointer", text, slice_of(reject->reject.pointer));
    JSON_MEMBER(out, "message", text, slice_of(reject->reject.message));
    JSON_MEMBER(out, "key", text, slice_of(reject->key));
    JSON_MEMBER(out, "partition", count, (uint64_t)reject->partition);
    JSON_MEMBER(out, "offset", count, (uint64_t)reject->offset);
    /* -1: the message came without one (contract 8.5). */
    if (reject->timestamp_ms >= 0) {
        JSON_MEMBER(out, "at", time, reject->timestamp_ms);
    }
    JSON_PUT(out, "}");
}

void trains_put_rejects(const struct question *rejects, struct buffer *out) {
    struct buffer all = join_parts(rejects);
    struct question_reject *notes = (struct question_reject *)(void *)all.data;
    size_t count = all.len / sizeof *notes;
    if (count > 0) {
        qsort(notes, count, sizeof *notes, newest_reject_first);
    }
    JSON_PUT(out, "{");
    JSON_NAME(out, "rejects", "[");
    for (size_t i = 0; i < count && i < QUESTION_REJECTS_MAX; i++) {
        put_reject(out, &notes[i]);
    }
    JSON_PUT(out, "]}\n");
    buffer_release(&all);
}
