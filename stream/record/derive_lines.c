/* Lines of a declaration: goods that agree in hs, normalised description, package type and currency are one
 * (contract 5.5); an absent one is an empty text there. */
#include <stdlib.h>

#include "record/derive.h"

/* Trains share strings (train/commons.h), and goods repeat them: so they are mostly equal by where they are. */
static int compare_strings(struct slice x, struct slice y) {
    return x.data == y.data && x.len == y.len ? 0 : slice_compare(x, y);
}

/* As slice_compare, of two or three letters: a call would cost more than they do. */
static int compare_codes(struct slice x, struct slice y) {
    for (size_t i = 0; i < x.len && i < y.len; i++) {
        int difference = (unsigned char)x.data[i] - (unsigned char)y.data[i];
        if (difference != 0) {
            return difference;
        }
    }
    return (x.len > y.len) - (x.len < y.len);
}

static int order_goods_keys(const struct event_goods *x, const struct event_goods *y) {
    int order = compare_strings(x->hs, y->hs);
    if (order == 0) {
        order = compare_strings(x->description_key, y->description_key);
    }
    if (order == 0) {
        order = compare_codes(x->package_type, y->package_type);
    }
    return order != 0 ? order : compare_codes(x->currency, y->currency);
}

/* Behind the key by raw description, so that the first of a line is the one to show. */
static int order_goods(const void *a, const void *b) {
    const struct event_goods *x = a;
    const struct event_goods *y = b;
    int order = order_goods_keys(x, y);
    return order != 0 ? order : compare_strings(x->description, y->description);
}

/* What decides first: the hs, its length, and the beginning of the description. The length stands between them so that
 * descriptions are compared only where the hs is the same; behind a longer hs there is none. */
static struct sort_key goods_key(const struct event_goods *goods) {
    enum { HS_BYTES = 10, HS_LOW_BITS = 8 * (HS_BYTES - 8), TEXT_BITS = 64 - HS_LOW_BITS - 8 };
    struct sort_key key = sort_key_of(goods->hs);
    key.low &= ~(UINT64_MAX >> HS_LOW_BITS);
    if (goods->hs.len > HS_BYTES) {
        key.low |= (uint64_t)(HS_BYTES + 1) << TEXT_BITS;
    } else {
        key.low |= (uint64_t)goods->hs.len << TEXT_BITS | sort_key_of(goods->description_key).high >> (64 - TEXT_BITS);
    }
    return key;
}

/* ---- sums by currency */

static void add_money(struct record_money *sum, const struct record_money *money) {
    sum->amount += money->amount;
    assert(sum->amount >= money->amount);
}

/* Of the first few currencies that there are: mostly that is all. What is left are these and, behind them, what has
 * none of these. */
static size_t add_few(struct record_money *items, size_t count) {
    enum { FEW = 4 };
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        while (at < kept && at < FEW && compare_codes(items[at].currency, items[i].currency) != 0) {
            at++;
        }
        if (at < kept && at < FEW) {
            add_money(&items[at], &items[i]);
        } else {
            items[kept++] = items[i];
        }
    }
    return kept;
}

/* Contract 5.15: `values` is by currency. */
static int order_moneys(const void *a, const void *b) {
    return slice_compare(((const struct record_money *)a)->currency, ((const struct record_money *)b)->currency);
}

/* What is left is sorted, and neighbours are added into the first of them: nothing bounds how many currencies come. */
struct record_moneys derive_sum_moneys(struct record_money *items, size_t count) {
    size_t left = add_few(items, count);
    size_t kept = 0;
    if (left > 1) {
        qsort(items, left, sizeof *items, order_moneys);
    }
    for (size_t i = 0; i < left; i++) {
        if (kept > 0 && compare_codes(items[kept - 1].currency, items[i].currency) == 0) {
            add_money(&items[kept - 1], &items[i]);
        } else {
            items[kept++] = items[i];
        }
    }
    return (struct record_moneys){items, kept};
}

/* ---- lines */

/* No sum of a train's goods reaches the end of its type: derive_add ends the program rather than wrap around. */
static void add_goods(struct record_line *line, const struct event_goods *goods) {
    derive_add(&line->packages, goods->packages);
    derive_add_wide(&line->gross_kg, goods->gross_kg);
    derive_add_wide(&line->net_kg, goods->net_kg);
    derive_add_wide(&line->value, goods->value);
    line->merged++;
}

static struct record_line line_of(const struct event_goods *goods) {
    return (struct record_line){.hs = goods->hs,
                                .description = goods->description,
                                .package_type = goods->package_type,
                                .currency = goods->currency};
}

/* The lines that the sorted goods make. */
static struct record_line *make_lines(struct derive *derive, const struct sort_item *sorted, size_t count,
                                      size_t *line_count) {
    struct record_line *lines = arena_take(derive->scratch, count * sizeof *lines);
    const struct event_goods *before = NULL;
    size_t begun = 0;
    for (size_t i = 0; i < count; i++) {
        const struct event_goods *goods = sorted[i].of;
        if (before == NULL || sort_compare(sorted[i - 1].key, sorted[i].key) != 0 ||
            order_goods_keys(before, goods) != 0) {
            lines[begun++] = line_of(goods);
        }
        add_goods(&lines[begun - 1], goods);
        before = goods;
    }
    *line_count = begun;
    return lines;
}

static struct sort_item *sort_goods(struct derive *derive, const struct event_goods *goods, size_t count) {
    struct sort_item *sorted = arena_take(derive->scratch, count * sizeof *sorted);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = (struct sort_item){goods_key(&goods[i]), &goods[i]};
    }
    derive_sort(derive, sorted, count, order_goods);
    return sorted;
}

void derive_lines(struct derive *derive, const struct event_goods *goods, size_t count,
                  struct record_declaration *declaration) {
    const struct sort_item *sorted = sort_goods(derive, goods, count);
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
