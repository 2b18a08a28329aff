/* Instants and calendar dates (contract 1.5, 1.6): the one calendar of the program. Pure; safe from any thread. */
#ifndef CARAVAN_BASE_TIMESTAMP_H
#define CARAVAN_BASE_TIMESTAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

enum { TIMESTAMP_TEXT_BYTES = 24, DATE_TEXT_BYTES = 10 };

#define TIMESTAMP_DAY_MS INT64_C(86400000)

/* RFC 3339 with upper-case T, Z or an offset, seconds 00-59, 1-9 fraction digits optional and truncated to
 * milliseconds; the instant must lie in the years 2000-2099 (UTC). *out is in ms since 1970-01-01T00:00:00Z. */
bool timestamp_parse(struct slice text, int64_t *out_ms);
/* Exactly "YYYY-MM-DDThh:mm:ss.mmmZ", no NUL. The instant must lie in the years 1970-9999. */
void timestamp_write(int64_t ms, char out[TIMESTAMP_TEXT_BYTES]);

/* The years of events, 2000-2099, as days since 1970-01-01, both inclusive. */
enum { DATE_MIN = 10957, DATE_MAX = 47481 };

/* A real calendar date YYYY-MM-DD of the years of events; *out counts days since 1970-01-01. */
bool date_parse(struct slice text, int32_t *out_days);
/* The same of any year from 0001 to 9999: a horizon lies up to retention.days before the years of events. */
bool date_parse_any(struct slice text, int32_t *out_days);
/* Exactly "YYYY-MM-DD", no NUL. Any day whose year has four digits. */
void date_write(int32_t days, char out[DATE_TEXT_BYTES]);
/* The UTC day of an instant; rounds down. */
int32_t date_of(int64_t ms);

/* The wall clock, ms since 1970. */
int64_t clock_wall_ms(void);
/* A clock that never goes back, in ms and in ns; its zero means nothing. */
int64_t clock_steady_ms(void);
int64_t clock_steady_ns(void);

/* One instant on both clocks: the wall clock means something in another life, the steady one cannot be put back. */
struct moment {
    int64_t wall_ms, steady_ms;
};
struct moment clock_now(void);

#endif
