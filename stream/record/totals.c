/* Rows are kept as sums and corrected by differences: a train's old share goes out, its new one comes in. That works
 * because all are whole numbers, in hundredths and millionths where they have fractions (contract 1.4). */
#include "record/totals.h"

#include <assert.h>

static bool has_direction(const struct record *record, enum direction direction) {
    for (size_t i = 0; i < record->declaration_count; i++) {
        if (record->declarations[i].direction == direction) {
            return true;
        }
    }
    return false;
}

/* A train with waybills of several directions counts in each (contract 6, traffic). */
static struct totals_direction direction_of(const struct record *record, enum direction direction) {
    if (record->status != STATUS_CLEARED || !has_direction(record, direction)) {
        return (struct totals_direction){0, 0};
    }
    return (struct totals_direction){1, record->clearance_seconds};
}

struct totals totals_of(const struct record *record) {
    struct totals share = {.trains = 1, .open = record->status == STATUS_OPEN};
    /* Only what has arrived is traffic of the port; of the others is told that they are on their way. */
    if (!record->arrived) {
        return share;
    }
    share.cleared = record->status == STATUS_CLEARED;
    share.held = record->status == STATUS_HELD;
    share.incomplete = record->status == STATUS_INCOMPLETE;
    share.waybills = record->totals.waybills;
    share.declarations = record->totals.declarations;
    share.containers = record->totals.containers;
    share.teu = record->totals.teu;
    share.gross_kg = record->totals.gross_kg;
    share.clearance_seconds = share.cleared ? record->clearance_seconds : 0;
    share.entry = direction_of(record, DIRECTION_ENTRY);
    share.exit = direction_of(record, DIRECTION_EXIT);
    share.transit = direction_of(record, DIRECTION_TRANSIT);
    return share;
}

/* Each sum once, for what is done with all of them. */
#define TOTALS_MAP(X)                                                                                                  \
    X(trains)                                                                                                          \
    X(open)                                                                                                            \
    X(cleared)                                                                                                         \
    X(held)                                                                                                            \
    X(incomplete)                                                                                                      \
    X(waybills)                                                                                                        \
    X(declarations)                                                                                                    \
    X(containers)                                                                                                      \
    X(teu)                                                                                                             \
    X(gross_kg)                                                                                                        \
    X(clearance_seconds)                                                                                               \
    X(entry.cleared)                                                                                                   \
    X(entry.clearance_seconds)                                                                                         \
    X(exit.cleared)                                                                                                    \
    X(exit.clearance_seconds)                                                                                          \
    X(transit.cleared)                                                                                                 \
    X(transit.clearance_seconds)

void totals_add(struct totals *sum, const struct totals *share) {
#define ADD(member)                                                                                                    \
    do {                                                                                                               \
        sum->member += share->member;                                                                                  \
        assert(sum->member >= share->member); /* no overflow */                                                        \
    } while (0);
    TOTALS_MAP(ADD)
#undef ADD
}

/* A share that is larger than its sum was never in it: a fault of ours, at which to stop before a wrong row goes
 * out. */
void totals_subtract(struct totals *sum, const struct totals *share) {
#define SUBTRACT(member)                                                                                               \
    do {                                                                                                               \
        assert(sum->member >= share->member);                                                                          \
        sum->member -= share->member;                                                                                  \
    } while (0);
    TOTALS_MAP(SUBTRACT)
#undef SUBTRACT
}

bool totals_equal(const struct totals *a, const struct totals *b) {
    bool equal = true;
#define COMPARE(member) equal = equal && a->member == b->member;
    TOTALS_MAP(COMPARE)
#undef COMPARE
    return equal;
}
