/* What every fact has in its header, whatever its type. Places and widths are in fact_layout.h. Each accessor reads its
 * own few bytes: to compare two facts nearly always takes eight bytes of each. */
#include "train/fact.h"

#include "train/fact_strings.h"

size_t fact_bytes(const struct fact *fact) {
    return (size_t)layout_load(fact_at(fact, FACT_AT_BYTES), fact_is_shared(fact) ? 2 : 4);
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

/* Unless it is common, directly behind the header and without a reference, as the order of facts needs it
 * (contract 3.1). */
struct slice fact_source(const struct fact *fact) {
    if (fact_is_shared(fact) && (fact_source_ref(fact) & FACT_REF_COMMON) != 0) {
        return fact_string(fact, fact_source_ref(fact));
    }
    return (struct slice){(const char *)fact_at(fact, FACT_HEADER_BYTES), fact_source_bytes(fact)};
}

struct slice fact_id(const struct fact *fact) {
    return (struct slice){(const char *)fact_at(fact, FACT_HEADER_BYTES + fact_source_bytes(fact)),
                          fact_byte(fact, FACT_AT_ID_BYTES)};
}

struct fact_rank fact_rank(const struct fact *fact) {
    return (struct fact_rank){fact_time_ms(fact), fact_source(fact), fact_id(fact), fact_hash(fact)};
}

/* Contract 3.1. Time decides nearly always; source and id are compared by bytes, so that every machine agrees. */
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
    int64_t a_ms = fact_time_ms(a);
    int64_t b_ms = fact_time_ms(b);
    if (a_ms != b_ms) { /* nearly always, and then the rest need not be read */
        return a_ms < b_ms ? -1 : 1;
    }
    struct fact_rank rank_a = fact_rank(a);
    struct fact_rank rank_b = fact_rank(b);
    return fact_rank_compare(&rank_a, &rank_b);
}
