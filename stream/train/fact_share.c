/* All ways are the same walk: what is no reference is copied as it is, and each reference is looked at. Lists say how
 * many elements follow, and the plan of the fact's type says where references stand in them. */
#include "train/fact_share.h"

#include <assert.h>

#include "train/fact_plan.h"
#include "train/fact_pool.h"

static_assert((int)COMMONS_STRINGS_MAX <= (int)FACT_REF_COMMON, "numbers fit beside the mark");
static_assert((int)FACT_SHARED_BYTES_MAX < (int)FACT_REF_COMMON, "so do places in a pool");

enum { KNOWN = 64 };

/* What references became: most strings are named more than once. By their last bits; 0 is none. */
struct known {
    uint32_t from, to;
};

struct walk {
    const struct fact *from;
    unsigned char *at; /* in a copy, the next byte to look at */
    int ref_bytes;
    void (*look)(struct walk *walk, unsigned char *at, uint32_t ref); /* `at`: where the reference stands */
    struct fact_pool *pool;                                           /* keep_ref's and share_ref's */
    struct known *known;                                              /* share_ref's */
    size_t measured; /* measure_ref's: what the strings take, each as often as it is named */
};

static void walk_ref(struct walk *walk, unsigned char *at) {
    uint32_t ref = (uint32_t)layout_load(at, walk->ref_bytes);
    if (ref != 0) {
        walk->look(walk, at, ref);
    }
}

static void walk_body(struct walk *walk, const struct fact_body *body);

static void walk_list(struct walk *walk, const struct fact_body *of) {
    size_t count = (size_t)layout_load(walk->at, FACT_LIST_COUNT_BYTES);
    walk->at += FACT_LIST_HEAD_BYTES;
    for (size_t i = 0; i < count; i++) {
        walk_body(walk, of);
    }
}

static void walk_body(struct walk *walk, const struct fact_body *body) {
    unsigned char *run = walk->at;
    for (const struct fact_step *step = body->steps; step < body->steps + body->count; step++) {
        switch ((enum fact_step_kind)step->kind) {
        case FACT_STEP_RUN:
            run = walk->at;
            walk->at += step->bytes;
            break;
        case FACT_STEP_STRING: walk_ref(walk, run + step->at); break;
        case FACT_STEP_LIST: walk_list(walk, step->of); break;
        case FACT_STEP_NUMBER:
        case FACT_STEP_TEXT: break; /* in place */
        }
    }
}

/* Where the id begins, behind it the texts of registers and the body. */
static size_t rest_offset(const struct fact *fact) {
    return FACT_HEADER_BYTES + fact_source_bytes(fact);
}

static size_t rest_bytes(const struct fact *fact) {
    return fact_pool_offset(fact) - rest_offset(fact);
}

/* Goes through the rest of the fact as it stands at `rest`: there, or in a copy. */
static void walk_rest(struct walk *walk, const struct fact *fact, unsigned char *rest) {
    walk->from = fact;
    walk->ref_bytes = (int)fact_ref_bytes(fact);
    walk->at = rest + fact_byte(fact, FACT_AT_ID_BYTES);
    for (size_t i = 0; i < fact_text_count(fact); i++, walk->at += walk->ref_bytes) {
        walk_ref(walk, walk->at);
    }
    walk_body(walk, fact_plan(fact_type(fact), walk->ref_bytes == FACT_WIDE_BYTES));
    assert(walk->at == rest + rest_bytes(fact));
}

/* Who walks through the fact itself writes nothing. */
static void walk_there(struct walk *walk, const struct fact *fact) {
    walk_rest(walk, fact, (unsigned char *)fact_at(fact, rest_offset(fact)));
}

static void keep_ref(struct walk *walk, unsigned char *at, uint32_t ref) {
    layout_store(at, fact_pool_keep(walk->pool, fact_string(walk->from, ref)), walk->ref_bytes);
}

/* ---- in */

/* As keep_ref. Not for fact_unshare: what fact_pack had forgotten is there once more. */
static void share_ref(struct walk *walk, unsigned char *at, uint32_t ref) {
    struct known *known = &walk->known[ref % KNOWN];
    if (known->from == ref) {
        layout_store(at, fact_pool_keep_again(walk->pool, known->to), FACT_NARROW_BYTES);
    } else {
        *known = (struct known){ref, fact_pool_keep(walk->pool, fact_string(walk->from, ref))};
        layout_store(at, known->to, FACT_NARROW_BYTES);
    }
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
    fact[FACT_AT_FLAGS] = FACT_FLAG_SHARED;
    layout_store(fact + FACT_AT_BYTES, fact_sharing_bytes(sharing), 4);
    layout_store(fact + FACT_AT_POOL, body_bytes, 4);
    layout_store(fact + FACT_AT_SOURCE_BYTES, source_ref, 2);
    layout_store(fact + FACT_AT_LIVE, 0, 2);
    return true;
}

bool fact_share(struct fact_sharing *sharing, const struct fact *fact, struct commons *commons, uint32_t owner) {
    struct slice source = fact_source(fact);
    if (fact_pool_offset(fact) > FACT_SHARED_BYTES_MAX || fact_ref_bytes(fact) != FACT_NARROW_BYTES) {
        return false;
    }
    fact_sharing_begin(sharing, commons, owner);
    uint32_t common = fact_pool_find(&sharing->pool, source);
    size_t source_bytes = common != 0 ? 0 : source.len;
    unsigned char *rest = sharing->body + FACT_HEADER_BYTES + source_bytes;
    memcpy(sharing->body, fact, FACT_HEADER_BYTES);
    memcpy(sharing->body + FACT_HEADER_BYTES, source.data, source_bytes);
    memcpy(rest, fact_at(fact, rest_offset(fact)), rest_bytes(fact));
    struct known known[KNOWN] = {{0, 0}};
    struct walk walk = {.look = share_ref, .pool = &sharing->pool, .known = known};
    walk_rest(&walk, fact, rest);
    return fact_sharing_end(sharing, FACT_HEADER_BYTES + source_bytes + rest_bytes(fact),
                            common != 0 ? common : (unsigned)source.len);
}

void fact_sharing_put(const struct fact_sharing *sharing, unsigned char *to) {
    memcpy(to, sharing->body, sharing->body_bytes);
    memcpy(to + sharing->body_bytes, sharing->own, sharing->pool.bytes);
    for (size_t i = 0; i < sharing->uses.count; i++) {
        commons_use(sharing->pool.commons, sharing->uses.numbers[i]);
    }
}

static void unuse_ref(struct walk *walk, unsigned char *at, uint32_t ref) {
    (void)at;
    if ((ref & FACT_REF_COMMON) != 0) {
        commons_unuse(fact_commons(walk->from), ref & ~(uint32_t)FACT_REF_COMMON);
    }
}

void fact_unuse(const struct fact *fact) {
    struct walk walk = {.look = unuse_ref};
    if (fact_commons(fact) == NULL) {
        return;
    }
    walk_there(&walk, fact);
    if ((fact_source_ref(fact) & FACT_REF_COMMON) != 0) {
        commons_unuse(fact_commons(fact), fact_source_ref(fact) & ~(unsigned)FACT_REF_COMMON);
    }
}

/* ---- out */

static void measure_ref(struct walk *walk, unsigned char *at, uint32_t ref) {
    (void)at;
    walk->measured += FACT_STRING_HEAD_BYTES_MAX + fact_string(walk->from, ref).len;
}

static size_t pool_bytes_max(const struct fact *fact) {
    struct walk walk = {.look = measure_ref, .measured = 1};
    walk_there(&walk, fact);
    return walk.measured;
}

static void put_own_header(unsigned char *to, const struct fact *fact, size_t bytes, size_t pool) {
    memcpy(to, fact, FACT_HEADER_BYTES);
    to[FACT_AT_FLAGS] = (unsigned char)(to[FACT_AT_FLAGS] & ~FACT_FLAG_SHARED);
    layout_store(to + FACT_AT_BYTES, bytes, 4);
    layout_store(to + FACT_AT_POOL, pool, 4);
    layout_store(to + FACT_AT_SOURCE_BYTES, fact_source(fact).len, 2);
    layout_store(to + FACT_AT_LIVE, 0, 2);
}

/* Strings are met in the order in which fact_pack met them, so each stands where that put it. */
void fact_unshare(const struct fact *fact, struct buffer *out) {
    struct slice source = fact_source(fact);
    size_t at_rest = FACT_HEADER_BYTES + source.len;
    size_t at_pool = at_rest + rest_bytes(fact);
    size_t pool_max = pool_bytes_max(fact);
    unsigned char *to = (unsigned char *)buffer_reserve(out, at_pool + pool_max);
    struct fact_pool pool;
    struct walk walk = {.look = keep_ref, .pool = &pool};
    memcpy(to + FACT_HEADER_BYTES, source.data, source.len);
    memcpy(to + at_rest, fact_at(fact, rest_offset(fact)), rest_bytes(fact));
    fact_pool_begin(&pool, to + at_pool, pool_max, FACT_POOL_RECENT);
    walk_rest(&walk, fact, to + at_rest);
    put_own_header(to, fact, at_pool + pool.bytes, at_pool);
    out->len += at_pool + pool.bytes;
}
