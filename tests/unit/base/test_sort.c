#include <criterion/criterion.h>

#include <stdlib.h>

#include "base/sort.h"

static int sign(int c) {
    return (c > 0) - (c < 0);
}

/* Of every length around that of a key, with zeros, and bytes that are negative as char. */
static const struct slice TEXTS[] = {
    {NULL, 0},
    {"\0", 1},
    {"\0\0", 2},
    {"1", 1},
    {"1234567", 7},
    {"12345678", 8},
    {"12345678\0", 9},
    {"123456789", 9},
    {"1234567890123456", 16},
    {"1234567890123456\0", 17},
    {"12345678901234567", 17},
    {"12345678901234568", 17},
    {"A", 1},
    {"AB", 2},
    {"ABC", 3},
    {"ABCD", 4},
    {"ABCDE", 5},
    {"ABCDEF", 6},
    {"ABCDEFG", 7},
    {"ABCDEFG\0", 8},
    {"ABCDEFGH", 8},
    {"ABCDEFGHIJKLMNO", 15},
    {"\x7f", 1},
    {"\x80", 1},
    {"\xc3\xa9", 2},
    {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 16},
};
enum { TEXT_COUNT = sizeof TEXTS / sizeof TEXTS[0] };

Test(sort, keys_order_as_their_texts_do) {
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        for (size_t k = 0; k < TEXT_COUNT; k++) {
            struct sort_key x = sort_key_of(TEXTS[i]);
            struct sort_key y = sort_key_of(TEXTS[k]);
            int order = sign(slice_compare(TEXTS[i], TEXTS[k]));
            cr_expect(sort_compare(x, y) == 0 || sign(sort_compare(x, y)) == order, "%zu and %zu", i, k);
            cr_expect_eq(sign(sort_compare_texts(x, TEXTS[i], y, TEXTS[k])), order, "%zu and %zu", i, k);
        }
    }
}

enum { ITEMS_MAX = 300 };

static const int *as_int(const void *of) {
    return of;
}

static int order_ints(const void *a, const void *b) {
    return (*as_int(a) > *as_int(b)) - (*as_int(a) < *as_int(b));
}

/* `range` keys of a kind: few make many equal ones. Both halves of a key are used. */
static void sort_random(size_t count, int range, int (*tie)(const void *a, const void *b)) {
    int values[ITEMS_MAX];
    struct sort_item items[ITEMS_MAX], spare[ITEMS_MAX];
    for (size_t i = 0; i < count; i++) {
        uint64_t half = (uint64_t)(rand() % range);
        values[i] = rand() % 10;
        items[i] =
            (struct sort_item){half % 2 == 0 ? (struct sort_key){half, 0} : (struct sort_key){7, half}, &values[i]};
    }
    sort_items(items, count, spare, tie);
    for (size_t i = 1; i < count; i++) {
        int order = sort_compare(items[i - 1].key, items[i].key);
        int of = tie != NULL ? order_ints(items[i - 1].of, items[i].of)
                             : (as_int(items[i - 1].of) > as_int(items[i].of) ? 1 : -1);
        cr_assert(order < 0 || (order == 0 && of <= 0), "%zu of %zu", i, count);
    }
}

Test(sort, items_by_key_then_by_what_they_are_of) {
    for (size_t count = 0; count < ITEMS_MAX; count += 1 + count / 20) {
        sort_random(count, 1000, order_ints);
        sort_random(count, 5, order_ints);
    }
}

/* Those of equal keys stay as they were. */
Test(sort, without_an_order_of_equal_ones_it_is_stable) {
    for (size_t count = 0; count < ITEMS_MAX; count += 1 + count / 20) {
        sort_random(count, 5, NULL);
        sort_random(count, 1, NULL);
    }
}

static size_t compared;

static int count_ties(const void *a, const void *b) {
    compared++;
    return order_ints(a, b);
}

Test(sort, what_is_in_order_is_looked_at_once) {
    int values[ITEMS_MAX];
    struct sort_item items[ITEMS_MAX], spare[ITEMS_MAX];
    for (int i = 0; i < ITEMS_MAX; i++) {
        values[i] = i;
        items[i] = (struct sort_item){{0, 0}, &values[i]};
    }
    compared = 0;
    sort_items(items, ITEMS_MAX, spare, count_ties);
    cr_expect_eq(compared, ITEMS_MAX - 1);
}
