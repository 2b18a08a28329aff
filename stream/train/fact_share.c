/* All ways are the same walk: what is no reference is copied as it is, and each reference is looked at. Lists say how
 * many elements follow, and the plan of the fact's type says where references stand in them. */
#include "train/fact_share.h"

#include <assert.h>

#include "train/fact_number.h"
#include "train/fact_plan.h"
#include "train/fact_pool.h"

static_assert((int)COMMONS_STRINGS_MAX <= (int)FACT_REF_COMMON, "numbers fit beside the mark");
static_assert((int)FACT_SHARED_BYTES_MAX < (int)FACT_REF_COMMON, "so do places in a pool");

enum { KNOWN = 64 };

/* What references became: most strings are named more than once. By their last bits; 0 is none. */
struct known {
    uint32_t from, to;
};

enum { WALK_SLACK = 8 };

struct walk {
    const struct fact *from;
    const unsigned char *at; /* the next byte to look at */
    unsigned char *to;       /* where what was looked at is written, with WALK_SLACK behind it */
    size_t bytes;            /* of that; without a copy, what it would be */
    int ref_bytes;
    bool tight_from, tight_to;
    uint64_t lost; /* what of numbers had no room */
    /* What a reference becomes. */
    uint32_t (*look)(struct walk *walk, uint32_t ref);
    struct fact_pool *pool; /* keep_ref's and share_ref's */
    struct known *known;    /* share_ref's */
    size_t measured;        /* measure_ref's: what the strings take, each as often as it is named */
};

/* All eight bytes, whatever is kept of them: what comes next goes over the rest. */
static inline void put(struct walk *walk, uint64_t value, int bytes) {
    layout_store(walk->to + walk->bytes, value, 8);
    walk->bytes += (size_t)bytes;
}

static inline void walk_same(struct walk *walk, size_t bytes) {
    if (bytes <= 8) {
        layout_store(walk->to + walk->bytes, layout_load(walk->at, (int)bytes), 8);
    } else {
        memcpy(walk->to + walk->bytes, walk->at, bytes);
    }
    walk->bytes += bytes;
    walk->at += bytes;
}

static inline void walk_ref(struct walk *walk) {
    uint32_t ref = (uint32_t)layout_load(walk->at, walk->ref_bytes);
    walk->at += walk->ref_bytes;
    put(walk, ref == 0 ? 0 : walk->look(walk, ref), walk->ref_bytes);
}

static inline void walk_number(struct walk *walk, const struct fact_step *step) {
    int from = walk->tight_from ? step->tight_bytes : step->bytes;
    int to = walk->tight_to ? step->tight_bytes : step->bytes;
    uint64_t value = layout_load(walk->at, from);
    walk->at += from;
    walk->lost |= fact_number_rest(value, to);
    put(walk, value, to);
}

static void walk_body(struct walk *walk, const struct fact_body *body);

/* Its length in bytes is known behind it. */
static void walk_list(struct walk *walk, const struct fact_body *of) {
    size_t count = fact_list_head(walk->at, walk->tight_from).count;
    size_t head = walk->bytes;
    walk->at += fact_list_head_bytes(walk->tight_from);
    walk->bytes += fact_list_head_bytes(walk->tight_to);
    size_t begin = walk->bytes;
    for (size_t i = 0; i < count; i++) {
        walk_body(walk, of);
    }
    fact_put_list_head(walk->to + head, walk->tight_to, count, walk->bytes - begin);
}

/* What lies between numbers, references and lists is the same in each form. */
static void walk_body(struct walk *walk, const struct fact_body *body) {
    size_t run = 0; /* its bytes, and how many are done, as the plan counts them */
    size_t done = 0;
    for (const struct fact_step *step = body->steps; step < body->steps + body->count; step++) {
        if (step->kind == FACT_STEP_TEXT || (step->kind == FACT_STEP_NUMBER && step->tight_bytes == step->bytes)) {
            continue;
        }
        size_t next = step->kind == FACT_STEP_NUMBER || step->kind == FACT_STEP_STRING ? step->at : run;
        if (next > done) {
            walk_same(walk, next - done);
        }
        switch ((enum fact_step_kind)step->kind) {
        case FACT_STEP_RUN: run = step->bytes, done = 0; break;
        case FACT_STEP_NUMBER: walk_number(walk, step), done = next + step->bytes; break;
        case FACT_STEP_STRING: walk_ref(walk), done = next + (size_t)walk->ref_bytes; break;
        case FACT_STEP_LIST: walk_list(walk, step->of), run = done = 0; break;
        case FACT_STEP_TEXT: break; /* in place */
        }
    }
    if (run > done) {
        walk_same(walk, run - done);
    }
}

static void visit_ref(struct walk *walk, const unsigned char *at) {
    uint32_t ref = (uint32_t)layout_load(at, walk->ref_bytes);
    if (ref != 0) {
        walk->look(walk, ref);
    }
}

/* The same without a copy, so only references are looked at; `bytes` are those of a fact that is not tight. */
static void visit_body(struct walk *walk, const struct fact_body *body) {
    const unsigned char *run = walk->at;
    for (const struct fact_step *step = body->steps; step < body->steps + body->count; step++) {
        if (step->kind == FACT_STEP_RUN) {
            run = walk->at;
            walk->at += walk->tight_from ? step->tight_bytes : step->bytes;
            walk->bytes += step->bytes;
        } else if (step->kind == FACT_STEP_STRING) {
            visit_ref(walk, run + (walk->tight_from ? step->tight_at : step->at));
        } else if (step->kind == FACT_STEP_LIST) {
            size_t count = fact_list_head(walk->at, walk->tight_from).count;
            walk->at += fact_list_head_bytes(walk->tight_from);
            walk->bytes += fact_list_head_bytes(false);
            for (size_t i = 0; i < count; i++) {
                visit_body(walk, step->of);
            }
        }
    }
}

/* Where the id begins, behind it the texts of registers and the body. */
static size_t rest_offset(const struct fact *fact) {
    return FACT_HEADER_BYTES + fact_source_bytes(fact);
}

static const struct fact_body *begin(struct walk *walk, const struct fact *fact) {
    walk->from = fact;
    walk->ref_bytes = (int)fact_ref_bytes(fact);
    walk->tight_from = fact_is_tight(fact);
    walk->at = fact_at(fact, rest_offset(fact));
    return fact_plan(fact_type(fact), walk->ref_bytes == FACT_WIDE_BYTES);
}

/* Goes through the rest of the fact, and writes it at `to`, where its beginning is. */
static void walk_rest(struct walk *walk, const struct fact *fact, unsigned char *to) {
    const struct fact_body *body = begin(walk, fact);
    walk->to = to;
    walk_same(walk, fact_byte(fact, FACT_AT_ID_BYTES));
    for (size_t i = 0; i < fact_text_count(fact); i++) {
        walk_ref(walk);
    }
    walk_body(walk, body);
    assert(walk->at == fact_at(fact, fact_pool_offset(fact)));
}

static void visit_rest(struct walk *walk, const struct fact *fact) {
    const struct fact_body *body = begin(walk, fact);
    walk->at += fact_byte(fact, FACT_AT_ID_BYTES);
    for (size_t i = 0; i < fact_text_count(fact); i++) {
        visit_ref(walk, walk->at);
        walk->at += walk->ref_bytes;
    }
    walk->bytes = (size_t)(walk->at - fact_at(fact, rest_offset(fact)));
    visit_body(walk, body);
    assert(walk->at == fact_at(fact, fact_pool_offset(fact)));
}

static uint32_t keep_ref(struct walk *walk, uint32_t ref) {
    return fact_pool_keep(walk->pool, fact_string(walk->from, ref));
}

/* ---- in */

/* As keep_ref. Not for fact_unshare: what fact_pack had forgotten is there once more. */
static uint32_t share_ref(struct walk *walk, uint32_t ref) {
    struct known *known = &walk->known[ref % KNOWN];
    if (known->from == ref) {
        return fact_pool_keep_again(walk->pool, known->to);
    }
    *known = (struct known){ref, fact_pool_keep(walk->pool, fact_string(walk->from, ref))};
    return known->to;
}

void fact_sharing_begin(struct fact_sharing *sharing, struct commons *commons, uint32_t owner) {
    fact_pool_begin(&sharing->pool, sharing->own, sizeof sharing->own, FACT_POOL_RECENT_FEW);
    fact_pool_share(&sharing->pool, commons, owner, &sharing->uses);
}

bool fact_sharing_end(struct fact_sharing *sharing, size_t body_bytes, unsigned source_ref) {
    unsigned char *fact = sharing->body;
    sharing->body_bytes = body_bytes;
    if (sharing->pool.is_full || fact_sharing_bytes(sharing) > FACT_SHARED_BYTES_MAX) {
        return false;
    }
    fact[FACT_AT_FLAGS] = (unsigned char)(FACT_FLAG_SHARED | (sharing->tight ? FACT_FLAG_TIGHT : 0));
    layout_store(fact + FACT_AT_BYTES, fact_sharing_bytes(sharing), 4);
    layout_store(fact + FACT_AT_POOL, body_bytes, 4);
    layout_store(fact + FACT_AT_SOURCE_BYTES, source_ref, 2);
    layout_store(fact + FACT_AT_LIVE, 0, 2);
    return true;
}

static bool share(struct fact_sharing *sharing, const struct fact *fact, struct commons *commons, uint32_t owner) {
    struct slice source = fact_source(fact);
    fact_sharing_begin(sharing, commons, owner);
    uint32_t common = fact_pool_find(&sharing->pool, source);
    size_t source_bytes = common != 0 ? 0 : source.len;
    memcpy(sharing->body, fact, FACT_HEADER_BYTES);
    memcpy(sharing->body + FACT_HEADER_BYTES, source.data, source_bytes);
    struct known known[KNOWN] = {{0, 0}};
    struct walk walk = {.look = share_ref, .pool = &sharing->pool, .known = known, .tight_to = sharing->tight};
    walk_rest(&walk, fact, sharing->body + FACT_HEADER_BYTES + source_bytes);
    return walk.lost == 0 && fact_sharing_end(sharing, FACT_HEADER_BYTES + source_bytes + walk.bytes,
                                              common != 0 ? common : (unsigned)source.len);
}

bool fact_share(struct fact_sharing *sharing, const struct fact *fact, struct commons *commons, uint32_t owner) {
    if (fact_pool_offset(fact) > sizeof sharing->body - WALK_SLACK || fact_ref_bytes(fact) != FACT_NARROW_BYTES) {
        return false;
    }
    sharing->tight = true;
    if (share(sharing, fact, commons, owner)) {
        return true;
    }
    sharing->tight = false;
    return share(sharing, fact, commons, owner);
}

void fact_sharing_put(const struct fact_sharing *sharing, unsigned char *to) {
    memcpy(to, sharing->body, sharing->body_bytes);
    memcpy(to + sharing->body_bytes, sharing->own, sharing->pool.bytes);
    for (size_t i = 0; i < sharing->uses.count; i++) {
        commons_use(sharing->pool.commons, sharing->uses.numbers[i]);
    }
}

static uint32_t unuse_ref(struct walk *walk, uint32_t ref) {
    if ((ref & FACT_REF_COMMON) != 0) {
        commons_unuse(fact_commons(walk->from), ref & ~(uint32_t)FACT_REF_COMMON);
    }
    return 0;
}

void fact_unuse(const struct fact *fact) {
    struct walk walk = {.look = unuse_ref};
    if (fact_commons(fact) == NULL) {
        return;
    }
    visit_rest(&walk, fact);
    if ((fact_source_ref(fact) & FACT_REF_COMMON) != 0) {
        commons_unuse(fact_commons(fact), fact_source_ref(fact) & ~(unsigned)FACT_REF_COMMON);
    }
}

/* ---- out */

static uint32_t measure_ref(struct walk *walk, uint32_t ref) {
    walk->measured += FACT_STRING_HEAD_BYTES_MAX + fact_string(walk->from, ref).len;
    return 0;
}

static void put_own_header(unsigned char *to, const struct fact *fact, size_t bytes, size_t pool) {
    memcpy(to, fact, FACT_HEADER_BYTES);
    to[FACT_AT_FLAGS] = (unsigned char)(to[FACT_AT_FLAGS] & ~(FACT_FLAG_SHARED | FACT_FLAG_TIGHT));
    layout_store(to + FACT_AT_BYTES, bytes, 4);
    layout_store(to + FACT_AT_POOL, pool, 4);
    layout_store(to + FACT_AT_SOURCE_BYTES, fact_source(fact).len, 2);
    layout_store(to + FACT_AT_LIVE, 0, 2);
}

/* Strings are met in the order in which fact_pack met them, so each stands where that put it. */
void fact_unshare(const struct fact *fact, struct buffer *out) {
    struct slice source = fact_source(fact);
    struct walk measure = {.look = measure_ref, .measured = 1};
    visit_rest(&measure, fact);
    size_t at_rest = FACT_HEADER_BYTES + source.len;
    size_t at_pool = at_rest + measure.bytes;
    unsigned char *to = (unsigned char *)buffer_reserve(out, at_pool + WALK_SLACK + measure.measured);
    struct fact_pool pool;
    struct walk walk = {.look = keep_ref, .pool = &pool};
    memcpy(to + FACT_HEADER_BYTES, source.data, source.len);
    fact_pool_begin(&pool, to + at_pool + WALK_SLACK, measure.measured, FACT_POOL_RECENT);
    walk_rest(&walk, fact, to + at_rest);
    memmove(to + at_pool, pool.at, pool.bytes);
    put_own_header(to, fact, at_pool + pool.bytes, at_pool);
    out->len += at_pool + pool.bytes;
}
