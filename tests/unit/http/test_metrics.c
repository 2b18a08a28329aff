/* /metrics against schemas/metrics.md, and the figures that are made from others. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/metrics.h"

static struct board_view *view;
static struct config config;
static struct buffer out;

static void begin(void) {
    config_init(&config);
    config.worker_id = strdup("w\"1");
    view = board_view_new(2);
    view->lane_count = 2;
    view->input_partitions = 4;
    view->partitions[0] = (struct board_partition){.number = 1,
                                                   .state = BOARD_LIVE,
                                                   .position = 120,
                                                   .committed = 110,
                                                   .redo = 90,
                                                   .start = 50,
                                                   .lag = 12,
                                                   .trains = 7,
                                                   .by_status = {1, 2, 3, 0}};
    view->partitions[1] = (struct board_partition){
        .number = 3, .state = BOARD_RESTORING, .position = -1, .committed = -1, .redo = -1, .start = 80, .lag = -1};
    view->lanes[1] = (struct board_lane){.busy_ns = 1234567890, .waiting = 3};
    view->sums.counters.rejected[REJECT_TOO_LATE] = 4;
    view->commits.new_producers = 2;
    view->epoch_ms = 500;
    metrics_write(&(struct metrics_subject){&config, view, 2000, true}, &out);
    buffer_append_byte(&out, '\0');
}

static void end(void) {
    buffer_release(&out);
    config_release(&config);
    free(view);
}

TestSuite(metrics, .init = begin, .fini = end);

static void says(const char *line) {
    cr_assert(strstr(out.data, line) != NULL, "'%s' is not in\n%s", line, out.data);
}

static void is_silent_on(const char *line) {
    cr_assert(strstr(out.data, line) == NULL, "'%s' is in\n%s", line, out.data);
}

Test(metrics, say_who_and_what) {
    says("caravan_build_info{version=\"" CARAVAN_VERSION "\",worker=\"w\\\"1\",group=\"caravan\"} 1\n");
    says("caravan_ready 1\n");
    says("caravan_rejects_total{reason=\"TOO_LATE\"} 4\n");
    says("caravan_events_total{outcome=\"rejected\"} 4\n");
    says("caravan_producers_recreated_total 2\n");
    says("caravan_commit_due_seconds 1.500\n");
    says("caravan_lane_busy_seconds_total{lane=\"1\"} 1.234\n");
    says("caravan_lane_ring_depth{lane=\"1\"} 3\n");
}

Test(metrics, what_is_not_known_is_left_out) {
    says("caravan_partition_lag_messages{partition=\"1\"} 12\n");
    is_silent_on("caravan_partition_lag_messages{partition=\"3\"}");
    is_silent_on("caravan_partition_headroom_messages{partition=\"3\"}");
    says("caravan_partitions{state=\"restoring\"} 1\n");
}

Test(metrics, headroom_is_from_the_log_start_to_f) {
    says("caravan_partition_headroom_messages{partition=\"1\"} 40\n");
}

Test(metrics, trains_without_a_status_yet_are_unknown) {
    says("caravan_trains{status=\"open\"} 1\n");
    says("caravan_trains{status=\"held\"} 3\n");
    says("caravan_trains{status=\"unknown\"} 1\n");
}

Test(metrics, without_a_view_it_says_who_it_is) {
    buffer_clear(&out);
    metrics_write(&(struct metrics_subject){&config, NULL, 2000, false}, &out);
    buffer_append_byte(&out, '\0');
    says("caravan_build_info{");
    says("caravan_ready 0\n");
    is_silent_on("caravan_events_total");
}

/* The next line of `text` that begins with `mark`: what stands between the mark and the next `end`. */
static bool next_word(const char **text, const char *mark, char end, char word[128]) {
    while ((*text = strstr(*text, mark)) != NULL) {
        const char *begin_of_word = *text + strlen(mark);
        size_t len = strcspn(begin_of_word, (char[]){end, '\n', '\0'});
        *text = begin_of_word;
        if (len < 128 && begin_of_word[len] == end) {
            memcpy(word, begin_of_word, len);
            word[len] = '\0';
            return true;
        }
    }
    return false;
}

static char *read_document(void) {
    FILE *file = fopen(CARAVAN_SOURCE_DIR "/schemas/metrics.md", "r");
    cr_assert(file != NULL);
    char *text = calloc(1, 1 << 20);
    cr_assert(fread(text, 1, (1 << 20) - 1, file) > 0);
    fclose(file);
    return text;
}

Test(metrics, are_those_of_the_document) {
    char *document = read_document();
    char word[128], wanted[160];
    size_t told = 0, described = 0;
    for (const char *at = out.data; next_word(&at, "# TYPE ", ' ', word); told++) {
        snprintf(wanted, sizeof wanted, "\n| `%s` |", word);
        cr_assert(strstr(document, wanted) != NULL, "schemas/metrics.md does not have %s", word);
    }
    for (const char *at = document; next_word(&at, "\n| `", '`', word); described++) {
        snprintf(wanted, sizeof wanted, "# TYPE %s ", word);
        cr_assert(strstr(out.data, wanted) != NULL, "/metrics does not have %s", word);
    }
    cr_assert_eq(told, described);
    free(document);
}
