/* Packing: one pass over the event, into room for the largest fact that it can become. */
#include <assert.h>
#include <string.h>

#include "base/hash.h"
#include "core/fact.h"
#include "core/fact_layout.h"
#include "core/register.h"
#include "core/text.h"

enum { RECENT = 256 };

/* What the body needs at most. */
struct extent {
    size_t fixed; /* bytes without references */
    size_t refs;
    size_t pool;
};

struct packer {
    unsigned char *fact;
    unsigned char *at; /* the next byte of the body */
    unsigned char *pool;
    size_t pool_bytes;
    int ref_bytes;
    /* The last string of each hash, as a reference: so most strings that repeat stand once, in constant time whatever
     * they are. Not seeded: the same event must always become the same bytes, and an aimed collision only costs space.
     */
    uint32_t recent[RECENT];
};

static void need_string(struct extent *extent, struct slice text) {
    extent->refs++;
    extent->pool += text.data == NULL ? 0 : 1 + text.len;
}

static void need_goods(struct extent *extent, const struct event_goods *goods) {
    extent->fixed += FACT_GOODS_FIXED;
    need_string(extent, goods->hs);
    need_string(extent, goods->description);
    need_string(extent, goods->description); /* normalised, which is no longer */
}

static void need_container(struct extent *extent, const struct event_container *container) {
    extent->fixed += FACT_CONTAINER_FIXED;
    need_string(extent, container->seal);
    need_string(extent, container->wagon);
    for (size_t i = 0; i < container->goods_count; i++) {
        need_goods(extent, &container->goods[i]);
    }
}

static const struct event_party *domestic_party(const struct event_transmitted *data) {
    return data->direction == DIRECTION_EXIT ? &data->consignor : &data->consignee;
}

static void need_transmitted(struct extent *extent, const struct event_transmitted *data) {
    const struct event_party *party = domestic_party(data);
    extent->fixed += FACT_MANIFEST_FIXED;
    need_string(extent, data->waybill);
    need_string(extent, data->contract);
    need_string(extent, data->product);
    need_string(extent, data->product);
    need_string(extent, party->code);
    need_string(extent, party->name);
    need_string(extent, party->aeo);
    for (size_t i = 0; i < data->container_count; i++) {
        need_container(extent, &data->containers[i]);
    }
}

static void need_composed(struct extent *extent, const struct event_composed *data) {
    for (size_t i = 0; i < data->wagon_count; i++) {
        need_string(extent, data->wagons[i].wagon);
        extent->fixed += FACT_WAGON_FIXED + data->wagons[i].slot_count * FACT_SLOT_FIXED;
    }
}

static void need_waybills(struct extent *extent, const struct slice *waybills, size_t count) {
    for (size_t i = 0; i < count; i++) {
        need_string(extent, waybills[i]);
    }
}

static struct extent measure(const struct event *event) {
    struct extent extent = {.pool = 1};
    switch (event->type) {
    case EVENT_TRANSMITTED: need_transmitted(&extent, &event->data.transmitted); break;
    case EVENT_DELETED: need_string(&extent, event->data.deleted.waybill); break;
    case EVENT_COMPOSED: need_composed(&extent, &event->data.composed); break;
    case EVENT_ARRIVED: extent.fixed += FACT_ARRIVED_FIXED; break;
    case EVENT_CONTROL: need_string(&extent, event->data.control.ref); break;
    case EVENT_DECLARATION:
        extent.fixed += FACT_LODGED_FIXED;
        need_waybills(&extent, event->data.declaration.waybills, event->data.declaration.waybill_count);
        break;
    case EVENT_APPLICATION:
        need_string(&extent, event->data.application.application);
        need_waybills(&extent, event->data.application.waybills, event->data.application.waybill_count);
        break;
    case EVENT_TRACKED:
        extent.fixed += FACT_TRACKED_FIXED;
        need_string(&extent, event->data.tracked.place);
        need_string(&extent, event->data.tracked.seal);
        break;
    case EVENT_TYPE_COUNT: break;
    }
    return extent;
}

static void put_number(struct packer *packer, uint64_t value, int bytes) {
    assert(bytes == 8 || value >> (8 * bytes) == 0);
    layout_store(packer->at, value, bytes);
    packer->at += bytes;
}

/* Exactly `bytes` bytes, filled up with zeros. */
static void put_inline(struct packer *packer, struct slice text, size_t bytes) {
    assert(text.len <= bytes);
    memset(packer->at, 0, bytes);
    memcpy(packer->at, text.data, text.len);
    packer->at += bytes;
}

/* The reference of a string that stands in the pool from now on. */
static uint32_t keep_string(struct packer *packer, struct slice text) {
    if (text.data == NULL) {
        return 0;
    }
    assert(text.len <= FACT_STRING_BYTES_MAX);
    uint32_t *recent = &packer->recent[hash_seeded(text, 0) % RECENT];
    const unsigned char *there = packer->pool + *recent;
    if (*recent != 0 && *there == text.len && memcmp(there + 1, text.data, text.len) == 0) {
        return *recent;
    }
    *recent = (uint32_t)packer->pool_bytes;
    packer->pool[packer->pool_bytes] = (unsigned char)text.len;
    memcpy(packer->pool + packer->pool_bytes + 1, text.data, text.len);
    packer->pool_bytes += 1 + text.len;
    return *recent;
}

static void put_string(struct packer *packer, struct slice text) {
    put_number(packer, keep_string(packer, text), packer->ref_bytes);
}

/* A string and, behind it, its normalised form: the same reference where the two are equal. */
static void put_string_and_key(struct packer *packer, struct slice text) {
    char key[FACT_STRING_BYTES_MAX];
    assert(text.len <= sizeof key);
    put_string(packer, text);
    put_string(packer, (struct slice){key, text_normalise(text, key)});
}

static void put_goods(struct packer *packer, const struct event_goods *goods) {
    put_string(packer, goods->hs);
    put_string_and_key(packer, goods->description);
    put_inline(packer, goods->package_type, FACT_PACKAGE_TYPE_BYTES);
    put_inline(packer, goods->currency, FACT_CURRENCY_BYTES);
    put_number(packer, goods->packages, 4);
    put_number(packer, goods->gross_kg, FACT_MASS_BYTES);
    put_number(packer, goods->net_kg, FACT_MASS_BYTES);
    put_number(packer, goods->value, FACT_MONEY_BYTES);
}

static void put_container(struct packer *packer, const struct event_container *container) {
    unsigned flags = (container->load == LOAD_LCL ? FACT_BOX_LCL : 0u) | (container->has_tare ? FACT_BOX_TARE : 0u);
    put_inline(packer, container->number, CONTAINER_NUMBER_BYTES);
    put_inline(packer, container->size_type, FACT_SIZE_TYPE_BYTES);
    put_number(packer, flags, 1);
    put_number(packer, container->has_tare ? container->tare_kg : 0, FACT_MASS_BYTES);
    put_number(packer, container->goods_count, 2);
    put_string(packer, container->seal);
    put_string(packer, container->wagon);
    for (size_t i = 0; i < container->goods_count; i++) {
        put_goods(packer, &container->goods[i]);
    }
}

static size_t put_transmitted(struct packer *packer, const struct event_transmitted *data) {
    const struct event_party *party = domestic_party(data);
    packer->fact[FACT_AT_CHOICE] = (unsigned char)data->direction;
    put_string(packer, data->waybill);
    put_string(packer, data->contract);
    put_string_and_key(packer, data->product);
    put_string(packer, party->code);
    put_string(packer, party->name);
    put_string(packer, party->aeo);
    put_inline(packer, party->country, FACT_COUNTRY_BYTES);
    for (size_t i = 0; i < data->container_count; i++) {
        put_container(packer, &data->containers[i]);
    }
    return data->container_count;
}

static size_t put_composed(struct packer *packer, const struct event_composed *data) {
    for (size_t i = 0; i < data->wagon_count; i++) {
        const struct event_wagon *wagon = &data->wagons[i];
        put_string(packer, wagon->wagon);
        put_number(packer, wagon->position, 1);
        put_number(packer, wagon->slot_count, 1);
        for (size_t k = 0; k < wagon->slot_count; k++) {
            put_inline(packer, wagon->slots[k].container, CONTAINER_NUMBER_BYTES);
            put_number(packer, wagon->slots[k].empty, 1);
        }
    }
    return data->wagon_count;
}

static size_t put_waybills(struct packer *packer, const struct slice *waybills, size_t count) {
    for (size_t i = 0; i < count; i++) {
        put_string(packer, waybills[i]);
    }
    return count;
}

static size_t put_control(struct packer *packer, const struct event_control *data) {
    packer->fact[FACT_AT_CHOICE] = (unsigned char)data->kind;
    packer->fact[FACT_AT_SCOPE] = (unsigned char)data->scope;
    packer->fact[FACT_AT_OUTCOME] = (unsigned char)data->outcome;
    put_string(packer, data->ref);
    return 0;
}

static size_t put_tracked(struct packer *packer, const struct event_tracked *data) {
    packer->fact[FACT_AT_CHOICE] = (unsigned char)data->event;
    packer->fact[FACT_AT_FLAGS] |= (unsigned char)(data->has_position ? FACT_FLAG_POSITION : 0);
    put_inline(packer, data->container, CONTAINER_NUMBER_BYTES);
    put_number(packer, data->has_position ? (uint32_t)data->latitude : 0, 4);
    put_number(packer, data->has_position ? (uint32_t)data->longitude : 0, 4);
    put_string(packer, data->place);
    put_string(packer, register_takes_seal(data->event) ? data->seal : (struct slice){NULL, 0});
    return 0;
}

/* Writes the body; returns what FACT_AT_COUNT counts. */
static size_t put_body(struct packer *packer, const struct event *event) {
    switch (event->type) {
    case EVENT_TRANSMITTED: return put_transmitted(packer, &event->data.transmitted);
    case EVENT_DELETED: put_string(packer, event->data.deleted.waybill); return 0;
    case EVENT_COMPOSED: return put_composed(packer, &event->data.composed);
    case EVENT_ARRIVED:
        put_inline(packer, event->data.arrived.place, PLACE_BYTES);
        put_number(packer, (uint64_t)event->data.arrived.arrived_at_ms, 8);
        return 0;
    case EVENT_CONTROL: return put_control(packer, &event->data.control);
    case EVENT_DECLARATION:
        packer->fact[FACT_AT_CHOICE] = (unsigned char)event->data.declaration.step;
        put_number(packer, (uint64_t)event->data.declaration.lodged_at_ms, 8);
        return put_waybills(packer, event->data.declaration.waybills, event->data.declaration.waybill_count);
    case EVENT_APPLICATION:
        put_string(packer, event->data.application.application);
        return put_waybills(packer, event->data.application.waybills, event->data.application.waybill_count);
    case EVENT_TRACKED: return put_tracked(packer, &event->data.tracked);
    case EVENT_TYPE_COUNT: break;
    }
    assert(event->type < EVENT_TYPE_COUNT);
    return 0;
}

static void put_header(struct packer *packer, const struct event *event, uint64_t origin) {
    unsigned char *fact = packer->fact;
    memset(fact, 0, FACT_HEADER_BYTES);
    assert(event->message_bytes <= UINT32_MAX && event->id.len <= UINT8_MAX && event->source.len <= UINT16_MAX);
    layout_store(fact + FACT_AT_MESSAGE_BYTES, event->message_bytes, 4);
    fact[FACT_AT_TYPE] = (unsigned char)event->type;
    fact[FACT_AT_FLAGS] = packer->ref_bytes == FACT_WIDE_BYTES ? FACT_FLAG_WIDE : 0;
    fact[FACT_AT_ID_BYTES] = (unsigned char)event->id.len;
    layout_store(fact + FACT_AT_SOURCE_BYTES, event->source.len, 2);
    layout_store(fact + FACT_AT_TIME, (uint64_t)event->time_ms, 8);
    layout_store(fact + FACT_AT_HASH_HIGH, event->hash.high, 8);
    layout_store(fact + FACT_AT_HASH_LOW, event->hash.low, 8);
    layout_store(fact + FACT_AT_ORIGIN, origin, 8);
    packer->at = fact + FACT_HEADER_BYTES;
    put_inline(packer, event->source, event->source.len);
    put_inline(packer, event->id, event->id.len);
}

size_t fact_pack(const struct event *event, uint64_t origin, struct buffer *out) {
    struct extent extent = measure(event);
    int ref_bytes = extent.pool <= FACT_NARROW_POOL_MAX ? FACT_NARROW_BYTES : FACT_WIDE_BYTES;
    size_t pool =
        FACT_HEADER_BYTES + event->source.len + event->id.len + extent.fixed + extent.refs * (size_t)ref_bytes;
    assert(pool + extent.pool <= UINT32_MAX);
    unsigned char *fact = (unsigned char *)buffer_reserve(out, pool + extent.pool);
    struct packer packer = {.fact = fact, .pool = fact + pool, .pool_bytes = 1, .ref_bytes = ref_bytes};
    packer.pool[0] = 0;
    put_header(&packer, event, origin);
    size_t count = put_body(&packer, event);
    assert(packer.at == packer.pool && packer.pool_bytes <= extent.pool && count <= UINT16_MAX);
    size_t bytes = pool + packer.pool_bytes;
    layout_store(fact + FACT_AT_BYTES, bytes, 4);
    layout_store(fact + FACT_AT_POOL, pool, 4);
    layout_store(fact + FACT_AT_COUNT, count, 2);
    out->len += bytes;
    return bytes;
}
