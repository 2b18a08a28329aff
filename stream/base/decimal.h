/* Exact decimals: integers scaled by a power of ten (spec section 1). Pure; safe from any thread. */
#ifndef CARAVAN_BASE_DECIMAL_H
#define CARAVAN_BASE_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

__extension__ typedef unsigned __int128 uint128; /* money sums need 128 bits */

enum {
    DECIMAL_MASS_PLACES = 3,  /* *_kg: thousandths of a kilogram */
    DECIMAL_MONEY_PLACES = 4, /* value: ten-thousandths */
    DECIMAL_TEU_PLACES = 2,   /* hundredths of a TEU */
    DECIMAL_DEGREE_PLACES = 6 /* millionths of a degree */
};

/* Reads a JSON number as written: digits, at most `places` behind a point, no sign, no exponent, no superfluous leading
 * zero. *out is the value times 10^places. False when it breaks a rule or has more than `whole_digits` digits before
 * the point (whole_digits + places <= 18). */
bool decimal_parse(struct slice text, int whole_digits, int places, uint64_t *out);
/* As decimal_parse, but a leading minus is allowed ("-0" is 0). */
bool decimal_parse_signed(struct slice text, int whole_digits, int places, int64_t *out);

/* Appends value / 10^places as an exact plain decimal: no exponent, no trailing zeros behind the point. places <= 18.
 */
void decimal_write(struct buffer *out, uint128 value, int places);
void decimal_write_signed(struct buffer *out, int64_t value, int places);

#endif
