/* Lines of a declaration: goods that agree in hs, normalised description, package type and currency are one
 * (contract 5.5); an absent one is an empty text there. */
#include <stdlib.h>

#include "record/derive.h"

static int order_goods_keys(const struct event_goods *x, const struct event_goods *y) {
    int order = slice_compare(x->hs, y->hs);
    if (order == 0) {
        order = slice_compare(x->description_key, y->description_key);
    }
    if (order == 0) {
        order = slice_compare(x->package_type, y->package_type);
    }
    return order != 0 ? order : slice_compare(x->currency, y->currency);
}

/* Behind the key by raw description, so that the first of a line is the one to show. */
static int order_goods(const void *a, const void *b) {
    const struct event_goods *x = *(const struct event_goods *const *)a;
    const struct event_goods *y = *(const struct event_goods *const *)b;
    int order = order_goods_keys(x, y);
    return order != 0 ? order : slice_compare(x->description, y->description);
}

/* Contract 5.15: `values` is by currency. */
static int order_moneys(const void *a, const void *b) {
    return slice_compare(((const struct record_money *)a)->currency, ((const struct record_money *)b)->currency);
}

/* Sorted, then neighbours are added into the first of them: no table for what mostly is one currency. */
struct record_moneys derive_sum_moneys(struct record_money *items, size_t count) {
    qsort(items, count, sizeof *items, order_moneys);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && slice_equal(items[kept - 1].currency, items[i].currency)) {
            items[kept - 1].amount += items[i].amount;
            assert(items[kept - 1].amount >= items[i].amount);
        } else {
            items[kept++] = items[i];
        }
    }
    return (struct record_moneys){items, kept};
}

/* Pointers, because goods are large and qsort moves what it sorts. */
static const struct event_goods **sort_goods(struct derive *derive, struct event_goods *goods, size_t count) {
    const struct event_goods **sorted = arena_take(derive->scratch, count * sizeof *sorted);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = &goods[i];
    }
    qsort(sorted, count, sizeof *sorted, order_goods);
    return sorted;
}

static bool begins_line(const struct event_goods *const *sorted, size_t i) {
    return i == 0 || order_goods_keys(sorted[i - 1], sorted[i]) != 0;
}

/* No sum of a train's goods reaches the end of its type: derive_add ends the program rather than wrap around. */
static void add_goods(struct record_line *line, const struct event_goods *goods) {
    derive_add(&line->packages, goods->packages);
    derive_add_wide(&line->gross_kg, goods->gross_kg);
    derive_add_wide(&line->net_kg, goods->net_kg);
    derive_add_wide(&line->value, goods->value);
    line->merged++;
}

/* The lines that the sorted goods make. */
static struct record_line *make_lines(struct derive *derive, const struct event_goods *const *sorted, size_t count,
                                      size_t *line_count) {
    size_t begun = 0;
    for (size_t i = 0; i < count; i++) {
        begun += begins_line(sorted, i);
    }
    struct record_line *lines = arena_take(derive->scratch, begun * sizeof *lines);
    struct record_line *line = lines;
    for (size_t i = 0; i < count; i++) {
        const struct event_goods *goods = sorted[i];
        if (begins_line(sorted, i)) {
            line = i == 0 ? lines : line + 1;
            *line = (struct record_line){.hs = goods->hs,
                                         .description = goods->description,
                                         .package_type = goods->package_type,
                                         .currency = goods->currency};
        }
        add_goods(line, goods);
    }
    *line_count = begun;
    return lines;
}

void derive_lines(struct derive *derive, struct event_goods *goods, size_t count,
                  struct record_declaration *declaration) {
    const struct event_goods **sorted = sort_goods(derive, goods, count);
    const struct record_line *lines = make_lines(derive, sorted, count, &declaration->line_count);
    /* A currency stands in `values` also with a sum of 0: that somebody declared it says something. */
    struct record_money *moneys = arena_take(derive->scratch, declaration->line_count * sizeof *moneys);
    size_t money_count = 0;
    for (size_t i = 0; i < declaration->line_count; i++) {
        derive_add(&declaration->packages, lines[i].packages);
        derive_add_wide(&declaration->gross_kg, lines[i].gross_kg);
        derive_add_wide(&declaration->net_kg, lines[i].net_kg);
        if (lines[i].currency.data != NULL) {
            moneys[money_count++] = (struct record_money){lines[i].currency, lines[i].value};
        }
    }
    declaration->lines = lines;
    declaration->values = derive_sum_moneys(moneys, money_count);
}
