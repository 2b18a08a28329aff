/* Whether bytes from outside are a whole fact: the rows of its type read with bounds, once, so that no accessor needs
 * any. A checkpoint passed through a topic that others may write to: its checksum tells damage, not malice (contract
 * 8.7), and an accessor that trusted a length would read outside. */
#include <stdlib.h>

#include "base/timestamp.h"
#include "event/shape.h"
#include "train/fact.h"
#include "train/fact_number.h"
#include "train/fact_plan.h"
#include "train/fact_strings.h"
#include "train/fact_registers.h"
#include "train/fact_view.h"

/* Where checking stands. */
struct checker {
    const struct fact *fact;
    size_t at, pool, bytes; /* offsets: the next byte, where the body ends, where the fact ends */
    unsigned ref_bytes;
};

/* Whether so many bytes of the body are left. */
static bool has_left(const struct checker *checker, size_t bytes) {
    return checker->pool - checker->at >= bytes;
}

/* A reference into the pool whose string ends in the pool. Where its bytes come from does not matter, only that they
 * can be read. Its first byte must lie in the pool, then its second where the length takes two, then its end. */
static bool is_string(const struct checker *checker, size_t at, bool required) {
    uint64_t ref = layout_load(fact_at(checker->fact, at), (int)checker->ref_bytes);
    size_t pool_bytes = checker->bytes - checker->pool;
    if (ref == 0) {
        return !required;
    }
    if (ref >= pool_bytes) {
        return false;
    }
    const unsigned char *string = fact_at(checker->fact, checker->pool + (size_t)ref);
    size_t head = layout_string_head(*string);
    size_t left = pool_bytes - (size_t)ref;
    return head <= left && head + fact_string_at(string).len <= left;
}

/* Seven bytes are a mass, which manifests have many of: the pool behind the body has a byte at least, so there are
 * eight to load. */
static uint64_t number_at(const struct checker *checker, size_t at, unsigned bytes) {
    const unsigned char *from = fact_at(checker->fact, at);
    return bytes == 7 ? layout_load(from, 8) & (UINT64_MAX >> 8) : layout_load(from, (int)bytes);
}

static bool is_body(struct checker *checker, const struct fact_body *body);

/* The length is what its elements take, neither more nor less. */
static bool is_list(struct checker *checker, const struct fact_step *step) {
    if (!has_left(checker, FACT_LIST_HEAD_BYTES)) {
        return false;
    }
    struct fact_list_head head = fact_list_head(fact_at(checker->fact, checker->at), false);
    checker->at += FACT_LIST_HEAD_BYTES;
    size_t begin = checker->at;
    bool sound = head.count >= step->min && head.count <= step->max;
    for (size_t i = 0; i < head.count && sound; i++) {
        sound = is_body(checker, step->of);
    }
    return sound && checker->at - begin == head.bytes;
}

/* The same walk as in fact_pack.c and fact_view.c, over the steps that its rows became. Lists nest a few levels deep
 * whatever the bytes say, so recursion is bounded. */
static bool is_body(struct checker *checker, const struct fact_body *body) {
    size_t run = checker->at;
    uint64_t value;
    bool sound = true;
    for (const struct fact_step *step = body->steps; sound && step < body->steps + body->count; step++) {
        switch ((enum fact_step_kind)step->kind) {
        case FACT_STEP_RUN:
            run = checker->at;
            sound = has_left(checker, step->bytes);
            checker->at += sound ? step->bytes : 0;
            break;
        case FACT_STEP_NUMBER:
            value = number_at(checker, run + step->at, step->bytes);
            sound = value >= step->min && value <= step->max;
            break;
        case FACT_STEP_TEXT: sound = *fact_at(checker->fact, run + step->at) != 0; break;
        case FACT_STEP_STRING: sound = is_string(checker, run + step->at, step->required); break;
        case FACT_STEP_LIST: sound = is_list(checker, step); break;
        }
    }
    return sound;
}

static int order_slices(const void *a, const void *b) {
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* A fact that wrote a register twice would be counted twice. At most 500 texts of 16 bytes: 8 KB of stack. */
static bool are_distinct(const struct checker *checker, size_t count) {
    struct slice texts[REGISTERS_PER_EVENT_MAX];
    for (size_t i = 0; i < count; i++) {
        texts[i] = fact_text(checker->fact, i);
    }
    qsort(texts, count, sizeof texts[0], order_slices);
    for (size_t i = 1; i < count; i++) {
        if (slice_equal(texts[i - 1], texts[i])) {
            return false;
        }
    }
    return true;
}

/* The texts of the registers, in front of the body. */
static bool are_texts(struct checker *checker, const struct shape_register *first) {
    size_t count = fact_text_count(checker->fact);
    if (count < 1 || count > (first->each ? REGISTERS_PER_EVENT_MAX : 1) ||
        !has_left(checker, count * checker->ref_bytes)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_string(checker, checker->at + i * checker->ref_bytes, first->has_text)) {
            return false;
        }
    }
    checker->at += count * checker->ref_bytes;
    return count == 1 || are_distinct(checker, count);
}

/* Whether what the type writes follows from the type alone, as a manifest's register does. */
static bool is_plain(const struct event_description *description) {
    return description->register_count == 1 && description->registers[0].picks[0].stride == 0 &&
           description->holds == NULL;
}

/* The header's registers are those that the data has: whoever finds the fact in a register reads what that needs. */
static bool are_registers(const struct fact *fact) {
    enum event_type type = fact_type(fact);
    const struct event_description *description = &EVENT_TYPES[type];
    unsigned kind = fact_byte(fact, FACT_AT_KIND);
    unsigned second = fact_byte(fact, FACT_AT_SECOND);
    if (is_plain(description)) {
        return kind == (unsigned)description->registers[0].kind && second == 0;
    }
    union event_data data;
    fact_data(fact, &data);
    struct event_registers registers = registers_of(type, &data);
    return registers.kind == kind && registers.second == second &&
           (description->holds == NULL || description->holds(&data, fact_text(fact, 0)));
}

/* Times reach functions that write four-digit years. */
static bool is_time(int64_t time_ms) {
    return time_ms >= DATE_MIN * TIMESTAMP_DAY_MS && time_ms < (DATE_MAX + 1) * TIMESTAMP_DAY_MS;
}

bool fact_check(const void *bytes, size_t len) {
    const struct fact *fact = bytes;
    /* A shared one would name strings that there are not, and a tight one is read otherwise than here. */
    if (len <= FACT_HEADER_BYTES || fact_bytes(fact) > len || fact_type(fact) >= EVENT_TYPE_COUNT ||
        (fact_byte(fact, FACT_AT_FLAGS) & ~(unsigned)FACT_FLAG_WIDE) != 0) {
        return false;
    }
    enum event_type type = fact_type(fact);
    struct checker checker = {
        .fact = fact,
        .at = fact_registers_offset(fact),
        .pool = (size_t)layout_load(fact_at(fact, FACT_AT_POOL), 4),
        .bytes = fact_bytes(fact),
        .ref_bytes = (unsigned)fact_ref_bytes(fact),
    };
    if (checker.pool >= checker.bytes || checker.at > checker.pool) {
        return false;
    }
    /* A body that ends before the pool, or reads into it, was not written by fact_pack. */
    return is_time(fact_time_ms(fact)) && are_texts(&checker, &EVENT_TYPES[type].registers[0]) &&
           is_body(&checker, fact_plan(type, checker.ref_bytes == FACT_WIDE_BYTES)) && checker.at == checker.pool &&
           are_registers(fact);
}
