/* What /healthz and /readyz say of a worker in each state. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "http/health.h"

enum { NOW_MS = 1000000, WITHIN_MS = 30000 };

static struct board_view *view;
static struct buffer out;
static struct health_question question;

static void begin(void) {
    view = board_view_new(2);
    view->at_ms = NOW_MS - 100;
    view->brokers_ms = NOW_MS - 500;
    view->joined = true;
    view->input_partitions = 2;
    view->lane_count = 2;
    view->partitions[0] = (struct board_partition){.number = 0, .state = BOARD_LIVE};
    view->partitions[1] = (struct board_partition){.number = 1, .state = BOARD_LIVE};
    question = (struct health_question){BOARD_RUNNING, view, NOW_MS, WITHIN_MS};
}

static void end(void) {
    free(view);
    buffer_release(&out);
}

TestSuite(health, .init = begin, .fini = end);

static void judges(bool (*judge)(const struct health_question *, struct buffer *), bool good, const char *says) {
    buffer_clear(&out);
    bool told = judge(&question, &out);
    buffer_append_byte(&out, '\0');
    cr_assert_eq(told, good, "%s", out.data);
    cr_assert(strstr(out.data, says) != NULL, "'%s' is not in %s", says, out.data);
}

Test(health, a_working_worker_is_alive_and_ready) {
    judges(health_alive, true, "{\"status\":\"alive\",\"checks\":[{\"name\":\"source\",\"ok\":true,");
    judges(health_ready, true, "\"detail\":\"2 of 2 partitions\"");
}

Test(health, one_that_starts_is_alive_and_not_ready) {
    question.phase = BOARD_STARTING;
    question.view = NULL;
    judges(health_alive, true, "starting");
    judges(health_ready, false, "{\"name\":\"running\",\"ok\":false,");
}

Test(health, one_that_stops_is_alive_and_not_ready) {
    question.phase = BOARD_STOPPING;
    view->at_ms = NOW_MS - 10 * HEALTH_STUCK_MS;
    judges(health_alive, true, "has not moved");
    judges(health_ready, false, "\"detail\":\"stopping\"");
}

Test(health, a_source_that_does_not_move_is_dead) {
    view->at_ms = NOW_MS - HEALTH_STUCK_MS;
    judges(health_alive, false, "{\"name\":\"source\",\"ok\":false,\"detail\":\"has not moved for 60 s\"}");
    judges(health_ready, false, "{\"name\":\"source\",\"ok\":false,");
}

Test(health, a_lane_that_does_not_move_is_dead) {
    view->lanes[1] = (struct board_lane){.waiting = 7, .stuck_ms = HEALTH_STUCK_MS};
    judges(health_alive, false, "lane 1 has not taken the 7 orders in its ring for 60 s");
}

Test(health, without_an_assignment_it_is_not_ready) {
    view->joined = false;
    judges(health_ready, false, "{\"name\":\"assigned\",\"ok\":false,");
}

Test(health, a_worker_that_stands_by_is_ready) {
    view->partition_count = 0;
    judges(health_ready, true, "it stands by");
}

Test(health, what_is_not_restored_is_counted) {
    view->partitions[0].state = BOARD_RESTORING;
    view->partitions[1].state = BOARD_WAITING;
    judges(health_ready, false, "1 partitions are being restored, 1 wait for room");
    view->partitions[0].state = BOARD_CHANGING;
    judges(health_ready, false, "1 bring in a changed configuration");
}

Test(health, silent_brokers_are_named) {
    view->brokers_ms = NOW_MS - WITHIN_MS;
    judges(health_ready, true, "last answered 30.0 s ago");
    view->brokers_ms--;
    judges(health_ready, false, "{\"name\":\"brokers\",\"ok\":false,");
    view->brokers_ms = 0;
    judges(health_ready, false, "have not answered yet");
}

Test(health, a_late_commit_is_named) {
    view->epoch_ms = NOW_MS - WITHIN_MS;
    judges(health_ready, true, "no commit is late");
    view->epoch_ms--;
    judges(health_ready, false, "the commit that was due 30 s ago is not done");
}

Test(health, a_full_state_is_named) {
    view->full = true;
    view->state_bytes = 4096;
    view->state_bytes_max = 4000;
    judges(health_ready, false, "the state holds 4096 bytes, above state.bytes_max (4000)");
}
