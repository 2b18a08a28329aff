/* Whether bytes from outside are a whole fact: the layout read with bounds, once, so that no accessor needs any. */
#include <stdlib.h>

#include "base/timestamp.h"
#include "core/fact.h"
#include "core/fact_layout.h"
#include "core/register.h"

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

static void check_inline(struct checker *checker, size_t bytes) {
    expect(checker, checker->pool - checker->at >= bytes);
    checker->at += checker->sound ? bytes : 0;
}

static void check_time(struct checker *checker) {
    uint64_t least = UINT64_C(10957) * TIMESTAMP_DAY_MS;  /* 2000-01-01 */
    uint64_t beyond = UINT64_C(47482) * TIMESTAMP_DAY_MS; /* 2100-01-01 */
    uint64_t ms = check_number(checker, 8);
    expect(checker, ms >= least && ms < beyond);
}

static void check_string(struct checker *checker, bool required) {
    uint64_t ref = check_number(checker, checker->ref_bytes);
    size_t pool_bytes = checker->bytes - checker->pool;
    expect(checker, ref == 0 ? !required : ref < pool_bytes);
    if (checker->sound && ref != 0) {
        expect(checker, ref + 1 + *fact_at(checker->fact, checker->pool + (size_t)ref) <= pool_bytes);
    }
}

static void check_strings(struct checker *checker, size_t count) {
    for (size_t i = 0; i < count && checker->sound; i++) {
        check_string(checker, true);
    }
}

static void check_below(struct checker *checker, int bytes, uint64_t beyond) {
    expect(checker, check_number(checker, bytes) < beyond);
}

static void check_goods(struct checker *checker) {
    check_strings(checker, FACT_GOODS_REFS);
    check_inline(checker, FACT_PACKAGE_TYPE_BYTES + FACT_CURRENCY_BYTES);
    check_below(checker, 4, UINT64_C(1000000001));
    check_below(checker, FACT_MASS_BYTES, UINT64_C(1000000000000));
    check_below(checker, FACT_MASS_BYTES, UINT64_C(1000000000000));
    check_below(checker, FACT_MONEY_BYTES, UINT64_C(10000000000000000));
}

static void check_container(struct checker *checker) {
    check_inline(checker, CONTAINER_NUMBER_BYTES + FACT_SIZE_TYPE_BYTES);
    check_below(checker, 1, (FACT_BOX_LCL | FACT_BOX_TARE) + 1);
    check_below(checker, FACT_MASS_BYTES, UINT64_C(1000000000000));
    uint64_t goods = check_number(checker, 2);
    check_string(checker, false);
    check_string(checker, false);
    for (uint64_t i = 0; i < goods && checker->sound; i++) {
        check_goods(checker);
    }
}

static void check_manifest(struct checker *checker, size_t count) {
    expect(checker, fact_byte(checker->fact, FACT_AT_CHOICE) <= DIRECTION_ENTRY);
    check_string(checker, true);
    check_string(checker, false);
    check_strings(checker, 4);
    check_string(checker, false);
    check_inline(checker, FACT_COUNTRY_BYTES);
    for (size_t i = 0; i < count && checker->sound; i++) {
        check_container(checker);
    }
}

static void check_wagons(struct checker *checker, size_t count) {
    for (size_t i = 0; i < count && checker->sound; i++) {
        check_string(checker, true);
        check_inline(checker, 1);
        uint64_t slots = check_number(checker, 1);
        for (uint64_t k = 0; k < slots && checker->sound; k++) {
            check_inline(checker, CONTAINER_NUMBER_BYTES);
            check_below(checker, 1, 2);
        }
    }
}

static void check_control(struct checker *checker) {
    enum control_scope scope = (enum control_scope)fact_byte(checker->fact, FACT_AT_SCOPE);
    expect(checker, fact_byte(checker->fact, FACT_AT_CHOICE) < KIND_COUNT);
    expect(checker, scope < SCOPE_COUNT);
    expect(checker, fact_byte(checker->fact, FACT_AT_OUTCOME) < OUTCOME_COUNT);
    check_string(checker, scope != SCOPE_TRAIN);
}

static int order_slices(const void *a, const void *b) {
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* A fact that wrote a register twice would be counted twice. */
static void check_distinct(struct checker *checker, size_t count) {
    struct slice texts[REGISTERS_PER_EVENT_MAX];
    for (size_t i = 0; i < count && checker->sound; i++) {
        texts[i] = fact_register(checker->fact, i).text;
    }
    if (checker->sound) {
        qsort(texts, count, sizeof texts[0], order_slices);
    }
    for (size_t i = 1; i < count && checker->sound; i++) {
        expect(checker, !slice_equal(texts[i - 1], texts[i]));
    }
}

static void check_declaration(struct checker *checker, size_t count) {
    expect(checker, fact_byte(checker->fact, FACT_AT_CHOICE) <= STEP_FULL);
    expect(checker, count >= 1 && count <= REGISTERS_PER_EVENT_MAX);
    check_time(checker);
    check_strings(checker, count);
    check_distinct(checker, count);
}

static void check_tracked(struct checker *checker) {
    enum tracking event = (enum tracking)fact_byte(checker->fact, FACT_AT_CHOICE);
    expect(checker, event < TRACKING_COUNT);
    check_inline(checker, FACT_TRACKED_FIXED);
    check_string(checker, false);
    check_string(checker, register_takes_seal(event));
}

static void check_body(struct checker *checker) {
    size_t count = fact_count(checker->fact);
    switch (fact_type(checker->fact)) {
    case EVENT_TRANSMITTED: check_manifest(checker, count); break;
    case EVENT_DELETED: check_string(checker, true); break;
    case EVENT_COMPOSED: check_wagons(checker, count); break;
    case EVENT_ARRIVED:
        check_inline(checker, PLACE_BYTES);
        check_time(checker);
        break;
    case EVENT_CONTROL: check_control(checker); break;
    case EVENT_DECLARATION: check_declaration(checker, count); break;
    case EVENT_APPLICATION: check_strings(checker, 1 + count); break;
    case EVENT_TRACKED: check_tracked(checker); break;
    default: expect(checker, false); break;
    }
    expect(checker, checker->at == checker->pool);
}

bool fact_check(const void *bytes, size_t len) {
    const struct fact *fact = bytes;
    if (len <= FACT_HEADER_BYTES || fact_bytes(fact) > len) {
        return false;
    }
    struct checker checker = {
        .fact = fact,
        .at = FACT_AT_TIME,
        .pool = (size_t)layout_load(fact_at(fact, FACT_AT_POOL), 4),
        .bytes = fact_bytes(fact),
        .ref_bytes = (int)fact_ref_bytes(fact),
        .sound = true,
    };
    if (checker.pool >= checker.bytes || fact_body_offset(fact) > checker.pool) {
        return false;
    }
    check_time(&checker);
    checker.at = fact_body_offset(fact);
    check_body(&checker);
    return checker.sound;
}
