/* Facts keep every choice, time and amount as an unsigned number of the width that its row tells, so packing, reading
 * and checking need one way for all. */
#include "event/shape.h"

#include <assert.h>

#include "base/decimal.h"
#include "base/timestamp.h"

static_assert(DECIMAL_DEGREE_PLACES == 6, "shape_degrees_offset counts in millionths");

static uint64_t power_of_ten(int exponent) {
    uint64_t power = 1;
    for (int i = 0; i < exponent; i++) {
        power *= 10;
    }
    return power;
}

/* A checkpoint's number may be no larger than a decoder would have let in: what sums rely on (record/sums.h) holds for
 * both ways in. */
static uint64_t value_max(const struct shape_member *member) {
    switch ((enum shape_kind)member->kind) {
    case SHAPE_CHOICE: return member->max - 1;
    case SHAPE_BOOLEAN: return 1;
    case SHAPE_TIME: return (uint64_t)(DATE_MAX + 1) * TIMESTAMP_DAY_MS - 1;
    case SHAPE_COUNT: return member->max;
    case SHAPE_MASS: return power_of_ten(DECIMAL_MASS_DIGITS + DECIMAL_MASS_PLACES) - 1;
    case SHAPE_MONEY: return power_of_ten(DECIMAL_MONEY_DIGITS + DECIMAL_MONEY_PLACES) - 1;
    default: assert(member->kind == SHAPE_DEGREES); return 2 * (uint64_t)shape_degrees_offset(member);
    }
}

uint64_t shape_number_max(const struct shape_member *member) {
    return value_max(member) + (member->has != 0);
}
