/* Exact decimals: integers scaled by a power of ten (contract 1.3, 1.4). Pure; safe from any thread. */
#ifndef CARAVAN_BASE_DECIMAL_H
#define CARAVAN_BASE_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/slice.h"

__extension__ typedef unsigned __int128 uint128; /* money sums need 128 bits */

enum {
    DECIMAL_MASS_DIGITS = 10, /* before the point */
    DECIMAL_MASS_PLACES = 6,  /* *_kg: millionths of a kilogram */
    DECIMAL_MONEY_DIGITS = 12,
    DECIMAL_MONEY_PLACES = 6,   /* value: millionths */
    DECIMAL_TEU_PLACES = 2,     /* hundredths of a TEU */
    DECIMAL_DEGREE_PLACES = 6,  /* millionths of a degree */
    DECIMAL_TEXT_BYTES = 39 + 1 /* at most, without a sign: 2^128 - 1 has 39 digits; and a point */
};

/* The exact value of a JSON number, whatever its spelling: `15e-1` is 1.5, `-0` is 0. *out is the value times
 * 10^places. False when the text is no number, or the value is below 0, not below 10^whole_digits, or has a digit that
 * counts behind `places` (whole_digits + places <= 18). Linear in the text. */
bool decimal_parse(struct slice text, int whole_digits, int places, uint64_t *out);
/* As decimal_parse for a value from -limit to limit (below 1000), both included; what stands behind `places` (at most
 * 6) is cut off, towards zero, after that. */
bool decimal_parse_cut(struct slice text, int limit, int places, int64_t *out);

/* Reads back what decimal_write wrote of a sum: a plain decimal of 0 or more, at most `places` (<= 18) digits behind
 * the point, at most 38 digits with them. *out is the value times 10^places. */
bool decimal_parse_sum(struct slice text, int places, uint128 *out);

/* Appends value / 10^places as an exact plain decimal: no exponent, no trailing zeros behind the point. places <= 18.
 */
void decimal_write(struct buffer *out, uint128 value, int places);
/* The same to where there is room for DECIMAL_TEXT_BYTES; the end of what was written. */
char *decimal_put(char *to, uint128 value, int places);

#endif
