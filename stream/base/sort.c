/* A merge sort over short runs: stable, and never worse than n log n whoever chose what is sorted. */
#include "base/sort.h"

enum { RUN_ITEMS = 8 };

static inline bool is_behind(const struct sort_item *a, const struct sort_item *b,
                             int (*tie)(const void *a, const void *b)) {
    if (a->key.high != b->key.high) {
        return a->key.high > b->key.high;
    }
    if (a->key.low != b->key.low) {
        return a->key.low > b->key.low;
    }
    return tie != NULL && tie(a->of, b->of) > 0;
}

static bool is_sorted(const struct sort_item *items, size_t count, int (*tie)(const void *a, const void *b)) {
    for (size_t i = 1; i < count; i++) {
        if (is_behind(&items[i - 1], &items[i], tie)) {
            return false;
        }
    }
    return true;
}

static void sort_run(struct sort_item *items, size_t count, int (*tie)(const void *a, const void *b)) {
    for (size_t i = 1; i < count; i++) {
        struct sort_item item = items[i];
        size_t at = i;
        for (; at > 0 && is_behind(&items[at - 1], &item, tie); at--) {
            items[at] = items[at - 1];
        }
        items[at] = item;
    }
}

/* Two sorted runs, of `first` and the rest of `count` items, into one. */
static void merge(const struct sort_item *items, size_t first, size_t count, struct sort_item *out,
                  int (*tie)(const void *a, const void *b)) {
    const struct sort_item *a = items, *a_end = items + first;
    const struct sort_item *b = a_end, *b_end = items + count;
    while (a < a_end && b < b_end) {
        *out++ = is_behind(a, b, tie) ? *b++ : *a++;
    }
    memcpy(out, a, (size_t)(a_end - a) * sizeof *out);
    memcpy(out + (a_end - a), b, (size_t)(b_end - b) * sizeof *out);
}

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

void sort_items(struct sort_item *items, size_t count, struct sort_item *spare,
                int (*tie)(const void *a, const void *b)) {
    if (is_sorted(items, count, tie)) {
        return;
    }
    for (size_t at = 0; at < count; at += RUN_ITEMS) {
        sort_run(items + at, smaller(RUN_ITEMS, count - at), tie);
    }
    struct sort_item *from = items;
    struct sort_item *to = spare;
    for (size_t run = RUN_ITEMS; run < count; run *= 2) {
        for (size_t at = 0; at < count; at += 2 * run) {
            merge(from + at, smaller(run, count - at), smaller(2 * run, count - at), to + at, tie);
        }
        struct sort_item *sorted = to;
        to = from;
        from = sorted;
    }
    if (from != items) {
        memcpy(items, from, count * sizeof *items);
    }
}
