/* Dates and times of EDIFACT as the contract writes them (1.5, 1.6). Pure. */
#ifndef CARAVAN_CONVERT_EDIFACT_TIME_H
#define CARAVAN_CONVERT_EDIFACT_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/* A value of DTM in a format (2379) that has a date and a time of day: 203, 204, 205, 303, or 304 where the zone is
 * UTC, GMT or Z. `zone_minutes`: east of UTC, where the format has none. False for any other, or what is no time. */
bool edifact_time(struct slice value, struct slice format, int zone_minutes, int64_t *out_ms);
/* Date and time of UNB: YYMMDD or CCYYMMDD, HHMM or HHMMSS. */
bool edifact_unb_time(struct slice date, struct slice time, int zone_minutes, int64_t *out_ms);
/* The date of a value of DTM, of 102 or one that begins with a date, as YYYY-MM-DD; false for what is none. */
bool edifact_date(struct slice value, char out[10]);

#endif
