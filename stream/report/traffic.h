/* The report `traffic`: trains, TEU, tonnes and clearance hours by year, month, port and direction, beside the figures
 * of contract 6.8. Every train counts in one row, so rows add up exactly; its direction is that of its declarations,
 * "mixed" where they differ, "none" where there are none. A train's totals count whatever its status, as in its record.
 * Pure. One owner. */
#ifndef CARAVAN_REPORT_TRAFFIC_H
#define CARAVAN_REPORT_TRAFFIC_H

#include <stdbool.h>

#include "base/buffer.h"
#include "event/json.h"
#include "report/report_form.h"

/* What rows are told apart by: the year and so on, in this order. */
enum traffic_by {
    TRAFFIC_BY_YEAR = 1,
    TRAFFIC_BY_MONTH = 2,
    TRAFFIC_BY_PORT = 4,
    TRAFFIC_BY_DIRECTION = 8,
    TRAFFIC_BY_ALL = 15
};

struct traffic;

/* `by`: of enum traffic_by. */
struct traffic *traffic_new(unsigned by);
void traffic_free(struct traffic *traffic);
/* Takes a record; a later one of the same train replaces it. NULL, or what is wrong with it. */
const char *traffic_take(struct traffic *traffic, const struct json_value *record);
/* No record was taken. */
bool traffic_is_empty(const struct traffic *traffic);
/* Appends the report. SVG shows months (years, without TRAFFIC_BY_MONTH) by direction, whatever else `by` says. */
void traffic_write(struct traffic *traffic, enum report_form form, struct buffer *out);

#endif
