/* What the table and the drawing of the report have in common. */
#include "report/traffic_rows.h"

const char *const TRAFFIC_DIRECTION_NAMES[TRAFFIC_DIRECTIONS] = {"entry", "exit", "transit", "mixed", "none"};

uint64_t traffic_hours(const struct traffic_row *row) {
    /* Half of the divisor is added, so that the division rounds half up. */
    uint128 cleared = row->statuses[TRAFFIC_CLEARED];
    return cleared == 0 ? 0 : (uint64_t)((row->seconds * 100 + 1800 * cleared) / (3600 * cleared));
}

uint64_t traffic_reference(int direction) {
    /* 34.91 h on entry and 1.78 h on exit (contract 6.8). */
    return direction == TRAFFIC_ENTRY ? 3491 : direction == TRAFFIC_EXIT ? 178 : 0;
}
