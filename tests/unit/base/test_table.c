#include <criterion/criterion.h>

#include <stdio.h>

#include "base/hash.h"
#include "base/list.h"
#include "base/table.h"

struct item {
    struct table_node node;
    struct link link;
    char key[8];
};

enum { ITEMS = 1000 };

static struct item items[ITEMS];

static bool is_item(const struct table_node *node, struct slice key) {
    return slice_equal(slice_of(LIST_OWNER(node, const struct item, node)->key), key);
}

/* All in a few buckets, so that chains are long. */
static uint64_t hash_item(size_t i) {
    return hash_seeded(slice_of(items[i].key), 1) & 0xff;
}

static struct item *find(const struct table *table, size_t i) {
    struct table_node *node = table_find(table, hash_item(i), slice_of(items[i].key), is_item);
    return node == NULL ? NULL : LIST_OWNER(node, struct item, node);
}

static void name_items(void) {
    for (size_t i = 0; i < ITEMS; i++) {
        snprintf(items[i].key, sizeof items[i].key, "k%zu", i);
    }
}

TestSuite(table, .init = name_items);

Test(table, finds_what_is_in_and_nothing_else) {
    struct table table = {0};
    cr_expect_null(find(&table, 0));
    for (size_t i = 0; i < ITEMS; i++) {
        table_add(&table, &items[i].node, hash_item(i));
    }
    for (size_t i = 0; i < ITEMS; i += 2) {
        table_remove(&table, &items[i].node);
    }
    cr_expect_eq(table.count, ITEMS / 2);
    cr_expect_geq(table_bytes(&table), ITEMS * sizeof(void *));
    for (size_t i = 0; i < ITEMS; i++) {
        cr_expect_eq(find(&table, i), i % 2 == 0 ? NULL : &items[i]);
    }
    table_release(&table);
    cr_expect_null(find(&table, 1));
}

Test(list, keeps_the_order_and_knows_who_is_in) {
    struct link head;
    list_init(&head);
    cr_expect(list_empty(&head));
    cr_expect_null(list_first(&head));
    for (size_t i = 0; i < 5; i++) {
        list_append(&head, &items[i].link);
    }
    list_remove(&items[0].link);
    list_remove(&items[2].link);
    list_remove(&items[4].link);
    list_remove(&items[4].link);
    cr_expect_not(list_has(&items[4].link));
    cr_expect(list_has(&items[1].link));
    cr_expect_eq(list_first(&head), &items[1].link);
    cr_expect_eq(list_next(&head, &items[1].link), &items[3].link);
    cr_expect_null(list_next(&head, &items[3].link));
}
