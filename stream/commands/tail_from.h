/* Where `caravan tail` begins. Pure. */
#ifndef CARAVAN_COMMANDS_TAIL_FROM_H
#define CARAVAN_COMMANDS_TAIL_FROM_H

#include <stdbool.h>
#include <stdint.h>

enum tail_from_kind { TAIL_FROM_END, TAIL_FROM_BEGINNING, TAIL_FROM_OFFSET, TAIL_FROM_TIME };

struct tail_from {
    enum tail_from_kind kind;
    int64_t at; /* the offset; or ms since 1970 */
};

/* "beginning", "end", an offset, an instant (2026-11-27T08:00:00Z, also without seconds), a date (its midnight, UTC),
 * or a duration before `now_ms` (-1h). False when it is none of these. */
bool tail_from_parse(const char *text, int64_t now_ms, struct tail_from *out);

#endif
