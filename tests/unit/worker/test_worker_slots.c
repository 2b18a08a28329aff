/* The steps of a slot: those drawn in stream/exactly-once.md, and no other. */
#include <criterion/criterion.h>
#include <signal.h>

#include "worker/worker_internal.h"

static struct slot slots[2];
static struct worker worker = {.slots = slots, .partition_count = 2};

static void enter(enum slot_state state) {
    worker_slot_enter(&worker, 1, state, "as the test says");
}

static void arrive_at(enum slot_state state) {
    for (int next = SLOT_RESTORING; next <= (int)state; next++) {
        enter((enum slot_state)next);
    }
}

Test(worker_slots, a_partition_comes_in_step_by_step) {
    arrive_at(SLOT_LIVE);
    cr_expect_eq(worker_slot(&worker, 1)->state, SLOT_LIVE);
    cr_expect_eq(worker_slot(&worker, 0)->state, SLOT_NONE);
}

Test(worker_slots, a_partition_may_be_taken_away_in_any_state_and_leaves_nothing) {
    for (int state = SLOT_RESTORING; state <= SLOT_LIVE; state++) {
        arrive_at((enum slot_state)state);
        slots[1].assignment = 7;
        slots[1].position = 40;
        slots[1].retries = 3;
        enter(SLOT_NONE);
        cr_expect_eq(slots[1].assignment, 0);
        cr_expect_eq(slots[1].position, 0);
        cr_expect_eq(slots[1].retries, 0, "its next restore waits as the first one did");
    }
}

/* One case a step that is not drawn: the process ends. */
#define REFUSED(name, from, to)                                                                                        \
    Test(worker_slots, name, .signal = SIGABRT) {                                                                      \
        arrive_at(from);                                                                                               \
        enter(to);                                                                                                     \
    }

REFUSED(what_is_not_here_cannot_go, SLOT_NONE, SLOT_NONE)
REFUSED(what_was_not_restored_has_nothing_to_change, SLOT_NONE, SLOT_CHANGING)
REFUSED(what_was_not_restored_is_not_read, SLOT_NONE, SLOT_LIVE)
REFUSED(a_restore_is_not_begun_twice, SLOT_RESTORING, SLOT_RESTORING)
REFUSED(what_is_configured_is_committed_before_reading, SLOT_RESTORING, SLOT_LIVE)
REFUSED(what_changes_is_not_restored_again_unless_dropped, SLOT_CHANGING, SLOT_RESTORING)
REFUSED(a_change_is_not_begun_twice, SLOT_CHANGING, SLOT_CHANGING)
REFUSED(what_is_read_is_not_restored_again_unless_dropped, SLOT_LIVE, SLOT_RESTORING)
REFUSED(what_is_read_does_not_change, SLOT_LIVE, SLOT_CHANGING)
REFUSED(reading_is_not_begun_twice, SLOT_LIVE, SLOT_LIVE)

Test(worker_slots, a_position_is_known_once_there_is_a_state_or_it_waits_for_room) {
    cr_expect_not(worker_slot_has_position(&slots[1]));
    arrive_at(SLOT_RESTORING);
    cr_expect_not(worker_slot_has_position(&slots[1]));
    slots[1].needed_bytes = 1;
    cr_expect(worker_slot_waits(&slots[1]));
    cr_expect(worker_slot_has_position(&slots[1]));
    enter(SLOT_CHANGING);
    cr_expect_not(worker_slot_waits(&slots[1]), "it is here");
    cr_expect(worker_slot_has_position(&slots[1]));
}

Test(worker_slots, a_partition_that_the_input_did_not_have_has_no_slot) {
    cr_expect_null(worker_slot(&worker, 2));
    cr_expect_null(worker_slot(&worker, -1));
}
