/* Sorting brings lines of one key together and, among them, those of one train. So one pass merges all of them, and
 * counts trains without a set of those it has seen. */
#include "report/periodic_lines.h"

#include <stdlib.h>

#include "event/pick.h"
#include "train/text.h"

static struct slice normalised(struct slice raw, struct arena *memory) {
    char *text = arena_take(memory, raw.len);
    return (struct slice){text, text_normalise(raw, text)};
}

bool periodic_line_take(struct periodic_line *line, struct slice direction, const struct json_value *entry,
                        struct arena *memory) {
    *line = (struct periodic_line){.direction = arena_copy(memory, direction),
                                   .hs = arena_copy(memory, pick_text(entry, "hs")),
                                   .description = arena_copy(memory, pick_text(entry, "description")),
                                   .package_type = arena_copy(memory, pick_text(entry, "package_type")),
                                   .currency = arena_copy(memory, pick_text(entry, "currency"))};
    /* Compared in this form (contract 5.3), shown as somebody wrote it. */
    line->normalised = normalised(line->description, memory);
    /* Exact sums, which records write with all their digits (contract 1.4) and which may need 128 bits. */
    return decimal_parse_sum(pick_text(entry, "packages"), 0, &line->packages) &&
           decimal_parse_sum(pick_text(entry, "gross_kg"), DECIMAL_MASS_PLACES, &line->gross_kg) &&
           decimal_parse_sum(pick_text(entry, "net_kg"), DECIMAL_MASS_PLACES, &line->net_kg) &&
           decimal_parse_sum(pick_text(entry, "merged"), 0, &line->merged) &&
           (line->currency.len == 0 ||
            decimal_parse_sum(pick_text(entry, "value"), DECIMAL_MONEY_PLACES, &line->value));
}

static int compare_keys(const struct periodic_line *a, const struct periodic_line *b) {
    int order = slice_compare(a->direction, b->direction);
    order = order != 0 ? order : slice_compare(a->hs, b->hs);
    order = order != 0 ? order : slice_compare(a->normalised, b->normalised);
    order = order != 0 ? order : slice_compare(a->package_type, b->package_type);
    return order != 0 ? order : slice_compare(a->currency, b->currency);
}

static int compare(const void *left, const void *right) {
    const struct periodic_line *a = left, *b = right;
    int order = compare_keys(a, b);
    return order != 0 ? order : (a->train > b->train) - (a->train < b->train);
}

/* `line` comes behind what `sum` has so far, so its train is the last one or a new one. */
static void add(struct periodic_line *sum, const struct periodic_line *line) {
    sum->trains += line->train != sum->train;
    sum->train = line->train;
    sum->packages += line->packages;
    sum->gross_kg += line->gross_kg;
    sum->net_kg += line->net_kg;
    sum->value += line->value;
    sum->merged += line->merged;
    /* The smallest of those written, whatever the order (contract 5.5). */
    sum->description = slice_compare(line->description, sum->description) < 0 ? line->description : sum->description;
}

size_t periodic_lines_merge(struct periodic_line *lines, size_t count) {
    size_t left = 0;
    if (count > 1) {
        qsort(lines, count, sizeof *lines, compare);
    }
    for (size_t i = 0; i < count; i++) {
        if (left > 0 && compare_keys(&lines[left - 1], &lines[i]) == 0) {
            add(&lines[left - 1], &lines[i]);
        } else {
            lines[left] = lines[i];
            lines[left++].trains = 1;
        }
    }
    return left;
}
