/* Strings that trains share: let in when a second train names them, there as long as they are used. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "base/hash.h"
#include "train/commons.h"
#include "train/fact_strings.h"

static struct commons *commons;

static void begin(void) {
    commons = commons_new();
}

static void end(void) {
    commons_free(commons);
    commons_free(NULL);
}

TestSuite(commons, .init = begin, .fini = end);

static struct slice text_of(unsigned i, char text[24]) {
    snprintf(text, 24, "string %u", i);
    return slice_of(text);
}

static uint32_t find(struct slice text, uint32_t owner) {
    return commons_find(commons, text, commons_hash(commons, text), owner);
}

/* As two trains that name it one after the other. */
static uint32_t share(struct slice text) {
    find(text, 1);
    return find(text, 2);
}

Test(commons, let_in_by_the_second_owner) {
    cr_expect_eq(find(SLICE("seal 1"), 1), COMMONS_NONE);
    cr_expect_eq(find(SLICE("seal 1"), 1), COMMONS_NONE, "one train alone, however often");
    uint32_t number = find(SLICE("seal 1"), 2);
    cr_assert_neq(number, COMMONS_NONE);
    cr_expect_eq(find(SLICE("seal 1"), 1), number);
    cr_expect(slice_equal(fact_string_at(commons->strings[number].bytes), SLICE("seal 1")));
    cr_expect_eq(share(SLICE("PK")), COMMONS_NONE, "shorter than what names it");
    cr_expect_eq(share(SLICE("")), COMMONS_NONE);
}

Test(commons, go_with_their_last_use) {
    char text[24];
    for (unsigned i = 0; i < 1000; i++) {
        uint32_t number = share(text_of(i, text));
        commons_use(commons, number);
        commons_use(commons, number);
    }
    size_t bytes = commons_bytes(commons);
    for (unsigned i = 0; i < 1000; i += 2) {
        uint32_t number = find(text_of(i, text), 3);
        commons_unuse(commons, number);
        cr_assert_eq(find(text_of(i, text), 3), number, "one use is left");
        commons_unuse(commons, number);
        cr_assert_null(commons->strings[number].bytes);
    }
    cr_expect_lt(commons_bytes(commons), bytes);
    for (unsigned i = 1; i < 1000; i += 2) {
        uint32_t number = find(text_of(i, text), 3);
        cr_assert(slice_equal(fact_string_at(commons->strings[number].bytes), text_of(i, text)));
    }
    for (unsigned i = 2000; i < 2500; i++) {
        cr_assert_lt(share(text_of(i, text)), 1000, "a number that is free is taken again");
    }
}

Test(commons, a_key_stays_as_long_as_what_has_it) {
    uint32_t text = share(SLICE("Toys"));
    uint32_t key = share(SLICE("toys"));
    commons_use(commons, text);
    commons_use(commons, key);
    cr_expect_eq(commons->strings[text].key, COMMONS_NONE);
    commons_set_key(commons, text, key);
    commons_set_key(commons, key, key);
    cr_expect_eq(commons->strings[text].key, key);
    commons_unuse(commons, key);
    cr_expect_eq(find(SLICE("toys"), 3), key, "the text uses it");
    commons_unuse(commons, text);
    cr_expect_null(commons->strings[text].bytes);
    cr_expect_null(commons->strings[key].bytes);
    uint32_t other = share(SLICE("other"));
    cr_expect_eq(commons->strings[other].key, COMMONS_NONE, "of what had the number before nothing is left");
}

/* Of many strings the table of those that were met forgets some, and when all numbers are taken no more come in. */
Test(commons, no_more_than_there_are_numbers) {
    char text[24];
    unsigned in = 0;
    for (unsigned i = 0; i < COMMONS_STRINGS_MAX + 1000; i++) {
        uint32_t number = share(text_of(i, text));
        cr_assert_leq(number, COMMONS_NONE);
        in += number != COMMONS_NONE;
    }
    cr_expect_eq(in, COMMONS_STRINGS_MAX);
}
