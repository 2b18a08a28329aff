#include "core/fact.h"

#include "core/fact_layout.h"
#include "core/fact_view.h"
#include "core/register.h"

size_t fact_bytes(const struct fact *fact) {
    return (size_t)layout_load(fact_at(fact, FACT_AT_BYTES), 4);
}

enum event_type fact_type(const struct fact *fact) {
    return (enum event_type)fact_byte(fact, FACT_AT_TYPE);
}

int64_t fact_time_ms(const struct fact *fact) {
    return (int64_t)layout_load(fact_at(fact, FACT_AT_TIME), 8);
}

struct hash128 fact_hash(const struct fact *fact) {
    return (struct hash128){layout_load(fact_at(fact, FACT_AT_HASH_HIGH), 8),
                            layout_load(fact_at(fact, FACT_AT_HASH_LOW), 8)};
}

size_t fact_message_bytes(const struct fact *fact) {
    return (size_t)layout_load(fact_at(fact, FACT_AT_MESSAGE_BYTES), 4);
}

uint64_t fact_origin(const struct fact *fact) {
    return layout_load(fact_at(fact, FACT_AT_ORIGIN), 8);
}

struct slice fact_source(const struct fact *fact) {
    return (struct slice){(const char *)fact_at(fact, FACT_HEADER_BYTES),
                          (size_t)layout_load(fact_at(fact, FACT_AT_SOURCE_BYTES), 2)};
}

struct slice fact_id(const struct fact *fact) {
    struct slice source = fact_source(fact);
    return (struct slice){source.data + source.len, fact_byte(fact, FACT_AT_ID_BYTES)};
}

struct fact_rank fact_rank(const struct fact *fact) {
    return (struct fact_rank){fact_time_ms(fact), fact_source(fact), fact_id(fact), fact_hash(fact)};
}

int fact_rank_compare(const struct fact_rank *a, const struct fact_rank *b) {
    if (a->time_ms != b->time_ms) {
        return a->time_ms < b->time_ms ? -1 : 1;
    }
    int order = slice_compare(a->source, b->source);
    if (order == 0) {
        order = slice_compare(a->id, b->id);
    }
    return order != 0 ? order : hash_compare(a->hash, b->hash);
}

int fact_compare(const struct fact *a, const struct fact *b) {
    struct fact_rank rank_a = fact_rank(a);
    struct fact_rank rank_b = fact_rank(b);
    return fact_rank_compare(&rank_a, &rank_b);
}

void fact_register_name(const struct fact *fact, size_t i, struct buffer *out) {
    register_name(fact_register(fact, i), out);
}
