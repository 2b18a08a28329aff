/* The optimal string alignment distance: how many characters to insert, delete, replace or swap with their neighbour.
 * Row i of the table is of the first i characters of `a`; a swap looks two rows back, so three are kept. */
#include "config/nearest.h"

#include <string.h>

/* Bounds the rows on the stack; no option's name comes near it. */
enum { NAME_BYTES_MAX = 127 };

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

size_t nearest_distance(const char *a, const char *b) {
    size_t a_len = strlen(a), b_len = strlen(b);
    if (a_len > NAME_BYTES_MAX || b_len > NAME_BYTES_MAX) {
        return NAME_BYTES_MAX + 1;
    }
    size_t rows[3][NAME_BYTES_MAX + 1]; /* the rows i - 2, i - 1 and i, in turn */
    for (size_t j = 0; j <= b_len; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= a_len; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            /* Left: a character more in `b`; above: one less; across: another, or the same at no cost. */
            row[j] = least(least(row[j - 1], above[j]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = least(row[j], two_above[j - 2] + 1);
            }
        }
    }
    return rows[a_len % 3][b_len];
}

/* One more than a third, so that a short name may have one wrong letter. Of equals the first one offered stays. */
void nearest_offer(struct nearest *nearest, const char *name, const char *candidate) {
    size_t distance = nearest_distance(name, candidate);
    size_t bound = strlen(name) / 3 + 1;
    if (distance <= bound && (nearest->name == NULL || distance < nearest->distance)) {
        nearest->name = candidate;
        nearest->distance = distance;
    }
}
