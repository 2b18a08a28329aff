/* Whether bytes from outside are a whole fact: the rows of its type read with bounds, once, so that no accessor needs
 * any. A checkpoint passed through a topic that others may write to: its checksum tells damage, not malice (contract
 * 8.7), and an accessor that trusted a length would read outside. */
#include <stdlib.h>

#include "base/timestamp.h"
#include "event/shape.h"
#include "train/fact.h"
#include "train/fact_strings.h"
#include "train/fact_registers.h"
#include "train/fact_view.h"

/* Reads on while everything is right; after the first fault it answers zeros and `sound` stays false. */
struct checker {
    const struct fact *fact;
    size_t at, pool, bytes; /* offsets: the next byte, where the body ends, where the fact ends */
    int ref_bytes;
    bool sound;
};

static void expect(struct checker *checker, bool condition) {
    checker->sound = checker->sound && condition;
}

static uint64_t check_number(struct checker *checker, int bytes) {
    expect(checker, checker->pool - checker->at >= (size_t)bytes);
    if (!checker->sound) {
        return 0;
    }
    uint64_t value = layout_load(fact_at(checker->fact, checker->at), bytes);
    checker->at += (size_t)bytes;
    return value;
}

/* Zero bytes in front are an absent text, so a required one must not begin with one. */
static void check_inline(struct checker *checker, size_t bytes, bool required) {
    expect(checker, checker->pool - checker->at >= bytes);
    expect(checker, checker->sound && (!required || *fact_at(checker->fact, checker->at) != 0));
    checker->at += checker->sound ? bytes : 0;
}

/* A reference into the pool whose string ends in the pool. Where its bytes come from does not matter, only that they
 * can be read. Its first byte must lie in the pool, then its second where the length takes two, then its end. */
static void check_string(struct checker *checker, bool required) {
    uint64_t ref = check_number(checker, checker->ref_bytes);
    size_t pool_bytes = checker->bytes - checker->pool;
    expect(checker, ref == 0 ? !required : ref < pool_bytes);
    if (!checker->sound || ref == 0) {
        return;
    }
    const unsigned char *string = fact_at(checker->fact, checker->pool + (size_t)ref);
    expect(checker, *string <= FACT_SHORT_STRING_MAX || ref + 1 < pool_bytes);
    if (checker->sound) {
        struct slice text = fact_string(checker->fact, ref);
        expect(checker, (size_t)(text.data - (const char *)string) + text.len <= pool_bytes - ref);
    }
}

/* Whether it is always there in a fact. */
static bool is_required(const struct shape_member *member) {
    return member->required || member->fallback != NULL;
}

static void check_text(struct checker *checker, const struct shape_member *member) {
    if (member->width > 0) {
        check_inline(checker, member->width, is_required(member));
        return;
    }
    check_string(checker, is_required(member));
    if (member->keep == SHAPE_KEYED) {
        check_string(checker, is_required(member));
    }
}

/* Numbers within the bounds of their kind: sums over a train and texts of times rely on them. */
static void check_value(struct checker *checker, const struct shape_member *member) {
    uint64_t value = check_number(checker, member->width);
    expect(checker, value <= shape_number_max(member));
    expect(checker, member->kind != SHAPE_TIME || value >= (uint64_t)DATE_MIN * TIMESTAMP_DAY_MS);
}

static void check_members(struct checker *checker, const struct shape *shape);

/* The length is what its elements take, neither more nor less. */
static void check_list(struct checker *checker, const struct shape_member *member) {
    uint64_t count = check_number(checker, FACT_LIST_COUNT_BYTES);
    uint64_t bytes = check_number(checker, FACT_LIST_HEAD_BYTES - FACT_LIST_COUNT_BYTES);
    size_t begin = checker->at;
    expect(checker, count >= member->min && count <= member->max);
    for (uint64_t i = 0; i < count && checker->sound; i++) {
        check_members(checker, member->of);
    }
    expect(checker, checker->at - begin == bytes);
}

/* The same walk as in fact_pack.c and fact_view.c. Rows nest a few levels deep whatever the bytes say, so recursion is
 * bounded. */
static void check_members(struct checker *checker, const struct shape *shape) {
    for (size_t i = 0; i < shape->count && checker->sound; i++) {
        const struct shape_member *member = &shape->members[i];
        if (member->keep == SHAPE_DROPPED) {
            continue;
        }
        if (shape_is_text(member)) {
            check_text(checker, member);
        } else if (member->kind == SHAPE_OBJECT) {
            check_members(checker, member->of);
        } else if (member->kind == SHAPE_LIST) {
            check_list(checker, member);
        } else {
            check_value(checker, member);
        }
    }
}

static int order_slices(const void *a, const void *b) {
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* A fact that wrote a register twice would be counted twice. At most 500 texts of 16 bytes: 8 KB of stack. */
static void check_distinct(struct checker *checker, size_t count) {
    struct slice texts[REGISTERS_PER_EVENT_MAX];
    for (size_t i = 0; i < count && checker->sound; i++) {
        texts[i] = fact_text(checker->fact, i);
    }
    if (checker->sound) {
        qsort(texts, count, sizeof texts[0], order_slices);
    }
    for (size_t i = 1; i < count && checker->sound; i++) {
        expect(checker, !slice_equal(texts[i - 1], texts[i]));
    }
}

/* The texts of the registers, in front of the body. */
static void check_texts(struct checker *checker, const struct shape_register *first) {
    size_t count = fact_text_count(checker->fact);
    expect(checker, count >= 1 && count <= (first->each ? REGISTERS_PER_EVENT_MAX : 1));
    for (size_t i = 0; i < count && checker->sound; i++) {
        check_string(checker, first->has_text);
    }
    check_distinct(checker, count);
}

/* The header's registers are those that the data has: whoever finds the fact in a register reads what that needs. */
static void check_registers(struct checker *checker, enum event_type type) {
    union event_data data;
    if (!checker->sound) {
        return;
    }
    fact_data(checker->fact, &data);
    struct event_registers registers = registers_of(type, &data);
    expect(checker, registers.kind == fact_byte(checker->fact, FACT_AT_KIND));
    expect(checker, registers.second == fact_byte(checker->fact, FACT_AT_SECOND));
    expect(checker, EVENT_TYPES[type].holds == NULL || EVENT_TYPES[type].holds(&data, fact_text(checker->fact, 0)));
}

bool fact_check(const void *bytes, size_t len) {
    const struct fact *fact = bytes;
    /* A shared one would name strings that there are not. */
    if (len <= FACT_HEADER_BYTES || fact_bytes(fact) > len || fact_type(fact) >= EVENT_TYPE_COUNT ||
        fact_is_shared(fact)) {
        return false;
    }
    struct checker checker = {
        .fact = fact,
        .at = fact_registers_offset(fact),
        .pool = (size_t)layout_load(fact_at(fact, FACT_AT_POOL), 4),
        .bytes = fact_bytes(fact),
        .ref_bytes = (int)fact_ref_bytes(fact),
        .sound = true,
    };
    if (checker.pool >= checker.bytes || checker.at > checker.pool) {
        return false;
    }
    /* Times reach functions that write four-digit years. */
    expect(&checker, fact_time_ms(fact) >= DATE_MIN * TIMESTAMP_DAY_MS);
    expect(&checker, fact_time_ms(fact) < (DATE_MAX + 1) * TIMESTAMP_DAY_MS);
    check_texts(&checker, &EVENT_TYPES[fact_type(fact)].registers[0]);
    check_members(&checker, &EVENT_TYPES[fact_type(fact)].data);
    /* A body that ends before the pool, or reads into it, was not written by fact_pack. */
    expect(&checker, checker.at == checker.pool);
    check_registers(&checker, fact_type(fact));
    return checker.sound;
}
