/* The rows behind traffic.h. Internal to traffic*.c. */
#ifndef CARAVAN_REPORT_TRAFFIC_ROWS_H
#define CARAVAN_REPORT_TRAFFIC_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/decimal.h"

enum traffic_direction {
    TRAFFIC_ENTRY,
    TRAFFIC_EXIT,
    TRAFFIC_TRANSIT,
    TRAFFIC_MIXED,
    TRAFFIC_NONE,
    TRAFFIC_DIRECTIONS
};
extern const char *const TRAFFIC_DIRECTION_NAMES[TRAFFIC_DIRECTIONS];

enum traffic_status { TRAFFIC_OPEN, TRAFFIC_CLEARED, TRAFFIC_HELD, TRAFFIC_INCOMPLETE, TRAFFIC_STATUSES };

enum { TRAFFIC_PORT_BYTES = 5 };

struct traffic_row {
    int year, month;                   /* 0: not told apart by it */
    char port[TRAFFIC_PORT_BYTES + 1]; /* "" likewise */
    int direction;                     /* enum traffic_direction; -1 likewise */
    uint64_t trains, statuses[TRAFFIC_STATUSES];
    uint128 containers, teu, gross_kg, seconds; /* TEU in hundredths, mass in millionths; seconds over the cleared */
};

/* Mean hours of clearance in hundredths, half a hundredth up; 0 where nothing is cleared. */
uint64_t traffic_hours(const struct traffic_row *row);
/* The mean that contract 6.8 gives for a direction, in hundredths of an hour; 0: none. */
uint64_t traffic_reference(int direction);

/* Rows sorted by year, month and direction. */
void traffic_draw(const struct traffic_row *rows, size_t count, struct buffer *out);

#endif
