/* Facts in a train's store: they come out as they went in, share their strings, stay where they are, and leave room
 * that others take. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "event/shape.h"
#include "train/fact_number.h"
#include "train/fact_registers.h"
#include "train/fact_share.h"
#include "train/fact_store.h"
#include "train/fact_view.h"

static struct commons *commons;

static void begin(void) {
    commons = commons_new();
    /* Two strings that meet in one place of a small table are never common, and how many do so follows from the seed:
     * of a few hundred random ones, one left too many. */
    commons->seed = 1;
}

static void end(void) {
    commons_free(commons);
}

TestSuite(fact_store, .init = begin, .fini = end);

/* A lodged declaration over `count` waybills from `first` on, packed. */
static void pack_declaration(unsigned first, unsigned count, struct buffer *out) {
    static char texts[REGISTERS_PER_EVENT_MAX][64];
    static struct slice waybills[REGISTERS_PER_EVENT_MAX];
    char id[32];
    for (unsigned i = 0; i < count; i++) {
        snprintf(texts[i], sizeof texts[i], "WAYBILL%040u", first + i);
        waybills[i] = slice_of(texts[i]);
    }
    snprintf(id, sizeof id, "%u-%u", first, count);
    struct event event = {.type = EVENT_DECLARATION,
                          .id = slice_of(id),
                          .source = SLICE("/rail/cn"),
                          .time_ms = 1608278400000 + first,
                          .message_bytes = 300 + count * sizeof texts[0],
                          .hash = hash_of(slice_of(id)),
                          .data.declaration = {.step = STEP_FULL,
                                               .waybills = {waybills, count},
                                               .lodged_at_ms = 1608278400000,
                                               .declaration_number = SLICE("D1")}};
    event.registers = registers_of(event.type, &event.data);
    buffer_clear(out);
    fact_pack(&event, first, out);
}

static const struct fact *fact_in(const struct buffer *packed) {
    return (const struct fact *)packed->data;
}

static void expect_same(const struct fact *found, const struct buffer *packed) {
    struct buffer own = {0};
    fact_unshare(found, &own);
    cr_expect(slice_equal(buffer_slice(&own), buffer_slice(packed)), "it is not as it was packed");
    buffer_release(&own);
}

static void expect_there(const struct fact_store *store, uint32_t place, unsigned first, unsigned count) {
    struct buffer packed = {0};
    pack_declaration(first, count, &packed);
    const struct fact *found = fact_store_at(store, place);
    expect_same(found, &packed);
    cr_expect_eq(fact_compare(found, fact_in(&packed)), 0);
    cr_expect(slice_equal(fact_source(found), SLICE("/rail/cn")));
    cr_assert_eq(fact_register_count(found), count);
    for (size_t i = 0; i < count; i++) {
        cr_expect(slice_equal(fact_register(found, i).text, fact_register(fact_in(&packed), i).text));
    }
    buffer_release(&packed);
}

static uint32_t put(struct fact_store *store, unsigned first, unsigned count) {
    struct buffer packed = {0};
    pack_declaration(first, count, &packed);
    uint32_t place = fact_store_put(store, fact_in(&packed));
    buffer_release(&packed);
    return place;
}

/* Of all lengths, the largest alone in their chunks. */
Test(fact_store, what_went_in_comes_out) {
    static const unsigned counts[] = {1, 2, 7, 40, 100, 500};
    enum { FACTS = 30 };
    uint32_t places[FACTS];
    struct fact_store store;
    fact_store_init(&store, commons);
    for (unsigned i = 0; i < FACTS; i++) {
        places[i] = put(&store, i * 501, counts[i % 6]);
    }
    cr_expect_eq(store.facts, FACTS);
    for (unsigned i = 0; i < FACTS; i++) {
        expect_there(&store, places[i], i * 501, counts[i % 6]);
        cr_expect_eq(fact_is_shared(fact_store_at(&store, places[i])), counts[i % 6] < 100);
    }
    fact_store_release(&store);
}

static void pack_tally(uint64_t gross_kg, uint32_t packages, struct event *event, struct buffer *out) {
    *event = (struct event){.type = EVENT_TALLY,
                            .id = SLICE("t"),
                            .source = SLICE("/rail/cn"),
                            .time_ms = 1608278400000,
                            .message_bytes = 300,
                            .hash = hash_of(SLICE("t")),
                            .data.tally = {.container = SLICE("MSKU1234565"),
                                           .has_packages = true,
                                           .packages = packages,
                                           .has_gross = true,
                                           .gross_kg = gross_kg}};
    event->registers = registers_of(event->type, &event->data);
    buffer_clear(out);
    fact_pack(event, 1, out);
}

static void expect_tally(const struct fact *found, const struct buffer *packed, bool tight) {
    expect_same(found, packed);
    struct event_tally tally = fact_tally(found), as_packed = fact_tally(fact_in(packed));
    cr_expect(tally.has_gross && tally.gross_kg == as_packed.gross_kg);
    cr_expect(tally.has_packages && tally.packages == as_packed.packages);
    cr_expect(fact_is_shared(found));
    cr_expect_eq(fact_is_tight(found), tight);
}

/* Numbers that are usual take less; others are what they are, from an event and from a fact. */
Test(fact_store, large_numbers_come_out_too) {
    static const struct {
        uint64_t gross_kg;
        uint32_t packages;
        bool tight;
    } cases[] = {
        {0, 0, true},
        {(UINT64_C(1) << 40) - 2, (1 << 24) - 2, true}, /* one more stands there, since 0 is: absent */
        {(UINT64_C(1) << 40) - 1, 1, false},
        {1, (1 << 24) - 1, false},
        {UINT64_C(9999999999999999), 1000000000, false},
    };
    struct fact_store store;
    struct buffer packed = {0};
    fact_store_init(&store, commons);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct event event;
        pack_tally(cases[i].gross_kg, cases[i].packages, &event, &packed);
        uint32_t place = fact_store_put(&store, fact_in(&packed));
        expect_tally(fact_store_at(&store, place), &packed, cases[i].tight);
        struct fact_sharing sharing;
        cr_assert(fact_store_pack(&store, &sharing, &event, 1));
        place = fact_store_put_packed(&store, &sharing);
        expect_tally(fact_store_at(&store, place), &packed, cases[i].tight);
    }
    fact_store_release(&store);
    buffer_release(&packed);
}

/* From outside they have one form. */
Test(fact_store, no_tight_fact_comes_from_outside) {
    struct event event;
    struct buffer packed = {0};
    pack_tally(1, 1, &event, &packed);
    cr_expect(fact_check(packed.data, packed.len));
    packed.data[FACT_AT_FLAGS] |= FACT_FLAG_TIGHT;
    cr_expect_not(fact_check(packed.data, packed.len));
    buffer_release(&packed);
}

/* What several trains name stands beside them, until the last fact with it is gone. */
Test(fact_store, common_strings_stand_once) {
    enum { TRAINS = 20, EACH = 20, WAYBILLS = 20 };
    static struct fact_store stores[TRAINS];
    static uint32_t places[TRAINS][EACH];
    size_t first = 0, all = 0;
    for (unsigned i = 0; i < TRAINS; i++) {
        fact_store_init(&stores[i], commons);
        for (unsigned k = 0; k < EACH; k++) {
            places[i][k] = put(&stores[i], k, WAYBILLS);
        }
        first = i == 0 ? fact_store_bytes(&stores[i]) : first;
        all += fact_store_bytes(&stores[i]);
    }
    cr_expect_lt(all, first * TRAINS / 4);
    for (unsigned i = 0; i < TRAINS; i++) {
        for (unsigned k = 0; k < EACH; k++) {
            expect_there(&stores[i], places[i][k], k, WAYBILLS);
            fact_store_drop(&stores[i], places[i][k]);
        }
        fact_store_release(&stores[i]);
    }
    for (uint32_t i = 0; i < commons->count; i++) {
        cr_expect_null(commons->strings[i].bytes, "string %u is still there", i);
    }
}

/* Bytes from outside may name what lies in the middle of a string, and that is what they say. */
Test(fact_store, a_strange_pool_says_what_it_names) {
    struct fact_store store;
    struct buffer packed = {0};
    fact_store_init(&store, commons);
    pack_declaration(1, 1, &packed);
    unsigned char *ref = (unsigned char *)packed.data + fact_registers_offset(fact_in(&packed));
    unsigned char *pool = (unsigned char *)packed.data + fact_pool_offset(fact_in(&packed));
    layout_store(ref, layout_load(ref, 2) + 1, 2);
    pool[layout_load(ref, 2)] = 3; /* "W" became a length */
    cr_assert(fact_check(packed.data, packed.len));
    uint32_t place = fact_store_put(&store, fact_in(&packed));
    struct slice text = fact_register(fact_store_at(&store, place), 0).text;
    cr_expect(slice_equal(text, fact_register(fact_in(&packed), 0).text));
    cr_expect_eq(text.len, 3);
    fact_store_release(&store);
    buffer_release(&packed);
}

/* One that is amended for ever takes the room of the one before. */
Test(fact_store, holes_are_taken) {
    struct fact_store store;
    fact_store_init(&store, commons);
    uint32_t place = put(&store, 0, 10);
    uint32_t other = put(&store, 1, 20);
    uint32_t large = put(&store, 2, 500);
    size_t bytes = 0;
    for (unsigned i = 0; i < 1000; i++) {
        fact_store_drop(&store, place);
        place = put(&store, 0, 10);
        fact_store_drop(&store, large);
        large = put(&store, 2, 500);
        bytes = i == 0 ? fact_store_bytes(&store) : bytes;
    }
    cr_expect_eq(fact_store_bytes(&store), bytes);
    expect_there(&store, place, 0, 10);
    expect_there(&store, other, 1, 20);
    expect_there(&store, large, 2, 500);
    fact_store_release(&store);
}

Test(fact_store, moves_together) {
    enum { FACTS = 300 };
    struct fact_store store, old;
    uint32_t places[FACTS];
    fact_store_init(&store, commons);
    cr_expect_not(fact_store_is_loose(&store));
    for (unsigned i = 0; i < FACTS; i++) {
        places[i] = put(&store, i * 501, i == 0 ? 400 : 4);
    }
    cr_expect_not(fact_store_is_loose(&store));
    for (unsigned i = 0; i < FACTS; i++) {
        if (i % 10 != 0) {
            fact_store_drop(&store, places[i]);
        }
    }
    cr_expect(fact_store_is_loose(&store));
    fact_store_begin_move(&store, &old);
    for (unsigned i = 0; i < FACTS; i += 10) {
        fact_store_set_live(fact_store_at(&old, places[i]), i + 1);
        uint32_t there = fact_store_move(&old, places[i], &store);
        cr_expect_eq(fact_store_move(&old, places[i], &store), there);
        places[i] = there;
    }
    size_t before = fact_store_bytes(&old);
    fact_store_release(&old);
    cr_expect_lt(fact_store_bytes(&store), before / 2);
    cr_expect_eq(store.facts, FACTS / 10);
    cr_expect_not(fact_store_is_loose(&store));
    for (unsigned i = 0; i < FACTS; i += 10) {
        expect_there(&store, places[i], i * 501, i == 0 ? 400 : 4);
        cr_expect_eq(fact_store_live(fact_store_at(&store, places[i])), i + 1);
    }
    fact_store_release(&store);
}
