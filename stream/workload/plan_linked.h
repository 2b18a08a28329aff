/* The trains that a pair of planned trains was before the gauge break, or will be after the next one: three, with the
 * same containers and waybills. Their plans borrow from the pair's and live in the same arena. */
#ifndef CARAVAN_WORKLOAD_PLAN_LINKED_H
#define CARAVAN_WORKLOAD_PLAN_LINKED_H

#include "workload/plan.h"

enum { LINKED_PAIR = 2, LINKED_PARTS = 3 };

/* Before the pair (role `from`, as the pair sees it) or after it (`to`). Links both ways. `parts` gets LINKED_PARTS
 * plans, whose totals are in addition to the pair's. Each train of the pair has at least three loaded containers. */
void plan_linked(struct plan *const pair[LINKED_PAIR], enum link_role role, struct arena *arena,
                 struct plan *parts[LINKED_PARTS]);

#endif
