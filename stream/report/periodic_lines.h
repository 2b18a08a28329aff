/* Lines of goods of many declarations, merged. Internal to periodic*.c. */
#ifndef CARAVAN_REPORT_PERIODIC_LINES_H
#define CARAVAN_REPORT_PERIODIC_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/decimal.h"
#include "event/json.h"

struct periodic_line {
    struct slice direction, hs, description, normalised, package_type, currency; /* len 0: absent */
    uint128 packages, gross_kg, net_kg, value, merged; /* mass and value in millionths; merged: goods entries */
    size_t train;                                      /* which one it came on, as it was given */
    uint64_t trains;                                   /* of a merged one: how many it came on */
};

/* Takes a line of a declaration; texts are kept in `memory`. False where one of its numbers is missing or none. */
bool periodic_line_take(struct periodic_line *line, struct slice direction, const struct json_value *entry,
                        struct arena *memory);
/* Merges lines that agree in direction, HS code, normalised description, kind of package and currency, and sorts them
 * so; of several descriptions the smallest stays. Returns how many are left. */
size_t periodic_lines_merge(struct periodic_line *lines, size_t count);

#endif
