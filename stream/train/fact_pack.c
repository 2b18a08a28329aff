/* Packing: one pass over the event along the rows of its type, into room for the largest fact that a message of its
 * length can become; a long one is measured before. The same event with the same origin becomes the same bytes on every
 * machine. */
#include <assert.h>
#include <string.h>

#include "event/rows.h"
#include "event/shape.h"
#include "event/shape_number.h"
#include "train/fact.h"
#include "train/fact_number.h"
#include "train/fact_share.h"
#include "train/text.h"

/* A product of 255 bytes or a description of 512 is the longest that is normalised (contract 2.7, 2.10). */
enum { KEY_BYTES_MAX = 1024 };

/* What the body needs at most. */
struct extent {
    size_t fixed; /* bytes without references */
    size_t refs;
    size_t pool;
};

enum { PACKER_SLACK = 8 };

struct packer {
    unsigned char *at,
        *end; /* the next byte of the body, and where its room ends, PACKER_SLACK before its memory does */
    int ref_bytes;
    struct fact_pool *pool;
    bool tight;
    uint64_t lost; /* what numbers have beyond their bytes; not 0: this is no form for the event */
};

/* ---- measuring */

/* Each string is counted as if it stood for itself; what repeats makes the fact shorter than measured, never longer. */
static void need_string(struct extent *extent, struct slice text) {
    extent->refs++;
    extent->pool += text.data == NULL ? 0 : layout_string_head(text.len) + text.len;
}

static void need_text(struct extent *extent, const struct shape_member *member, struct slice text) {
    if (member->width > 0) {
        extent->fixed += member->width;
        return;
    }
    need_string(extent, text);
    if (member->keep == SHAPE_KEYED) {
        need_string(extent, text); /* normalised, which is no longer */
    }
}

static void need_members(struct extent *extent, const struct shape *shape, const void *data);

static void need_list(struct extent *extent, const struct shape *shape, const struct event_list *list) {
    extent->fixed += FACT_LIST_HEAD_BYTES;
    for (size_t i = 0; i < list->count; i++) {
        need_members(extent, shape, shape_from(list->items, i * shape->bytes));
    }
}

static void need_members(struct extent *extent, const struct shape *shape, const void *data) {
    for (size_t i = 0; i < shape->count; i++) {
        const struct shape_member *member = &shape->members[i];
        const void *from = shape_from(data, member->offset);
        if (member->keep == SHAPE_DROPPED) {
            continue;
        }
        if (shape_is_text(member)) {
            need_text(extent, member, *(const struct slice *)from);
        } else if (member->kind == SHAPE_OBJECT) {
            need_members(extent, member->of, from);
        } else if (member->kind == SHAPE_LIST) {
            need_list(extent, member->of, from);
        } else {
            extent->fixed += member->width;
        }
    }
}

/* What a message of so many bytes becomes at most, for all types: in the body each member takes less than in JSON, but
 * for what is absent; a string stands in the pool up to three times (as a register's, itself, normalised), and its
 * quotes take as much as its length. */
static struct extent bound(const struct event *event) {
    enum { ABSENT_BYTES_MAX = 512 };
    return (struct extent){.fixed = event->message_bytes + ABSENT_BYTES_MAX,
                           .refs = event->registers.count,
                           .pool = 3 * event->message_bytes + 64};
}

static struct extent measure(const struct event *event) {
    const struct event_registers *registers = &event->registers;
    struct extent extent = bound(event);
    if (extent.pool <= FACT_NARROW_POOL_MAX) {
        return extent;
    }
    extent = (struct extent){.pool = 1};
    for (size_t i = 0; i < registers->count; i++) {
        need_string(&extent, registers_key(registers, i).text);
    }
    need_members(&extent, &EVENT_TYPES[event->type].data, &event->data);
    return extent;
}

/* ---- writing */

static inline unsigned char *take_room(struct packer *packer, size_t bytes) {
    unsigned char *at = packer->at;
    assert((size_t)(packer->end - at) >= bytes);
    packer->at += bytes;
    return at;
}

/* All eight bytes are written, whatever is kept of them: what comes next goes over the rest. */
static inline void put_number(struct packer *packer, uint64_t value, int bytes) {
    packer->lost |= fact_number_rest(value, bytes);
    layout_store(take_room(packer, (size_t)bytes), value, 8);
}

/* Exactly `bytes` bytes, filled up with zeros. */
static inline void put_inline(struct packer *packer, struct slice text, size_t bytes) {
    unsigned char *at = take_room(packer, bytes);
    assert(text.len <= bytes);
    if (text.len < bytes) {
        memset(at + text.len, 0, bytes - text.len);
    }
    if (text.len > 0) {
        memcpy(at, text.data, text.len);
    }
}

static void put_string(struct packer *packer, struct slice text) {
    put_number(packer, fact_pool_keep(packer->pool, text), packer->ref_bytes);
}

/* What is compared often is normalised once, here; and of what is common only the first time. */
static uint32_t keep_key(struct fact_pool *pool, struct slice text, uint32_t ref) {
    char key[KEY_BYTES_MAX];
    uint32_t known = fact_pool_key(pool, ref);
    if (known != 0) {
        return known;
    }
    assert(text.len <= sizeof key);
    uint32_t made = fact_pool_keep(pool, (struct slice){key, text_normalise(text, key)});
    fact_pool_set_key(pool, ref, made);
    return made;
}

static void put_keyed(struct packer *packer, struct slice text) {
    uint32_t ref = fact_pool_keep(packer->pool, text);
    put_number(packer, ref, packer->ref_bytes);
    put_number(packer, keep_key(packer->pool, text, ref), packer->ref_bytes);
}

static inline void put_text(struct packer *packer, const struct shape_member *member, struct slice text) {
    if (member->width > 0) {
        put_inline(packer, text, member->width);
        return;
    }
    if (member->keep == SHAPE_KEYED) {
        put_keyed(packer, text);
    } else {
        put_string(packer, text);
    }
}

static void put_members(struct packer *packer, const struct shape *shape, const void *data);
static void put_list(struct packer *packer, const struct shape *shape, const struct event_list *list);

/* `tight`: the packer's, said apart so that the compiler may know it. */
static inline __attribute__((always_inline)) void put_member(struct packer *packer, const struct shape_member *member,
                                                             bool tight, const void *data) {
    const void *from = shape_from(data, member->offset);
    if (member->keep == SHAPE_DROPPED) {
        return;
    }
    if (shape_is_text(member)) {
        put_text(packer, member, *(const struct slice *)from);
    } else if (member->kind == SHAPE_OBJECT) {
        put_members(packer, member->of, from);
    } else if (member->kind == SHAPE_LIST) {
        put_list(packer, member->of, from);
    } else {
        put_number(packer, shape_number(member, data), fact_number_bytes(member, tight));
    }
}

static void put_members(struct packer *packer, const struct shape *shape, const void *data) {
    for (size_t i = 0; i < shape->count; i++) {
        put_member(packer, &shape->members[i], packer->tight, data);
    }
}

/* As put_members, of rows that the compiler sees. */
static inline __attribute__((always_inline)) void put_rows(struct packer *packer, const struct shape_member *rows,
                                                           size_t count, bool tight, const void *data) {
#pragma GCC unroll 16
    for (size_t i = 0; i < count; i++) {
        put_member(packer, &rows[i], tight, data);
    }
}

#define PUT_ROWS(packer, rows, data)                                                                                   \
    ((packer)->tight ? put_rows((packer), (rows), sizeof(rows) / sizeof(rows)[0], true, (data))                        \
                     : put_rows((packer), (rows), sizeof(rows) / sizeof(rows)[0], false, (data)))

static void put_goods(struct packer *packer, const struct event_list *list) {
    const struct event_goods *goods = list->items;
    for (size_t i = 0; i < list->count; i++) {
        PUT_ROWS(packer, GOODS_MEMBERS, &goods[i]);
    }
}

static void put_containers(struct packer *packer, const struct event_list *list) {
    const struct event_container *containers = list->items;
    for (size_t i = 0; i < list->count; i++) {
        PUT_ROWS(packer, CONTAINER_MEMBERS, &containers[i]);
    }
}

static void put_elements(struct packer *packer, const struct shape *shape, const struct event_list *list) {
    if (shape == &SHAPE_OF_GOODS) {
        put_goods(packer, list);
    } else if (shape == &SHAPE_OF_CONTAINERS) {
        put_containers(packer, list);
    } else {
        for (size_t i = 0; i < list->count; i++) {
            put_members(packer, shape, shape_from(list->items, i * shape->bytes));
        }
    }
}

/* Its length is known only behind it, so its place is left and filled in then. */
static void put_list(struct packer *packer, const struct shape *shape, const struct event_list *list) {
    unsigned char *head = take_room(packer, fact_list_head_bytes(packer->tight));
    unsigned char *begin = packer->at;
    put_elements(packer, shape, list);
    fact_put_list_head(head, packer->tight, list->count, (size_t)(packer->at - begin));
}

/* `source_bytes`: of the source, as it stands in the fact. */
static void put_header(struct packer *packer, const struct event *event, uint64_t origin, size_t source_bytes) {
    unsigned char *fact = take_room(packer, FACT_HEADER_BYTES);
    memset(fact, 0, FACT_HEADER_BYTES);
    assert(event->message_bytes <= UINT32_MAX && event->id.len <= UINT8_MAX && event->source.len <= UINT16_MAX);
    layout_store(fact + FACT_AT_MESSAGE_BYTES, event->message_bytes, 4);
    fact[FACT_AT_TYPE] = (unsigned char)event->type;
    fact[FACT_AT_FLAGS] = packer->ref_bytes == FACT_WIDE_BYTES ? FACT_FLAG_WIDE : 0;
    fact[FACT_AT_KIND] = event->registers.kind;
    fact[FACT_AT_SECOND] = event->registers.second;
    layout_store(fact + FACT_AT_TEXTS, event->registers.count, 2);
    layout_store(fact + FACT_AT_SOURCE_BYTES, source_bytes, 2);
    fact[FACT_AT_ID_BYTES] = (unsigned char)event->id.len;
    layout_store(fact + FACT_AT_TIME, (uint64_t)event->time_ms, 8);
    layout_store(fact + FACT_AT_HASH_HIGH, event->hash.high, 8);
    layout_store(fact + FACT_AT_HASH_LOW, event->hash.low, 8);
    layout_store(fact + FACT_AT_ORIGIN, origin, 8);
    put_inline(packer, (struct slice){event->source.data, source_bytes}, source_bytes);
    put_inline(packer, event->id, event->id.len);
    for (size_t i = 0; i < event->registers.count; i++) {
        put_string(packer, registers_key(&event->registers, i).text);
    }
}

static void put_body(struct packer *packer, const struct event *event) {
    put_members(packer, &EVENT_TYPES[event->type].data, &event->data);
}

/* What stands in front of the pool takes at most so many bytes. */
static size_t body_bytes_max(const struct event *event, const struct extent *extent, int ref_bytes) {
    return FACT_HEADER_BYTES + event->source.len + event->id.len + extent->fixed + extent->refs * (size_t)ref_bytes;
}

size_t fact_pack(const struct event *event, uint64_t origin, struct buffer *out) {
    /* References are as short as any fact of the length allows: most of a manifest's bytes are references. */
    struct extent extent = measure(event);
    int ref_bytes = extent.pool <= FACT_NARROW_POOL_MAX ? FACT_NARROW_BYTES : FACT_WIDE_BYTES;
    /* The pool is written behind the longest body, and moves up to the one that there is. */
    size_t pool_at = body_bytes_max(event, &extent, ref_bytes) + PACKER_SLACK;
    assert(pool_at + extent.pool <= UINT32_MAX && event->registers.count > 0);
    unsigned char *fact = (unsigned char *)buffer_reserve(out, pool_at + extent.pool);
    struct fact_pool pool;
    struct packer packer = {fact, fact + pool_at - PACKER_SLACK, ref_bytes, &pool, false, 0};
    fact_pool_begin(&pool, fact + pool_at, extent.pool, FACT_POOL_RECENT);
    put_header(&packer, event, origin, event->source.len);
    put_body(&packer, event);
    assert(!pool.is_full && packer.lost == 0);
    memmove(packer.at, pool.at, pool.bytes);
    size_t body_bytes = (size_t)(packer.at - fact);
    size_t bytes = body_bytes + pool.bytes;
    layout_store(fact + FACT_AT_BYTES, bytes, 4);
    layout_store(fact + FACT_AT_POOL, body_bytes, 4);
    out->len += bytes;
    return bytes;
}

static bool share_event(struct fact_sharing *sharing, const struct event *event, uint64_t origin,
                        struct commons *commons, uint32_t owner) {
    struct extent extent = bound(event);
    size_t body_max = sizeof sharing->body - PACKER_SLACK;
    if (body_bytes_max(event, &extent, FACT_NARROW_BYTES) > body_max) {
        return false;
    }
    struct packer packer = {sharing->body,  sharing->body + body_max, FACT_NARROW_BYTES,
                            &sharing->pool, sharing->tight,           0};
    fact_sharing_begin(sharing, commons, owner);
    uint32_t common = fact_pool_find(&sharing->pool, event->source);
    put_header(&packer, event, origin, common != 0 ? 0 : event->source.len);
    put_body(&packer, event);
    return packer.lost == 0 && fact_sharing_end(sharing, (size_t)(packer.at - sharing->body),
                                                common != 0 ? common : (unsigned)event->source.len);
}

bool fact_share_event(struct fact_sharing *sharing, const struct event *event, uint64_t origin, struct commons *commons,
                      uint32_t owner) {
    sharing->tight = true;
    if (share_event(sharing, event, origin, commons, owner)) {
        return true;
    }
    sharing->tight = false;
    return share_event(sharing, event, origin, commons, owner);
}
