/* What a fact keeps of a member that is no text: one unsigned number. A part of shape.h. */
#ifndef CARAVAN_EVENT_SHAPE_NUMBER_H
#define CARAVAN_EVENT_SHAPE_NUMBER_H

#include "event/shape.h"

/* What is added to degrees so that the southernmost is 0: a negative number would need its sign extended from four
 * bytes. */
static inline int64_t shape_degrees_offset(const struct shape_member *member) {
    return (int64_t)member->max * 1000000;
}

/* The values of choices, booleans, times, numbers as one unsigned kind, which is never above shape_number_max; an
 * absent one of a member with `has` is 0, a present one of such begins at 1, so that no byte is spent on a flag. */
uint64_t shape_number_max(const struct shape_member *member);

static inline uint64_t shape_number(const struct shape_member *member, const void *data) {
    const void *at = shape_from(data, member->offset);
    uint64_t one_more = member->has != 0;
    if (member->has != 0 && !*(const bool *)shape_from(data, member->has)) {
        return 0;
    }
    switch (member->kind) {
    case SHAPE_CHOICE: return *(const unsigned *)at + one_more;
    case SHAPE_BOOLEAN: return *(const bool *)at + one_more;
    case SHAPE_TIME: return (uint64_t) * (const int64_t *)at + one_more;
    case SHAPE_COUNT: return *(const uint32_t *)at + one_more;
    case SHAPE_DEGREES: return (uint64_t)(*(const int32_t *)at + shape_degrees_offset(member)) + one_more;
    default: return *(const uint64_t *)at + one_more;
    }
}

/* The reverse; what is absent stays as it is. */
static inline void shape_set_number(const struct shape_member *member, uint64_t number, void *out) {
    void *at = shape_at(out, member->offset);
    if (member->has != 0) {
        if (number == 0) {
            return;
        }
        *(bool *)shape_at(out, member->has) = true;
        number--;
    }
    switch (member->kind) {
    case SHAPE_CHOICE: *(unsigned *)at = (unsigned)number; break;
    case SHAPE_BOOLEAN: *(bool *)at = number != 0; break;
    case SHAPE_TIME: *(int64_t *)at = (int64_t)number; break;
    case SHAPE_COUNT: *(uint32_t *)at = (uint32_t)number; break;
    case SHAPE_DEGREES: *(int32_t *)at = (int32_t)((int64_t)number - shape_degrees_offset(member)); break;
    default: *(uint64_t *)at = number; break;
    }
}

#endif
