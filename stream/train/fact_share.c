/* All ways are the same walk: what is no reference is copied as it is, and each reference is looked at. Lists say how
 * many elements follow, and the rows of the fact's type say what these are. */
#include "train/fact_share.h"

#include <assert.h>

#include "event/shape.h"
#include "train/fact_pool.h"

static_assert((int)COMMONS_STRINGS_MAX <= (int)FACT_REF_COMMON, "numbers fit beside the mark");
static_assert((int)FACT_SHARED_BYTES_MAX < (int)FACT_REF_COMMON, "so do places in a pool");

struct walk {
    const struct fact *from;
    unsigned char *at; /* in a copy, the next byte to look at */
    int ref_bytes;
    void (*look)(struct walk *walk, uint32_t ref);
    struct fact_sharing *sharing; /* share_ref's, which sets `strange` for a reference to what is not there */
    bool strange;
    struct fact_pool *pool; /* unshare_ref's */
    size_t measured;        /* measure_ref's: what the strings take, each as often as it is named */
};

static void walk_ref(struct walk *walk) {
    uint32_t ref = (uint32_t)layout_load(walk->at, walk->ref_bytes);
    if (ref != 0) {
        walk->look(walk, ref);
    }
    walk->at += walk->ref_bytes;
}

static void walk_members(struct walk *walk, const struct shape *shape);

static void walk_list(struct walk *walk, const struct shape *shape) {
    size_t count = (size_t)layout_load(walk->at, FACT_LIST_COUNT_BYTES);
    walk->at += FACT_LIST_HEAD_BYTES;
    for (size_t i = 0; i < count; i++) {
        walk_members(walk, shape);
    }
}

static void walk_members(struct walk *walk, const struct shape *shape) {
    for (size_t i = 0; i < shape->count; i++) {
        const struct shape_member *member = &shape->members[i];
        if (member->keep == SHAPE_DROPPED) {
            continue;
        }
        if (member->kind == SHAPE_OBJECT) {
            walk_members(walk, member->of);
        } else if (member->kind == SHAPE_LIST) {
            walk_list(walk, member->of);
        } else if (member->width > 0) {
            walk->at += member->width;
        } else {
            walk_ref(walk);
            if (member->keep == SHAPE_KEYED) {
                walk_ref(walk);
            }
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
    for (size_t i = 0; i < fact_text_count(fact); i++) {
        walk_ref(walk);
    }
    walk_members(walk, &EVENT_TYPES[fact_type(fact)].data);
    assert(walk->at == rest + rest_bytes(fact));
}

/* Who walks through the fact itself writes nothing. */
static void walk_there(struct walk *walk, const struct fact *fact) {
    walk_rest(walk, fact, (unsigned char *)fact_at(fact, rest_offset(fact)));
}

/* ---- in */

static void share_ref(struct walk *walk, uint32_t ref) {
    struct fact_sharing *sharing = walk->sharing;
    unsigned string = ref < FACT_SHARING_POOL_MAX ? sharing->map[ref] : 0;
    if (string == 0) {
        walk->strange = true;
        return;
    }
    sharing->strings[string - 1].uses++;
    layout_store(walk->at, sharing->strings[string - 1].ref, FACT_NARROW_BYTES);
}

static uint32_t find(struct commons *commons, struct slice text, uint32_t owner) {
    return commons == NULL ? COMMONS_NONE : commons_find(commons, text, owner);
}

/* Finds what each string of the pool becomes; those that are not common go to `own`, whose length is returned, 0 when
 * there are too many. The bytes may be from outside, and what lies between the strings that are named may be anything:
 * so it ends where they make no sense. */
static size_t share_pool(struct fact_sharing *sharing, struct slice pool, struct commons *commons, uint32_t owner,
                         unsigned char *own) {
    const unsigned char *bytes = (const unsigned char *)pool.data;
    size_t own_bytes = 1;
    size_t end;
    memset(sharing->map, 0, pool.len * sizeof sharing->map[0]);
    sharing->string_count = 0;
    own[0] = 0;
    for (size_t at = 1; at < pool.len; at = end) {
        if (bytes[at] > FACT_SHORT_STRING_MAX && at + 1 == pool.len) {
            break;
        }
        struct slice text = fact_string_at(bytes + at);
        end = (size_t)(text.data - pool.data) + text.len;
        if (end > pool.len || sharing->string_count == FACT_SHARING_STRINGS_MAX) {
            return end > pool.len ? own_bytes : 0;
        }
        uint32_t number = find(commons, text, owner);
        if (number == COMMONS_NONE) {
            memcpy(own + own_bytes, bytes + at, end - at);
        }
        sharing->strings[sharing->string_count].ref =
            (uint16_t)(number == COMMONS_NONE ? own_bytes : number | FACT_REF_COMMON);
        sharing->strings[sharing->string_count].uses = 0;
        own_bytes += number == COMMONS_NONE ? end - at : 0;
        sharing->map[at] = (uint16_t)++sharing->string_count;
    }
    return own_bytes;
}

static void put_shared_header(unsigned char *to, const struct fact *fact, unsigned source_ref, size_t bytes,
                              size_t pool) {
    memcpy(to, fact, FACT_HEADER_BYTES);
    to[FACT_AT_FLAGS] = FACT_FLAG_SHARED;
    layout_store(to + FACT_AT_BYTES, bytes, 4);
    layout_store(to + FACT_AT_POOL, pool, 4);
    layout_store(to + FACT_AT_SOURCE_BYTES, source_ref, 2);
    layout_store(to + FACT_AT_LIVE, 0, 2);
}

bool fact_share(struct fact_sharing *sharing, const struct fact *fact, struct commons *commons, uint32_t owner) {
    struct slice pool = {(const char *)fact_at(fact, fact_pool_offset(fact)),
                         fact_bytes(fact) - fact_pool_offset(fact)};
    struct slice source = fact_source(fact);
    if (pool.len > FACT_SHARING_POOL_MAX || fact_pool_offset(fact) + pool.len > FACT_SHARED_BYTES_MAX ||
        fact_ref_bytes(fact) != FACT_NARROW_BYTES) {
        return false;
    }
    uint32_t number = find(commons, source, owner);
    size_t source_bytes = number == COMMONS_NONE ? source.len : 0;
    unsigned char *rest = sharing->fact + FACT_HEADER_BYTES + source_bytes;
    size_t own_bytes = share_pool(sharing, pool, commons, owner, rest + rest_bytes(fact));
    if (own_bytes == 0 || sharing->string_count == FACT_SHARING_STRINGS_MAX) {
        return false;
    }
    struct walk walk = {.look = share_ref, .sharing = sharing};
    memcpy(sharing->fact + FACT_HEADER_BYTES, source.data, source_bytes);
    memcpy(rest, fact_at(fact, rest_offset(fact)), rest_bytes(fact));
    walk_rest(&walk, fact, rest);
    size_t at_pool = FACT_HEADER_BYTES + source_bytes + rest_bytes(fact);
    sharing->bytes = at_pool + own_bytes;
    put_shared_header(sharing->fact, fact, number == COMMONS_NONE ? (unsigned)source.len : number | FACT_REF_COMMON,
                      sharing->bytes, at_pool);
    return !walk.strange;
}

void fact_share_end(const struct fact_sharing *sharing, struct commons *commons, unsigned char *to) {
    memcpy(to, sharing->fact, sharing->bytes);
    for (size_t i = 0; i < sharing->string_count; i++) {
        if ((sharing->strings[i].ref & FACT_REF_COMMON) != 0) {
            commons_use(commons, sharing->strings[i].ref & ~(uint32_t)FACT_REF_COMMON, sharing->strings[i].uses);
        }
    }
    unsigned source = (unsigned)layout_load(to + FACT_AT_SOURCE_BYTES, 2);
    if ((source & FACT_REF_COMMON) != 0) {
        commons_use(commons, source & ~(unsigned)FACT_REF_COMMON, 1);
    }
}

static void unuse_ref(struct walk *walk, uint32_t ref) {
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

static void measure_ref(struct walk *walk, uint32_t ref) {
    walk->measured += FACT_STRING_HEAD_BYTES_MAX + fact_string(walk->from, ref).len;
}

static size_t pool_bytes_max(const struct fact *fact) {
    struct walk walk = {.look = measure_ref, .measured = 1};
    walk_there(&walk, fact);
    return walk.measured;
}

static void unshare_ref(struct walk *walk, uint32_t ref) {
    layout_store(walk->at, fact_pool_keep(walk->pool, fact_string(walk->from, ref)), walk->ref_bytes);
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
    struct walk walk = {.look = unshare_ref, .pool = &pool};
    memcpy(to + FACT_HEADER_BYTES, source.data, source.len);
    memcpy(to + at_rest, fact_at(fact, rest_offset(fact)), rest_bytes(fact));
    fact_pool_begin(&pool, to + at_pool, pool_max);
    walk_rest(&walk, fact, to + at_rest);
    put_own_header(to, fact, at_pool + pool.bytes, at_pool);
    out->len += at_pool + pool.bytes;
}
