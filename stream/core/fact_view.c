#include "core/fact_view.h"

#include "core/fact_layout.h"
#include "core/register.h"

static uint64_t take_number(struct fact_cursor *cursor, int bytes) {
    uint64_t value = layout_load(cursor->at, bytes);
    cursor->at += bytes;
    return value;
}

static struct slice take_inline(struct fact_cursor *cursor, size_t bytes) {
    struct slice text = {(const char *)cursor->at, bytes};
    cursor->at += bytes;
    return text;
}

static struct slice take_string(struct fact_cursor *cursor) {
    uint64_t ref = take_number(cursor, (int)fact_ref_bytes(cursor->fact));
    if (ref == 0) {
        return (struct slice){NULL, 0};
    }
    const unsigned char *string =
        fact_at(cursor->fact, (size_t)layout_load(fact_at(cursor->fact, FACT_AT_POOL), 4) + ref);
    return (struct slice){(const char *)string + 1, *string};
}

static struct fact_cursor body(const struct fact *fact, size_t offset) {
    return (struct fact_cursor){fact, fact_at(fact, fact_body_offset(fact) + offset)};
}

static struct slice string_at(const struct fact *fact, size_t offset) {
    struct fact_cursor cursor = body(fact, offset);
    return take_string(&cursor);
}

struct fact_manifest fact_manifest(const struct fact *fact) {
    struct fact_cursor cursor = body(fact, 0);
    struct fact_manifest manifest = {.direction = (enum direction)fact_byte(fact, FACT_AT_CHOICE)};
    manifest.waybill = take_string(&cursor);
    manifest.contract = take_string(&cursor);
    manifest.product = take_string(&cursor);
    manifest.product_key = take_string(&cursor);
    manifest.party.code = take_string(&cursor);
    manifest.party.name = take_string(&cursor);
    manifest.party.aeo = take_string(&cursor);
    manifest.party.country = take_inline(&cursor, FACT_COUNTRY_BYTES);
    manifest.container_count = fact_count(fact);
    manifest.containers = cursor;
    return manifest;
}

struct fact_container fact_next_container(struct fact_cursor *cursor) {
    struct fact_container container;
    container.number = take_inline(cursor, CONTAINER_NUMBER_BYTES);
    container.size_type = take_inline(cursor, FACT_SIZE_TYPE_BYTES);
    uint64_t flags = take_number(cursor, 1);
    container.load = (flags & FACT_BOX_LCL) != 0 ? LOAD_LCL : LOAD_FCL;
    container.has_tare = (flags & FACT_BOX_TARE) != 0;
    container.tare_kg = take_number(cursor, FACT_MASS_BYTES);
    container.goods_count = (size_t)take_number(cursor, 2);
    container.seal = take_string(cursor);
    container.wagon = take_string(cursor);
    container.goods = *cursor;
    cursor->at += container.goods_count * (FACT_GOODS_REFS * fact_ref_bytes(cursor->fact) + FACT_GOODS_FIXED);
    return container;
}

struct fact_goods fact_next_goods(struct fact_cursor *cursor) {
    struct fact_goods goods;
    goods.hs = take_string(cursor);
    goods.description = take_string(cursor);
    goods.description_key = take_string(cursor);
    goods.package_type = take_inline(cursor, FACT_PACKAGE_TYPE_BYTES);
    if (goods.package_type.data[FACT_PACKAGE_TYPE_BYTES - 1] == '\0') {
        goods.package_type.len--;
    }
    goods.currency = take_inline(cursor, FACT_CURRENCY_BYTES);
    goods.packages = (uint32_t)take_number(cursor, 4);
    goods.gross_kg = take_number(cursor, FACT_MASS_BYTES);
    goods.net_kg = take_number(cursor, FACT_MASS_BYTES);
    goods.value = take_number(cursor, FACT_MONEY_BYTES);
    return goods;
}

size_t fact_wagon_count(const struct fact *fact) {
    return fact_count(fact);
}

struct fact_cursor fact_wagons(const struct fact *fact) {
    return body(fact, 0);
}

struct fact_wagon fact_next_wagon(struct fact_cursor *cursor) {
    struct fact_wagon wagon;
    wagon.wagon = take_string(cursor);
    wagon.position = (uint32_t)take_number(cursor, 1);
    wagon.slot_count = (size_t)take_number(cursor, 1);
    wagon.slots = *cursor;
    cursor->at += wagon.slot_count * FACT_SLOT_FIXED;
    return wagon;
}

struct event_slot fact_next_slot(struct fact_cursor *cursor) {
    struct slice number = take_inline(cursor, CONTAINER_NUMBER_BYTES);
    return (struct event_slot){number, take_number(cursor, 1) != 0};
}

struct slice fact_arrived_place(const struct fact *fact) {
    struct fact_cursor cursor = body(fact, 0);
    return take_inline(&cursor, PLACE_BYTES);
}

int64_t fact_arrived_at_ms(const struct fact *fact) {
    struct fact_cursor cursor = body(fact, PLACE_BYTES);
    return (int64_t)take_number(&cursor, 8);
}

enum control_outcome fact_control_outcome(const struct fact *fact) {
    return (enum control_outcome)fact_byte(fact, FACT_AT_OUTCOME);
}

int64_t fact_lodged_at_ms(const struct fact *fact) {
    struct fact_cursor cursor = body(fact, 0);
    return (int64_t)take_number(&cursor, 8);
}

size_t fact_listed_count(const struct fact *fact) {
    return fact_count(fact);
}

struct slice fact_listed_waybill(const struct fact *fact, size_t i) {
    return string_at(fact, (1 + i) * fact_ref_bytes(fact));
}

struct fact_tracked fact_tracked(const struct fact *fact) {
    struct fact_cursor cursor = body(fact, 0);
    struct fact_tracked tracked = {.event = (enum tracking)fact_byte(fact, FACT_AT_CHOICE)};
    tracked.container = take_inline(&cursor, CONTAINER_NUMBER_BYTES);
    tracked.has_position = (fact_byte(fact, FACT_AT_FLAGS) & FACT_FLAG_POSITION) != 0;
    tracked.latitude = (int32_t)(uint32_t)take_number(&cursor, 4);
    tracked.longitude = (int32_t)(uint32_t)take_number(&cursor, 4);
    tracked.place = take_string(&cursor);
    tracked.seal = take_string(&cursor);
    return tracked;
}

size_t fact_register_count(const struct fact *fact) {
    switch (fact_type(fact)) {
    case EVENT_DECLARATION: return fact_count(fact);
    case EVENT_TRACKED: return register_count_tracked((enum tracking)fact_byte(fact, FACT_AT_CHOICE));
    default: return 1;
    }
}

static struct register_key control_register(const struct fact *fact) {
    enum control_scope scope = (enum control_scope)fact_byte(fact, FACT_AT_SCOPE);
    enum control_kind kind = (enum control_kind)fact_byte(fact, FACT_AT_CHOICE);
    return (struct register_key){register_control_kind(scope, kind), string_at(fact, 0)};
}

struct register_key fact_register(const struct fact *fact, size_t i) {
    unsigned choice = fact_byte(fact, FACT_AT_CHOICE);
    switch (fact_type(fact)) {
    case EVENT_TRANSMITTED:
    case EVENT_DELETED: return (struct register_key){REGISTER_MANIFEST, string_at(fact, 0)};
    case EVENT_COMPOSED: return (struct register_key){REGISTER_COMPOSITION, {NULL, 0}};
    case EVENT_ARRIVED: return (struct register_key){REGISTER_ARRIVAL, {NULL, 0}};
    case EVENT_CONTROL: return control_register(fact);
    case EVENT_DECLARATION:
        return (struct register_key){register_step_kind((enum declaration_step)choice),
                                     string_at(fact, FACT_LODGED_FIXED + i * fact_ref_bytes(fact))};
    case EVENT_APPLICATION: return (struct register_key){REGISTER_APPLICATION, string_at(fact, 0)};
    default: break;
    }
    struct fact_cursor cursor = body(fact, 0);
    return (struct register_key){register_tracked_kind((enum tracking)choice, i),
                                 take_inline(&cursor, CONTAINER_NUMBER_BYTES)};
}
