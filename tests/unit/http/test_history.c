#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/history.h"

static struct history *history;
static struct board_view *view;
static struct buffer out;

static void begin(void) {
    history = history_new();
    view = board_view_new(2);
    view->at_ms = 1000;
    view->wall_ms = 1608282847000;
    view->partitions[0].lag = 5;
    view->partitions[1].lag = -1;
}

static void end(void) {
    history_free(history);
    free(view);
    buffer_release(&out);
}

TestSuite(history, .init = begin, .fini = end);

static void pass(int64_t ms, uint64_t events, int64_t latency_ms) {
    view->at_ms += ms;
    view->wall_ms += ms;
    view->sums.counters.events += events;
    histogram_add(&view->end_to_end, latency_ms, events);
    history_take(history, view);
}

static const char *told(void) {
    buffer_clear(&out);
    history_put(history, &out);
    buffer_append_byte(&out, '\0');
    return out.data;
}

Test(history, begins_empty) {
    history_take(history, view);
    cr_assert_str_eq(told(), "[]", "the first look has nothing to be compared with");
}

Test(history, a_sample_is_of_its_step_alone) {
    pass(0, 1000, 60000);
    pass(HISTORY_STEP_MS, 300, 7);
    pass(HISTORY_STEP_MS, 0, 0);
    cr_assert_str_eq(told(), "[{\"at\":\"2020-12-18T09:14:09.000Z\",\"events\":150,\"records\":0,\"lag\":5,\"p50\":7,"
                             "\"p99\":7,\"commit_p99\":0},"
                             "{\"at\":\"2020-12-18T09:14:11.000Z\",\"events\":0,\"records\":0,\"lag\":5,\"p50\":0,"
                             "\"p99\":0,\"commit_p99\":0}]");
}

Test(history, looks_between_two_steps_take_nothing) {
    pass(0, 0, 0);
    pass(HISTORY_STEP_MS / 2, 100, 1);
    pass(HISTORY_STEP_MS / 2 - 1, 100, 1);
    cr_assert_str_eq(told(), "[]");
}

Test(history, keeps_the_last_minutes) {
    size_t samples = 0;
    for (int i = 0; i < HISTORY_SAMPLES + 20; i++) {
        pass(HISTORY_STEP_MS, (uint64_t)i, 1);
    }
    for (const char *at = told(); (at = strstr(at, "\"at\":")) != NULL; at++) {
        samples++;
    }
    cr_assert_eq(samples, HISTORY_SAMPLES);
    char last[64];
    snprintf(last, sizeof last, "\"events\":%g,", (HISTORY_SAMPLES + 19) * 1000.0 / HISTORY_STEP_MS);
    cr_assert(strstr(out.data, last) != NULL, "%s in %s", last, out.data + out.len - 200);
}
